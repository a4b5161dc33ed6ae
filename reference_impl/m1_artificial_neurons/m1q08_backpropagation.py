"""Backpropagation: activation functions with their slopes, reverse-mode autodiff, and how to check a gradient."""

from collections.abc import Callable

import tensorflow as tf

Operation = tuple


def activation(name: str, z: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Compute an activation function and its derivative, element by element and analytically.

    step: 1 for z ≥ 0, else 0, with slope 0 everywhere; logistic: σ(z) = 1 / (1 + e⁻ᶻ), with slope σ (1 − σ); tanh, with
    slope 1 − tanh²; relu: max(0, z), with slope 1 for z > 0, else 0. All are finite for any finite z.

    Args:
        name: "step", "logistic", "tanh" or "relu".
        z: float tensor of any shape. Integers are cast to float32.

    Returns:
        The value and the derivative, each of the shape and dtype of ``z``.

    Raises:
        ValueError: another ``name``.

    Source:
        Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, Nature 323, 1986; Géron 2017,
        fig. 10-8.
    """
    z = tf.convert_to_tensor(z)
    z = z if z.dtype.is_floating else tf.cast(z, tf.float32)
    match name:
        case "step":
            return tf.cast(z >= 0, z.dtype), tf.zeros_like(z)
        case "logistic":
            s = tf.sigmoid(z)
            return s, s * (1 - s)
        case "tanh":
            t = tf.tanh(z)
            return t, 1 - tf.square(t)
        case "relu":
            return tf.nn.relu(z), tf.cast(z > 0, z.dtype)
    raise ValueError(f"name is 'step', 'logistic', 'tanh' or 'relu', not {name!r}")


#: For each operation its value, and the slopes of the value in each operand, from the operands and the value.
_OPERATIONS: dict[str, tuple[Callable, Callable]] = {
    "add": (lambda a, b: a + b, lambda a, b, value: (1.0, 1.0)),
    "sub": (lambda a, b: a - b, lambda a, b, value: (1.0, -1.0)),
    "mul": (lambda a, b: a * b, lambda a, b, value: (b, a)),
    "neg": (lambda a: -a, lambda a, value: (-1.0,)),
    "exp": (lambda a: float(tf.exp(tf.constant(a, tf.float64))), lambda a, value: (value,)),
    "sigmoid": (lambda a: float(tf.sigmoid(tf.constant(a, tf.float64))), lambda a, value: (value * (1 - value),)),
    "tanh": (lambda a: float(tf.tanh(tf.constant(a, tf.float64))), lambda a, value: (1 - value * value,)),
    "relu": (lambda a: max(a, 0.0), lambda a, value: (1.0 if a > 0 else 0.0,)),
}


def reverse_mode(program: list[Operation], inputs: list[float]) -> tuple[float, list[float]]:
    """Evaluate a program and its gradient by one forward and one backward sweep.

    The values are numbered: first the inputs 0 … n−1, then the results of the operations in order. The backward sweep
    starts with slope 1 at the output and hands each operation's slope on to its operands, where the slopes of several
    uses add up.

    Args:
        program: operations ``(name, operand)`` or ``(name, operand, operand)``, in order; an operand is the number
            of an input or of an earlier result. Names: add, sub, mul, neg, exp, sigmoid, tanh, relu.
        inputs: the inputs, Python floats.

    Returns:
        The value of the last operation, and its derivative with respect to each input (0.0 for an unused one), all
        Python floats in double precision.

    Raises:
        ValueError: the program is empty, an operation is unknown, or an operand is not yet computed.

    Source:
        Baydin et al., Automatic differentiation in machine learning: a survey, JMLR 18, 2018, sec. 3.2.
    """
    if not program:
        raise ValueError("the program is empty")
    values = [float(value) for value in inputs]
    for name, *operands in program:
        if name not in _OPERATIONS:
            raise ValueError(f"unknown operation {name!r}")
        if not all(0 <= operand < len(values) for operand in operands):
            raise ValueError(f"{name!r} uses a value that is not computed yet: {operands}")
        compute, _ = _OPERATIONS[name]
        values.append(compute(*(values[operand] for operand in operands)))

    slopes = [0.0] * len(values)
    slopes[-1] = 1.0
    for position in range(len(program) - 1, -1, -1):
        name, *operands = program[position]
        result = len(inputs) + position
        _, slopes_of = _OPERATIONS[name]
        local = slopes_of(*(values[operand] for operand in operands), values[result])
        for operand, slope in zip(operands, local, strict=True):
            slopes[operand] += slopes[result] * slope
    return values[-1], slopes[: len(inputs)]


def gradient_check(f: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]], theta: tf.Tensor, eps: float = 1e-6) -> float:
    """Compare a gradient with central differences.

    The numeric derivative in coordinate i is (J(θ + ε eᵢ) − J(θ − ε eᵢ)) / 2ε; the error of an analytic one, a, is
    |a − numeric| / max(1, |a|).

    Args:
        f: takes θ and returns the loss, a scalar, and its analytic gradient, of the shape of θ.
        theta: where to check, float64 vector (n,). It is left as it is.
        eps: the step ε.

    Returns:
        The largest error over all coordinates, a Python float.

    Raises:
        ValueError: ``theta`` is not float64: single precision cannot resolve the differences.

    Source:
        Nocedal & Wright, Numerical Optimization, 2nd ed. 2006, eq. 8.7.
    """
    theta = tf.convert_to_tensor(theta)
    if theta.dtype != tf.float64:
        raise ValueError(f"theta must be float64, not {theta.dtype.name}")
    _, analytic = f(theta)
    steps = eps * tf.eye(tf.size(theta), dtype=tf.float64)
    numeric = tf.stack([(f(theta + step)[0] - f(theta - step)[0]) / (2 * eps) for step in steps])
    errors = tf.abs(analytic - numeric) / tf.maximum(tf.constant(1.0, tf.float64), tf.abs(analytic))
    return float(tf.reduce_max(errors))
