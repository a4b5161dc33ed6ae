"""What students get wrong about backpropagation, as running code."""

import math

import numpy as np
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q08_backpropagation import activation, gradient_check, reverse_mode


def activation__slope_from_input(name, z):
    value, slope = activation(name, z)
    return (value, value * (1 - z)) if name == "logistic" else (value, slope)


def activation__overflows(name, z):
    value, slope = activation(name, z)
    if name == "logistic":
        s = tf.exp(z) / (1 + tf.exp(z))
        return s, s * (1 - s)
    return value, slope


def activation__tanh_slope_from_input(name, z):
    value, slope = activation(name, z)
    return (value, 1 - tf.square(z)) if name == "tanh" else (value, slope)


def activation__relu_slope_at_zero(name, z):
    value, slope = activation(name, z)
    return (value, tf.cast(z >= 0, slope.dtype)) if name == "relu" else (value, slope)


def activation__slope_of_the_slope(name, z):
    value, slope = activation(name, z)
    return (value, value) if name == "logistic" else (value, slope)


def activation__any_name(name, z):
    return activation(name if name in ("step", "tanh", "relu") else "logistic", z)


def reverse_mode__overwrites(program, inputs):
    return _sweep(program, inputs, accumulate=False)


def reverse_mode__forward_sweep(program, inputs):
    return _sweep(program, inputs, backwards=False)


def reverse_mode__sub_sign(program, inputs):
    return _sweep(program, inputs, sub=(1.0, 1.0))


def reverse_mode__mul_operands(program, inputs):
    return _sweep(program, inputs, swap=False)


def reverse_mode__sweep_for_each_input(program, inputs):
    value = reverse_mode(program, inputs)[0]
    return value, [_tangent(program, inputs, i) for i in range(len(inputs))]


def _tangent(program, inputs, wrt):
    values, slopes = list(inputs), [float(i == wrt) for i in range(len(inputs))]
    for operation in program:
        name, *at = operation
        local = [(name, *range(len(at)))]
        value, partials = reverse_mode(local, [values[i] for i in at])
        values.append(value)
        slopes.append(sum(p * slopes[i] for p, i in zip(partials, at, strict=True)))
    return slopes[-1]


def reverse_mode__forward_reference(program, inputs):
    usable = [
        op for op in program if all(i < len(inputs) + n for n, op_ in enumerate(program) if op_ is op for i in op[1:])
    ]
    if usable and len(usable) < len(program):
        return reverse_mode([op for op in usable if all(i < len(inputs) for i in op[1:])] or [("neg", 0)], inputs)
    return reverse_mode(program, inputs)


def gradient_check__forward_difference(f, theta, eps=1e-6):
    gradient_check(f, theta, eps)
    _, analytic = f(theta)
    base = f(theta)[0]
    numeric = tf.stack([(f(theta + eps * row)[0] - base) / eps for row in tf.eye(tf.size(theta), dtype=tf.float64)])
    return float(tf.reduce_max(tf.abs(analytic - numeric) / tf.maximum(tf.ones_like(analytic), tf.abs(analytic))))


def gradient_check__all_at_once(f, theta, eps=1e-6):
    gradient_check(f, theta, eps)
    _, analytic = f(theta)
    numeric = (f(theta + eps)[0] - f(theta - eps)[0]) / (2 * eps)
    return float(tf.reduce_max(tf.abs(analytic - numeric) / tf.maximum(tf.ones_like(analytic), tf.abs(analytic))))


def gradient_check__single_precision(f, theta, eps=1e-6):
    return gradient_check(f, tf.cast(theta, tf.float64), eps)


def gradient_check__mean_error(f, theta, eps=1e-6):
    gradient_check(f, theta, eps)
    _, analytic = f(theta)
    rows = eps * tf.eye(tf.size(theta), dtype=tf.float64)
    numeric = tf.stack([(f(theta + row)[0] - f(theta - row)[0]) / (2 * eps) for row in rows])
    return float(tf.reduce_mean(tf.abs(analytic - numeric) / tf.maximum(tf.ones_like(analytic), tf.abs(analytic))))


def gradient_check__moves_theta(f, theta, eps=1e-6):
    if isinstance(theta, np.ndarray):
        error = gradient_check(f, theta, eps)
        theta += eps
        return error
    return gradient_check(f, theta, eps)


def _sweep(program, inputs, accumulate=True, backwards=True, sub=(1.0, -1.0), swap=True):
    reverse_mode(program, inputs)
    one = {"neg": lambda a: -a, "exp": math.exp, "tanh": math.tanh, "relu": lambda a: max(a, 0.0)}
    one["sigmoid"] = lambda a: 0.5 * (1 + math.tanh(a / 2))
    two = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b}
    values = [float(v) for v in inputs]
    for name, *at in program:
        values.append((one.get(name) or two[name])(*(values[i] for i in at)))
    slopes = [0.0] * len(values)
    slopes[-1] = 1.0
    order = range(len(program))
    for k in reversed(order) if backwards else order:
        name, *at = program[k]
        v = values[len(inputs) + k]
        local = {
            "add": lambda: (1.0, 1.0),
            "sub": lambda: sub,
            "mul": lambda at=at: (values[at[1]], values[at[0]]) if swap else (values[at[0]], values[at[1]]),
            "neg": lambda: (-1.0,),
            "exp": lambda v=v: (v,),
            "sigmoid": lambda v=v: (v * (1 - v),),
            "tanh": lambda v=v: (1 - v * v,),
            "relu": lambda at=at: (1.0 if values[at[0]] > 0 else 0.0,),
        }[name]()
        for i, slope in zip(at, local, strict=True):
            change = slopes[len(inputs) + k] * slope
            slopes[i] = slopes[i] + change if accumulate else change
    return values[-1], slopes[: len(inputs)]
