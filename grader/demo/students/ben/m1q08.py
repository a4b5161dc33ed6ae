"""Ben's backpropagation."""

import math

import tensorflow as tf


def activation(name, z):
    z = tf.convert_to_tensor(z)
    if not z.dtype.is_floating:
        z = tf.cast(z, tf.float32)
    if name == "step":
        return tf.cast(z >= 0, z.dtype), tf.zeros_like(z)
    elif name == "logistic":
        s = tf.nn.sigmoid(z)
        return s, s * (1 - s)
    elif name == "tanh":
        t = tf.nn.tanh(z)
        return t, 1 - tf.square(t)
    elif name == "relu":
        return tf.maximum(z, 0), tf.where(z >= 0, tf.ones_like(z), tf.zeros_like(z))
    raise ValueError("unknown activation " + name)


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def reverse_mode(program, inputs):
    if not program:
        raise ValueError("empty program")
    n = len(inputs)
    two = ["add", "sub", "mul"]
    one = ["neg", "exp", "sigmoid", "tanh", "relu"]
    for k in range(len(program)):
        op, idx = program[k][0], program[k][1:]
        if op not in two + one:
            raise ValueError("unknown op")
        if len(idx) != (2 if op in two else 1):
            raise ValueError("wrong number of operands")
        for i in idx:
            if i < 0 or i >= n + k:
                raise ValueError("index out of range")

    v = list(inputs)
    for op, *idx in program:
        x = v[idx[0]]
        if op == "add":
            v.append(x + v[idx[1]])
        elif op == "sub":
            v.append(x - v[idx[1]])
        elif op == "mul":
            v.append(x * v[idx[1]])
        elif op == "neg":
            v.append(-x)
        elif op == "exp":
            v.append(math.exp(x))
        elif op == "sigmoid":
            v.append(sigmoid(x))
        elif op == "tanh":
            v.append(math.tanh(x))
        else:
            v.append(max(x, 0.0))

    grad = [0.0] * len(v)
    grad[-1] = 1.0
    for k in range(len(program) - 1, -1, -1):
        op, *idx = program[k]
        g, out = grad[n + k], v[n + k]
        i = idx[0]
        if op in two:
            j = idx[1]
            if op == "add":
                grad[i] = g
                grad[j] = g
            elif op == "sub":
                grad[i] = g
                grad[j] = -g
            else:
                grad[i] = g * v[j]
                grad[j] = g * v[i]
        elif op == "neg":
            grad[i] = -g
        elif op == "exp":
            grad[i] = g * out
        elif op == "sigmoid":
            grad[i] = g * out * (1 - out)
        elif op == "tanh":
            grad[i] = g * (1 - out * out)
        else:
            grad[i] = g if v[i] > 0 else 0.0
    return float(v[-1]), [float(x) for x in grad[:n]]


def gradient_check(f, theta, eps=1e-6):
    theta = tf.convert_to_tensor(theta)
    if theta.dtype != tf.float64 or eps <= 0:
        raise ValueError("need float64 and eps > 0")
    loss, grad = f(theta)
    if grad.shape != theta.shape:
        raise ValueError("gradient shape")
    flat = tf.reshape(theta, [-1])
    numeric = []
    for i in range(flat.shape[0]):
        e = eps * tf.one_hot(i, flat.shape[0], dtype=tf.float64)
        moved = tf.reshape(flat + e, theta.shape)
        numeric.append((f(moved)[0] - loss) / eps)
    g = tf.reshape(grad, [-1])
    d = tf.stack(numeric)
    error = tf.abs(g - d) / tf.maximum(tf.maximum(tf.abs(g), tf.abs(d)), 1.0)
    return float(tf.reduce_max(error))
