"""Samples."""

import tensorflow as tf


def scale(x: tf.Tensor, factor: float = 2.0) -> tf.Tensor:
    """Multiply a vector by a number.

    Works for every dtype; in words:

    - "zero": all elements vanish;
    - "one": nothing *happens*.

    Args:
        x: a vector (n,).
        factor: the number, such as ``2.0``.

    Returns:
        The product.

    Raises:
        ValueError: ``x`` is no vector.
    """
    if x.shape.rank != 1:
        raise ValueError(f"x must be a vector, not of shape {x.shape}")  # the message names what was given
    return _product(x, factor)


def _product(x: tf.Tensor, factor: float) -> tf.Tensor:
    """Return the product."""
    return factor * x
