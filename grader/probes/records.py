"""Probes of what a function does to arguments that keep a record: environments, policies, scripts."""

from typing import Any

from grader.probes.subject import Arguments, Subject


def recorded(subject: Subject, *, of: list[str]) -> Any:
    """Return the function's value and the ``record`` of the arguments in ``of`` after the call; by variant if any.

    Args:
        subject: the function and its inputs.
        of: inputs that keep a record, as those of `grader.inputs.environments` do.
    """

    def look(arguments: Arguments) -> Any:
        value = subject.call(arguments)
        return {"returned": value, **{name: arguments[name].record for name in of}}

    return subject.look(look)
