"""What faster optimizers gain over gradient descent: fewer steps, a rate for each parameter, sparse gradients."""

import math
from collections.abc import Callable

import tensorflow as tf

BETA, BETA_1, BETA_2 = 0.9, 0.9, 0.999
METHODS = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def steps_to_converge(
    method: str, A: tf.Tensor, theta0: tf.Tensor, lr: float, tol: float = 1e-6, max_steps: int = 10000
) -> int:
    """Count the steps that an optimizer needs on the bowl J(θ) = ½ Σ Aᵢ θᵢ², whose gradient is ∇J = A ⊗ θ.

    J is looked at before the first step and after every step, and the number of steps made when it is first below
    ``tol`` is returned. All is computed in float64. With m = s = 0 at the start and t = 1, 2, …, a step is

    - "gd": θ ← θ − η ∇J(θ)
    - "momentum": m ← 0.9 m + η ∇J(θ), θ ← θ − m
    - "nesterov": m ← 0.9 m + η ∇J(θ − 0.9 m), θ ← θ − m
    - "adagrad": s ← s + ∇J ⊗ ∇J, θ ← θ − η ∇J ⊘ √(s + 1e-10)
    - "rmsprop": s ← 0.9 s + 0.1 ∇J ⊗ ∇J, θ ← θ − η ∇J ⊘ √(s + 1e-10)
    - "adam": m ← 0.9 m + 0.1 ∇J, s ← 0.999 s + 0.001 ∇J ⊗ ∇J,
      θ ← θ − η m̂ ⊘ (√ŝ + 1e-8) with m̂ = m / (1 − 0.9ᵗ) and ŝ = s / (1 − 0.999ᵗ)

    Args:
        method: one of the six names.
        A: curvatures, (d,), all positive.
        theta0: start, (d,).
        lr: learning rate η > 0.
        tol: cost to get below, positive.
        max_steps: most steps to make, at least 1.

    Returns:
        The number of steps, 0 if J(θ₀) is below ``tol`` already; −1 if it is not below after ``max_steps`` steps, or
        is no longer finite.

    Raises:
        ValueError: another ``method``, a curvature, ``lr`` or ``tol`` that is not positive, ``max_steps`` below 1, or
            ``A`` and ``theta0`` are not vectors of one length.

    Source:
        Géron 2017, eq. 11-4 to 11-8, with Nesterov's sign and Adam's averages corrected.
    """
    A, theta = tf.cast(tf.convert_to_tensor(A), tf.float64), tf.cast(tf.convert_to_tensor(theta0), tf.float64)
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    if A.shape.rank != 1 or A.shape != theta.shape:
        raise ValueError(f"A and theta0 must be vectors of one length, not {A.shape} and {theta.shape}")
    if lr <= 0 or tol <= 0 or max_steps < 1:
        raise ValueError(f"lr, tol and max_steps must be positive, not {lr}, {tol} and {max_steps}")
    _check_curvatures(A)
    m, s = tf.zeros_like(theta), tf.zeros_like(theta)
    for steps in range(max_steps + 1):
        cost = float(tf.reduce_sum(A * tf.square(theta)) / 2)
        if cost < tol:
            return steps
        if not math.isfinite(cost):
            return -1
        step, m, s = _step(method, lambda at: A * at, theta, m, s, lr, t=steps + 1)
        theta -= step
    return -1


def effective_rates(method: str, grads: tf.Tensor, lr: float) -> tf.Tensor:
    """Compute the learning rate that an optimizer has for each parameter, after some gradients.

    It is what the gradient (for "adam" the corrected average m̂ of the gradients) is multiplied with, element-wise, in
    the step that follows the last of them: η itself for "gd", "momentum" and "nesterov"; η / √(s + 1e-10) for
    "adagrad" and "rmsprop"; η / (√ŝ + 1e-8) for "adam". s and ŝ are those of ``steps_to_converge``, with the last
    gradient counted in.

    Args:
        method: one of the six names of ``steps_to_converge``.
        grads: the gradients of n ≥ 1 steps, the oldest first, float (n, d).
        lr: learning rate η > 0.

    Returns:
        The rates, (d,), in the dtype of ``grads``. Integers are cast to float32.

    Raises:
        ValueError: another ``method``, ``grads`` is no matrix or has no rows, or ``lr`` is not positive.

    Source:
        Duchi, Hazan & Singer 2011; Tieleman & Hinton 2012, lecture 6.5; Kingma & Ba 2015, algorithm 1.
    """
    grads = _as_float(grads)
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    if grads.shape.rank != 2 or grads.shape[0] == 0:
        raise ValueError(f"grads must be a matrix with at least one row, not {grads.shape}")
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    squares = tf.square(grads)
    if method in ("gd", "momentum", "nesterov"):
        return lr * tf.ones_like(grads[0])
    if method == "adagrad":
        return lr / tf.sqrt(tf.reduce_sum(squares, axis=0) + 1e-10)
    n = grads.shape[0]
    if method == "rmsprop":
        return lr / tf.sqrt(_decaying_average(squares, BETA) + 1e-10)
    return lr / (tf.sqrt(_decaying_average(squares, BETA_2) / (1 - BETA_2**n)) + 1e-8)


def max_stable_lr(A: tf.Tensor) -> tf.Tensor:
    """Compute the learning rate from which on gradient descent on J(θ) = ½ Σ Aᵢ θᵢ² no longer converges.

    A step multiplies θᵢ by 1 − η Aᵢ, which shrinks it as long as |1 − η Aᵢ| < 1: the steepest direction decides.

    Args:
        A: curvatures, float (d,) with d ≥ 1, all positive.

    Returns:
        The bound on η, a scalar in the dtype of ``A``. Integers are cast to float32.

    Raises:
        ValueError: ``A`` is no vector, is empty, or holds a number that is not positive.

    Source:
        LeCun et al., Efficient BackProp, 1998, sec. 5.1.
    """
    A = _as_float(A)
    if A.shape.rank != 1 or A.shape[0] == 0:
        raise ValueError(f"A must be a vector of at least one number, not of shape {A.shape}")
    _check_curvatures(A)
    return 2 / tf.reduce_max(A)


def terminal_velocity(lr: float, grad: tf.Tensor, beta: float) -> tf.Tensor:
    """Compute what the momentum vector m ← β m + η ∇J comes to if the gradient stays the same for ever.

    Args:
        lr: learning rate η > 0.
        grad: the constant gradient ∇J, float tensor of any shape.
        beta: momentum β in [0, 1).

    Returns:
        The m that a further step would not change, of the shape and dtype of ``grad``. Integers are cast to float32.

    Raises:
        ValueError: ``lr`` or ``beta`` is out of range.

    Source:
        Géron 2017, ch. 11, "Momentum Optimization".
    """
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    if not 0 <= beta < 1:
        raise ValueError(f"beta must be at least 0 and below 1, not {beta}")
    return lr * _as_float(grad) / (1 - beta)


def sparse_adagrad_step(
    params: tf.Tensor, acc: tf.Tensor, indices: tf.Tensor, values: tf.Tensor, lr: float, eps: float = 1e-10
) -> tuple[tf.Tensor, tf.Tensor]:
    """Take one step of AdaGrad on the rows of a table that have a gradient, as for a table of word vectors.

    Row indices[j] has the gradient values[j]; the gradient of a row that occurs several times is the **sum** of its
    values. With that sum g, the row's s ← s + g ⊗ g and θ ← θ − η g ⊘ √(s + ε). Rows that do not occur keep every
    bit, in ``params`` and in ``acc``. Works in a ``tf.function`` with an unknown number of indices.

    Args:
        params: the table, float (r, k).
        acc: sums of squared gradients so far, float (r, k).
        indices: rows that have a gradient, integer (j,), repetitions allowed; j may be 0.
        values: their gradients, float (j, k).
        lr: learning rate η > 0.
        eps: smoothing term ε > 0.

    Returns:
        The new table and the new sums, both (r, k), in the dtype of ``params``.

    Raises:
        ValueError: ``lr`` or ``eps`` is not positive, the shapes do not fit, or an index is not in 0 … r − 1 (looked at
            only where its value is known, not while tracing).

    Source:
        Duchi, Hazan & Singer, JMLR 12, 2011, sec. 1.1 and 1.3 (sparse features).
    """
    params, acc, values = _as_float(params), _as_float(acc), _as_float(values)
    indices = tf.convert_to_tensor(indices)
    if lr <= 0 or eps <= 0:
        raise ValueError(f"the learning rate and ε must be positive, not {lr} and {eps}")
    if params.shape.rank != 2 or not acc.shape.is_compatible_with(params.shape):
        raise ValueError(f"params and acc must be tables of one shape, not {params.shape} and {acc.shape}")
    if indices.shape.rank != 1 or not values.shape.is_compatible_with([indices.shape[0], params.shape[1]]):
        raise ValueError(f"there must be a row of values for each index, not {values.shape} for {indices.shape}")
    if tf.executing_eagerly() and tf.reduce_any((indices < 0) | (indices >= params.shape[0])):
        raise ValueError(f"the indices must be rows of the table, from 0 to {params.shape[0] - 1}")
    rows, place = tf.unique(indices)
    gradient = tf.math.unsorted_segment_sum(values, place, tf.size(rows))
    sums = tf.gather(acc, rows) + tf.square(gradient)
    step = lr * gradient / tf.sqrt(sums + eps)
    where = rows[:, tf.newaxis]
    return tf.tensor_scatter_nd_sub(params, where, step), tf.tensor_scatter_nd_update(acc, where, sums)


def _step(
    method: str,
    gradient: Callable[[tf.Tensor], tf.Tensor],
    theta: tf.Tensor,
    m: tf.Tensor,
    s: tf.Tensor,
    lr: float,
    t: int,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return what is subtracted from θ in iteration t, and the new m and s."""
    g = gradient(theta - BETA * m if method == "nesterov" else theta)
    match method:
        case "momentum" | "nesterov":
            m = BETA * m + lr * g
            return m, m, s
        case "adagrad":
            s = s + tf.square(g)
            return lr * g / tf.sqrt(s + 1e-10), m, s
        case "rmsprop":
            s = BETA * s + (1 - BETA) * tf.square(g)
            return lr * g / tf.sqrt(s + 1e-10), m, s
        case "adam":
            m = BETA_1 * m + (1 - BETA_1) * g
            s = BETA_2 * s + (1 - BETA_2) * tf.square(g)
            return lr * (m / (1 - BETA_1**t)) / (tf.sqrt(s / (1 - BETA_2**t)) + 1e-8), m, s
    return lr * g, m, s


def _decaying_average(values: tf.Tensor, beta: float) -> tf.Tensor:
    """Return the average after the last of the values, from 0: Σ (1 − β) βⁿ⁻ⁱ vᵢ."""
    ages = tf.range(values.shape[0] - 1, -1, -1)
    weights = (1 - beta) * tf.pow(tf.constant(beta, values.dtype), tf.cast(ages, values.dtype))
    return tf.linalg.matvec(values, weights, transpose_a=True)


def _check_curvatures(A: tf.Tensor) -> None:
    if not tf.reduce_all(A > 0):
        raise ValueError("all curvatures must be positive")


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
