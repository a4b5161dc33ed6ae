"""What students get wrong about vanishing and exploding gradients, as running code."""

import math

import tensorflow as tf

from reference_impl.m2_deep_networks.m2q01_vanishing_exploding import (
    clip_gradients,
    diagnose,
    layer_gradient_norms,
    leaky_relu,
)


def layer_gradient_norms__of_weights(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor, n_layers, width, seed, of="weights")


def layer_gradient_norms__of_outputs(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor, n_layers, width, seed, of="outputs")


def layer_gradient_norms__linear_inside(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor, n_layers, width, seed, active=lambda layer: layer == 1)


def layer_gradient_norms__linear_output(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor, n_layers, width, seed, active=lambda layer: layer < n_layers)


def layer_gradient_norms__same_weights(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor, n_layers, width, seed, draw=lambda layer: 1)


def layer_gradient_norms__draws_shifted(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor, n_layers, width, seed, draw=lambda layer: layer - 1)


def layer_gradient_norms__not_by_width(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor * width**0.5, n_layers, width, seed)


def layer_gradient_norms__by_width(activation, factor, n_layers, width=64, seed=0):
    return _measured(activation, factor / width**0.5, n_layers, width, seed)


def layer_gradient_norms__sum_over_instances(activation, factor, n_layers, width=64, seed=0):
    return 64 * layer_gradient_norms(activation, factor, n_layers, width, seed)


def layer_gradient_norms__mean_over_all(activation, factor, n_layers, width=64, seed=0):
    return layer_gradient_norms(activation, factor, n_layers, width, seed) / width


def layer_gradient_norms__half_missing(activation, factor, n_layers, width=64, seed=0):
    return 2 * layer_gradient_norms(activation, factor, n_layers, width, seed)


def layer_gradient_norms__squared(activation, factor, n_layers, width=64, seed=0):
    return layer_gradient_norms(activation, factor, n_layers, width, seed) ** 2


def layer_gradient_norms__topmost_first(activation, factor, n_layers, width=64, seed=0):
    return layer_gradient_norms(activation, factor, n_layers, width, seed)[::-1]


def layer_gradient_norms__any_input(activation, factor, n_layers, width=64, seed=0):
    known = activation if activation in ("logistic", "tanh", "relu") else "relu"
    return layer_gradient_norms(known, abs(factor) or 1.0, max(n_layers, 1), max(width, 1), seed)


def clip_gradients__each_alone(grads, method, threshold):
    return clip_gradients(grads, "norm" if method == "global_norm" else method, threshold)


def clip_gradients__always_by_value(grads, method, threshold):
    clip_gradients([], method, threshold)  # refuses what is to be refused
    return clip_gradients(grads, "value", threshold)


def clip_gradients__one_sided(grads, method, threshold):
    if method != "value":
        return clip_gradients(grads, method, threshold)
    clip_gradients([], method, threshold)
    return [None if g is None else tf.minimum(tf.convert_to_tensor(g), threshold) for g in grads]


def clip_gradients__scales_up(grads, method, threshold):
    return _scaled(grads, method, threshold, lambda norm: tf.math.divide_no_nan(tf.cast(threshold, norm.dtype), norm))


def clip_gradients__zero_is_nan(grads, method, threshold):
    return _scaled(grads, method, threshold, lambda norm: tf.minimum(norm, threshold) / norm)


def clip_gradients__norms_added(grads, method, threshold):
    return _scaled(grads, method, threshold, together=lambda norms: tf.add_n(norms))


def clip_gradients__largest_norm(grads, method, threshold):
    return _scaled(grads, method, threshold, together=lambda norms: tf.reduce_max(tf.stack(norms)))


def clip_gradients__root_missing(grads, method, threshold):
    return _scaled(grads, method, threshold, together=lambda norms: tf.add_n([tf.square(norm) for norm in norms]))


def clip_gradients__drops_none(grads, method, threshold):
    return [gradient for gradient in clip_gradients(grads, method, threshold) if gradient is not None]


def clip_gradients__none_is_zero(grads, method, threshold):
    return [tf.zeros([]) if gradient is None else gradient for gradient in clip_gradients(grads, method, threshold)]


def clip_gradients__stumbles_on_none(grads, method, threshold):
    return clip_gradients([tf.convert_to_tensor(gradient) for gradient in grads], method, threshold)


def clip_gradients__in_place(grads, method, threshold):
    clipped = clip_gradients(grads, method, threshold)
    grads[:] = clipped
    return clipped


def clip_gradients__any_input(grads, method, threshold):
    known = method if method in ("value", "norm", "global_norm") else "norm"
    return clip_gradients(grads, known, threshold if threshold > 0 else 1.0)


def clip_gradients__single_precision(grads, method, threshold):
    return clip_gradients([None if g is None else tf.cast(g, tf.float32) for g in grads], method, threshold)


def diagnose__inverted(norms, low=1e-3, high=1e3):
    return diagnose(norms[::-1], low, high)


def diagnose__absolute(norms, low=1e-3, high=1e3):
    return diagnose([float(norms[0]), 1.0, *map(float, norms[1:]), 1.0], low, high)


def diagnose__extremes(norms, low=1e-3, high=1e3):
    told = diagnose(norms, low, high)
    values = [float(norm) for norm in norms]
    if told != "healthy" or min(values) == 0:
        return told
    spread = max(values) / min(values)
    return (
        told
        if spread <= high
        else "exploding"
        if values.index(max(values)) < values.index(min(values))
        else "vanishing"
    )


def diagnose__bounds_excluded(norms, low=1e-3, high=1e3):
    return diagnose(norms, low * (1 + 1e-6), high * (1 - 1e-6))


def diagnose__own_bounds(norms, low=1e-3, high=1e3):
    return diagnose(norms)


def diagnose__only_ends(norms, low=1e-3, high=1e3):
    diagnose(norms, low, high)
    return diagnose([norms[0], norms[-1]], low, high)


def diagnose__infinity_not_seen(norms, low=1e-3, high=1e3):
    told = diagnose(norms, low, high)
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return told
    ratio = first / last
    return "vanishing" if ratio < low else "exploding" if ratio > high else "healthy"


def diagnose__zero_divides(norms, low=1e-3, high=1e3):
    diagnose(norms, low, high)
    if float(norms[0]) / float(norms[-1]) < 0:
        raise ValueError("never")
    return diagnose(norms, low, high)


def diagnose__zeros_are_healthy(norms, low=1e-3, high=1e3):
    told = diagnose(norms, low, high)
    return "healthy" if float(norms[0]) == 0 and float(norms[-1]) == 0 else told


def diagnose__unchecked(norms, low=1e-3, high=1e3):
    norms = [float(norm) for norm in tf.reshape(norms, [-1])]
    if not all(map(math.isfinite, norms)):
        return "exploding"
    if norms[0] == 0:
        return "vanishing"
    ratio = norms[0] / norms[-1] if norms[-1] else math.inf
    return "vanishing" if ratio < low else "exploding" if ratio > high else "healthy"


def leaky_relu__max_form(z, alpha=0.01):
    leaky_relu(0.0, alpha)
    z = _as_float(z)
    return tf.maximum(alpha * z, z)


def leaky_relu__tensorflow_default(z, alpha=0.2):
    return leaky_relu(z, alpha)


def leaky_relu__keras_default(z, alpha=0.3):
    return leaky_relu(z, alpha)


def leaky_relu__leaks_upwards(z, alpha=0.01):
    leaky_relu(0.0, alpha)
    z = _as_float(z)
    return tf.where(z < 0, -alpha * z, z)


def leaky_relu__constant_leak(z, alpha=0.01):
    leaky_relu(0.0, alpha)
    z = _as_float(z)
    return tf.where(z < 0, -alpha * tf.ones_like(z), z)


def leaky_relu__leaks_above(z, alpha=0.01):
    leaky_relu(0.0, alpha)
    z = _as_float(z)
    return tf.where(z < 0, z, alpha * z)


def leaky_relu__does_not_leak(z, alpha=0.01):
    leaky_relu(0.0, alpha)
    return tf.nn.relu(_as_float(z))


def leaky_relu__any_alpha(z, alpha=0.01):
    z = _as_float(z)
    return tf.where(z < 0, alpha * z, z)


def leaky_relu__single_precision(z, alpha=0.01):
    return leaky_relu(tf.cast(z, tf.float32), alpha)


def _measured(
    activation, factor, n_layers, width, seed, of="inputs", active=lambda layer: True, draw=lambda layer: layer
):
    layer_gradient_norms(activation, factor, min(n_layers, 1), min(width, 1), seed)
    phi = {"logistic": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}[activation]
    a = tf.random.stateless_normal((64, width), [seed, 0])
    weights = [
        tf.random.stateless_normal((width, width), [seed, draw(layer)]) * factor / width**0.5
        for layer in range(1, n_layers + 1)
    ]
    kept = {"inputs": [], "outputs": [], "weights": weights}
    with tf.GradientTape() as tape:
        tape.watch([a, *weights])
        for layer, W in enumerate(weights, start=1):
            kept["inputs"].append(a @ W)
            a = phi(kept["inputs"][-1]) if active(layer) else tf.identity(kept["inputs"][-1])
            kept["outputs"].append(a)
        cost = tf.reduce_mean(tf.reduce_sum(tf.square(a), axis=1)) / 2
    return tf.stack([tf.norm(gradient) for gradient in tape.gradient(cost, kept[of])])


def _scaled(grads, method, threshold, factor=None, together=lambda norms: tf.norm(tf.stack(norms))):
    clip_gradients([], method, threshold)
    if method == "value":
        return clip_gradients(grads, method, threshold)
    factor = factor or (lambda norm: threshold / tf.maximum(norm, threshold))
    dense = [None if gradient is None else _as_float(gradient) for gradient in grads]
    norms = [tf.norm(gradient) for gradient in dense if gradient is not None]
    if method == "global_norm":
        norms = [together(norms)] * len(norms)
    left = iter(norms)
    return [None if gradient is None else gradient * factor(next(left)) for gradient in dense]


def _as_float(values):
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
