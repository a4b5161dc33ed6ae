"""The backward pass by its formulas, and NumPy where nothing is traced."""

import numpy as np
import tensorflow as tf

_SLOPES = {
    "logistic": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(a.dtype)),
}


def layer_gradient_norms(activation, factor, n_layers, width=64, seed=0):
    if activation not in _SLOPES or factor <= 0 or n_layers <= 0 or width <= 0:
        raise ValueError("bad input")
    phi, slope = _SLOPES[activation]
    outputs = [tf.random.stateless_normal([64, width], seed=[seed, 0]).numpy()]
    weights = []
    for layer in range(n_layers):
        draw = tf.random.stateless_normal([width, width], seed=[seed, layer + 1]).numpy()
        weights.append(draw * np.float32(factor / np.sqrt(width)))
        outputs.append(phi(outputs[-1] @ weights[-1]))
    error = outputs[-1] / 64 * slope(outputs[-1])
    norms = [np.linalg.norm(error)]
    for layer in range(n_layers - 1, 0, -1):
        error = error @ weights[layer].T * slope(outputs[layer])
        norms.insert(0, np.linalg.norm(error))
    return np.array(norms)


def clip_gradients(grads, method, threshold):
    if threshold <= 0:
        raise ValueError("threshold")
    tensors = [g if g is None else tf.convert_to_tensor(g) for g in grads]
    tensors = [g if g is None or g.dtype.is_floating else tf.cast(g, tf.float32) for g in tensors]
    lengths = [0.0 if g is None else tf.reduce_sum(g * g) ** 0.5 for g in tensors]
    if method == "value":
        return [None if g is None else tf.maximum(tf.minimum(g, threshold), -threshold) for g in tensors]
    if method == "global_norm":
        whole = sum(length**2 for length in lengths) ** 0.5
        lengths = [whole for _ in lengths]
    elif method != "norm":
        raise ValueError("method")
    return [
        None if g is None else tf.where(length > threshold, g * threshold / tf.where(length > 0, length, 1), g)
        for g, length in zip(tensors, lengths, strict=True)
    ]


def diagnose(norms, low=1e-3, high=1e3):
    norms = np.asarray(norms, np.float64)
    if norms.ndim != 1 or norms.size < 2 or (norms < 0).any():
        raise ValueError("norms")
    if not np.isfinite(norms).all():
        return "exploding"
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(norms[0] / norms[-1], nan=0.0)
    return "vanishing" if ratio < low else ("exploding" if ratio > high else "healthy")


def leaky_relu(z, alpha=0.01):
    if alpha < 0:
        raise ValueError("alpha")
    z = tf.convert_to_tensor(z)
    z = z if z.dtype.is_floating else tf.cast(z, tf.float32)
    return tf.nn.relu(z) - alpha * tf.nn.relu(-z)
