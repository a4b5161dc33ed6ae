"""Backpropagation: activations with a slope, one reverse sweep through a computation, and a check of gradients."""

import math
from collections.abc import Callable

import tensorflow as tf


def activation(name: str, z: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Compute an activation function and its derivative, by formula, for every element.

    - "step": 0 for z < 0, 1 for z ≥ 0; its derivative counts as 0 everywhere.
    - "logistic": σ(z) = 1 / (1 + exp(−z)).
    - "tanh": tanh(z) = 2σ(2z) − 1.
    - "relu": max(0, z); its derivative at 0 counts as 0.

    Values and derivatives are right, and finite, for every |z| ≤ 1000.

    Args:
        name: one of the four names.
        z: weighted sums, float tensor of any shape. Integers are cast to float32.

    Returns:
        The values and the derivatives, both of the shape and dtype of ``z``.

    Raises:
        ValueError: another ``name``.

    Source:
        Logistic: Rumelhart, Hinton & Williams, Nature 323, 1986, eq. 2. The others: Géron 2017, ch. 10;
        Goodfellow, Bengio & Courville, Deep Learning, 2016, sec. 6.3.
    """
    z = _as_float(z)
    if name == "step":
        return tf.cast(z >= 0, z.dtype), tf.zeros_like(z)
    if name == "logistic":
        a = tf.sigmoid(z)
        return a, a * (1 - a)
    if name == "tanh":
        a = tf.tanh(z)
        return a, 1 - a**2
    if name == "relu":
        return tf.nn.relu(z), tf.cast(z > 0, z.dtype)
    raise ValueError(f"name is 'step', 'logistic', 'tanh' or 'relu', not {name!r}")


def reverse_mode(program: list[tuple[str | int, ...]], inputs: list[float]) -> tuple[float, list[float]]:
    """Run a program of elementary operations and differentiate its last result by one sweep backwards.

    An instruction is a tuple (operation, index, …) whose indices name its operands: 0 … n − 1 are the n inputs,
    n is the result of the first instruction, n + 1 that of the second, and so on. Operations of two operands are
    "add", "sub" (first minus second) and "mul"; of one operand "neg", "exp", "sigmoid" (logistic), "tanh" and
    "relu", whose derivative at 0 is 0. "sigmoid" and "tanh" must not overflow for any float.

    With v̄ = ∂(last result)/∂v, the sweep starts at 1 for the last result and adds, from the last instruction to
    the first, v̄_operand += v̄_result · ∂result/∂operand. Its cost is a small multiple of the program's, whatever
    the number of inputs. No automatic differentiation of a library is used.

    Args:
        program: at least one instruction; an operand comes before the instruction that uses it.
        inputs: n ≥ 1 numbers. Program and inputs are left as they are.

    Returns:
        The last result, and its derivative with respect to each of the n inputs: 0.0 for one that is not used.

    Raises:
        ValueError: the program is empty, an operation is unknown or has the wrong number of operands, or an index
            is negative or does not come before its instruction.

    Source:
        Griewank & Walther, Evaluating Derivatives, 2nd ed., 2008, sec. 3.2; Géron 2017, app. D.
    """
    n = len(inputs)
    _check_program(program, n)
    values = list(inputs)
    for operation, *operands in program:
        values.append(_VALUE[operation](*(values[i] for i in operands)))

    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    for result in reversed(range(n, len(values))):
        operation, *operands = program[result - n]
        slopes = _SLOPES[operation](values[result], *(values[i] for i in operands))
        for i, slope in zip(operands, slopes, strict=True):
            adjoints[i] += adjoints[result] * slope
    return float(values[-1]), [float(adjoint) for adjoint in adjoints[:n]]


def gradient_check(f: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]], theta: tf.Tensor, eps: float = 1e-6) -> float:
    """Compare a gradient with central differences and return the largest error.

    dᵢ = (J(θ + ε eᵢ) − J(θ − ε eᵢ)) / (2ε), one coordinate at a time; the error of the gradient g is
    maxᵢ |gᵢ − dᵢ| / max(1, |gᵢ|, |dᵢ|).

    Args:
        f: takes θ, a float64 tensor or array, and returns the loss J(θ), a float64 scalar tensor, and its gradient
            g at θ, a float64 tensor of the shape of θ.
        theta: where to check, float64, any shape. It is left as it is.
        eps: ε > 0.

    Returns:
        The largest error; NaN if one of the errors is NaN.

    Raises:
        ValueError: ``theta`` is not float64 (in float32 rounding would drown the differences), ``eps`` is not
            positive, or the gradient is not of the shape of ``theta``.

    Source:
        Nocedal & Wright, Numerical Optimization, 2nd ed., 2006, eq. 8.7 (central difference).
    """
    theta = tf.convert_to_tensor(theta)
    if theta.dtype != tf.float64:
        raise ValueError(f"theta must be float64, not {theta.dtype.name}")
    if eps <= 0:
        raise ValueError(f"eps must be positive, not {eps}")
    _, analytic = f(theta)
    if analytic.shape != theta.shape:
        raise ValueError(f"the gradient has shape {analytic.shape}, theta {theta.shape}")

    steps = tf.reshape(eps * tf.eye(tf.size(theta), dtype=tf.float64), [-1, *theta.shape])
    numeric = tf.reshape([(f(theta + step)[0] - f(theta - step)[0]) / (2 * eps) for step in steps], theta.shape)
    scale = tf.maximum(tf.constant(1, tf.float64), tf.maximum(tf.abs(analytic), tf.abs(numeric)))
    return float(tf.reduce_max(tf.abs(analytic - numeric) / scale))


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))  # the same number; exp(−x) would overflow


_OPERANDS = {"add": 2, "sub": 2, "mul": 2, "neg": 1, "exp": 1, "sigmoid": 1, "tanh": 1, "relu": 1}

_VALUE: dict[str, Callable[..., float]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "neg": lambda x: -x,
    "exp": math.exp,
    "sigmoid": _sigmoid,
    "tanh": math.tanh,
    "relu": lambda x: max(0.0, x),
}

#: The derivatives with respect to each operand, given the result and the operands.
_SLOPES: dict[str, Callable[..., tuple[float, ...]]] = {
    "add": lambda result, x, y: (1.0, 1.0),
    "sub": lambda result, x, y: (1.0, -1.0),
    "mul": lambda result, x, y: (y, x),
    "neg": lambda result, x: (-1.0,),
    "exp": lambda result, x: (result,),
    "sigmoid": lambda result, x: (result * (1 - result),),
    "tanh": lambda result, x: (1 - result**2,),
    "relu": lambda result, x: (1.0 if x > 0 else 0.0,),
}


def _check_program(program: list[tuple[str | int, ...]], n_inputs: int) -> None:
    if not program:
        raise ValueError("the program is empty")
    for index, (operation, *operands) in enumerate(program, start=n_inputs):
        if operation not in _OPERANDS:
            raise ValueError(f"unknown operation {operation!r}")
        if len(operands) != _OPERANDS[operation]:
            raise ValueError(f"{operation!r} has {_OPERANDS[operation]} operands, not {len(operands)}")
        if not all(0 <= operand < index for operand in operands):
            raise ValueError(f"an operand of instruction {index} does not come before it: {operands}")


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
