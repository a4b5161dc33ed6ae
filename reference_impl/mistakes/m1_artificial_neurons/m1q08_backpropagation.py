"""What students get wrong about activations, the reverse sweep and the check of gradients, as running code."""

import math

import numpy as np
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q08_backpropagation import activation, gradient_check, reverse_mode


def activation__logistic_slope_at_z(name, z):
    value, slope = activation(name, z)
    return value, (value * (1 - tf.cast(z, value.dtype)) if name == "logistic" else slope)


def activation__tanh_slope_at_z(name, z):
    value, slope = activation(name, z)
    return value, (1 - tf.cast(z, value.dtype) ** 2 if name == "tanh" else slope)


def activation__overflows(name, z):
    value, slope = activation(name, z)
    z = tf.cast(z, value.dtype)
    if name == "logistic":
        return value, tf.exp(-z) / (1 + tf.exp(-z)) ** 2
    if name == "tanh":
        value = (tf.exp(z) - tf.exp(-z)) / (tf.exp(z) + tf.exp(-z))
        return value, 1 - value**2
    return value, slope


def activation__relu_slope_at_zero(name, z):
    value, slope = activation(name, z)
    return value, (tf.cast(tf.convert_to_tensor(z) >= 0, value.dtype) if name == "relu" else slope)


def activation__zero_is_below(name, z):
    value, slope = activation(name, z)
    return (tf.cast(tf.convert_to_tensor(z) > 0, value.dtype) if name == "step" else value), slope


def activation__step_has_a_slope(name, z):
    value, slope = activation(name, z)
    return value, (tf.ones_like(value) if name == "step" else slope)


def activation__any_name(name, z):
    try:
        return activation(name, z)
    except ValueError:
        return tf.identity(z), tf.ones_like(z)


def activation__always_float32(name, z):
    return activation(name, tf.cast(z, tf.float32))


def reverse_mode__overwrites(program, inputs):
    def into(adjoints, i, contribution):
        adjoints[i] = contribution

    return _backward(program, inputs, into=into)


def reverse_mode__forward_order(program, inputs):
    return _backward(program, inputs, order=lambda indices: indices)


def reverse_mode__sub_sign(program, inputs):
    return _backward(program, inputs, slopes={"sub": lambda r, x, y: (1.0, 1.0)})


def reverse_mode__slope_of_input(program, inputs):
    # the derivatives are written in the output, but fed with the operand
    return _backward(
        program,
        inputs,
        slopes={"sigmoid": lambda r, x: (x * (1 - x),), "tanh": lambda r, x: (1 - x**2,), "exp": lambda r, x: (x,)},
    )


def reverse_mode__factors_not_swapped(program, inputs):
    return _backward(program, inputs, slopes={"mul": lambda r, x, y: (x, y)})


def reverse_mode__relu_always_open(program, inputs):
    return _backward(program, inputs, slopes={"relu": lambda r, x: (1.0,)})


def reverse_mode__relu_slope_at_zero(program, inputs):
    return _backward(program, inputs, slopes={"relu": lambda r, x: (1.0 if x >= 0 else 0.0,)})


def reverse_mode__unused_is_none(program, inputs):
    value, gradient = reverse_mode(program, inputs)
    used = {index for _, *operands in program for index in operands}
    return value, [slope if i in used else None for i, slope in enumerate(gradient)]


def reverse_mode__all_adjoints(program, inputs):
    _check(program, len(inputs))
    values = _forward(program, inputs)
    return float(values[-1]), _adjoints(program, values, len(inputs))


def reverse_mode__appends_to_inputs(program, inputs):
    result = reverse_mode(program, inputs)
    inputs += _forward(program, inputs)[len(inputs) :]
    return result


def reverse_mode__sigmoid_overflows(program, inputs):
    return _backward(program, inputs, values={"sigmoid": lambda x: 1 / (1 + math.exp(-x))})


def reverse_mode__unchecked(program, inputs):
    values = _forward(program, inputs)
    return float(values[-1]), _adjoints(program, values, len(inputs))[: len(inputs)]


def reverse_mode__negative_index(program, inputs):
    if any(index >= len(inputs) + k for k, (_, *operands) in enumerate(program) for index in operands):
        raise ValueError("an index points forward")
    if not any(index < 0 for _, *operands in program for index in operands):
        return reverse_mode(program, inputs)
    return reverse_mode__unchecked(program, inputs)


def reverse_mode__forward_mode(program, inputs):
    _check(program, len(inputs))
    gradient = []
    for wrt in range(len(inputs)):
        values, tangents = list(inputs), [1.0 if i == wrt else 0.0 for i in range(len(inputs))]
        for operation, *operands in program:
            arguments = [values[i] for i in operands]
            values.append(_VALUE[operation](*arguments))
            slopes = _SLOPES[operation](values[-1], *arguments)
            tangents.append(sum(slope * tangents[i] for slope, i in zip(slopes, operands, strict=True)))
        gradient.append(float(tangents[-1]))
    return float(values[-1]), gradient


def reverse_mode__finite_differences(program, inputs):
    _check(program, len(inputs))
    gradient = []
    for wrt in range(len(inputs)):
        above = [x + 1e-6 if i == wrt else x for i, x in enumerate(inputs)]
        below = [x - 1e-6 if i == wrt else x for i, x in enumerate(inputs)]
        gradient.append(float((_forward(program, above)[-1] - _forward(program, below)[-1]) / 2e-6))
    return float(_forward(program, inputs)[-1]), gradient


def reverse_mode__by_tape(program, inputs):
    _check(program, len(inputs))
    functions = {"add": tf.add, "sub": tf.subtract, "mul": tf.multiply, "neg": tf.negative, "exp": tf.exp}
    functions |= {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}
    leaves = [tf.constant(float(x), tf.float64) for x in inputs]
    with tf.GradientTape() as tape:
        tape.watch(leaves)
        value = _forward(program, leaves, functions)[-1]
    gradient = tape.gradient(value, leaves, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return float(value), [float(slope) for slope in gradient]


def gradient_check__forward_difference(f, theta, eps=1e-6):
    return _largest(*_gradients(f, theta, eps, lambda theta, h: (f(theta + h)[0] - f(theta)[0]) / eps))


def gradient_check__all_at_once(f, theta, eps=1e-6):
    def along_the_diagonal(theta, h):
        return (f(theta + eps)[0] - f(theta - eps)[0]) / (2 * eps)

    return _largest(*_gradients(f, theta, eps, along_the_diagonal))


def gradient_check__rows_at_once(f, theta, eps=1e-6):
    def of_the_row(theta, h):
        row = np.zeros_like(theta)
        if theta.ndim:
            row[np.argwhere(h)[0][0]] = eps
        return (f(theta + row)[0] - f(theta - row)[0]) / (2 * eps)

    return _largest(*_gradients(f, theta, eps, of_the_row))


def gradient_check__no_factor_two(f, theta, eps=1e-6):
    return _largest(*_gradients(f, theta, eps, lambda theta, h: (f(theta + h)[0] - f(theta - h)[0]) / eps))


def gradient_check__own_eps(f, theta, eps=1e-6):
    gradient_check(f, theta, eps)
    return gradient_check(f, theta)


def gradient_check__absolute(f, theta, eps=1e-6):
    analytic, numeric = _gradients(f, theta, eps)
    return float(np.max(np.abs(analytic - numeric)))


def gradient_check__always_relative(f, theta, eps=1e-6):
    analytic, numeric = _gradients(f, theta, eps)
    return float(np.max(np.abs(analytic - numeric) / np.maximum(np.abs(analytic), np.abs(numeric))))


def gradient_check__mean_error(f, theta, eps=1e-6):
    return float(np.mean(_errors(*_gradients(f, theta, eps))))


def gradient_check__signed(f, theta, eps=1e-6):
    analytic, numeric = _gradients(f, theta, eps)
    return float(np.max((analytic - numeric) / np.maximum(1, np.maximum(np.abs(analytic), np.abs(numeric)))))


def gradient_check__nan_hidden(f, theta, eps=1e-6):
    worst = 0.0
    for error in _errors(*_gradients(f, theta, eps)).ravel().tolist():
        worst = max(worst, error)
    return worst


def gradient_check__restored_by_arithmetic(f, theta, eps=1e-6):
    error = gradient_check(f, theta, eps)
    if isinstance(theta, np.ndarray):
        for i in np.ndindex(theta.shape):
            theta[i] += eps
            theta[i] -= 2 * eps
            theta[i] += eps
    return error


def gradient_check__never_restored(f, theta, eps=1e-6):
    gradient_check(f, theta, eps)
    theta = theta if isinstance(theta, np.ndarray) else np.array(theta)
    analytic, numeric = np.asarray(f(theta)[1]), np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        theta[i] += eps
        above = float(f(theta)[0])
        theta[i] -= 2 * eps
        numeric[i] = (above - float(f(theta)[0])) / (2 * eps)
    return _largest(analytic, numeric)


def gradient_check__any_dtype(f, theta, eps=1e-6):
    return gradient_check(f, tf.cast(theta, tf.float64), eps)


def gradient_check__any_eps(f, theta, eps=1e-6):
    return gradient_check(f, theta, eps if eps > 0 else 1e-6)


def gradient_check__broadcasts(f, theta, eps=1e-6):
    def spread(theta):
        loss, gradient = f(theta)
        return loss, tf.broadcast_to(gradient, theta.shape)

    return gradient_check(spread, theta, eps)


_VALUE = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "neg": lambda x: -x,
    "exp": math.exp,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)),
    "tanh": math.tanh,
    "relu": lambda x: x if x > 0 else 0.0,
}

_SLOPES = {
    "add": lambda r, x, y: (1.0, 1.0),
    "sub": lambda r, x, y: (1.0, -1.0),
    "mul": lambda r, x, y: (y, x),
    "neg": lambda r, x: (-1.0,),
    "exp": lambda r, x: (r,),
    "sigmoid": lambda r, x: (r * (1 - r),),
    "tanh": lambda r, x: (1 - r * r,),
    "relu": lambda r, x: (1.0 if x > 0 else 0.0,),
}


def _check(program, n):
    reverse_mode(program, [0.0] * n)


def _forward(program, inputs, table=_VALUE):
    values = list(inputs)
    for operation, *operands in program:
        values.append(table[operation](*(values[i] for i in operands)))
    return values


def _adjoints(program, values, n, slopes=_SLOPES, into=None, order=reversed):
    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    for k in order(range(len(program))):
        operation, *operands = program[k]
        partials = slopes[operation](values[n + k], *(values[i] for i in operands))
        for i, slope in zip(operands, partials, strict=True):
            if into:
                into(adjoints, i, adjoints[n + k] * slope)
            else:
                adjoints[i] += adjoints[n + k] * slope
    return adjoints


def _backward(program, inputs, values=None, slopes=None, into=None, order=reversed):
    _check(program, len(inputs))
    n = len(inputs)
    results = _forward(program, inputs, {**_VALUE, **(values or {})})
    adjoints = _adjoints(program, results, n, {**_SLOPES, **(slopes or {})}, into, order)
    return float(results[-1]), [float(adjoint) for adjoint in adjoints[:n]]


def _gradients(f, theta, eps, slope=None):
    theta = np.asarray(theta)
    if theta.dtype != np.float64 or eps <= 0:
        raise ValueError("theta must be float64 and eps positive")
    slope = slope or (lambda theta, h: (f(theta + h)[0] - f(theta - h)[0]) / (2 * eps))
    analytic, numeric = np.asarray(f(theta)[1]), np.zeros_like(theta)
    if analytic.shape != theta.shape:
        raise ValueError("the gradient is of another shape")
    for i in np.ndindex(theta.shape):
        h = np.zeros_like(theta)
        h[i] = eps
        numeric[i] = slope(theta, h)
    return analytic, numeric


def _errors(analytic, numeric):
    return np.abs(analytic - numeric) / np.maximum(1, np.maximum(np.abs(analytic), np.abs(numeric)))


def _largest(analytic, numeric):
    return float(np.max(_errors(analytic, numeric)))
