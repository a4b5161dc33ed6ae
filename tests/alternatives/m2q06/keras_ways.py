"""A functional model, clone_model, a step in a tf.function, predict for the cache, a list of batches."""

import re

import keras
import numpy as np
import tensorflow as tf


def reuse_layers(old, count, classes, share=False):
    if count not in range(1, len(old.layers)) or classes <= 0:
        raise ValueError("count or classes")
    source = old
    if not share:
        source = keras.models.clone_model(old)
        source.set_weights(old.get_weights())
    inputs = keras.Input(old.input_shape[1:])
    hidden = inputs
    for layer in source.layers[:count]:
        hidden = layer(hidden)
    return keras.Model(inputs, keras.layers.Dense(classes, "softmax", name="new_outputs")(hidden))


def select_variables(names, pattern):
    return list(filter(re.compile(pattern).match, names))


def frozen_train_step(model, count, optimizer, loss_fn):
    if count not in range(len(model.layers)):
        raise ValueError("count")
    for layer in model.layers[:count]:
        layer.trainable = False
    variables = model.trainable_variables

    @tf.function
    def step(X, y):
        with tf.GradientTape() as tape:
            outputs = tf.convert_to_tensor(X)
            for position, layer in enumerate(model.layers):
                outputs = layer(outputs, training=position >= count)
            loss = loss_fn(y, outputs)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    return step


def cache_outputs(model, count, X, batch_size):
    if not 0 < count <= len(model.layers) or batch_size <= 0 or X.shape[0] == 0:
        raise ValueError("count, batch size or instances")
    return keras.Sequential(model.layers[:count]).predict(np.asarray(X), batch_size=batch_size, verbose=0)


def cached_batches(outputs, targets, count, seed, epoch):
    outputs, targets = tf.convert_to_tensor(outputs), tf.convert_to_tensor(targets)
    if not 0 < count <= outputs.shape[0] or outputs.shape[0] != targets.shape[0]:
        raise ValueError("count or lengths")
    order = np.random.default_rng((seed, epoch)).permutation(outputs.shape[0])
    return [(tf.gather(outputs, rows), tf.gather(targets, rows)) for rows in np.array_split(order, count)]
