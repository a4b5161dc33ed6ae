"""Transfer learning: reuse trained layers, freeze the lower ones, cache what the frozen ones put out."""

import re
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf


def reuse_layers(model_a: keras.Sequential, n_reuse: int, n_outputs: int, share: bool = False) -> keras.Model:
    """Build a network for a new task on the lower layers of a trained one.

    It consists of the first ``n_reuse`` layers of ``model_a`` with the weights they have, and a fresh output layer:
    dense, ``n_outputs`` neurons, softmax, weights as Keras draws them. Nothing is frozen, and it is not compiled.

    Args:
        model_a: a built Sequential model of at least two layers. It is left as it is.
        n_reuse: how many of its layers to reuse, counted from the input, at least 1; never its output layer.
        n_outputs: number of classes of the new task, at least 1.
        share: whether the two models are to have the very same layers, so that training one changes the other.
            Otherwise the layers are copies.

    Returns:
        A Sequential or functional Keras model that takes the inputs of ``model_a``.

    Raises:
        ValueError: ``n_reuse`` is not in 1 … (number of layers) − 1, or ``n_outputs`` is below 1.

    Source:
        Géron 2017, ch. 11, "Reusing Pretrained Layers"; Keras, guide "Transfer learning & fine-tuning".
    """
    if not 1 <= n_reuse < len(model_a.layers):
        raise ValueError(f"n_reuse must be from 1 to {len(model_a.layers) - 1}, not {n_reuse}")
    if n_outputs < 1:
        raise ValueError(f"there must be at least one output, not {n_outputs}")
    reused = model_a.layers[:n_reuse]
    layers = reused if share else [type(layer).from_config(layer.get_config()) for layer in reused]
    head = keras.layers.Dense(n_outputs, activation="softmax")
    model_b = keras.Sequential([keras.Input(model_a.input_shape[1:]), *layers, head])
    for layer, original in zip(layers, reused, strict=True):
        layer.set_weights(original.get_weights())
    return model_b


def select_variables(names: list[str], pattern: str) -> list[str]:
    """Select variables by name as ``tf.get_collection(key, scope=pattern)`` of TensorFlow 1 does.

    A name is selected if the regular expression matches at its start; it need not match to the end.

    Args:
        names: names of variables, such as "hidden3/kernel".
        pattern: a regular expression, such as "hidden[34]|outputs".

    Returns:
        The names selected, in their order.

    Raises:
        re.error: ``pattern`` is no regular expression.

    Source:
        The documentation of tf.compat.v1.get_collection: "filtered … using re.match".
    """
    return [name for name in names if re.match(pattern, name)]


def frozen_train_step(
    model: keras.Sequential,
    n_frozen: int,
    optimizer: keras.optimizers.Optimizer,
    loss_fn: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Make the training step of a network whose lower layers are frozen.

    The step takes a batch (X, y), computes the loss, and lets the optimizer update the trainable variables of the
    layers above the frozen ones. Whatever the optimizer has in its memory, the frozen layers keep every bit; their
    dropout and batch normalization are in inference mode (``training=False``), those above in training mode. To set
    the layers' ``trainable`` is allowed, not needed.

    Args:
        model: a built Sequential model.
        n_frozen: how many of its layers are frozen, counted from the input; 0 freezes none.
        optimizer: a Keras optimizer, which may have been used on the model before.
        loss_fn: takes y and the model's outputs, in this order, and returns the loss, a scalar.

    Returns:
        The step: a function of X (m, …) and y that returns the loss before the update, a scalar.

    Raises:
        ValueError: ``n_frozen`` is not in 0 … (number of layers) − 1.

    Source:
        Géron 2017, ch. 11, "Freezing the Lower Layers".
    """
    if not 0 <= n_frozen < len(model.layers):
        raise ValueError(f"n_frozen must be from 0 to {len(model.layers) - 1}, not {n_frozen}")
    frozen, trained = model.layers[:n_frozen], model.layers[n_frozen:]
    variables = [variable for layer in trained for variable in layer.trainable_variables]

    def step(X: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        H = X
        for layer in frozen:
            H = layer(H, training=False)
        with tf.GradientTape() as tape:
            for layer in trained:
                H = layer(H, training=True)
            loss = loss_fn(y, H)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    return step


def cache_outputs(model: keras.Sequential, n_frozen: int, X: tf.Tensor, batch_size: int) -> tf.Tensor:
    """Compute the outputs of the topmost frozen layer for all instances, each of them once.

    The instances go through the first ``n_frozen`` layers in batches, in inference mode.

    Args:
        model: a built Sequential model.
        n_frozen: number of frozen layers, counted from the input.
        X: instances, float tensor or array (m, …), m ≥ 1.
        batch_size: most instances to take at a time, at least 1; m need not be a multiple of it.

    Returns:
        The outputs for the m instances in their order, a tensor or array (m, …).

    Raises:
        ValueError: ``n_frozen`` is not in 1 … (number of layers), ``batch_size`` is below 1, or there are no instances.

    Source:
        Géron 2017, ch. 11, "Caching the Frozen Layers".
    """
    if not 1 <= n_frozen <= len(model.layers):
        raise ValueError(f"n_frozen must be from 1 to {len(model.layers)}, not {n_frozen}")
    if batch_size < 1 or len(X) == 0:
        raise ValueError(f"batches of {batch_size} of {len(X)} instances cannot be made")
    outputs = []
    for start in range(0, len(X), batch_size):
        H = tf.convert_to_tensor(X[start : start + batch_size])
        for layer in model.layers[:n_frozen]:
            H = layer(H, training=False)
        outputs.append(H)
    return tf.concat(outputs, axis=0)


def cached_batches(
    H: tf.Tensor, y: tf.Tensor, n_batches: int, seed: int, epoch: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the batches of one epoch of cached outputs and their targets, shuffled together.

    The order is ``np.random.default_rng([seed, epoch]).permutation(m)``, the same for both, and it is cut by
    ``np.array_split``, so that the first m mod ``n_batches`` batches have one instance more than the others.

    Args:
        H: cached outputs, tensor or array (m, …).
        y: their targets, tensor or array (m,) or (m, …).
        n_batches: number of batches, from 1 to m.
        seed: seed of the training run.
        epoch: number of the epoch; each has an order of its own.

    Returns:
        The pairs (batch of H, batch of y) one after the other, as an iterator or a list.

    Raises:
        ValueError: ``n_batches`` is not in 1 … m, or ``H`` and ``y`` are not of one length. From an iterator it
            comes at the latest when the first pair is asked for.

    Source:
        Géron 2017, ch. 11, "Caching the Frozen Layers".
    """
    H, y = np.asarray(H), np.asarray(y)
    if len(H) != len(y):
        raise ValueError(f"there are {len(H)} outputs and {len(y)} targets")
    if not 1 <= n_batches <= len(H):
        raise ValueError(f"n_batches must be from 1 to {len(H)}, not {n_batches}")
    order = np.random.default_rng([seed, epoch]).permutation(len(H))
    yield from zip(np.array_split(H[order], n_batches), np.array_split(y[order], n_batches), strict=True)
