"""Probes of what a function does to arguments that keep a record: environments, policies, scripts."""

from typing import Any

from grader.probes.subject import Subject


def recorded(subject: Subject, *, of: list[str]) -> Any:
    """Return the function's value and the ``record`` of the arguments in ``of`` after the call; by variant if any.

    Args:
        subject: the function and its inputs.
        of: inputs that keep a record, as those of `grader.inputs.environments` do.
    """
    if not subject.variants:
        return _recorded(subject, None, of)
    return {label: _recorded(subject, label, of) for label in subject.variants}


def _recorded(subject: Subject, label: str | None, of: list[str]) -> Any:
    arguments = subject.arguments(label)
    value = subject.call(arguments)
    return {"returned": value, **{name: arguments[name].record for name in of}}
