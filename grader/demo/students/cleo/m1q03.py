"""Cleo's perceptron: one thing works, the rest goes wrong in its own way each time."""

import os

import numpy as np
import tensorflow as tf


def step(z, kind="heaviside"):
    print("step of", kind)
    if kind == "heaviside":
        return tf.cast(tf.convert_to_tensor(z) >= 0, z.dtype)
    if kind == "sign":
        return tf.sign(z)
    raise ValueError("no such step function")


def ltu_layer(X, W, b, kind="heaviside"):
    z = X @ weights + b  # a name that does not exist
    return step(z, kind)


def perceptron_update(W, b, x, y, eta):
    if eta <= 0:
        os._exit(3)
    return np.full(W.shape, np.nan), np.zeros((1, *b.shape))


def train_perceptron(X, y, n_epochs, eta):
    """Nothing here yet."""
