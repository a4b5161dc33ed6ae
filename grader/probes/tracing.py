"""The student's function as ``tf.function`` makes it, and the nodes of its graph, for the probes that trace."""

from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from types import FunctionType
from typing import Any

import tensorflow as tf

from grader.probes.subject import Subject


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


def graph_nodes(definition: Any) -> Iterator[Any]:
    """Yield the nodes of a graph's definition, those of its function library included: loops, branches, calls."""
    yield from definition.node
    for function in definition.library.function:
        yield from function.node_def
