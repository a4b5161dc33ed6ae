"""The student's function as ``tf.function`` makes it, for the probes that trace."""

from copy import copy

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
