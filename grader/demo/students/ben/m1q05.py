"""Ben's gradient descent."""

import keras
import tensorflow as tf


def mse_gradient(X, y, theta):
    X = tf.convert_to_tensor(X)
    if not X.dtype.is_floating:
        X, y, theta = tf.cast(X, tf.float32), tf.cast(y, tf.float32), tf.cast(theta, tf.float32)
    if len(X.shape) != 2 or len(y.shape) != 2 or len(theta.shape) != 2:
        raise ValueError("need matrices")
    if X.shape[0] == 0 or X.shape[0] != y.shape[0] or theta.shape[0] != X.shape[1]:
        raise ValueError("sizes")
    m = tf.cast(tf.shape(X)[0], X.dtype)
    error = y - tf.matmul(X, theta)
    return 2.0 / m * tf.matmul(tf.transpose(X), error)


def gd_step(loss_fn, variables, lr):
    if lr <= 0 or len(variables) == 0:
        raise ValueError("bad input")
    with tf.GradientTape() as tape:
        loss = loss_fn()
    grads = tape.gradient(loss, variables)
    for v, g in zip(variables, grads):
        v.assign_sub(lr * g)
    return loss


def train_linear(X, y, method, n_epochs=1000, lr=0.01):
    if method not in ["manual", "autodiff", "optimizer"]:
        raise ValueError("unknown method")
    if lr <= 0 or n_epochs < 1 or X.shape[0] == 0 or y.shape != (X.shape[0], 1):
        raise ValueError("bad input")
    theta = tf.Variable(tf.zeros((X.shape[1], 1), dtype=X.dtype))
    sgd = keras.optimizers.SGD(learning_rate=lr)
    losses = []
    for epoch in range(n_epochs):
        if method == "manual":
            error = X @ theta - y
            loss = tf.reduce_mean(error**2)
            grad = 2 / X.shape[0] * tf.transpose(X) @ error
        else:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((X @ theta - y) ** 2)
            grad = tape.gradient(loss, theta)
        if losses and loss > losses[-1]:
            break  # diverging
        losses.append(loss)
        if method == "optimizer":
            sgd.apply_gradients([(grad, theta)])
        else:
            theta.assign_sub(lr * grad)
    return theta.value(), tf.stack(losses)
