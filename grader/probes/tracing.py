"""The student's function as ``tf.function`` makes it, and the nodes of its graph, for the probes that trace."""

from collections.abc import Iterator
from copy import copy
from typing import Any

import tensorflow as tf

from grader.probes.subject import Subject


def as_graph(subject: Subject) -> Subject:
    """Return the subject with its function in a ``tf.function`` of its own.

    AutoGraph then begins with the student's source, which it can read. Were only a probe's function around it traced,
    AutoGraph would stop there, since a child cannot read the grader's source, and loops on tensors would fail.
    """
    traced = copy(subject)
    traced.function = tf.function(subject.function)
    return traced


def graph_nodes(definition: Any) -> Iterator[Any]:
    """Yield the nodes of a graph's definition, those of its function library included: loops, branches, calls."""
    yield from definition.node
    for function in definition.library.function:
        yield from function.node_def
