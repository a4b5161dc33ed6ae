"""The gradients of a function's value with respect to its inputs, for the probes that look at them."""

from typing import Any

import tensorflow as tf

from grader.probes.subject import Arguments, Subject


def gradients_of(subject: Subject, arguments: Arguments, wrt: list[str], of: int | None = None) -> dict[str, Any]:
    """Return the gradients with respect to the arguments in ``wrt``, by reverse-mode autodiff.

    The value is weighted by fixed numbers and summed, so that elements cannot stand in for each other.

    Args:
        subject: the function.
        arguments: what it is called with.
        wrt: the names of arguments, which are tensors.
        of: which part of a tuple or list is differentiated; all of the value when left out.
    """
    watched = [arguments[name] for name in wrt]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        value = subject.call(arguments)
        parts = tf.nest.flatten(value if of is None else value[of])
        total = tf.add_n([tf.reduce_sum(part * _weights(part)) for part in map(tf.convert_to_tensor, parts)])
    return dict(zip(wrt, tape.gradient(total, watched), strict=True))


def _weights(part: tf.Tensor) -> tf.Tensor:
    count = tf.size(part)
    return tf.reshape(
        tf.cast(tf.cos(tf.range(tf.cast(count, tf.float64), dtype=tf.float64)), part.dtype), tf.shape(part)
    )
