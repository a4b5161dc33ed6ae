"""TensorFlow's own clipping, Keras layers for the network, plain Python for the diagnosis."""

import math

import keras
import tensorflow as tf


def layer_gradient_norms(activation, factor, n_layers, width=64, seed=0):
    names = {"logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}
    if activation not in names:
        raise ValueError(activation)
    if min(factor, n_layers, width) <= 0:
        raise ValueError("must be positive")
    layers = [keras.layers.Dense(width, use_bias=False) for _ in range(n_layers)]
    x = tf.random.stateless_normal((64, width), [seed, 0])
    for l, layer in enumerate(layers, start=1):  # noqa: E741
        layer.build((None, width))
        layer.kernel.assign(tf.random.stateless_normal((width, width), [seed, l]) * (factor / math.sqrt(width)))
    z = []
    with tf.GradientTape(persistent=True) as tape:
        for layer in layers:
            z.append(layer(x))
            x = keras.activations.get(names[activation])(z[-1])
        loss = 0.5 * tf.reduce_sum(x**2) / 64
    return tf.convert_to_tensor([tf.sqrt(tf.reduce_sum(tape.gradient(loss, each) ** 2)) for each in z])


def clip_gradients(grads, method, threshold):
    if method not in {"value", "norm", "global_norm"} or threshold <= 0:
        raise ValueError("method or threshold")
    if method == "global_norm":
        return tuple(tf.clip_by_global_norm(grads, threshold)[0])
    clip = (lambda g: tf.clip_by_value(g, -threshold, threshold)) if method == "value" else None
    clip = clip or (lambda g: tf.clip_by_norm(g, threshold))
    return tuple(g if g is None else clip(tf.convert_to_tensor(g)) for g in grads)


def diagnose(norms, low=1e-3, high=1e3):
    shape = tf.convert_to_tensor(norms).shape
    norms = [float(norm) for norm in norms] if len(shape) == 1 else []
    if len(norms) < 2 or any(norm < 0 for norm in norms):
        raise ValueError("norms")
    if any(math.isnan(norm) or math.isinf(norm) for norm in norms):
        return "exploding"
    if norms[0] < low * norms[-1] or norms[0] == 0:
        return "vanishing"
    return "exploding" if norms[0] > high * norms[-1] else "healthy"


def leaky_relu(z, alpha=0.01):
    if alpha < 0:
        raise ValueError("alpha")
    z = tf.convert_to_tensor(z)
    if z.dtype.is_integer:
        z = tf.cast(z, tf.float32)
    return tf.nn.leaky_relu(z, alpha=alpha)
