"""RMSProp and Adam: one step of each, and a whole descent."""

from collections.abc import Callable

import tensorflow as tf


def rmsprop_step(
    theta: tf.Tensor, grad: tf.Tensor, s: tf.Tensor, lr: float, beta: float = 0.9, eps: float = 1e-10
) -> tuple[tf.Tensor, tf.Tensor]:
    """Take one step of RMSProp: s ← β s + (1 − β) g ⊗ g, then θ ← θ − η g ⊘ √(s + ε).

    The new s is the one that divides, and ε stands under the root. There is no momentum and no bias correction.
    The arguments are left as they are. Works in a ``tf.function`` with sizes unknown.

    Args:
        theta: parameters θ, float, of any shape.
        grad: gradient g at ``theta``, of its shape.
        s: decaying average of squared gradients before the step, of the shape of ``theta``; zeros at the beginning.
        lr: learning rate η > 0.
        beta: decay rate, 0 ≤ β < 1: the weight of the past.
        eps: smoothing term ε > 0.

    Returns:
        The new θ and the new s, in the dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: the shapes differ (nothing is broadcast), or ``lr``, ``beta`` or ``eps`` is outside its range.

    Source:
        Tieleman and Hinton, Lecture 6.5, 2012; Géron 2017, eq. 11-7.
    """
    theta, grad, s = _as_floats(theta, grad, s)
    _check_shapes(theta, grad, s)
    _check_settings(lr, eps, beta)
    s = beta * s + (1 - beta) * tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def adam_step(
    theta: tf.Tensor,
    grad: tf.Tensor,
    m: tf.Tensor,
    s: tf.Tensor,
    t: int | tf.Tensor,
    lr: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Take one step of Adam, θ ← θ − η m̂ ⊘ (√ŝ + ε).

    m ← β₁ m + (1 − β₁) g and s ← β₂ s + (1 − β₂) g ⊗ g are the moments that are kept; m̂ = m / (1 − β₁ᵗ) and
    ŝ = s / (1 − β₂ᵗ) are corrected for their start at zero, for this step only. ε stands outside the root. The
    arguments are left as they are. Works in a ``tf.function`` with sizes unknown and ``t`` a tensor.

    Args:
        theta: parameters θ, float, of any shape.
        grad: gradient g at ``theta``, of its shape.
        m: decaying average of gradients before the step, of the shape of ``theta``; zeros at the beginning.
        s: decaying average of squared gradients before the step, of the shape of ``theta``; zeros at the beginning.
        t: number of this step, counting from 1: a Python int or an integer scalar tensor.
        lr: learning rate η > 0.
        beta1: momentum decay, 0 ≤ β₁ < 1.
        beta2: scaling decay, 0 ≤ β₂ < 1.
        eps: smoothing term ε > 0.

    Returns:
        The new θ, and the new m and s, not corrected, in the dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: the shapes differ (nothing is broadcast), ``t`` is below 1 (a symbolic one is not looked at), or
            ``lr``, ``beta1``, ``beta2`` or ``eps`` is outside its range.

    Source:
        Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1.
    """
    theta, grad, m, s = _as_floats(theta, grad, m, s)
    _check_shapes(theta, grad, m, s)
    _check_settings(lr, eps, beta1, beta2)
    step = tf.get_static_value(t)
    if step is not None and step < 1:
        raise ValueError(f"the steps are counted from 1, so t cannot be {step}")
    t = tf.cast(t, theta.dtype)
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * tf.square(grad)
    m_hat = m / (1 - tf.pow(tf.constant(beta1, theta.dtype), t))
    s_hat = s / (1 - tf.pow(tf.constant(beta2, theta.dtype), t))
    return theta - lr * m_hat / (tf.sqrt(s_hat) + eps), m, s


def optimize(
    name: str, grad_fn: Callable[[tf.Tensor], tf.Tensor], theta0: tf.Tensor, lr: float, n_steps: int
) -> tf.Tensor:
    """Descend from θ₀ by RMSProp or Adam, with the decay rates and ε of `rmsprop_step` and `adam_step` left as given.

    The moments start at zero and are carried from step to step; Adam's steps are counted 1, 2, ….

    Args:
        name: "rmsprop" or "adam".
        grad_fn: gives the gradient (d,) at a θ (d,). It is called once a step, with a tensor.
        theta0: where to start, float (d,).
        lr: learning rate η > 0.
        n_steps: number of steps, at least 1.

    Returns:
        The way taken, (n_steps + 1, d), in the dtype of ``theta0``: row 0 is θ₀, the last row where it ends.

    Raises:
        ValueError: another ``name``, a ``theta0`` that is no vector, an ``lr`` that is not positive, or no steps.
    """
    [theta] = _as_floats(theta0)
    if name not in ("rmsprop", "adam"):
        raise ValueError(f"name is rmsprop or adam, not {name!r}")
    if theta.shape.rank != 1:
        raise ValueError(f"theta0 must be a vector, not of shape {theta.shape}")
    if lr <= 0 or n_steps < 1:
        raise ValueError(f"the learning rate and the number of steps must be positive, not {lr} and {n_steps}")
    m = s = tf.zeros_like(theta)
    way = [theta]
    for t in range(1, n_steps + 1):
        if name == "rmsprop":
            theta, s = rmsprop_step(theta, grad_fn(theta), s, lr)
        else:
            theta, m, s = adam_step(theta, grad_fn(theta), m, s, t, lr)
        way.append(theta)
    return tf.stack(way)


def _as_floats(*values: tf.Tensor) -> list[tf.Tensor]:
    tensors = [tf.convert_to_tensor(value) for value in values]
    return [tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32) for tensor in tensors]


def _check_shapes(theta: tf.Tensor, *others: tf.Tensor) -> None:
    for other in others:
        if not other.shape.is_compatible_with(theta.shape):
            raise ValueError(f"gradient and moments must have theta's shape {theta.shape}, not {other.shape}")


def _check_settings(lr: float, eps: float, *betas: float) -> None:
    if lr <= 0 or eps <= 0:
        raise ValueError(f"the learning rate and epsilon must be positive, not {lr} and {eps}")
    if not all(0 <= beta < 1 for beta in betas):
        raise ValueError(f"a decay rate is at least 0 and below 1; given are {betas}")
