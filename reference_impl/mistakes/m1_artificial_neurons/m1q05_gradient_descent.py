"""What students get wrong about gradient descent, as running code."""

import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q05_gradient_descent import gd_step, mse_gradient, train_linear


def mse_gradient__factor_missing(X, y, theta):
    return mse_gradient(X, y, theta) / 2


def mse_gradient__sum_not_mean(X, y, theta):
    return mse_gradient(X, y, theta) * tf.cast(tf.shape(X)[0], X.dtype)


def mse_gradient__sign(X, y, theta):
    return -mse_gradient(X, y, theta)


def mse_gradient__broadcast(X, y, theta):
    y = tf.convert_to_tensor(y)
    if y.shape.rank == 1:
        return 2 / X.shape[0] * tf.matmul(X, X @ theta - y, transpose_a=True)
    return mse_gradient(X, y, theta)


def mse_gradient__returns_the_cost(X, y, theta):
    mse_gradient(X, y, theta)
    return [tf.reduce_mean(tf.square(X @ theta - y))]


def gd_step__loss_after(loss_fn, variables, lr):
    gd_step(loss_fn, variables, lr)
    return loss_fn()


def gd_step__none_fails(loss_fn, variables, lr):
    if lr <= 0 or not variables:
        return gd_step(loss_fn, variables, lr)
    with tf.GradientTape() as tape:
        loss = loss_fn()
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(lr * gradient)
    return loss


def gd_step__tape_too_late(loss_fn, variables, lr):
    if lr <= 0 or not variables:
        return gd_step(loss_fn, variables, lr)
    loss = loss_fn()
    with tf.GradientTape() as tape:
        tape.watch(loss)
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        if gradient is not None:
            variable.assign_sub(lr * gradient)
    return loss


def gd_step__first_gradient_for_all(loss_fn, variables, lr):
    if lr <= 0 or not variables:
        return gd_step(loss_fn, variables, lr)
    with tf.GradientTape() as tape:
        loss = loss_fn()
    gradient = tape.gradient(loss, variables)[0]
    for variable in variables:
        variable.assign_sub(lr * gradient)
    return loss


def gd_step__climbs(loss_fn, variables, lr):
    if lr <= 0 or not variables:
        return gd_step(loss_fn, variables, lr)
    with tf.GradientTape() as tape:
        loss = loss_fn()
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        if gradient is not None:
            variable.assign_add(lr * gradient)
    return loss


def gd_step__any_rate(loss_fn, variables, lr):
    if not variables:
        return gd_step(loss_fn, variables, lr)
    return gd_step(loss_fn, variables, lr) if lr > 0 else loss_fn()


def train_linear__bias_standardised(X, y, method, n_epochs=1000, lr=0.01):
    spread = tf.math.reduce_std(X, axis=0)
    scaled = tf.math.divide_no_nan(X - tf.reduce_mean(X, axis=0), spread)
    return train_linear(scaled, y, method, n_epochs, lr)


def train_linear__loss_after_step(X, y, method, n_epochs=1000, lr=0.01):
    theta, losses = train_linear(X, y, method, n_epochs, lr)
    return theta, tf.concat([losses[1:], [tf.reduce_mean(tf.square(X @ theta - y))]], axis=0)


def train_linear__sum_of_squares(X, y, method, n_epochs=1000, lr=0.01):
    theta, losses = train_linear(X, y, method, n_epochs, lr * X.shape[0])
    return theta, losses * X.shape[0]


def train_linear__any_method(X, y, method, n_epochs=1000, lr=0.01):
    return train_linear(X, y, method if method in ("manual", "optimizer") else "autodiff", n_epochs, lr)


def train_linear__stops_on_divergence(X, y, method, n_epochs=1000, lr=0.01):
    theta, losses = train_linear(X, y, method, n_epochs, lr)
    if losses[-1] > losses[0]:
        raise RuntimeError("the training diverges")
    return theta, losses
