"""What students get wrong about initialisation and non-saturating activations, as running code."""

import math

import tensorflow as tf

from reference_impl.m2_deep_networks.m2q05_initialization import dead_fraction, elu, init_scale, init_weights


def init_scale__printed_table(activation, n_in, n_out, distribution="normal"):
    right = init_scale(activation, n_in, n_out, distribution)
    if activation == "logistic":
        return right / 4
    if activation == "tanh":
        return 4 * right
    if activation in ("relu", "leaky_relu", "elu"):
        return math.sqrt(2) * init_scale("linear", n_in, n_out, distribution)
    return right


def init_scale__fan_average(activation, n_in, n_out, distribution="normal"):
    if activation in ("relu", "leaky_relu", "elu"):
        return math.sqrt(2) * init_scale("linear", n_in, n_out, distribution)
    return init_scale(activation, n_in, n_out, distribution)


def init_scale__fan_out(activation, n_in, n_out, distribution="normal"):
    return init_scale(activation, n_out, n_in, distribution)


def init_scale__variance(activation, n_in, n_out, distribution="normal"):
    return init_scale(activation, n_in, n_out, distribution) ** 2


def init_scale__one_spread(activation, n_in, n_out, distribution="normal"):
    init_scale(activation, n_in, n_out, distribution)
    return init_scale(activation, n_in, n_out, "normal")


def init_scale__xavier_for_all(activation, n_in, n_out, distribution="normal"):
    init_scale(activation, n_in, n_out, distribution)
    return init_scale("linear", n_in, n_out, distribution)


def init_scale__he_for_selu(activation, n_in, n_out, distribution="normal"):
    return init_scale("relu" if activation == "selu" else activation, n_in, n_out, distribution)


def init_scale__two_missing(activation, n_in, n_out, distribution="normal"):
    right = init_scale(activation, n_in, n_out, distribution)
    return right / math.sqrt(2) if activation in ("linear", "tanh", "softmax", "logistic") else right


def init_scale__anything_goes(activation, n_in, n_out, distribution="normal"):
    known = ("linear", "tanh", "softmax", "logistic", "relu", "leaky_relu", "elu", "selu")
    activation = activation if activation in known else "linear"
    return init_scale(activation, max(1, n_in), max(1, n_out), "normal" if distribution == "normal" else "uniform")


def init_weights__truncated(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    weights = init_weights(shape, activation, distribution, seed, dtype)
    if distribution == "uniform":
        return weights
    sigma = init_scale(activation, shape[0], shape[1])
    return tf.random.stateless_truncated_normal(shape, seed=[seed, 0], stddev=sigma, dtype=dtype)


def init_weights__sigma_as_bound(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    weights = init_weights(shape, activation, distribution, seed, dtype)
    return weights if distribution == "normal" else weights / tf.cast(math.sqrt(3), weights.dtype)


def init_weights__one_sided(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    weights = init_weights(shape, activation, distribution, seed, dtype)
    if distribution == "normal":
        return weights
    bound = init_scale(activation, shape[0], shape[1], "uniform")
    return tf.random.stateless_uniform(shape, seed=[seed, 0], minval=0, maxval=bound, dtype=dtype)


def init_weights__seed_ignored(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    return init_weights(shape, activation, distribution, 0, dtype)


def init_weights__sizes_exchanged(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    weights = init_weights(shape, activation, distribution, seed, dtype)
    wrong = init_scale(activation, shape[1], shape[0], distribution)
    return weights * tf.cast(wrong / init_scale(activation, shape[0], shape[1], distribution), weights.dtype)


def init_weights__neurons_first(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    return tf.transpose(init_weights(shape, activation, distribution, seed, dtype))


def init_weights__single_precision(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    return init_weights(shape, activation, distribution, seed)


def init_weights__unscaled(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    weights = init_weights(shape, activation, distribution, seed, dtype)
    return weights / tf.cast(init_scale(activation, shape[0], shape[1], distribution), weights.dtype)


def init_weights__always_normal(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    init_weights(shape, activation, distribution, seed, dtype)
    return init_weights(shape, activation, "normal", seed, dtype)


def init_weights__any_shape(shape, activation, distribution="normal", seed=0, dtype=tf.float32):
    if len(shape) == 2:
        return init_weights(shape, activation, distribution, seed, dtype)
    return tf.zeros(shape, dtype)


def elu__unused_branch(z, alpha=1.0):
    z = z * tf.ones_like(elu(z, alpha))
    return tf.where(z < 0, alpha * (tf.exp(z) - 1), z)


def elu__alpha_inside(z, alpha=1.0):
    elu(z, alpha)
    return tf.where(z < 0, alpha * tf.exp(tf.minimum(z, 0.0)) - 1, z)


def elu__alpha_forgotten(z, alpha=1.0):
    elu(z, alpha)
    return elu(z)


def elu__one_missing(z, alpha=1.0):
    elu(z, alpha)
    return tf.where(z < 0, alpha * tf.exp(tf.minimum(z, 0.0)), z)


def elu__leaky(z, alpha=1.0):
    elu(z, alpha)
    return tf.where(z < 0, alpha * z, z)


def elu__both_at_zero(z, alpha=1.0):
    elu(z, alpha)
    return tf.maximum(z, 0.0) + alpha * tf.math.expm1(tf.minimum(z, 0.0))


def elu__no_way_back(z, alpha=1.0):
    values = elu(z, alpha)
    return tf.where(z < 0, tf.stop_gradient(values), values)


def elu__single_precision(z, alpha=1.0):
    return elu(tf.cast(z, tf.float32), alpha)


def elu__any_alpha(z, alpha=1.0):
    z = z * tf.ones_like(elu(z))
    return tf.where(z < 0, alpha * tf.math.expm1(tf.minimum(z, 0.0)), z)


def dead_fraction__sparsity(H):
    fraction = dead_fraction(H)
    return tf.reduce_mean(tf.cast(H == 0, fraction.dtype))


def dead_fraction__dead_instances(H):
    fraction = dead_fraction(H)
    return tf.reduce_mean(tf.cast(tf.reduce_all(H == 0, axis=1), fraction.dtype))


def dead_fraction__ever_zero(H):
    fraction = dead_fraction(H)
    return tf.reduce_mean(tf.cast(tf.reduce_any(H == 0, axis=0), fraction.dtype))


def dead_fraction__counted(H):
    fraction = dead_fraction(H)
    return fraction * tf.cast(tf.shape(H)[1], fraction.dtype)


def dead_fraction__alive(H):
    return 1 - dead_fraction(H)


def dead_fraction__small_is_dead(H):
    fraction = dead_fraction(H)
    return tf.reduce_mean(tf.cast(tf.reduce_max(tf.cast(H, fraction.dtype), axis=0) < 1e-2, fraction.dtype))


def dead_fraction__whole_number(H):
    fraction = dead_fraction(H)
    dead = tf.reduce_all(H == 0, axis=0)
    return tf.cast(tf.reduce_mean(tf.cast(dead, tf.int32)), fraction.dtype)


def dead_fraction__anything_goes(H):
    H = tf.convert_to_tensor(H)
    dead = tf.reduce_all(H <= 0, axis=0)
    return tf.reduce_mean(tf.cast(dead, H.dtype if H.dtype.is_floating else tf.float32))
