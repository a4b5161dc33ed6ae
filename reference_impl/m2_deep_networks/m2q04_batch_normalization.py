"""Batch normalisation: in training, its moving averages, at test time, and folded into the layer before."""

import tensorflow as tf


def batch_norm_train(
    x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, eps: float = 1e-3
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Normalise a mini-batch by its own mean and variance, then scale and shift: z = γ ⊗ x̂ + β.

    x̂ = (x − μ) ⊘ √(σ² + ε). μ and σ² are taken over all axes but the last, the features; σ² is divided by the
    number of values, not by one less. They depend on ``x``, so gradients flow through them. Works in a
    ``tf.function`` with an unknown batch size.

    Args:
        x: inputs of a layer's activation function, float (m, n), or (m, h, w, c) from a convolution; in general of
            rank 2 or more and with at least one instance.
        gamma: scales γ, (n,) or (c,): one for each feature.
        beta: offsets β, of the same shape.
        eps: smoothing term ε > 0.

    Returns:
        z in the shape of ``x``, the mean μ and the variance σ² of the batch, each in the shape of ``gamma``; all in
        the dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: ``x`` is of rank below 2 or has no instance, ``gamma`` or ``beta`` does not have one number for
            each feature (nothing is broadcast), or ``eps`` is not positive.

    Source:
        Ioffe and Szegedy, Batch Normalization, 2015, algorithm 1; Géron 2017, eq. 11-3.
    """
    x, gamma, beta = _as_floats(x, gamma, beta)
    _check(x, eps, gamma=gamma, beta=beta)
    if x.shape[0] == 0:
        raise ValueError("the batch is empty, so it has no mean")
    axes = list(range(x.shape.rank - 1))
    mean = tf.reduce_mean(x, axis=axes)
    variance = tf.reduce_mean(tf.square(x - mean), axis=axes)
    x_hat = (x - mean) / tf.sqrt(variance + eps)
    return gamma * x_hat + beta, mean, variance


def update_moving(
    mean: tf.Tensor, var: tf.Tensor, batch_mean: tf.Tensor, batch_var: tf.Tensor, momentum: float = 0.99
) -> tuple[tf.Tensor, tf.Tensor]:
    """Update the moving averages after a training step: v ← v · momentum + v̂ · (1 − momentum).

    Args:
        mean: moving mean so far, float (n,).
        var: moving variance so far, float (n,).
        batch_mean: mean of the batch, float (n,).
        batch_var: variance of the batch, float (n,).
        momentum: the weight of the past, from 0 (no memory) to 1 (frozen), both included.

    Returns:
        The new moving mean and moving variance, in the dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: the shapes differ, or ``momentum`` is outside [0, 1].

    Source:
        Géron 2017, chapter 11, implementation of batch normalization; as `keras.layers.BatchNormalization`.
    """
    mean, var, batch_mean, batch_var = _as_floats(mean, var, batch_mean, batch_var)
    if not all(part.shape.is_compatible_with(mean.shape) for part in (var, batch_mean, batch_var)):
        raise ValueError(f"all four must have the shape {mean.shape} of the moving mean")
    if not 0 <= momentum <= 1:
        raise ValueError(f"momentum is from 0 to 1, not {momentum}")
    return mean * momentum + batch_mean * (1 - momentum), var * momentum + batch_var * (1 - momentum)


def batch_norm_inference(
    x: tf.Tensor,
    gamma: tf.Tensor,
    beta: tf.Tensor,
    moving_mean: tf.Tensor,
    moving_var: tf.Tensor,
    eps: float = 1e-3,
) -> tf.Tensor:
    """Normalise by the moving averages from training, z = γ ⊗ (x − μ) ⊘ √(σ² + ε) + β; the batch does not matter.

    Works in a ``tf.function`` with an unknown batch size.

    Args:
        x: inputs, float (m, n), (m, h, w, c) or in general of rank 2 or more, features last.
        gamma: scales γ, one for each feature.
        beta: offsets β, likewise.
        moving_mean: moving mean μ, likewise.
        moving_var: moving variance σ², likewise; it is not a standard deviation.
        eps: smoothing term ε > 0, the same as in training.

    Returns:
        z in the shape of ``x``, in the dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: ``x`` is of rank below 2, one of the vectors does not have one number for each feature (nothing
            is broadcast), or ``eps`` is not positive.

    Source:
        Ioffe and Szegedy 2015, algorithm 2.
    """
    x, gamma, beta, mean, variance = _as_floats(x, gamma, beta, moving_mean, moving_var)
    _check(x, eps, gamma=gamma, beta=beta, moving_mean=mean, moving_var=variance)
    return gamma * (x - mean) / tf.sqrt(variance + eps) + beta


def fold_batch_norm(
    W: tf.Tensor,
    b: tf.Tensor,
    gamma: tf.Tensor,
    beta: tf.Tensor,
    mean: tf.Tensor,
    var: tf.Tensor,
    eps: float = 1e-3,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Fold test-time batch normalisation into the dense layer before it, so that it costs nothing.

    For every X, X W' + b' equals `batch_norm_inference` of X W + b.

    Args:
        W: weights, float (n_in, n_out).
        b: biases, float (n_out,).
        gamma: scales γ, (n_out,).
        beta: offsets β, (n_out,).
        mean: moving mean μ, (n_out,).
        var: moving variance σ², (n_out,).
        eps: smoothing term ε > 0.

    Returns:
        W' (n_in, n_out) and b' (n_out,), in the dtype of the arguments. Integers are cast to float32.

    Raises:
        ValueError: ``W`` is no matrix, one of the vectors does not have one number for each output, or ``eps`` is
            not positive.

    Source:
        From Ioffe and Szegedy 2015, algorithm 2, step 11: at test time batch normalisation is linear.
    """
    W, b, gamma, beta, mean, var = _as_floats(W, b, gamma, beta, mean, var)
    if W.shape.rank != 2:
        raise ValueError(f"W must be a matrix, not of shape {W.shape}")
    _check(W, eps, b=b, gamma=gamma, beta=beta, mean=mean, var=var)
    scale = gamma / tf.sqrt(var + eps)
    return W * scale, (b - mean) * scale + beta


def _as_floats(*values: tf.Tensor) -> list[tf.Tensor]:
    tensors = [tf.convert_to_tensor(value) for value in values]
    return [tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32) for tensor in tensors]


def _check(x: tf.Tensor, eps: float, **vectors: tf.Tensor) -> None:
    if x.shape.rank is not None and x.shape.rank < 2:
        raise ValueError(f"a batch has at least two axes, not the shape {x.shape}")
    for name, vector in vectors.items():
        if not vector.shape.is_compatible_with(x.shape[-1:]):
            raise ValueError(f"{name} must be of shape ({x.shape[-1]},), one for each feature, not {vector.shape}")
    if eps <= 0:
        raise ValueError(f"the smoothing term must be positive, not {eps}")
