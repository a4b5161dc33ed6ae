"""Probes of derivatives."""

from typing import Any

from grader.probes.derivatives import gradients_of
from grader.probes.subject import Subject


def gradient(subject: Subject, *, wrt: list[str], of: int | None = None) -> Any:
    """Return the gradient of the value with respect to the inputs in ``wrt``; with variants, for each.

    Args:
        subject: the function and its inputs.
        wrt: the inputs.
        of: which part of a tuple or list is differentiated; all of the value when left out.
    """
    return subject.look(lambda arguments: gradients_of(subject, arguments, wrt, of))
