"""NumPy wherever the contract allows it; the sparse step as a dense one; lists for tuples."""

import numpy as np
import tensorflow as tf


class State:
    """A method's memory: momentum and squares, and what it takes from a gradient."""

    def __init__(self, method, lr, size):
        if method not in {"gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"}:
            raise ValueError(method)
        self.method, self.lr, self.t = method, lr, 0
        self.velocity = np.zeros(size)
        self.squares = np.zeros(size)

    def ahead(self, theta):
        return theta - 0.9 * self.velocity if self.method == "nesterov" else theta

    def rate(self, gradient):
        self.t += 1
        if self.method == "adagrad":
            self.squares = self.squares + gradient**2
            return self.lr * (self.squares + 1e-10) ** -0.5
        if self.method == "rmsprop":
            self.squares = self.squares + 0.1 * (gradient**2 - self.squares)
            return self.lr * (self.squares + 1e-10) ** -0.5
        if self.method == "adam":
            self.squares = self.squares + 0.001 * (gradient**2 - self.squares)
            return self.lr / (1e-8 + (self.squares / (1 - 0.999**self.t)) ** 0.5)
        return self.lr * np.ones_like(gradient)

    def step(self, gradient):
        rate = self.rate(gradient)
        if self.method in ("momentum", "nesterov"):
            self.velocity = 0.9 * self.velocity + rate * gradient
            return self.velocity
        if self.method == "adam":
            self.velocity = 0.9 * self.velocity + 0.1 * gradient
            return rate * self.velocity / (1 - 0.9**self.t)
        return rate * gradient


def steps_to_converge(name, curvatures, start, rate, tolerance=1e-6, most=10000):
    curvatures, theta = np.array(curvatures, dtype=float), np.array(start, dtype=float)
    if curvatures.ndim != 1 or curvatures.shape != theta.shape or (curvatures <= 0).any():
        raise ValueError("curvatures")
    if rate <= 0 or tolerance <= 0 or most <= 0:
        raise ValueError("rate, tolerance or steps")
    state = State(name, rate, len(theta))
    count = 0
    while not 0.5 * curvatures @ theta**2 < tolerance:
        if count == most or not np.isfinite(theta).all():
            return -1
        theta = theta - state.step(curvatures * state.ahead(theta))
        count += 1
    return np.int64(count)


def effective_rates(name, history, rate):
    history = np.asarray(history)
    if history.ndim != 2 or not len(history) or rate <= 0:
        raise ValueError("history or rate")
    state = State(name, rate, history.shape[1])
    for gradient in history.astype(float):
        rates = state.rate(gradient)
    return rates.astype(history.dtype if history.dtype.kind == "f" else np.float32)


def max_stable_lr(curvatures):
    curvatures = np.asarray(curvatures)
    if curvatures.ndim != 1 or curvatures.size == 0 or curvatures.min() <= 0:
        raise ValueError("curvatures")
    return float((2 / curvatures).min())


def terminal_velocity(rate, gradient, friction):
    if not (rate > 0 and 0 <= friction < 1):
        raise ValueError("rate or friction")
    return np.asarray(gradient) * rate / (1 - friction)


def sparse_adagrad_step(table, sums, rows, gradients, rate, epsilon=1e-10):
    if rate <= 0 or epsilon <= 0 or not table.shape.is_compatible_with(sums.shape):
        raise ValueError("rate, epsilon or sums")
    count, width = table.shape
    if not gradients.shape.is_compatible_with((rows.shape[0], width)):
        raise ValueError("gradients")
    if tf.executing_eagerly() and not np.isin(rows.numpy(), np.arange(count)).all():
        raise ValueError("rows")
    dense = tf.transpose(tf.one_hot(rows, count, dtype=table.dtype)) @ gradients
    sums = sums + dense * dense
    return [table - rate * dense * tf.math.rsqrt(sums + epsilon), sums]
