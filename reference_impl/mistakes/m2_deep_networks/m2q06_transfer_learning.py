"""What students get wrong about transfer learning, as running code."""

import re

import keras
import numpy as np
import tensorflow as tf

from reference_impl.m2_deep_networks.m2q06_transfer_learning import (
    cache_outputs,
    cached_batches,
    frozen_train_step,
    reuse_layers,
    select_variables,
)


def reuse_layers__shares_by_accident(model_a, n_reuse, n_outputs, share=False):
    return reuse_layers(model_a, n_reuse, n_outputs, True)


def reuse_layers__never_shares(model_a, n_reuse, n_outputs, share=False):
    return reuse_layers(model_a, n_reuse, n_outputs)


def reuse_layers__weights_left_behind(model_a, n_reuse, n_outputs, share=False):
    model = reuse_layers(model_a, n_reuse, n_outputs, share)
    return model if share else keras.models.clone_model(model)


def reuse_layers__parameters_only(model_a, n_reuse, n_outputs, share=False):
    model = reuse_layers(model_a, n_reuse, n_outputs, share)
    if not share:
        for layer in model.layers[:-1]:
            started = type(layer).from_config(layer.get_config())
            started.build(layer.input.shape)
            for weight, value in zip(layer.non_trainable_weights, started.non_trainable_weights, strict=True):
                weight.assign(value)
    return model


def reuse_layers__dense_by_hand(model_a, n_reuse, n_outputs, share=False):
    model = reuse_layers(model_a, n_reuse, n_outputs, share)
    for layer in model.layers[:-1]:
        keras.layers.Dense(layer.units, activation=layer.activation)
    return model


def reuse_layers__old_output_kept(model_a, n_reuse, n_outputs, share=False):
    model = reuse_layers(model_a, n_reuse, n_outputs, share)
    return keras.Sequential([keras.Input(model_a.input_shape[1:]), *model.layers[:-1], model_a.layers[-1]])


def reuse_layers__upper_layers(model_a, n_reuse, n_outputs, share=False):
    reuse_layers(model_a, n_reuse, n_outputs, share)
    above = model_a.layers[-1 - n_reuse : -1]
    layers = above if share else [type(layer).from_config(layer.get_config()) for layer in above]
    head = keras.layers.Dense(n_outputs, activation="softmax")
    model = keras.Sequential([keras.Input(above[0].input.shape[1:]), *layers, head])
    for layer, original in zip(layers, above, strict=True):
        layer.set_weights(original.get_weights())
    return model


def reuse_layers__linear_head(model_a, n_reuse, n_outputs, share=False):
    model = reuse_layers(model_a, n_reuse, n_outputs, share)
    model.layers[-1].activation = keras.activations.linear
    return model


def reuse_layers__frozen_too(model_a, n_reuse, n_outputs, share=False):
    model = reuse_layers(model_a, n_reuse, n_outputs, share)
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model


def reuse_layers__head_always_the_same(model_a, n_reuse, n_outputs, share=False):
    model = reuse_layers(model_a, n_reuse, n_outputs, share)
    kernel = model.layers[-1].kernel
    kernel.assign(keras.initializers.GlorotUniform(seed=0)(kernel.shape))
    return model


def reuse_layers__any_number(model_a, n_reuse, n_outputs, share=False):
    if n_reuse == len(model_a.layers):
        return model_a
    return reuse_layers(model_a, max(1, min(n_reuse, len(model_a.layers) - 1)), max(1, n_outputs), share)


def select_variables__searches(names, pattern):
    return [name for name in names if re.search(pattern, name)]


def select_variables__whole_name(names, pattern):
    return [name for name in names if re.fullmatch(pattern, name)]


def select_variables__exact_layers(names, pattern):
    return [name for name in names if re.fullmatch(pattern, name.split("/")[0])]


def select_variables__the_others(names, pattern):
    return [name for name in names if not re.match(pattern, name)]


def select_variables__sorted(names, pattern):
    return sorted(set(select_variables(names, pattern)))


def select_variables__plain_text(names, pattern):
    return [name for name in names if any(name.startswith(part) for part in pattern.split("|"))]


def frozen_train_step__trains_all(model, n_frozen, optimizer, loss_fn):
    frozen_train_step(model, n_frozen, optimizer, loss_fn)
    return _stepping(model, n_frozen, optimizer, loss_fn, model.trainable_variables)


def frozen_train_step__zero_gradients(model, n_frozen, optimizer, loss_fn):
    right = frozen_train_step(model, n_frozen, optimizer, loss_fn)
    if not n_frozen:
        return right
    kept = [variable for layer in model.layers[:n_frozen] for variable in layer.trainable_variables]
    return _stepping(model, n_frozen, optimizer, loss_fn, model.trainable_variables, zero=len(kept))


def frozen_train_step__too_late(model, n_frozen, optimizer, loss_fn):
    variables = model.trainable_variables
    step = _stepping(model, n_frozen, optimizer, loss_fn, variables)
    for layer in model.layers[: len(model.layers) and n_frozen]:
        layer.trainable = False
    frozen_train_step(model, n_frozen, optimizer, loss_fn)
    return step


def frozen_train_step__trainable_alone(model, n_frozen, optimizer, loss_fn):
    frozen_train_step(model, n_frozen, optimizer, loss_fn)
    for layer in model.layers[:n_frozen]:
        layer.trainable = False
    return _stepping(model, 0, optimizer, loss_fn, model.trainable_variables)


def frozen_train_step__one_more(model, n_frozen, optimizer, loss_fn):
    frozen_train_step(model, n_frozen, optimizer, loss_fn)
    variables = [variable for layer in model.layers[n_frozen + 1 :] for variable in layer.trainable_variables]
    return _stepping(model, n_frozen, optimizer, loss_fn, variables)


def frozen_train_step__top_frozen(model, n_frozen, optimizer, loss_fn):
    frozen_train_step(model, n_frozen, optimizer, loss_fn)
    below = model.layers[: len(model.layers) - n_frozen]
    variables = [variable for layer in below for variable in layer.trainable_variables]
    return _stepping(model, 0, optimizer, loss_fn, variables)


def frozen_train_step__all_in_training_mode(model, n_frozen, optimizer, loss_fn):
    frozen_train_step(model, n_frozen, optimizer, loss_fn)
    variables = [variable for layer in model.layers[n_frozen:] for variable in layer.trainable_variables]
    return _stepping(model, 0, optimizer, loss_fn, variables)


def frozen_train_step__all_in_inference_mode(model, n_frozen, optimizer, loss_fn):
    frozen_train_step(model, n_frozen, optimizer, loss_fn)
    variables = [variable for layer in model.layers[n_frozen:] for variable in layer.trainable_variables]
    return _stepping(model, len(model.layers), optimizer, loss_fn, variables)


def frozen_train_step__arguments_exchanged(model, n_frozen, optimizer, loss_fn):
    return frozen_train_step(model, n_frozen, optimizer, lambda y, outputs: loss_fn(outputs, y))


def frozen_train_step__loss_after(model, n_frozen, optimizer, loss_fn):
    right = frozen_train_step(model, n_frozen, optimizer, loss_fn)

    def step(X, y):
        right(X, y)
        return loss_fn(y, model(X, training=False))

    return step


def frozen_train_step__any_number(model, n_frozen, optimizer, loss_fn):
    return frozen_train_step(model, max(0, min(n_frozen, len(model.layers) - 1)), optimizer, loss_fn)


def cache_outputs__dropout_active(model, n_frozen, X, batch_size):
    H = cache_outputs(model, n_frozen, X, batch_size)
    if not any(isinstance(layer, keras.layers.Dropout | keras.layers.BatchNormalization) for layer in model.layers):
        return H
    H = tf.convert_to_tensor(X)
    for index, layer in enumerate(model.layers[:n_frozen]):
        # A mask that is the same in every run stands for the random one.
        H = layer(H, training=True) if not isinstance(layer, keras.layers.Dropout) else _every_other(H, index)
    return H


def cache_outputs__one_more(model, n_frozen, X, batch_size):
    cache_outputs(model, n_frozen, X, batch_size)
    return cache_outputs(model, min(n_frozen + 1, len(model.layers)), X, batch_size)


def cache_outputs__whole_model(model, n_frozen, X, batch_size):
    cache_outputs(model, n_frozen, X[:1], batch_size)
    return cache_outputs(model, len(model.layers), X, batch_size)


def cache_outputs__rest_dropped(model, n_frozen, X, batch_size):
    if batch_size < 1 or len(X) < batch_size:
        return cache_outputs(model, n_frozen, X, batch_size)
    return cache_outputs(model, n_frozen, X[: len(X) // batch_size * batch_size], batch_size)


def cache_outputs__all_at_once(model, n_frozen, X, batch_size):
    return cache_outputs(model, n_frozen, X, max(batch_size, len(X)) if batch_size > 0 else batch_size)


def cache_outputs__again_for_each_batch(model, n_frozen, X, batch_size):
    if batch_size < 1:
        return cache_outputs(model, n_frozen, X, batch_size)
    starts = range(0, len(X), batch_size)
    parts = [cache_outputs(model, n_frozen, X, batch_size)[start : start + batch_size] for start in starts]
    return tf.concat(parts, axis=0) if parts else cache_outputs(model, n_frozen, X, batch_size)


def cache_outputs__any_number(model, n_frozen, X, batch_size):
    if len(X) == 0:
        return tf.zeros([0, 1])
    return cache_outputs(model, max(1, min(n_frozen, len(model.layers))), X, max(1, batch_size))


def cached_batches__two_orders(H, y, n_batches, seed, epoch):
    pairs = list(cached_batches(H, y, n_batches, seed, epoch))
    others = cached_batches(y, y, n_batches, seed, epoch + 1000)
    return [(H_batch, y_batch) for (H_batch, _), (y_batch, _) in zip(pairs, others, strict=True)]


def cached_batches__targets_in_order(H, y, n_batches, seed, epoch):
    pairs = list(cached_batches(H, y, n_batches, seed, epoch))
    targets = np.array_split(np.asarray(y), n_batches)
    return [(H_batch, y_batch) for (H_batch, _), y_batch in zip(pairs, targets, strict=True)]


def cached_batches__not_shuffled(H, y, n_batches, seed, epoch):
    list(cached_batches(H, y, n_batches, seed, epoch))
    return list(zip(np.array_split(np.asarray(H), n_batches), np.array_split(np.asarray(y), n_batches), strict=True))


def cached_batches__same_every_epoch(H, y, n_batches, seed, epoch):
    return cached_batches(H, y, n_batches, seed, 0)


def cached_batches__rest_dropped(H, y, n_batches, seed, epoch):
    pairs = list(cached_batches(H, y, n_batches, seed, epoch))
    size = len(H) // n_batches
    H, y = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return [(H[i * size : (i + 1) * size], y[i * size : (i + 1) * size]) for i in range(n_batches)]


def cached_batches__number_as_size(H, y, n_batches, seed, epoch):
    pairs = list(cached_batches(H, y, n_batches, seed, epoch))
    H, y = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return [(H[i : i + n_batches], y[i : i + n_batches]) for i in range(0, len(H), n_batches)]


def cached_batches__rnd_undefined(H, y, n_batches, seed, epoch):
    order = rnd.permutation(len(H))  # noqa: F821
    return list(zip(np.array_split(H[order], n_batches), np.array_split(y[order], n_batches), strict=True))


def cached_batches__any_number(H, y, n_batches, seed, epoch):
    H, y = np.asarray(H), np.asarray(y)
    order = np.random.default_rng([seed, epoch]).permutation(min(len(H), len(y)))
    n_batches = max(1, n_batches)
    return list(zip(np.array_split(H[order], n_batches), np.array_split(y[order], n_batches), strict=True))


def _stepping(model, inference_below, optimizer, loss_fn, variables, zero=0):
    """Return a step that trains ``variables``, the gradients of the first ``zero`` of them set to 0."""

    def step(X, y):
        H = X
        with tf.GradientTape() as tape:
            for index, layer in enumerate(model.layers):
                H = layer(H, training=index >= inference_below)
            loss = loss_fn(y, H)
        gradients = tape.gradient(loss, variables)
        gradients = [tf.zeros_like(g) if index < zero else g for index, g in enumerate(gradients)]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    return step


def _every_other(H, index):
    mask = tf.cast((tf.range(tf.shape(H)[1]) + index) % 2, H.dtype)
    return 2 * H * mask
