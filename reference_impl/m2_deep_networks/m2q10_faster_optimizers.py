"""The techniques of faster optimizers: momentum, Nesterov's look-ahead, AdaGrad, Adam's corrected averages."""

from collections.abc import Callable

import keras
import tensorflow as tf


def momentum_step(
    theta: tf.Tensor, m: tf.Tensor, grad: tf.Tensor, lr: float, beta: float = 0.9
) -> tuple[tf.Tensor, tf.Tensor]:
    """Take one step of momentum optimization.

    m ← β m + η ∇J(θ), then θ ← θ − m. The learning rate is inside the accumulator: a later change of it does not
    rescale the momentum gathered so far. The arguments are left as they are. Works in a ``tf.function`` with an unknown
    size.

    Args:
        theta: parameters θ, float tensor of any shape.
        m: momentum vector before the step, of the shape of ``theta``; zeros at the start.
        grad: gradient ∇J(θ), of the shape of ``theta``.
        lr: learning rate η > 0.
        beta: momentum β in [0, 1): 0 is plain gradient descent, near 1 there is little friction.

    Returns:
        The new θ and the new m, of the shape and dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: ``lr`` or ``beta`` is out of range, or the shapes of ``theta``, ``m`` and ``grad`` differ.

    Source:
        Polyak 1964, eq. 9; Géron 2017, eq. 11-4.
    """
    theta, m, grad = _same_shape(theta=theta, m=m, grad=grad)
    _check_rates(lr, beta)
    m = beta * m + lr * grad
    return theta - m, m


def nesterov_step(
    theta: tf.Tensor,
    m: tf.Tensor,
    grad_fn: Callable[[tf.Tensor], tf.Tensor],
    lr: float,
    beta: float = 0.9,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Take one step of Nesterov accelerated gradient.

    m ← β m + η ∇J(θ − β m), then θ ← θ − m. Since m is subtracted, θ − β m is where the momentum alone would lead:
    the gradient is measured there, ahead of θ, and the step still starts at θ. Works in a ``tf.function``.

    Args:
        theta: parameters θ, float tensor of any shape.
        m: momentum vector before the step, of the shape of ``theta``; zeros at the start.
        grad_fn: takes parameters of the shape and dtype of ``theta`` and returns ∇J there, of the same shape. It is
            called once a step.
        lr: learning rate η > 0.
        beta: momentum β in [0, 1).

    Returns:
        The new θ and the new m, of the shape and dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: ``lr`` or ``beta`` is out of range, or the shapes of ``theta`` and ``m`` differ.

    Source:
        Nesterov 1983; Sutskever et al., ICML 2013, eq. 3 and 4 with v = −m; Géron 2017, eq. 11-5, with the sign
        corrected.
    """
    theta, m = _same_shape(theta=theta, m=m)
    _check_rates(lr, beta)
    ahead = theta - beta * m
    m = beta * m + lr * grad_fn(ahead)
    return theta - m, m


def adagrad_step(
    theta: tf.Tensor, s: tf.Tensor, grad: tf.Tensor, lr: float, eps: float = 1e-10
) -> tuple[tf.Tensor, tf.Tensor]:
    """Take one step of AdaGrad.

    s ← s + ∇J ⊗ ∇J, then θ ← θ − η ∇J ⊘ √(s + ε), with the new s; ⊗ and ⊘ are element-wise, and ε is under the
    root. Works in a ``tf.function``.

    Args:
        theta: parameters θ, float tensor of any shape.
        s: sum of the squared gradients so far, of the shape of ``theta``; zeros at the start.
        grad: gradient ∇J(θ), of the shape of ``theta``.
        lr: learning rate η > 0.
        eps: smoothing term ε > 0.

    Returns:
        The new θ and the new s, of the shape and dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: ``lr`` or ``eps`` is not positive, or the shapes of ``theta``, ``s`` and ``grad`` differ.

    Source:
        Duchi, Hazan & Singer, JMLR 12, 2011, sec. 1.1 (the diagonal form); Géron 2017, eq. 11-6.
    """
    theta, s, grad = _same_shape(theta=theta, s=s, grad=grad)
    if lr <= 0 or eps <= 0:
        raise ValueError(f"the learning rate and ε must be positive, not {lr} and {eps}")
    s = s + tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def corrected_average(values: tf.Tensor, beta: float) -> tf.Tensor:
    """Compute the decaying average of a sequence with Adam's bias correction, after each of its members.

    From m = 0, for t = 1, 2, …, n: m ← β m + (1 − β) vₜ, and the average after vₜ is m̂ₜ = m / (1 − βᵗ). The
    corrected m̂ₜ is what is used; m itself is carried on as it is. Of the gradients this is Adam's first moment, of
    their squares its second.

    Args:
        values: the sequence v₁ … vₙ along the first axis, float (n, …) with n ≥ 1 known.
        beta: decay rate β in [0, 1).

    Returns:
        m̂₁ … m̂ₙ, of the shape and dtype of ``values``. Integers are cast to float32.

    Raises:
        ValueError: ``beta`` is out of range, or ``values`` is a scalar or empty.

    Source:
        Kingma & Ba, Adam, ICLR 2015, algorithm 1 and sec. 3; Géron 2017, eq. 11-8, steps 1 and 3.
    """
    values = _as_float(values)
    if values.shape.rank == 0 or values.shape[0] == 0:
        raise ValueError("there must be at least one value along the first axis")
    _check_beta(beta)
    m = tf.zeros_like(values[0])
    corrected = []
    for t, value in enumerate(tf.unstack(values), start=1):
        m = beta * m + (1 - beta) * value
        corrected.append(m / (1 - beta**t))
    return tf.stack(corrected)


def make_optimizer(name: str, lr: float) -> keras.optimizers.Optimizer:
    """Make the Keras optimizer that corresponds to a line of TensorFlow 1.

    - "momentum": ``tf.train.MomentumOptimizer(lr, momentum=0.9)``
    - "nesterov": ``tf.train.MomentumOptimizer(lr, momentum=0.9, use_nesterov=True)``
    - "adagrad": ``tf.train.AdagradOptimizer(lr)``, whose accumulator starts at 0.1
    - "rmsprop": ``tf.train.RMSPropOptimizer(lr, decay=0.9, momentum=0.9, epsilon=1e-10)``
    - "adam": ``tf.train.AdamOptimizer(lr)``, whose defaults are beta1=0.9, beta2=0.999, epsilon=1e-8

    Settings that the line does not speak of keep Keras's defaults.

    Args:
        name: one of the five names.
        lr: learning rate > 0.

    Returns:
        A new optimizer with every call.

    Raises:
        ValueError: another ``name``, or ``lr`` is not positive.

    Source:
        The documentation of tf.compat.v1.train and keras.optimizers.
    """
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    match name:
        case "momentum":
            return keras.optimizers.SGD(lr, momentum=0.9)
        case "nesterov":
            return keras.optimizers.SGD(lr, momentum=0.9, nesterov=True)
        case "adagrad":
            return keras.optimizers.Adagrad(lr, initial_accumulator_value=0.1)
        case "rmsprop":
            return keras.optimizers.RMSprop(lr, rho=0.9, momentum=0.9, epsilon=1e-10)
        case "adam":
            return keras.optimizers.Adam(lr, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
    raise ValueError(f"name is momentum, nesterov, adagrad, rmsprop or adam, not {name!r}")


def _same_shape(**tensors: tf.Tensor) -> list[tf.Tensor]:
    """Return the tensors as floats; raise if their shapes, as far as they are known, differ."""
    floats = {name: _as_float(tensor) for name, tensor in tensors.items()}
    (first, wanted), *others = floats.items()
    for name, tensor in others:
        if not tensor.shape.is_compatible_with(wanted.shape):
            raise ValueError(f"{name} must have the shape of {first}, {wanted.shape}, not {tensor.shape}")
    return list(floats.values())


def _check_rates(lr: float, beta: float) -> None:
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    _check_beta(beta)


def _check_beta(beta: float) -> None:
    if not 0 <= beta < 1:
        raise ValueError(f"beta must be at least 0 and below 1, not {beta}")


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
