"""Keras's and TensorFlow's own operations where they fit."""

import keras
import numpy as np
import tensorflow as tf


def early_stopping(val_losses, patience, min_delta=0.0):
    if len(val_losses) < 1 or patience < 1 or min_delta < 0:
        raise ValueError("bad input")
    losses = np.asarray(val_losses, np.float64)
    losses = np.where(np.isnan(losses), np.inf, losses)
    best, best_epoch, wait = np.inf, np.int64(-1), 0
    for epoch in range(len(losses)):
        wait += 1
        if np.less(losses[epoch] + min_delta, best):
            best, best_epoch, wait = losses[epoch], epoch, 0
        if wait >= patience:
            return [epoch, best_epoch]
    return [epoch, best_epoch]


def regularization_loss(weights, l1=0.0, l2=0.0):
    if l1 < 0 or l2 < 0:
        raise ValueError("factor")
    if not weights:
        return 0.0
    total = 0
    for w in weights:
        w = tf.convert_to_tensor(w)
        w = tf.reshape(w if w.dtype.is_floating else tf.cast(w, tf.float32), [-1])
        total += l1 * tf.norm(w, ord=1) + 2 * l2 * tf.nn.l2_loss(w)
    return total


def dropout(x, rate, training, seed):
    if rate < 0 or rate >= 1:
        raise ValueError("rate")
    x = tf.convert_to_tensor(x)
    if x.dtype.is_integer:
        x = tf.cast(x, tf.float32)
    if training:
        kept = tf.cast(tf.random.stateless_uniform(tf.shape(x), (seed, 0)) >= rate, x.dtype)
        return x * kept * (1 / (1 - rate))
    return tf.identity(x)


def max_norm(W, r):
    if r <= 0:
        raise ValueError("r")
    W = tf.convert_to_tensor(W)
    W = W if W.dtype.is_floating else tf.cast(W, "float32")
    if len(W.shape) < 2:
        raise ValueError("W")
    return keras.constraints.MaxNorm(r, axis=list(range(len(W.shape)))[:-1])(W)


def augment(images, shift, flip, delta, seed):
    images = tf.convert_to_tensor(images)
    if len(images.shape) != 4:
        raise ValueError("rank")
    if shift < 0 or delta < 0 or not 0 <= flip <= 1:
        raise ValueError("setting")
    m, (h, w) = tf.shape(images)[0], images.shape[1:3]
    moves = tf.random.stateless_uniform([m, 2], [seed, 0], minval=-shift, maxval=shift + 1, dtype=tf.int32)
    mirror = tf.random.stateless_uniform([m], [seed, 1])
    light = tf.random.stateless_uniform([m], [seed, 2], minval=-delta, maxval=delta)

    def one(parts):
        image, move, number, change = parts
        image = tf.pad(image, [[shift, shift], [shift, shift], [0, 0]])
        image = tf.image.crop_to_bounding_box(image, shift - move[0], shift - move[1], h, w)
        image = tf.cond(number < flip, lambda: tf.image.flip_left_right(image), lambda: image)
        return tf.clip_by_value(image + tf.cast(change, image.dtype), 0.0, 1.0)

    return tf.map_fn(one, (images, moves, mirror, light), fn_output_signature=images.dtype)
