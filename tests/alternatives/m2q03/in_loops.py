"""Loops and NumPy where nothing is traced, otherwise masks and matrices."""

import numpy as np
import tensorflow as tf


def early_stopping(val_losses, patience, min_delta=0.0):
    if not len(val_losses) or patience <= 0 or min_delta < 0:
        raise ValueError("no")
    history = []
    for stop, loss in enumerate(val_losses):
        limit = val_losses[history[-1]] - min_delta if history else float("inf")
        if loss < limit:
            history.append(stop)
        last = history[-1] if history else -1
        if stop - last >= patience:
            break
    return stop, last


def regularization_loss(weights, l1=0.0, l2=0.0):
    if min(l1, l2) < 0:
        raise ValueError("no")
    if len(weights) == 0:
        return tf.zeros(())
    flat = tf.concat([tf.reshape(w, [-1]) for w in weights], axis=0)
    flat = flat if flat.dtype.is_floating else tf.cast(flat, tf.float32)
    return tf.reduce_sum(l1 * tf.abs(flat) + l2 * flat**2)


def dropout(x, rate, training, seed):
    if not 0 <= rate < 1:
        raise ValueError("no")
    x = tf.convert_to_tensor(x)
    x = x if x.dtype.is_floating else tf.cast(x, tf.float32)
    if not training or rate == 0:
        return x
    drop = tf.random.stateless_uniform(shape=tf.shape(x), seed=tf.constant([seed, 0])) < rate
    return tf.math.divide(tf.where(drop, tf.zeros([], x.dtype), x), 1 - rate)


def max_norm(W, r):
    W = np.array(W, dtype=np.asarray(W).dtype if np.asarray(W).dtype.kind == "f" else np.float32)
    if W.ndim < 2 or not r > 0:
        raise ValueError("no")
    for neuron in range(W.shape[-1]):
        length = np.sqrt(np.sum(W[..., neuron] ** 2))
        if length > r:
            W[..., neuron] *= r / length
    return W


def augment(images, shift, flip, delta, seed):
    images = tf.convert_to_tensor(images)
    if images.shape.rank != 4 or min(shift, delta) < 0 or flip < 0 or flip > 1:
        raise ValueError("no")
    m = tf.shape(images)[0]
    moves = tf.random.stateless_uniform((m, 2), [seed, 0], -shift, shift + 1, tf.int32)

    def shifting(size, by):
        """Matrices (m, size, size) that move rows down by ``by``: a one where source + by is target."""
        where = tf.range(size)[:, None] - tf.range(size)[None, :]
        return tf.cast(where[None] == by[:, None, None], images.dtype)

    moved = tf.einsum("mij,mjwc->miwc", shifting(images.shape[1], moves[:, 0]), images)
    moved = tf.einsum("mij,mhjc->mhic", shifting(images.shape[2], moves[:, 1]), moved)
    mirror = tf.random.stateless_uniform((m,), [seed, 1]) < flip
    moved = tf.where(tf.reshape(mirror, (-1, 1, 1, 1)), moved[:, :, ::-1], moved)
    light = tf.cast(tf.random.stateless_uniform((m,), [seed, 2], -delta, delta), images.dtype)
    return tf.minimum(tf.maximum(moved + tf.reshape(light, (-1, 1, 1, 1)), 0), 1)
