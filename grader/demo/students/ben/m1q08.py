"""Ben's backpropagation."""

import math

import tensorflow as tf


def activation(name, z):
    if name == "step":
        return tf.cast(z >= 0, z.dtype), tf.zeros_like(z)
    if name == "logistic":
        s = tf.exp(z) / (1 + tf.exp(z))
        return s, s * (1 - s)
    if name == "tanh":
        return tf.tanh(z), 1 - tf.tanh(z) ** 2
    if name == "relu":
        return tf.maximum(z, 0), tf.cast(z > 0, z.dtype)
    raise ValueError(name)


def reverse_mode(program, inputs):
    if not program:
        raise ValueError("empty")
    values = list(inputs)
    for op in program:
        name, *args = op
        if max(args) >= len(values):
            raise ValueError("forward reference")
        a = [values[i] for i in args]
        functions = {
            "add": lambda: a[0] + a[1],
            "sub": lambda: a[0] - a[1],
            "mul": lambda: a[0] * a[1],
            "neg": lambda: -a[0],
            "exp": lambda: math.exp(a[0]),
            "sigmoid": lambda: 1 / (1 + math.exp(-a[0])),
            "tanh": lambda: math.tanh(a[0]),
            "relu": lambda: max(a[0], 0.0),
        }
        if name not in functions:
            raise ValueError(name)
        values.append(functions[name]())
    n = len(inputs)
    grads = [0.0] * len(values)
    grads[-1] = 1.0
    for k in reversed(range(len(program))):
        name, *args = program[k]
        g, v = grads[n + k], values[n + k]
        if name in ("add", "sub"):
            grads[args[0]] = g
            grads[args[1]] = g if name == "add" else -g
        elif name == "mul":
            grads[args[0]] = g * values[args[1]]
            grads[args[1]] = g * values[args[0]]
        else:
            slope = {"neg": -1.0, "exp": v, "sigmoid": v * (1 - v), "tanh": 1 - v * v, "relu": float(v > 0)}[name]
            grads[args[0]] = g * slope
    return values[-1], grads[:n]


def gradient_check(f, theta, eps=1e-6):
    if theta.dtype != tf.float64 and str(theta.dtype) != "float64":
        raise ValueError("float64")
    loss, grad = f(theta)
    worst = 0.0
    for i in range(len(theta)):
        step = eps * tf.one_hot(i, len(theta), dtype=tf.float64)
        numeric = (f(theta + step)[0] - loss) / eps
        worst = max(worst, float(abs(grad[i] - numeric) / max(1.0, abs(float(grad[i])))))
    return worst
