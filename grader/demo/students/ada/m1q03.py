"""Ada's perceptron, mostly in NumPy."""

import numpy as np
import tensorflow as tf


def _floats(values):
    values = np.asarray(values)
    return values if values.dtype.kind == "f" else values.astype(np.float32)


def step(sums, kind="heaviside"):
    if kind not in ("heaviside", "sign"):
        raise ValueError("unknown step function: " + str(kind))
    sums = tf.convert_to_tensor(sums)
    if not sums.dtype.is_floating:
        sums = tf.cast(sums, tf.float32)
    one, zero = tf.ones_like(sums), tf.zeros_like(sums)
    if kind == "heaviside":
        return tf.where(sums < 0, zero, one)
    return tf.where(sums > 0, one, tf.where(sums < 0, -one, zero))


def ltu_layer(X, W, b, kind="heaviside"):
    X, W, b = tf.convert_to_tensor(X), tf.convert_to_tensor(W), tf.convert_to_tensor(b)
    if len(X.shape) != 2 or len(W.shape) != 2 or len(b.shape) != 1:
        raise ValueError("X and W must be matrices and b a vector")
    if X.shape[1] != W.shape[0] or W.shape[1] != b.shape[0]:
        raise ValueError("the sizes do not match")
    return step(tf.einsum("mi,ij->mj", X, W) + b, kind)


def perceptron_update(weights, biases, instance, target, rate):
    if not rate > 0:
        raise ValueError("the learning rate must be positive")
    weights, biases = _floats(weights).copy(), _floats(biases).copy()
    instance, target = _floats(instance), _floats(target)
    if weights.shape != instance.shape + target.shape:
        raise ValueError("the sizes do not match")
    output = (instance @ weights + biases >= 0).astype(weights.dtype)
    for j in range(len(target)):
        change = weights.dtype.type(rate) * (target[j] - output[j])
        weights[:, j] += change * instance
        biases[j] += change
    return weights, biases


def train_perceptron(X, y, n_epochs, eta):
    X, y = _floats(X), _floats(y)
    if y.ndim != 2 or len(y) != len(X):
        raise ValueError("y must be a matrix with a row for every instance")
    W, b = np.zeros((X.shape[1], y.shape[1]), X.dtype), np.zeros(y.shape[1], X.dtype)
    history = []
    while len(history) < n_epochs:
        mistakes = 0
        for row, wanted in zip(X, y):
            if ((row @ W + b >= 0) != (wanted == 1)).any():
                mistakes += 1
            W, b = perceptron_update(W, b, row, wanted, eta)
        history.append(mistakes)
        if not mistakes:
            break
    return W, b, np.array(history)
