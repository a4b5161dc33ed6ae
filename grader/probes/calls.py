"""Probes that call the function and look at what comes back."""

from itertools import product
from typing import Any

from grader.probes.plain import plain
from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Subject
from grader.probes.tracing import as_graph, traced


def call(subject: Subject) -> Any:
    """Return the function's value; with variants, the value for each."""
    return subject.look(subject.call)


def combinations(subject: Subject, *, of: dict[str, list[Any]]) -> Any:
    """Return the value for every combination of some inputs, which the check's other inputs join.

    Args:
        subject: the function and its inputs.
        of: for each of the inputs, its plain values: ``{n: [1, 2, 3], padding: [SAME, VALID]}`` makes six calls.
    """
    seen = {}
    for values in product(*of.values()):
        changes = dict(zip(of, values, strict=True))
        label = ", ".join(f"{name}={value}" for name, value in changes.items())
        seen[label] = subject.call({**subject.arguments(), **changes})
    return seen


def dtypes(subject: Subject) -> Any:
    """Return the name of the dtype, or of the Python type, of each part of the value; by variant if there are any."""
    return subject.look(lambda arguments: _dtypes(plain(subject.call(arguments))))


def _dtypes(tree: Any) -> Any:
    if isinstance(tree, list | tuple):
        return [_dtypes(item) for item in tree]
    if isinstance(tree, dict):
        return {key: _dtypes(item) for key, item in tree.items()}
    return str(tree.dtype) if hasattr(tree, "dtype") else type(tree).__name__


def shapes(subject: Subject) -> Any:
    """Return the shape of each part of the value as a list; by variant if there are any."""
    return subject.look(lambda arguments: _shapes(plain(subject.call(arguments))))


def _shapes(tree: Any) -> Any:
    if isinstance(tree, list | tuple):
        return [_shapes(item) for item in tree]
    if isinstance(tree, dict):
        return {key: _shapes(item) for key, item in tree.items()}
    return list(tree.shape) if hasattr(tree, "shape") else []


def rejects(subject: Subject, *, error: str = "ValueError") -> Any:
    """Call once with good inputs and once for each variant, which is bad, and tell what came of each.

    Args:
        subject: the function and its inputs.
        error: the exception that bad input calls for; a subclass of it counts as it.
    """
    return refusals(subject.call, by_variant(subject, subject.call), error)


def inputs_after(subject: Subject) -> Any:
    """Call the function and return its inputs as they are afterwards."""
    arguments = subject.arguments()
    subject.call(arguments)
    return arguments


def repeated(subject: Subject, *, times: int = 2) -> Any:
    """Return the values of several calls with the same inputs: equal for a function without memory."""
    return [subject.call() for _ in range(times)]


def by_keyword(subject: Subject) -> Any:
    """Return the value of a call with every argument passed by its name."""
    return subject.function(**subject.arguments())


def under_tf_function(subject: Subject, *, relax: dict[str, list[int | None]]) -> Any:
    """Trace the function with dimensions left open and return the value of the traced one.

    With variants, the same trace serves them all, so a batch size that was baked in shows.

    Args:
        subject: the function and its inputs.
        relax: for each tensor to open, its shape with ``null`` for the unknown dimensions.
    """
    function = traced(as_graph(subject).call, subject.arguments(), relax)
    return subject.look(lambda arguments: function(*(arguments[name] for name in relax)))
