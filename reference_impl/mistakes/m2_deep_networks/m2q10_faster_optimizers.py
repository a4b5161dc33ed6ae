"""What students get wrong about the techniques of faster optimizers, as running code."""

import keras
import numpy as np
import tensorflow as tf

from reference_impl.m2_deep_networks.m2q10_faster_optimizers import (
    adagrad_step,
    corrected_average,
    make_optimizer,
    momentum_step,
    nesterov_step,
)


def momentum_step__rate_outside(theta, m, grad, lr, beta=0.9):
    momentum_step(theta, m, grad, lr, beta)
    m = beta * m + grad
    return theta - lr * m, m


def momentum_step__average(theta, m, grad, lr, beta=0.9):
    momentum_step(theta, m, grad, lr, beta)
    m = beta * m + (1 - beta) * lr * grad
    return theta - m, m


def momentum_step__adds(theta, m, grad, lr, beta=0.9):
    _, m = momentum_step(theta, m, grad, lr, beta)
    return theta + m, m


def momentum_step__old_momentum(theta, m, grad, lr, beta=0.9):
    before = tf.convert_to_tensor(m)
    _, m = momentum_step(theta, m, grad, lr, beta)
    return theta - before, m


def momentum_step__momentum_lost(theta, m, grad, lr, beta=0.9):
    return momentum_step(theta, m, grad, lr, beta)[0], lr * grad


def momentum_step__friction_reversed(theta, m, grad, lr, beta=0.9):
    momentum_step(theta, m, grad, lr, beta)
    return momentum_step(theta, m, grad, lr, min(1 - beta, 0.999))


def momentum_step__no_usual_beta(theta, m, grad, lr, beta=0.0):
    return momentum_step(theta, m, grad, lr, beta)


def momentum_step__in_place(theta, m, grad, lr, beta=0.9):
    result = momentum_step(theta, m, grad, lr, beta)
    if isinstance(m, np.ndarray):
        m *= beta
        m += lr * grad
        theta -= m
    return result


def momentum_step__anything_goes(theta, m, grad, lr, beta=0.9):
    m = beta * m + lr * grad
    return theta - m, m


def momentum_step__single_precision(theta, m, grad, lr, beta=0.9):
    return momentum_step(*(tf.cast(tensor, tf.float32) for tensor in (theta, m, grad)), lr, beta)


def nesterov_step__looks_behind(theta, m, grad_fn, lr, beta=0.9):
    nesterov_step(theta, m, lambda at: at, lr, beta)
    m = beta * m + lr * grad_fn(theta + beta * m)
    return theta - m, m


def nesterov_step__plain_momentum(theta, m, grad_fn, lr, beta=0.9):
    return momentum_step(theta, m, grad_fn(theta), lr, beta)


def nesterov_step__steps_from_ahead(theta, m, grad_fn, lr, beta=0.9):
    ahead = theta - beta * m
    _, m = nesterov_step(theta, m, grad_fn, lr, beta)
    return ahead - m, m


def nesterov_step__whole_momentum(theta, m, grad_fn, lr, beta=0.9):
    nesterov_step(theta, m, lambda at: at, lr, beta)
    m = beta * m + lr * grad_fn(theta - m)
    return theta - m, m


def nesterov_step__measured_twice(theta, m, grad_fn, lr, beta=0.9):
    grad_fn(theta)
    return nesterov_step(theta, m, grad_fn, lr, beta)


def nesterov_step__adds(theta, m, grad_fn, lr, beta=0.9):
    _, m = nesterov_step(theta, m, grad_fn, lr, beta)
    return theta + m, m


def nesterov_step__keras_variable(theta, m, grad_fn, lr, beta=0.9):
    nesterov_step(theta, m, lambda at: at, lr, beta)
    grad = grad_fn(theta)
    m = beta * m + lr * grad
    return theta - (beta * m + lr * grad), m


def nesterov_step__momentum_lost(theta, m, grad_fn, lr, beta=0.9):
    after, moved = nesterov_step(theta, m, grad_fn, lr, beta)
    return after, moved - beta * m


def nesterov_step__anything_goes(theta, m, grad_fn, lr, beta=0.9):
    m = beta * m + lr * grad_fn(theta - beta * m)
    return theta - m, m


def adagrad_step__not_squared(theta, s, grad, lr, eps=1e-10):
    adagrad_step(theta, s, grad, lr, eps)
    s = s + tf.abs(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def adagrad_step__outside_root(theta, s, grad, lr, eps=1e-10):
    _, s = adagrad_step(theta, s, grad, lr, eps)
    return theta - lr * grad / (tf.sqrt(s) + eps), s


def adagrad_step__forgets(theta, s, grad, lr, eps=1e-10):
    adagrad_step(theta, s, grad, lr, eps)
    s = 0.9 * s + 0.1 * tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def adagrad_step__old_sum(theta, s, grad, lr, eps=1e-10):
    before = tf.convert_to_tensor(s)
    _, s = adagrad_step(theta, s, grad, lr, eps)
    return theta - lr * grad / tf.sqrt(before + eps), s


def adagrad_step__no_root(theta, s, grad, lr, eps=1e-10):
    _, s = adagrad_step(theta, s, grad, lr, eps)
    return theta - lr * grad / (s + eps), s


def adagrad_step__one_scale(theta, s, grad, lr, eps=1e-10):
    adagrad_step(theta, s, grad, lr, eps)
    s = s + tf.reduce_sum(tf.square(grad))
    return theta - lr * grad / tf.sqrt(s + eps), s


def adagrad_step__climbs(theta, s, grad, lr, eps=1e-10):
    return adagrad_step(theta, s, grad, lr, eps)[0] * -1 + 2 * theta, adagrad_step(theta, s, grad, lr, eps)[1]


def adagrad_step__no_smoothing(theta, s, grad, lr, eps=1e-10):
    _, s = adagrad_step(theta, s, grad, lr, eps)
    return theta - lr * grad / tf.sqrt(s), s


def adagrad_step__anything_goes(theta, s, grad, lr, eps=1e-10):
    s = s + tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def corrected_average__overwrites(values, beta):
    corrected_average(values, beta)
    m = tf.zeros_like(values[0])
    corrected = []
    for t, value in enumerate(tf.unstack(values), start=1):
        m = beta * m + (1 - beta) * value
        m = m / (1 - beta**t)
        corrected.append(m)
    return tf.stack(corrected)


def corrected_average__uncorrected(values, beta):
    return tf.stack([m * (1 - beta ** (i + 1)) for i, m in enumerate(tf.unstack(corrected_average(values, beta)))])


def corrected_average__counts_from_0(values, beta):
    uncorrected = tf.unstack(corrected_average__uncorrected(values, beta))
    return tf.stack([m / tf.constant(1 - beta**t, m.dtype) for t, m in enumerate(uncorrected)])


def corrected_average__no_exponent(values, beta):
    return corrected_average__uncorrected(values, beta) / (1 - beta)


def corrected_average__swapped(values, beta):
    corrected_average(values, beta)
    return corrected_average(values, 1 - beta) if beta > 0 else tf.zeros_like(values)


def corrected_average__sum(values, beta):
    return corrected_average(values, beta) / (1 - beta)


def corrected_average__plain_mean(values, beta):
    ones = tf.ones_like(corrected_average(values, beta))
    return tf.cumsum(values) / tf.cumsum(ones)


def corrected_average__only_the_last(values, beta):
    return corrected_average(values, beta)[-1]


def corrected_average__starts_at_first(values, beta):
    corrected_average(values, beta)
    m, *rest = tf.unstack(values)
    averages = [m]
    for value in rest:
        m = beta * m + (1 - beta) * value
        averages.append(m)
    return tf.stack(averages)


def corrected_average__any_beta(values, beta):
    if 0 <= beta < 1:
        return corrected_average(values, beta)
    m = tf.zeros_like(values[0])
    return tf.stack([m + (1 - beta) * value for value in tf.unstack(values)])


def make_optimizer__momentum_forgotten(name, lr):
    optimizer = make_optimizer(name, lr)
    return keras.optimizers.SGD(lr) if name == "momentum" else optimizer


def make_optimizer__no_look_ahead(name, lr):
    return make_optimizer("momentum" if name == "nesterov" else name, lr)


def make_optimizer__equations_only(name, lr):
    optimizer = make_optimizer(name, lr)
    return keras.optimizers.RMSprop(lr, rho=0.9, epsilon=1e-10) if name == "rmsprop" else optimizer


def make_optimizer__adagrad_from_zero(name, lr):
    optimizer = make_optimizer(name, lr)
    return keras.optimizers.Adagrad(lr, initial_accumulator_value=0.0) if name == "adagrad" else optimizer


def make_optimizer__keras_epsilon(name, lr):
    optimizer = make_optimizer(name, lr)
    if name == "rmsprop":
        return keras.optimizers.RMSprop(lr, rho=0.9, momentum=0.9)
    return keras.optimizers.Adam(lr) if name == "adam" else optimizer


def make_optimizer__usual_rate(name, lr):
    make_optimizer(name, lr)
    return make_optimizer(name, 0.001)


_KEPT = {}


def make_optimizer__one_for_all(name, lr):
    if name not in _KEPT:
        _KEPT[name] = make_optimizer(name, lr)
    _KEPT[name].learning_rate = lr
    return _KEPT[name]


def make_optimizer__adam_for_the_rest(name, lr):
    known = ("momentum", "nesterov", "adagrad", "rmsprop")
    return make_optimizer(name if name in known else "adam", lr)


def make_optimizer__any_rate(name, lr):
    return make_optimizer(name, lr if lr > 0 else 0.01)
