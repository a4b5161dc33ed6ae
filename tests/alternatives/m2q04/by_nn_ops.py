"""By TensorFlow's own operations: moments, batch_normalization, moving_averages by interpolation."""

import tensorflow as tf


def _tensors(*values):
    values = [tf.convert_to_tensor(value) for value in values]
    return [value if value.dtype.is_floating else tf.cast(value, "float32") for value in values]


def _must_match(features, eps, *vectors):
    if eps <= 0:
        raise ValueError("eps")
    for vector in vectors:
        if vector.shape.as_list() != [features]:
            raise ValueError(f"{vector.shape} for {features} features")


def batch_norm_train(x, gamma, beta, eps=1e-3):
    x, gamma, beta = _tensors(x, gamma, beta)
    if len(x.shape) < 2 or x.shape[0] == 0:
        raise ValueError("x")
    _must_match(x.shape[-1], eps, gamma, beta)
    mean, variance = tf.nn.moments(x, axes=tuple(range(len(x.shape) - 1)))
    return [tf.nn.batch_normalization(x, mean, variance, beta, gamma, eps), mean, variance]


def update_moving(mean, var, batch_mean, batch_var, momentum=0.99):
    mean, var, batch_mean, batch_var = _tensors(mean, var, batch_mean, batch_var)
    for other in var, batch_mean, batch_var:
        if other.shape != mean.shape:
            raise ValueError("shapes")
    if momentum < 0 or momentum > 1:
        raise ValueError("momentum")
    rate = tf.constant(1 - momentum, mean.dtype)
    return mean - rate * (mean - batch_mean), var + rate * (batch_var - var)


def batch_norm_inference(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    x, gamma, beta, moving_mean, moving_var = _tensors(x, gamma, beta, moving_mean, moving_var)
    if len(x.shape) < 2:
        raise ValueError("x")
    _must_match(x.shape[-1], eps, gamma, beta, moving_mean, moving_var)
    factor = gamma * tf.math.rsqrt(moving_var + eps)
    return x * factor + (beta - moving_mean * factor)


def fold_batch_norm(W, b, gamma, beta, mean, var, eps=1e-3):
    W, b, gamma, beta, mean, var = _tensors(W, b, gamma, beta, mean, var)
    if len(W.shape) != 2:
        raise ValueError("W")
    _must_match(W.shape[1], eps, b, gamma, beta, mean, var)
    diagonal = tf.linalg.diag(gamma / (var + eps) ** 0.5)
    return W @ diagonal, tf.linalg.matvec(diagonal, b - mean, transpose_a=True) + beta
