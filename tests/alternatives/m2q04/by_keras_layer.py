"""By Keras's layer where it serves, NumPy elsewhere."""

import keras
import numpy as np
import tensorflow as tf


def _float(value):
    value = tf.convert_to_tensor(value)
    return value if value.dtype.is_floating else tf.cast(value, tf.float32)


def _layer(x, gamma, beta, mean, var, eps):
    if x.shape.rank < 2 or eps <= 0:
        raise ValueError("x or eps")
    if any(tuple(v.shape) != (x.shape[-1],) for v in (gamma, beta, mean, var)):
        raise ValueError("one number for each feature")
    layer = keras.layers.BatchNormalization(epsilon=eps, dtype=x.dtype.name)
    layer.build(x.shape)
    layer.set_weights([np.asarray(v) for v in (gamma, beta, mean, var)])
    return layer


def batch_norm_train(x, gamma, beta, eps=1e-3):
    x, gamma, beta = map(_float, (x, gamma, beta))
    if x.shape.rank < 2 or eps <= 0 or 0 in x.shape.as_list() or not gamma.shape == beta.shape == x.shape[-1:]:
        raise ValueError("sizes")
    axes = list(range(x.shape.rank))[:-1]
    mean, var = keras.ops.mean(x, axes), keras.ops.var(x, axes)
    return keras.ops.batch_normalization(x, mean, var, axis=-1, offset=beta, scale=gamma, epsilon=eps), mean, var


def update_moving(mean, var, batch_mean, batch_var, momentum=0.99):
    parts = [np.asarray(_float(v)) for v in (mean, var, batch_mean, batch_var)]
    if not 0 <= momentum <= 1 or any(part.shape != parts[0].shape for part in parts):
        raise ValueError("no")
    return tuple(np.average([old, new], axis=0, weights=[momentum, 1 - momentum]).astype(old.dtype)
                 for old, new in zip(parts[:2], parts[2:], strict=True))  # fmt: skip


def batch_norm_inference(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    x, gamma, beta, moving_mean, moving_var = map(_float, (x, gamma, beta, moving_mean, moving_var))
    if tf.is_symbolic_tensor(x):
        return (x - moving_mean) / tf.sqrt(moving_var + eps) * gamma + beta
    return _layer(x, gamma, beta, moving_mean, moving_var, eps)(x, training=False)


def fold_batch_norm(W, b, gamma, beta, mean, var, eps=1e-3):
    W, b, gamma, beta, mean, var = (np.asarray(_float(v)) for v in (W, b, gamma, beta, mean, var))
    if W.ndim != 2 or eps <= 0 or any(v.shape != W.shape[1:] for v in (b, gamma, beta, mean, var)):
        raise ValueError("no")
    scale = gamma / np.sqrt(var + eps)
    return (W * scale[np.newaxis], beta + scale * (b - mean))
