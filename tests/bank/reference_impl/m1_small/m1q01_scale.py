"""Scaling a vector."""

import tensorflow as tf


def scale(x: tf.Tensor, factor: float = 2.0) -> tf.Tensor:
    """Multiply a vector (n,) by ``factor``; a ValueError if it is no vector."""
    if x.shape.rank != 1:
        raise ValueError("x must be a vector")
    return factor * x


def norm(x: tf.Tensor) -> tf.Tensor:
    """Return the Euclidean norm of a vector (n,)."""
    return tf.sqrt(tf.reduce_sum(tf.square(x)))
