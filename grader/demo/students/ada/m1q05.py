"""Ada's gradient descent."""

import keras
import numpy as np
import tensorflow as tf


def mse_gradient(X, y, theta):
    X, y, theta = tf.convert_to_tensor(X), tf.convert_to_tensor(y), tf.convert_to_tensor(theta)
    if len(X.shape) != 2 or X.shape[0] == 0:
        raise ValueError("X")
    if len(y.shape) != 2 or y.shape[-1] != 1 or (y.shape[0] is not None and y.shape[0] != X.shape[0]):
        raise ValueError("y must be a column")
    if tuple(theta.shape) != (X.shape[1], 1):
        raise ValueError("theta")
    residual = tf.einsum("mn,nk->mk", X, theta) - y
    return 2 * tf.reduce_mean(X * residual, axis=0)[:, None]


def gd_step(loss_fn, variables, lr):
    if not lr > 0:
        raise ValueError("lr")
    if len(variables) == 0:
        raise ValueError("variables")
    with tf.GradientTape() as tape:
        loss = loss_fn()
    grads = tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    for v, g in zip(variables, grads):
        v.assign(v - lr * g)
    return loss


def train_linear(X, y, method, n_epochs=1000, lr=0.01):
    X, y = np.asarray(X), np.asarray(y)
    theta = np.zeros((X.shape[1], 1), X.dtype)
    losses = np.zeros(n_epochs, X.dtype)
    if method == "manual":
        for epoch in range(n_epochs):
            residual = X @ theta - y
            losses[epoch] = (residual**2).mean()
            theta = theta - X.dtype.type(lr) * (2 / len(X) * (X.T @ residual)).astype(X.dtype)
        return theta, losses
    if method not in ("autodiff", "optimizer"):
        raise ValueError(method)
    variable = tf.Variable(theta)
    sgd = keras.optimizers.SGD(learning_rate=lr)

    def cost():
        return keras.losses.MeanSquaredError()(y, tf.matmul(X, variable))

    for epoch in range(n_epochs):
        if method == "autodiff":
            losses[epoch] = gd_step(cost, [variable], lr)
        else:
            with tf.GradientTape() as tape:
                loss = cost()
            sgd.apply_gradients([(tape.gradient(loss, variable), variable)])
            losses[epoch] = loss
    return variable, losses
