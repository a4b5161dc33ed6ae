"""A question and a seed -> the calls to observe."""

from collections.abc import Set

from grader.bank.model import Question, checks_of
from grader.bank.schema import Check, Function
from grader.inputs.build import build_inputs
from grader.sandbox.submission import Call, Needs


def check_name(function: Function, check: Check) -> str:
    """Return the name of a check within its question: ``function/check``."""
    return f"{function.name}/{check.id}"


def calls_of(question: Question, seed: int, only: Set[str] | None = None) -> list[Call]:
    """Build the inputs of the question's checks, or of those named in ``only``.

    Raises:
        GradeTapeError: an input cannot be made.
    """
    return [
        _call(question, function, check, seed)
        for function, check in checks_of(question)
        if only is None or check_name(function, check) in only
    ]


def _call(question: Question, function: Function, check: Check, seed: int) -> Call:
    place = (question.id, function.name, check.id)
    needs = check.needs
    return Call(
        id=check_name(function, check),
        function=function.name,
        parameters=question.signature(function.name).positional,
        probe=check.probe,
        options=check.with_,
        inputs=build_inputs(check.inputs, seed, *place),
        # A variant shares the streams of the inputs that it does not change, not those that it does.
        variants={label: build_inputs(changes, seed, *place, label) for label, changes in check.variants.items()},
        needs=Needs(needs.seconds, needs.memory_mb, needs.cpus, needs.fresh, needs.network == "loopback"),
    )
