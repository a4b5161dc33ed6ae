"""What students get wrong about batch normalisation, as running code."""

import tensorflow as tf

from reference_impl.m2_deep_networks.m2q04_batch_normalization import (
    batch_norm_inference,
    batch_norm_train,
    fold_batch_norm,
    update_moving,
)


def batch_norm_train__unbiased(x, gamma, beta, eps=1e-3):
    _, mean, var = batch_norm_train(x, gamma, beta, eps)
    count = tf.cast(tf.size(x) / tf.size(mean), x.dtype)
    var = tf.math.divide_no_nan(var * count, count - 1)
    return gamma * (x - mean) / tf.sqrt(var + eps) + beta, mean, var


def batch_norm_train__all_axes(x, gamma, beta, eps=1e-3):
    batch_norm_train(x, gamma, beta, eps)  # refuses what is to be refused
    mean, var = tf.reduce_mean(x), tf.math.reduce_variance(x)
    return gamma * (x - mean) / tf.sqrt(var + eps) + beta, mean * tf.ones_like(gamma), var * tf.ones_like(gamma)


def batch_norm_train__over_features(x, gamma, beta, eps=1e-3):
    batch_norm_train(x, gamma, beta, eps)
    mean, var = tf.reduce_mean(x, axis=-1, keepdims=True), tf.math.reduce_variance(x, axis=-1, keepdims=True)
    return gamma * (x - mean) / tf.sqrt(var + eps) + beta, tf.squeeze(mean, -1), tf.squeeze(var, -1)


def batch_norm_train__batch_axis_only(x, gamma, beta, eps=1e-3):
    z, mean, var = batch_norm_train(x, gamma, beta, eps)
    if len(x.shape) == 2:
        return z, mean, var
    mean, var = tf.reduce_mean(x, axis=0), tf.math.reduce_variance(x, axis=0)
    return gamma * (x - mean) / tf.sqrt(var + eps) + beta, mean, var


def batch_norm_train__eps_outside(x, gamma, beta, eps=1e-3):
    _, mean, var = batch_norm_train(x, gamma, beta, eps)
    return gamma * (x - mean) / (tf.sqrt(var) + eps) + beta, mean, var


def batch_norm_train__other_default(x, gamma, beta, eps=1e-5):
    return batch_norm_train(x, gamma, beta, eps)


def batch_norm_train__eps_forgotten(x, gamma, beta, eps=1e-3):
    _, mean, var = batch_norm_train(x, gamma, beta, eps)
    return gamma * (x - mean) / tf.sqrt(var) + beta, mean, var


def batch_norm_train__no_root(x, gamma, beta, eps=1e-3):
    _, mean, var = batch_norm_train(x, gamma, beta, eps)
    return gamma * (x - mean) / (var + eps) + beta, mean, var


def batch_norm_train__stopped(x, gamma, beta, eps=1e-3):
    _, mean, var = batch_norm_train(tf.stop_gradient(x), gamma, beta, eps)
    return gamma * (x - mean) / tf.sqrt(var + eps) + beta, mean, var


def batch_norm_train__exchanged(x, gamma, beta, eps=1e-3):
    batch_norm_train(x, gamma, beta, eps)
    return batch_norm_train(x, beta, gamma, eps)


def batch_norm_train__not_scaled(x, gamma, beta, eps=1e-3):
    batch_norm_train(x, gamma, beta, eps)
    return batch_norm_train(x, tf.ones_like(gamma), tf.zeros_like(beta), eps)


def batch_norm_train__one_for_the_layer(x, gamma, beta, eps=1e-3):
    batch_norm_train(x, gamma, beta, eps)
    return batch_norm_train(x, gamma[0] * tf.ones_like(gamma), beta[0] * tf.ones_like(beta), eps)


def batch_norm_train__deviation(x, gamma, beta, eps=1e-3):
    z, mean, var = batch_norm_train(x, gamma, beta, eps)
    return z, mean, tf.sqrt(var)


def batch_norm_train__axes_kept(x, gamma, beta, eps=1e-3):
    z, mean, var = batch_norm_train(x, gamma, beta, eps)
    ones = [1] * (len(x.shape) - 1)
    return z, tf.reshape(mean, [*ones, -1]), tf.reshape(var, [*ones, -1])


def batch_norm_train__unchecked(x, gamma, beta, eps=1e-3):
    x, gamma, beta = _as_floats(x, gamma, beta)
    axes = list(range(len(x.shape) - 1))
    mean, var = tf.reduce_mean(x, axes), tf.math.reduce_variance(x, axes)
    return gamma * (x - mean) / tf.sqrt(var + eps) + beta, mean, var


def batch_norm_train__single_precision(x, gamma, beta, eps=1e-3):
    return batch_norm_train(*(tf.cast(part, tf.float32) for part in (x, gamma, beta)), eps)


def update_moving__swapped(mean, var, batch_mean, batch_var, momentum=0.99):
    return update_moving(mean, var, batch_mean, batch_var, 1 - momentum)


def update_moving__deviations(mean, var, batch_mean, batch_var, momentum=0.99):
    mean, _ = update_moving(mean, var, batch_mean, batch_var, momentum)
    deviation, _ = update_moving(tf.sqrt(var), var, tf.sqrt(batch_var), batch_var, momentum)
    return mean, tf.square(deviation)


def update_moving__mean_only(mean, var, batch_mean, batch_var, momentum=0.99):
    return update_moving(mean, var, batch_mean, batch_var, momentum)[0], tf.identity(var)


def update_moving__old_not_faded(mean, var, batch_mean, batch_var, momentum=0.99):
    update_moving(mean, var, batch_mean, batch_var, momentum)
    return mean + batch_mean * (1 - momentum), var + batch_var * (1 - momentum)


def update_moving__usual_decay(mean, var, batch_mean, batch_var, momentum=0.9):
    return update_moving(mean, var, batch_mean, batch_var, momentum)


def update_moving__any_momentum(mean, var, batch_mean, batch_var, momentum=0.99):
    update_moving(mean, var, batch_mean, batch_var)
    return mean * momentum + batch_mean * (1 - momentum), var * momentum + batch_var * (1 - momentum)


def update_moving__broadcasts(mean, var, batch_mean, batch_var, momentum=0.99):
    update_moving(mean, mean, mean, mean, momentum)
    return mean * momentum + batch_mean * (1 - momentum), var * momentum + batch_var * (1 - momentum)


def update_moving__open_ends(mean, var, batch_mean, batch_var, momentum=0.99):
    if momentum in (0, 1):
        raise ValueError("strictly between")
    return update_moving(mean, var, batch_mean, batch_var, momentum)


def batch_norm_inference__batch_statistics(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    batch_norm_inference(x, gamma, beta, moving_mean, moving_var, eps)
    return batch_norm_train(x, gamma, beta, eps)[0]


def batch_norm_inference__eps_forgotten(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    batch_norm_inference(x, gamma, beta, moving_mean, moving_var, eps)
    return gamma * (x - moving_mean) / tf.sqrt(moving_var) + beta


def batch_norm_inference__eps_outside(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    batch_norm_inference(x, gamma, beta, moving_mean, moving_var, eps)
    return gamma * (x - moving_mean) / (tf.sqrt(moving_var) + eps) + beta


def batch_norm_inference__no_root(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    batch_norm_inference(x, gamma, beta, moving_mean, moving_var, eps)
    return gamma * (x - moving_mean) / (moving_var + eps) + beta


def batch_norm_inference__not_scaled(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    batch_norm_inference(x, gamma, beta, moving_mean, moving_var, eps)
    return (x - moving_mean) / tf.sqrt(moving_var + eps)


def batch_norm_inference__unchecked(x, gamma, beta, moving_mean, moving_var, eps=1e-3):
    x, gamma, beta, moving_mean, moving_var = _as_floats(x, gamma, beta, moving_mean, moving_var)
    return gamma * (x - moving_mean) / tf.sqrt(moving_var + eps) + beta


def fold_batch_norm__scales_rows(W, b, gamma, beta, mean, var, eps=1e-3):
    _, folded = fold_batch_norm(W, b, gamma, beta, mean, var, eps)
    return W * (gamma / tf.sqrt(var + eps))[:, None], folded


def fold_batch_norm__bias_as_it_was(W, b, gamma, beta, mean, var, eps=1e-3):
    folded, _ = fold_batch_norm(W, b, gamma, beta, mean, var, eps)
    return folded, b + beta - mean * gamma / tf.sqrt(var + eps)


def fold_batch_norm__mean_forgotten(W, b, gamma, beta, mean, var, eps=1e-3):
    folded, _ = fold_batch_norm(W, b, gamma, beta, mean, var, eps)
    return folded, b * gamma / tf.sqrt(var + eps) + beta


def fold_batch_norm__bias_forgotten(W, b, gamma, beta, mean, var, eps=1e-3):
    folded, _ = fold_batch_norm(W, b, gamma, beta, mean, var, eps)
    return folded, beta - mean * gamma / tf.sqrt(var + eps)


def fold_batch_norm__eps_forgotten(W, b, gamma, beta, mean, var, eps=1e-3):
    fold_batch_norm(W, b, gamma, beta, mean, var, eps)
    scale = gamma / tf.sqrt(var)
    return W * scale, (b - mean) * scale + beta


def fold_batch_norm__no_root(W, b, gamma, beta, mean, var, eps=1e-3):
    fold_batch_norm(W, b, gamma, beta, mean, var, eps)
    scale = gamma / (var + eps)
    return W * scale, (b - mean) * scale + beta


def fold_batch_norm__beta_scaled(W, b, gamma, beta, mean, var, eps=1e-3):
    folded, _ = fold_batch_norm(W, b, gamma, beta, mean, var, eps)
    return folded, (b - mean + beta) * gamma / tf.sqrt(var + eps)


def fold_batch_norm__unchecked(W, b, gamma, beta, mean, var, eps=1e-3):
    W, b, gamma, beta, mean, var = _as_floats(W, b, gamma, beta, mean, var)
    scale = gamma / tf.sqrt(var + eps)
    return W * scale, (b - mean) * scale + beta


def _as_floats(*values):
    tensors = [tf.convert_to_tensor(value) for value in values]
    return [tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32) for tensor in tensors]
