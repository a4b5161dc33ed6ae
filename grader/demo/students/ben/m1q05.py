"""Ben's gradient descent."""

import keras
import tensorflow as tf


def mse_gradient(X, y, theta):
    if len(X.shape) != 2 or X.shape[0] == 0 or len(theta.shape) != 2 or theta.shape[0] != X.shape[1]:
        raise ValueError("shapes")
    m = tf.cast(tf.shape(X)[0], X.dtype)
    return 2 / m * tf.transpose(X) @ (X @ theta - y)


def gd_step(loss_fn, variables, lr):
    if lr <= 0 or not variables:
        raise ValueError("bad input")
    with tf.GradientTape() as tape:
        loss = loss_fn()
    for v, g in zip(variables, tape.gradient(loss, variables)):
        if g is not None:
            v.assign_sub(lr * g)
    return loss_fn()


def train_linear(X, y, method, n_epochs=1000, lr=0.01):
    theta = tf.Variable(tf.zeros((X.shape[1], 1), X.dtype))
    losses = []
    if method not in ("manual", "autodiff", "optimizer"):
        raise ValueError(method)
    optimizer = keras.optimizers.SGD(lr)

    def mse():
        return tf.reduce_mean((X @ theta - y) ** 2)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = mse()
        grad = tape.gradient(loss, theta)
        if method == "optimizer":
            optimizer.apply_gradients([(grad, theta)])
        else:
            theta.assign_sub(lr * grad)
        return loss

    for _ in range(n_epochs):
        losses.append(step())
    return theta, tf.stack(losses)
