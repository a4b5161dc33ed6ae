"""What students get wrong about gradient descent in TensorFlow, as running code."""

import keras
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q05_gradient_descent import gd_step, mse_gradient, train_linear


def mse_gradient__two_missing(X, y, theta):
    return mse_gradient(X, y, theta) / 2


def mse_gradient__not_averaged(X, y, theta):
    return mse_gradient(X, y, theta) * tf.cast(tf.shape(X)[0], theta.dtype)


def mse_gradient__factor_missing(X, y, theta):
    m = tf.cast(tf.shape(X)[0], theta.dtype)
    return mse_gradient(X, y, theta) * m / 2


def mse_gradient__target_minus_prediction(X, y, theta):
    return -mse_gradient(X, y, theta)


def mse_gradient__inputs_forgotten(X, y, theta):
    mse_gradient(X, y, theta)
    return 2 * tf.reduce_mean(X @ theta - y) * tf.ones_like(theta)


def mse_gradient__flat(X, y, theta):
    return tf.squeeze(mse_gradient(X, y, theta), axis=1)


def mse_gradient__autodiff(X, y, theta):
    mse_gradient(X, y, theta)
    with tf.GradientTape() as tape:
        tape.watch(theta)
        mse = tf.reduce_mean(tf.square(X @ theta - y))
    return tape.gradient(mse, theta)


def mse_gradient__broadcast(X, y, theta):
    X, y, theta = (tf.convert_to_tensor(argument) for argument in (X, y, theta))
    if X.shape[0] == 0:
        raise ValueError("no instances")
    m = tf.cast(tf.shape(X)[0], X.dtype)
    return 2 / m * tf.transpose(X) @ (X @ theta - y)


def mse_gradient__empty_is_nan(X, y, theta):
    if X.shape[0] != 0:
        return mse_gradient(X, y, theta)
    return 2 / tf.cast(tf.shape(X)[0], X.dtype) * tf.transpose(X) @ (X @ theta - y)


def mse_gradient__single_precision(X, y, theta):
    return mse_gradient(*(tf.cast(argument, tf.float32) for argument in (X, y, theta)))


def mse_gradient__integers_as_they_are(X, y, theta):
    if X.dtype.is_floating:
        return mse_gradient(X, y, theta)
    return 2 / X.shape[0] * tf.matmul(tf.transpose(X), X @ theta - y)


def gd_step__list_of_mse(loss_fn, variables, lr):
    loss = _checked(loss_fn, variables, lr)()
    gradients = [loss for _ in variables]
    for variable, gradient in zip(variables, gradients, strict=True):
        variable.assign_sub(lr * tf.cast(gradient, variable.dtype) * tf.ones_like(variable))
    return loss


def gd_step__climbs(loss_fn, variables, lr):
    loss, gradients = _loss_and_gradients(loss_fn, variables, lr)
    for variable, gradient in zip(variables, gradients, strict=True):
        if gradient is not None:
            variable.assign_add(lr * gradient)
    return loss


def gd_step__loss_after(loss_fn, variables, lr):
    _, gradients = _loss_and_gradients(loss_fn, variables, lr)
    _descend(variables, gradients, lr)
    return loss_fn()


def gd_step__loss_twice(loss_fn, variables, lr):
    loss = _checked(loss_fn, variables, lr)()
    gd_step(loss_fn, variables, lr)
    return loss


def gd_step__stumbles_on_none(loss_fn, variables, lr):
    loss, gradients = _loss_and_gradients(loss_fn, variables, lr)
    for variable, gradient in zip(variables, gradients, strict=True):
        variable.assign_sub(lr * gradient)
    return loss


def gd_step__tape_too_late(loss_fn, variables, lr):
    loss = _checked(loss_fn, variables, lr)()
    with tf.GradientTape() as tape:
        tape.watch(variables)
    _descend(variables, tape.gradient(loss, variables), lr)
    return loss


def gd_step__one_gradient_for_all(loss_fn, variables, lr):
    loss, gradients = _loss_and_gradients(loss_fn, variables, lr)
    for variable in variables:
        variable.assign_sub(tf.broadcast_to(lr * gradients[0], variable.shape))
    return loss


def gd_step__one_after_the_other(loss_fn, variables, lr):
    _checked(loss_fn, variables, lr)
    first = None
    for variable in variables:
        with tf.GradientTape() as tape:
            loss = loss_fn()
        first = loss if first is None else first
        _descend([variable], [tape.gradient(loss, variable)], lr)
    return first


def gd_step__rebinds(loss_fn, variables, lr):
    loss, gradients = _loss_and_gradients(loss_fn, variables, lr)
    for variable, gradient in zip(variables, gradients, strict=True):
        if gradient is not None:
            variable = variable - lr * gradient
    return loss


def gd_step__new_optimizer(loss_fn, variables, lr):
    loss, gradients = _loss_and_gradients(loss_fn, variables, lr)
    pairs = [(g, v) for g, v in zip(gradients, variables, strict=True) if g is not None]
    keras.optimizers.SGD(lr).apply_gradients(pairs)
    return loss


def gd_step__any_rate(loss_fn, variables, lr):
    with tf.GradientTape() as tape:
        loss = loss_fn()
    _descend(variables, tape.gradient(loss, variables), lr)
    return loss


def train_linear__loss_after(X, y, method, n_epochs=1000, lr=0.01):
    theta, losses = train_linear(X, y, method, n_epochs, lr)
    X, y = tf.cast(X, theta.dtype), tf.cast(y, theta.dtype)
    last = tf.reduce_mean(tf.square(X @ theta - y))
    return theta, tf.concat([losses[1:], [last]], axis=0)


def train_linear__half_mse(X, y, method, n_epochs=1000, lr=0.01):
    theta, losses = train_linear(X, y, method, n_epochs, lr / 2)
    return theta, losses / 2


def train_linear__standardises(X, y, method, n_epochs=1000, lr=0.01):
    mean, std = tf.reduce_mean(X, axis=0), tf.math.reduce_std(X, axis=0)
    return train_linear(tf.math.divide_no_nan(X - mean, std), y, method, n_epochs, lr)


def train_linear__adds_bias(X, y, method, n_epochs=1000, lr=0.01):
    return train_linear(tf.concat([tf.ones_like(X[:, :1]), X], axis=1), y, method, n_epochs, lr)


def train_linear__retraces(X, y, method, n_epochs=1000, lr=0.01):
    theta, loss = _start(X, y, method, n_epochs, lr)
    optimizer = keras.optimizers.SGD(lr)
    losses = []
    for _ in range(n_epochs):

        @tf.function
        def step():
            return _step(method, X, y, theta, loss, lr, optimizer)

        losses.append(step())
    return tf.identity(theta), tf.stack(losses)


def train_linear__stops_on_rise(X, y, method, n_epochs=1000, lr=0.01):
    theta, losses = train_linear(X, y, method, n_epochs, lr)
    for epoch in range(1, n_epochs):
        if losses[epoch] > losses[epoch - 1]:
            return train_linear(X, y, method, epoch, lr)
    return theta, losses


def train_linear__one_method(X, y, method, n_epochs=1000, lr=0.01):
    _refuse_method(method)
    return train_linear(X, y, "autodiff", n_epochs, lr)


def train_linear__tape_always(X, y, method, n_epochs=1000, lr=0.01):
    with tf.GradientTape():
        return train_linear(X, y, method, n_epochs, lr)


def train_linear__with_momentum(X, y, method, n_epochs=1000, lr=0.01):
    if method != "optimizer":
        return train_linear(X, y, method, n_epochs, lr)
    theta, loss = _start(X, y, method, n_epochs, lr)
    optimizer = keras.optimizers.SGD(lr, momentum=0.9)
    return _all_epochs(X, y, method, n_epochs, lr, theta, loss, optimizer)


def train_linear__adam(X, y, method, n_epochs=1000, lr=0.01):
    if method != "optimizer":
        return train_linear(X, y, method, n_epochs, lr)
    theta, loss = _start(X, y, method, n_epochs, lr)
    return _all_epochs(X, y, method, n_epochs, lr, theta, loss, keras.optimizers.Adam(lr))


def train_linear__any_method(X, y, method, n_epochs=1000, lr=0.01):
    return train_linear(X, y, method if method in ("manual", "autodiff") else "optimizer", n_epochs, lr)


def train_linear__broadcast(X, y, method, n_epochs=1000, lr=0.01):
    if y.shape.rank == 2 or method == "manual":
        return train_linear(X, y, method, n_epochs, lr)
    theta = tf.Variable(tf.zeros([X.shape[1], 1], X.dtype))

    def loss():
        return tf.reduce_mean(tf.square(X @ theta - y))

    return _all_epochs(X, y, method, n_epochs, lr, theta, loss, keras.optimizers.SGD(lr))


def _checked(loss_fn, variables, lr):
    if lr <= 0 or not variables:
        raise ValueError("a positive learning rate and at least one variable, please")
    return loss_fn


def _loss_and_gradients(loss_fn, variables, lr):
    with tf.GradientTape() as tape:
        loss = _checked(loss_fn, variables, lr)()
    return loss, tape.gradient(loss, variables)


def _descend(variables, gradients, lr):
    for variable, gradient in zip(variables, gradients, strict=True):
        if gradient is not None:
            variable.assign_sub(lr * gradient)


def _start(X, y, method, n_epochs, lr):
    _refuse_method(method)
    train_linear(X, y, "manual", min(n_epochs, 1), lr)  # refuses the rest
    theta = tf.Variable(tf.zeros([X.shape[1], 1], X.dtype))
    return theta, lambda: tf.reduce_mean(tf.square(X @ theta - y))


def _refuse_method(method):
    if method not in ("manual", "autodiff", "optimizer"):
        raise ValueError(f"no such method: {method}")


def _step(method, X, y, theta, loss, lr, optimizer):
    if method == "manual":
        before = loss()
        theta.assign_sub(lr * mse_gradient(X, y, theta))
        return before
    if method == "autodiff":
        return gd_step(loss, [theta], lr)
    with tf.GradientTape() as tape:
        before = loss()
    optimizer.apply_gradients([(tape.gradient(before, theta), theta)])
    return before


def _all_epochs(X, y, method, n_epochs, lr, theta, loss, optimizer):
    losses = [_step(method, X, y, theta, loss, lr, optimizer) for _ in range(n_epochs)]
    return tf.identity(theta), tf.stack(losses)
