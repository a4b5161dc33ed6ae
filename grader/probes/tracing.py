"""The student's function as ``tf.function`` makes it, and the nodes of its graph, for the probes that trace."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from types import FunctionType
from typing import Any

import tensorflow as tf

from grader.probes.subject import Arguments, Subject


def as_graph(subject: Subject) -> Subject:
    """Return the subject with its function as AutoGraph makes it, to be called where a graph is made.

    AutoGraph then begins with the student's source, which it can read. Were only a probe's function around it traced,
    AutoGraph would stop there, since a child cannot read the grader's source, and loops on tensors would fail. A
    ``tf.function`` of its own would not do: that makes a tensor of every array it is given.
    """
    traced = copy(subject)
    if isinstance(subject.function, FunctionType):
        # What it cannot read, such as one of two lambdas on a line, runs as it is, as in a ``tf.function``.
        with suppress(Exception):
            traced.function = tf.autograph.to_graph(subject.function)
    return traced


def traced(compute: Callable[[Arguments], Any], arguments: Arguments, shapes: Mapping[str, Any]) -> Any:
    """Return ``compute`` as a ``tf.function`` of the tensors that ``shapes`` names, in its order.

    Args:
        compute: gets ``arguments`` with the graph's tensors in the place of its own.
        arguments: all of them.
        shapes: the shape of each tensor in the graph, with None for what is left open.
    """
    signature = [tf.TensorSpec(shape, arguments[name].dtype, name) for name, shape in shapes.items()]

    @tf.function(input_signature=signature, autograph=False)
    def function(*tensors: tf.Tensor) -> Any:
        return compute({**arguments, **dict(zip(shapes, tensors, strict=True))})

    return function


@contextmanager
def run_eagerly(on: bool = True) -> Iterator[None]:
    """Run the body of every ``tf.function`` as it is, so that one traced earlier shows what it does; or trace it."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(on)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def graph_nodes(definition: Any) -> Iterator[Any]:
    """Yield the nodes of a graph's definition, those of its function library included: loops, branches, calls."""
    yield from definition.node
    for function in definition.library.function:
        yield from function.node_def
