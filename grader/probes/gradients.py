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
    if not subject.variants:
        return gradients_of(subject, subject.arguments(), wrt, of)
    return {label: gradients_of(subject, subject.arguments(label), wrt, of) for label in subject.variants}
