"""What probes tell of bad input: read by students in reports, and by `verify` to find input that is not bad."""

from typing import Any

import pytest

from grader.probes.refusals import refusals


class _OwnValueError(ValueError):
    pass


def _raising(error: Exception) -> Any:
    def call() -> Any:
        raise error

    return call


def test_a_subclass_counts_and_another_error_is_named() -> None:
    bad = {"own": _raising(_OwnValueError()), "other": _raising(KeyError("task"))}
    assert refusals(lambda: 3, bad) == {
        "good input": 3,
        "bad input": {"own": "raises ValueError", "other": "raises KeyError"},
    }
    assert refusals(lambda: 3, bad, "KeyError")["bad input"]["other"] == "raises KeyError"


def test_what_was_accepted_is_told_without_its_value() -> None:
    bad = {"number": lambda: 0.25, "list": lambda: [1, 2], "function": lambda: len}
    assert refusals(lambda: None, bad)["bad input"] == {
        "number": "returns a float",
        "list": "returns a list",
        "function": "returns a builtins.builtin_function_or_method",
    }


def test_good_input_that_is_refused_is_no_observation() -> None:
    with pytest.raises(ValueError, match="everything is refused"):
        refusals(_raising(ValueError("everything is refused")), {})
