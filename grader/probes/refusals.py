"""What came of bad input, with good input as the control: for `rejects` and for probes with calls of their own."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from grader.observation import Opaque, Tree
from grader.probes.plain import plain
from grader.probes.subject import Arguments, Subject


def refusals(good: Callable[[], Any], bad: Mapping[str, Callable[[], Any]], error: str = "ValueError") -> Any:
    """Make each of the ``bad`` calls and the ``good`` one, and tell what came of them.

    The good call is the control: a function that refuses everything shows itself.

    Args:
        good: a call with good input; returns what is to be seen of the value.
        bad: by label, calls with bad input.
        error: the exception that bad input calls for; a subclass of it counts as it.

    Returns:
        ``{"good input": …, "bad input": {label: "raises …" or "returns …"}}``. `grader.verify` looks for these words
        and has the reference refuse all bad input.
    """
    outcomes = {label: _outcome(call, error) for label, call in bad.items()}
    return {"good input": good(), "bad input": outcomes}


def by_variant(subject: Subject, call: Callable[[Arguments], Any]) -> dict[str, Callable[[], Any]]:
    """Return for each variant of the inputs the ``call`` that is to be made with it."""
    return {label: partial(call, subject.arguments(label)) for label in subject.variants}


def _outcome(call: Callable[[], Any], error: str) -> str:
    try:
        value = call()
    except Exception as raised:
        kinds = [kind.__name__ for kind in type(raised).__mro__]
        return f"raises {error if error in kinds else kinds[0]}"
    return f"returns {_brief(plain(value))}"


def _brief(tree: Tree) -> str:
    if isinstance(tree, Opaque):
        return f"a {tree.type_name}"
    if hasattr(tree, "dtype"):
        return f"{tree.dtype} of shape {tuple(tree.shape)}"
    return f"a {type(tree).__name__}"
