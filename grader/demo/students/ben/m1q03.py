"""Ben's perceptron, learnt from the course notes."""

import tensorflow as tf


def step(z, kind="heaviside"):
    z = tf.convert_to_tensor(z)
    if kind == "heaviside":
        return tf.where(z > 0, tf.ones_like(z), tf.zeros_like(z))
    elif kind == "sign":
        return tf.sign(z)
    raise ValueError(kind)


def ltu_layer(X, W, b, kind="heaviside"):
    if len(X.shape) != 2 or X.shape[1] != W.shape[0] or W.shape[1] != b.shape[0]:
        raise ValueError("shapes")
    return step(tf.matmul(X, W) + b, kind)


def perceptron_update(W, b, x, y, eta):
    if eta <= 0 or x.shape[0] != W.shape[0] or y.shape[0] != W.shape[1]:
        raise ValueError("bad input")
    z = tf.tensordot(x, W, axes=1) + b
    y_hat = tf.cast(z >= 0, W.dtype)
    # notes: w <- w + eta (y_hat - y) x
    return W + eta * (y_hat - y) * x[:, None], b + eta * (y_hat - y)


def train_perceptron(X, y, n_epochs, eta):
    if len(y.shape) != 2 or y.shape[0] != X.shape[0]:
        raise ValueError("y")
    W = tf.zeros((X.shape[1], y.shape[1]), X.dtype)
    b = tf.zeros((y.shape[1],), X.dtype)
    errors = []
    for epoch in range(n_epochs):
        n = 0
        for i in range(X.shape[0]):
            y_hat = tf.cast(tf.tensordot(X[i], W, axes=1) + b >= 0, X.dtype)
            err = y[i] - y_hat
            n += int(tf.reduce_any(err != 0))
            W = W + eta * err * X[i][:, None]
            b = b + eta * err
        errors.append(n)
    return W, b, errors
