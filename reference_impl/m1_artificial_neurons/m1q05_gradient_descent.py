"""Gradient descent three ways: by the formula, by autodiff, and by an optimiser."""

from collections.abc import Callable

import keras
import tensorflow as tf


def mse_gradient(X: tf.Tensor, y: tf.Tensor, theta: tf.Tensor) -> tf.Tensor:
    """Compute the gradient of the mean squared error of a linear model by its formula, without autodiff.

    ∇MSE(θ) = (2/m) Xᵀ (X θ − y)

    Args:
        X: instances, float (m, n), m ≥ 1.
        y: targets, float (m, 1): a column, since (m,) would broadcast against the predictions to (m, m).
        theta: parameters θ, float (n, 1).

    Returns:
        The gradient, (n, 1) in the dtype of ``X``.

    Raises:
        ValueError: there are no instances, or a shape is another one.

    Source:
        Géron 2017, eq. 4-6.
    """
    X, y, theta = _as_float(X), _as_float(y), _as_float(theta)
    if X.shape.rank != 2 or X.shape[0] == 0:
        raise ValueError(f"X must be of shape (m, n) with m ≥ 1, not {X.shape}")
    if y.shape.rank != 2 or y.shape[1] != 1 or not X.shape[:1].is_compatible_with(y.shape[:1]):
        raise ValueError(f"y must be of shape (m, 1), not {y.shape}")
    if theta.shape != (X.shape[1], 1):
        raise ValueError(f"theta must be of shape ({X.shape[1]}, 1), not {theta.shape}")
    m = tf.cast(tf.shape(X)[0], X.dtype)
    return 2 / m * tf.matmul(X, X @ theta - y, transpose_a=True)


def gd_step(loss_fn: Callable[[], tf.Tensor], variables: list[tf.Variable], lr: float) -> tf.Tensor:
    """Take one step of gradient descent by autodiff: θ ← θ − η ∇θ, in place.

    A variable that the loss does not depend on is left alone.

    Args:
        loss_fn: computes the loss from the variables; takes no argument, returns a scalar tensor.
        variables: the variables to update in place, at least one.
        lr: learning rate η > 0.

    Returns:
        The loss before the step, a scalar tensor.

    Raises:
        ValueError: ``lr`` is not positive, or there is no variable.

    Source:
        Géron 2017, eq. 4-7; reverse-mode autodiff: Baydin et al., Automatic differentiation in machine learning, 2018.
    """
    if lr <= 0 or not variables:
        raise ValueError("gradient descent needs a positive learning rate and at least one variable")
    with tf.GradientTape() as tape:
        loss = loss_fn()
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        if gradient is not None:
            variable.assign_sub(lr * gradient)
    return loss


def train_linear(
    X: tf.Tensor, y: tf.Tensor, method: str, n_epochs: int = 1000, lr: float = 0.01
) -> tuple[tf.Tensor, tf.Tensor]:
    """Fit a linear model ŷ = X θ by full-batch gradient descent on the mean squared error, from θ = 0.

    Args:
        X: instances, float (m, n); a column of ones if the model is to have a bias.
        y: targets, float (m, 1).
        method: where the gradient comes from: "manual" (the formula), "autodiff" (`tf.GradientTape`) or "optimizer"
            (`keras.optimizers.SGD`). All three give the same numbers.
        n_epochs: number of steps.
        lr: learning rate η. If it is too large the losses grow; that is no error.

    Returns:
        θ (n, 1), and the loss before each step, (n_epochs,), in the dtype of ``X``.

    Raises:
        ValueError: another ``method``.

    Source:
        Géron 2017, eq. 4-5 to 4-7.
    """
    if method not in ("manual", "autodiff", "optimizer"):
        raise ValueError(f"method is 'manual', 'autodiff' or 'optimizer', not {method!r}")
    X, y = _as_float(X), _as_float(y)
    theta = tf.Variable(tf.zeros([X.shape[1], 1], X.dtype))
    optimizer = keras.optimizers.SGD(lr)
    optimizer.build([theta])

    def mse() -> tf.Tensor:
        return tf.reduce_mean(tf.square(X @ theta - y))

    @tf.function
    def step() -> tf.Tensor:
        if method == "autodiff":
            return gd_step(mse, [theta], lr)
        if method == "manual":
            loss = mse()
            theta.assign_sub(lr * mse_gradient(X, y, theta))
            return loss
        with tf.GradientTape() as tape:
            loss = mse()
        optimizer.apply_gradients(zip(tape.gradient(loss, [theta]), [theta], strict=True))
        return loss

    losses = tf.stack([step() for _ in range(n_epochs)])
    return tf.identity(theta), losses


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
