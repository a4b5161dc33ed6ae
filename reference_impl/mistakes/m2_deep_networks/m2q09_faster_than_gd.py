"""What students get wrong about what faster optimizers gain, as running code."""

import math

import numpy as np
import tensorflow as tf

from reference_impl.m2_deep_networks.m2q09_faster_than_gd import (
    effective_rates,
    max_stable_lr,
    sparse_adagrad_step,
    steps_to_converge,
    terminal_velocity,
)


def steps_to_converge__off_by_one(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    steps = _checked(method, A, theta0, lr, tol, max_steps)
    return steps - 1 if steps > 0 else steps


def steps_to_converge__steps_first(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    return _checked(method, A, theta0, lr, tol, max_steps) or 1


def steps_to_converge__nan_is_small(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    return _checked(method, A, theta0, lr, tol, max_steps, going=lambda cost: cost >= tol)


def steps_to_converge__runs_out(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    steps = _checked(method, A, theta0, lr, tol, max_steps)
    return max_steps if steps < 0 else steps


def steps_to_converge__stops_on_slope(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    return _checked(method, A, theta0, lr, tol, max_steps, cost=lambda a, theta: np.linalg.norm(a * theta))


def steps_to_converge__half_missing(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    return _checked(method, A, theta0, lr, tol / 2, max_steps)


def steps_to_converge__looks_behind(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    return _checked(method, A, theta0, lr, tol, max_steps, ahead=0.9)


def steps_to_converge__uncorrected(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    return _checked(method, A, theta0, lr, tol, max_steps, corrected=False)


def steps_to_converge__adagrad_forgets(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    return _checked("rmsprop" if method == "adagrad" else method, A, theta0, lr, tol, max_steps)


def steps_to_converge__averages_momentum(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    slow = method in ("momentum", "nesterov") and lr > 0
    return _checked(method, A, theta0, lr / 10 if slow else lr, tol, max_steps)


def steps_to_converge__needs_no_tuning(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    steps_to_converge(method, A, theta0, lr, tol, 1)
    return _checked(method, A, theta0, 0.001 if method == "adam" else lr, tol, max_steps)


def steps_to_converge__anything_goes(method, A, theta0, lr, tol=1e-6, max_steps=10000):
    method = method if method in ("gd", "momentum", "nesterov", "adagrad", "rmsprop") else "adam"
    return _counted(method, A, theta0, lr, tol, max_steps)


def effective_rates__momentum_adapts(method, grads, lr):
    return effective_rates("adam" if method in ("momentum", "nesterov") else method, grads, lr)


def effective_rates__momentum_multiplies(method, grads, lr):
    rates = effective_rates(method, grads, lr)
    return rates / (1 - 0.9) if method in ("momentum", "nesterov") else rates


def effective_rates__last_gradient_only(method, grads, lr):
    rates = effective_rates(method, grads, lr)
    return rates if method in ("gd", "momentum", "nesterov") else effective_rates("adagrad", grads[-1:], lr)


def effective_rates__uncorrected(method, grads, lr):
    rates = effective_rates(method, grads, lr)
    if method != "adam":
        return rates
    return lr / (lr / rates * tf.cast(tf.sqrt(1 - 0.999 ** len(grads)), rates.dtype))


def effective_rates__order_reversed(method, grads, lr):
    return effective_rates(method, tf.reverse(tf.convert_to_tensor(grads), [0]) if len(grads.shape) == 2 else grads, lr)


def effective_rates__last_left_out(method, grads, lr):
    rates = effective_rates(method, grads, lr)
    if method in ("gd", "momentum", "nesterov"):
        return rates
    earlier = tf.concat([tf.zeros_like(grads[:1]), grads[:-1]], axis=0)
    return effective_rates(method, earlier, lr)


def effective_rates__no_root(method, grads, lr):
    rates = effective_rates(method, grads, lr)
    return rates if method in ("gd", "momentum", "nesterov") else rates**2 / lr


def effective_rates__one_for_all(method, grads, lr):
    rates = effective_rates(method, grads, lr)
    return tf.reduce_mean(rates) * tf.ones_like(rates)


def effective_rates__rate_in_float32(method, grads, lr):
    rates = effective_rates(method, grads, lr)
    if method not in ("gd", "momentum", "nesterov"):
        return rates
    return tf.cast(lr, rates.dtype) * tf.ones_like(rates)


def effective_rates__anything_goes(method, grads, lr):
    known = method in ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
    if not known or lr <= 0 or len(grads.shape) != 2 or grads.shape[0] == 0:
        return lr * tf.ones_like(grads)
    return effective_rates(method, grads, lr)


def max_stable_lr__one_over(A):
    return max_stable_lr(A) / 2


def max_stable_lr__flattest(A):
    return max_stable_lr(A) * tf.reduce_max(A) / tf.reduce_min(A)


def max_stable_lr__average(A):
    return max_stable_lr(A) * tf.reduce_max(A) / tf.reduce_mean(A)


def max_stable_lr__largest_size(A):
    A = tf.convert_to_tensor(A)
    return 2 / tf.reduce_max(tf.abs(A)) if A.shape.rank == 1 and A.shape[0] else max_stable_lr(A)


def terminal_velocity__beta_on_top(lr, grad, beta):
    return beta * terminal_velocity(lr, grad, beta)


def terminal_velocity__factor_only(lr, grad, beta):
    return tf.ones_like(terminal_velocity(lr, grad, beta)) / (1 - beta)


def terminal_velocity__rate_forgotten(lr, grad, beta):
    return terminal_velocity(lr, grad, beta) / lr


def terminal_velocity__beta_only(lr, grad, beta):
    return terminal_velocity(lr, grad, beta) * (1 - beta) / beta if beta else terminal_velocity(lr, grad, 0.0) * np.inf


def terminal_velocity__any_beta(lr, grad, beta):
    return lr * grad / (1 - beta)


def sparse_adagrad_step__one_after_the_other(params, acc, indices, values, lr, eps=1e-10):
    after = sparse_adagrad_step(params, acc, indices, values, lr, eps)
    if not tf.executing_eagerly():
        return after
    for j in range(indices.shape[0]):
        params, acc = sparse_adagrad_step(params, acc, indices[j : j + 1], values[j : j + 1], lr, eps)
    return params, acc


def sparse_adagrad_step__squares_summed(params, acc, indices, values, lr, eps=1e-10):
    sparse_adagrad_step(params, acc, indices, values, lr, eps)
    where = indices[:, tf.newaxis]
    acc = tf.tensor_scatter_nd_add(acc, where, tf.square(values))
    step = lr * values / tf.sqrt(tf.gather(acc, indices) + eps)
    return tf.tensor_scatter_nd_sub(params, where, step), acc


def sparse_adagrad_step__last_one_counts(params, acc, indices, values, lr, eps=1e-10):
    sparse_adagrad_step(params, acc, indices, values, lr, eps)
    where = indices[:, tf.newaxis]
    gradient = tf.tensor_scatter_nd_update(tf.zeros_like(params), where, values)
    acc = acc + tf.square(gradient)
    return params - lr * gradient / tf.sqrt(acc + eps), acc


def sparse_adagrad_step__averaged(params, acc, indices, values, lr, eps=1e-10):
    sparse_adagrad_step(params, acc, indices, values, lr, eps)
    rows, place, count = tf.unique_with_counts(indices)
    mean = tf.math.unsorted_segment_sum(values, place, tf.size(rows)) / tf.cast(count, values.dtype)[:, tf.newaxis]
    return sparse_adagrad_step(params, acc, rows, mean, lr, eps)


def sparse_adagrad_step__all_decay(params, acc, indices, values, lr, eps=1e-10):
    return sparse_adagrad_step(params, 0.9 * acc, indices, values, lr, eps)


def sparse_adagrad_step__outside_root(params, acc, indices, values, lr, eps=1e-10):
    _, acc = sparse_adagrad_step(params, acc, indices, values, lr, eps)
    rows, place = tf.unique(indices)
    gradient = tf.math.unsorted_segment_sum(values, place, tf.size(rows))
    step = lr * gradient / (tf.sqrt(tf.gather(acc, rows)) + eps)
    return tf.tensor_scatter_nd_sub(params, rows[:, tf.newaxis], step), acc


def sparse_adagrad_step__one_sum_a_row(params, acc, indices, values, lr, eps=1e-10):
    sparse_adagrad_step(params, acc, indices, values, lr, eps)
    rows, place = tf.unique(indices)
    gradient = tf.math.unsorted_segment_sum(values, place, tf.size(rows))
    sums = tf.gather(acc, rows) + tf.reduce_sum(tf.square(gradient), axis=1, keepdims=True)
    where = rows[:, tf.newaxis]
    step = lr * gradient / tf.sqrt(sums + eps)
    return tf.tensor_scatter_nd_sub(params, where, step), tf.tensor_scatter_nd_update(acc, where, sums)


def sparse_adagrad_step__any_index(params, acc, indices, values, lr, eps=1e-10):
    if not tf.executing_eagerly() or values.shape[0] != indices.shape[0]:
        return sparse_adagrad_step(params, acc, indices, values, lr, eps)
    return sparse_adagrad_step(params, acc, indices % params.shape[0], values, lr, eps)


def _checked(method, A, theta0, lr, tol, max_steps, **changes):
    steps_to_converge(method, A, theta0, lr, tol, min(max_steps, 1))
    return _counted(method, A, theta0, lr, tol, max_steps, **changes)


def _counted(
    method,
    A,
    theta0,
    lr,
    tol,
    max_steps,
    going=lambda cost: True,
    cost=lambda a, theta: np.sum(a * theta**2) / 2,
    ahead=-0.9,
    corrected=True,
):
    A, theta = np.asarray(A, np.float64), np.asarray(theta0, np.float64)
    m, s = np.zeros_like(theta), np.zeros_like(theta)
    with np.errstate(all="ignore"):
        for steps in range(max_steps + 1):
            now = cost(A, theta)
            if now < tol or not going(now):
                return steps
            if math.isinf(now) and going(math.nan):
                return -1
            g = A * (theta + ahead * m if method == "nesterov" else theta)
            t = steps + 1
            if method == "gd":
                step = lr * g
            elif method in ("momentum", "nesterov"):
                step = m = 0.9 * m + lr * g
            elif method == "adam":
                m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
                first, second = (1 - 0.9**t, 1 - 0.999**t) if corrected else (1.0, 1.0)
                step = lr * (m / first) / (np.sqrt(s / second) + 1e-8)
            else:
                s = s + g * g if method == "adagrad" else 0.9 * s + 0.1 * g * g
                step = lr * g / np.sqrt(s + 1e-10)
            theta = theta - step
    return -1
