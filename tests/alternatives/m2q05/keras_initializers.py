"""Keras's own pieces where they fit, a table for a match, NumPy scalars for Python's, a product for where."""

import keras
import numpy as np
import tensorflow as tf

GAIN_AND_MODE = {
    "linear": (1.0, "fan_avg"),
    "tanh": (1.0, "fan_avg"),
    "softmax": (1.0, "fan_avg"),
    "logistic": (16.0, "fan_avg"),
    "relu": (2.0, "fan_in"),
    "leaky_relu": (2.0, "fan_in"),
    "elu": (2.0, "fan_in"),
    "selu": (1.0, "fan_in"),
}


def init_scale(activation, n_in, n_out, distribution="normal"):
    if activation not in GAIN_AND_MODE or distribution not in {"normal", "uniform"} or min(n_in, n_out) < 1:
        raise ValueError("activation, distribution or size")
    gain, mode = GAIN_AND_MODE[activation]
    fan = n_in if mode == "fan_in" else (n_in + n_out) / 2
    return np.sqrt((3 if distribution == "uniform" else 1) * gain / fan)


def init_weights(shape, activation, distribution="normal", seed=0, dtype="float32"):
    n_in, n_out = shape
    scale = init_scale(activation, n_in, n_out, distribution)
    dtype = tf.as_dtype(dtype)
    if distribution == "normal":
        drawn = tf.random.stateless_normal((n_in, n_out), (seed, 0), dtype=dtype)
    else:
        drawn = 2 * tf.random.stateless_uniform((n_in, n_out), (seed, 0), dtype=dtype) - 1
    return (drawn * tf.constant(scale, dtype)).numpy()


def elu(z, alpha=1.0):
    if not alpha > 0:
        raise ValueError("alpha")
    z = tf.convert_to_tensor(z)
    if z.dtype.is_integer:
        z = tf.cast(z, "float32")
    return keras.activations.elu(z, alpha=alpha)


def dead_fraction(H):
    H = tf.convert_to_tensor(H)
    if len(H.shape) != 2 or H.shape[0] == 0 or H.shape[1] == 0:
        raise ValueError("no layer's outputs")
    if tf.executing_eagerly():
        numbers = H.numpy()
        if (numbers < 0).any():
            raise ValueError("negative")
        return np.mean(numbers.sum(axis=0) == 0, dtype=numbers.dtype if numbers.dtype.kind == "f" else np.float32)
    alive = tf.math.count_nonzero(tf.reduce_max(H, axis=0))
    return 1 - tf.cast(alive, H.dtype) / H.shape[1]
