"""Gradient descent three ways: with the gradient by hand, by autodiff, and through an optimizer."""

from collections.abc import Callable

import keras
import tensorflow as tf


def mse_gradient(X: tf.Tensor, y: tf.Tensor, theta: tf.Tensor) -> tf.Tensor:
    """Compute the gradient of the mean squared error of linear regression by its formula, without autodiff.

    MSE(θ) = 1/m ‖X θ − y‖², so ∇MSE(θ) = 2/m Xᵀ (X θ − y). Works in a ``tf.function`` with an unknown m.

    Args:
        X: instances, float (m, n) with m ≥ 1; a column of ones for the bias, if there is to be one.
        y: targets, float (m, 1).
        theta: parameters, float (n, 1).

    Returns:
        The gradient, (n, 1) as ``theta``, in the dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: ``X`` is no matrix or has no rows, ``y`` is not (m, 1), or ``theta`` is not (n, 1). A vector
            of m targets is refused too: X θ − y would be broadcast to (m, m).

    Source:
        Géron 2017, eq. 4-6.
    """
    X, y, theta = _as_float(X), _as_float(y), _as_float(theta)
    _check_sizes(X, y)
    if not theta.shape.is_compatible_with([X.shape[1], 1]):
        raise ValueError(f"theta must be of shape (n, 1) with n = {X.shape[1]}, not {theta.shape}")
    m = tf.cast(tf.shape(X)[0], X.dtype)
    return 2 / m * tf.matmul(X, X @ theta - y, transpose_a=True)


def gd_step(loss_fn: Callable[[], tf.Tensor], variables: list[tf.Variable], lr: float) -> tf.Tensor:
    """Take one step of gradient descent, θ ← θ − η ∇J(θ), on every variable, in place.

    All gradients are taken at the same point, by autodiff. A variable that the loss does not depend on has the
    gradient None and is left alone. In a ``tf.function`` the step creates no variable and is traced once.

    Args:
        loss_fn: computes the loss J, a scalar, from the variables. It is called without arguments, once a step.
        variables: the variables θ to change, at least one.
        lr: learning rate η > 0.

    Returns:
        The loss before the step, a scalar.

    Raises:
        ValueError: ``lr`` is not positive, or there are no variables.

    Source:
        Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847; Géron 2017, eq. 4-7.
    """
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    if not variables:
        raise ValueError("there are no variables to change")
    with tf.GradientTape() as tape:
        loss = loss_fn()
    gradients = tape.gradient(loss, variables)
    for variable, gradient in zip(variables, gradients, strict=True):
        if gradient is not None:
            variable.assign_sub(lr * gradient)
    return loss


def train_linear(
    X: tf.Tensor, y: tf.Tensor, method: str, n_epochs: int = 1000, lr: float = 0.01
) -> tuple[tf.Tensor, tf.Tensor]:
    """Fit linear regression by batch gradient descent on the MSE, 1/m ‖X θ − y‖², from θ = 0.

    Every epoch is one step on all instances. ``X`` is used as it is: nothing is scaled and no bias is added. All
    epochs are run, even if the loss grows. A step may be a ``tf.function``, but it is not traced again each epoch.

    Args:
        X: instances, float (m, n) with m ≥ 1.
        y: targets, float (m, 1).
        method: "manual", the gradient by its formula and no ``tf.GradientTape``; "autodiff", the gradient from a
            ``tf.GradientTape``; or "optimizer", the update by a plain ``keras.optimizers.SGD``. The results agree.
        n_epochs: number of steps, at least 1.
        lr: learning rate η > 0.

    Returns:
        The parameters θ (n, 1), and the loss before the update of each epoch as one tensor (n_epochs,), both in the
        dtype of ``X`` and ``y``. Integers are cast to float32.

    Raises:
        ValueError: another ``method``, an ``lr`` that is not positive, no epochs, ``X`` is no matrix or has no rows,
            or ``y`` is not (m, 1).

    Source:
        Géron 2017, eq. 4-6 and 4-7.
    """
    X, y = _as_float(X), _as_float(y)
    _check_sizes(X, y)
    if lr <= 0 or n_epochs < 1:
        raise ValueError(f"the learning rate and the number of epochs must be positive, not {lr} and {n_epochs}")
    theta = tf.Variable(tf.zeros([X.shape[1], 1], X.dtype))
    optimizer = keras.optimizers.SGD(lr)

    def mse() -> tf.Tensor:
        return tf.reduce_mean(tf.square(X @ theta - y))

    def manual() -> tf.Tensor:
        loss = mse()
        theta.assign_sub(lr * mse_gradient(X, y, theta))
        return loss

    def autodiff() -> tf.Tensor:
        return gd_step(mse, [theta], lr)

    def by_optimizer() -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = mse()
        optimizer.apply_gradients([(tape.gradient(loss, theta), theta)])
        return loss

    steps = {"manual": manual, "autodiff": autodiff, "optimizer": by_optimizer}
    if method not in steps:
        raise ValueError(f"method is one of {', '.join(steps)}, not {method!r}")
    step = tf.function(steps[method])  # once, outside the loop: each new tf.function is traced anew
    losses = tf.stack([step() for _ in range(n_epochs)])
    return tf.identity(theta), losses


def _check_sizes(X: tf.Tensor, y: tf.Tensor) -> None:
    if X.shape.rank != 2 or X.shape[0] == 0:
        raise ValueError(f"X must be a matrix with at least one row, not {X.shape}")
    if not y.shape.is_compatible_with([X.shape[0], 1]):
        raise ValueError(f"y must be of shape (m, 1) with m = {X.shape[0]}, not {y.shape}")


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
