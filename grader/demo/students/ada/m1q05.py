"""Ada's gradient descent: sums instead of matrix products, a Keras model as the optimizer's patient."""

import keras
import numpy as np
import tensorflow as tf


def _check(X, y):
    if len(X.shape) != 2 or X.shape[0] == 0:
        raise ValueError("X must have rows and columns")
    if len(y.shape) != 2 or y.shape[1] != 1 or y.shape[0] != X.shape[0]:
        raise ValueError("y must be a column as long as X")


def _float(values):
    values = tf.convert_to_tensor(values)
    return values if values.dtype in (tf.float32, tf.float64) else tf.cast(values, tf.float32)


def mse_gradient(instances, targets, parameters):
    instances, targets, parameters = map(_float, (instances, targets, parameters))
    _check(instances, targets)
    if parameters.shape.as_list() != [instances.shape[1], 1]:
        raise ValueError("theta must be a column, one row for each feature")
    predictions = tf.reduce_sum(instances * parameters[:, 0], axis=1, keepdims=True)
    slopes = tf.reduce_mean(2 * (predictions - targets) * instances, axis=0)
    return slopes[:, tf.newaxis]


def gd_step(cost, parameters, rate):
    if not (rate > 0 and len(parameters) > 0):
        raise ValueError("need a positive learning rate and something to train")
    tape = tf.GradientTape(watch_accessed_variables=False)
    with tape:
        for parameter in parameters:
            tape.watch(parameter)
        before = cost()
    slopes = tape.gradient(before, parameters, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    for parameter, slope in zip(parameters, slopes):
        parameter.assign(parameter - rate * slope)
    return before


def train_linear(X, y, method, n_epochs=1000, lr=0.01):
    X, y = _float(X), _float(y)
    _check(X, y)
    if lr <= 0 or n_epochs <= 0:
        raise ValueError("nothing would be learnt")
    if method == "manual":
        return _in_numpy(X.numpy(), y.numpy(), n_epochs, lr)
    if method == "autodiff":
        return _in_one_loop(X, y, n_epochs, tf.cast(lr, X.dtype))
    if method == "optimizer":
        return _with_keras(X, y, n_epochs, lr)
    raise ValueError("unknown method " + method)


def _in_numpy(X, y, n_epochs, lr):
    theta = np.zeros((X.shape[1], 1), X.dtype)
    losses = np.empty(n_epochs, X.dtype)
    for epoch in range(n_epochs):
        error = X @ theta - y
        losses[epoch] = np.mean(error**2)
        theta = theta - lr * 2 / len(X) * (X.T @ error)
    return theta, losses


@tf.function
def _in_one_loop(X, y, n_epochs, lr):
    theta = tf.zeros([tf.shape(X)[1], 1], X.dtype)
    losses = tf.TensorArray(X.dtype, size=n_epochs)
    for epoch in tf.range(n_epochs):
        with tf.GradientTape() as tape:
            tape.watch(theta)
            loss = tf.reduce_mean((tf.matmul(X, theta) - y) ** 2)
        losses = losses.write(epoch, loss)
        theta = theta - lr * tape.gradient(loss, theta)
    return theta, losses.stack()


def _with_keras(X, y, n_epochs, lr):
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", dtype=X.dtype.name)
    model = keras.Sequential([keras.Input((X.shape[1],), dtype=X.dtype.name), layer])
    optimizer = keras.optimizers.SGD(learning_rate=lr)
    losses = []
    for _ in range(n_epochs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(X, training=True) - y))
        losses.append(loss)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return layer.kernel.numpy(), tf.stack(losses)
