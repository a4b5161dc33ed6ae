"""Probes of m2q06, transfer learning: what a model is made of, what training leaves alone, what is computed once."""

import re
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.probes.subject import Subject


def m2q06_layers(subject: Subject) -> Any:
    """Return for each variant the model's dense layers, what it takes and gives, and how many variables it trains."""
    told = {}
    for label in subject.variants:
        model = subject.call(subject.arguments(label))
        layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
        told[label] = {
            "layers": [[type(each).__name__, each.units, each.activation.__name__] for each in layers],
            "takes": list(model.input_shape),
            "gives": list(model.output_shape),
            "trainable variables": len(model.trainable_variables),
        }
    return told


def m2q06_reused_weights(subject: Subject) -> Any:
    """Give the old model other weights than it was made with, as training does; return the reused ones, by variant."""
    told = {}
    for label in subject.variants:
        arguments = subject.arguments(label)
        _fill(arguments["model_a"])
        layers = [each for each in subject.call(arguments).layers if not isinstance(each, keras.layers.InputLayer)]
        told[label] = [weight.numpy() for layer in layers[:-1] for weight in layer.weights]
    return told


def m2q06_features(subject: Subject, *, kind: str) -> Any:
    """Return what the layers below the output layer make of ``_X``; the old model is made here, by ``kind``."""
    model = subject.call({"model_a": _network(kind), **subject.arguments()})
    H = subject.own("X")
    for layer in [each for each in model.layers if not isinstance(each, keras.layers.InputLayer)][:-1]:
        H = layer(H, training=False)
    return H


def m2q06_old_model_after(subject: Subject) -> Any:
    """Change all weights of the new model by one and return by how much those of the old one change, by variant."""
    changes = {}
    for label in subject.variants:
        arguments = subject.arguments(label)
        old = arguments["model_a"]
        before = [np.array(weight) for weight in old.get_weights()]
        model = subject.call(arguments)
        for weight in model.weights:
            weight.assign_add(tf.ones_like(weight))
        changes[label] = [
            float(np.max(np.abs(after - was))) for after, was in zip(old.get_weights(), before, strict=True)
        ]
    return changes


def m2q06_output_layers(subject: Subject) -> Any:
    """Make two models under different random seeds and tell what their output layers start with."""
    kernels = []
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        arguments = subject.arguments()
        old = arguments["model_a"].layers[-1].get_weights()[0]
        kernels.append(np.array(subject.call(arguments).layers[-1].get_weights()[0]))
    return {
        "the same each time": bool(np.array_equal(kernels[0], kernels[1])),
        "all the same": bool(np.ptp(kernels[0]) == 0),
        "those of the old model": bool(np.array_equal(kernels[1], old)),
    }


def m2q06_trained(subject: Subject, *, kind: str, steps: int, full_steps: int = 0) -> Any:
    """Return the losses of some training steps, and all weights of the model afterwards.

    Args:
        subject: the function that makes the step; model, optimizer and loss are made here.
        kind: "dense", "dropout" with dropout below, or "normalised" with batch normalization below and above.
        steps: steps of the function's own.
        full_steps: steps on all layers by the same optimizer before, which fill its memory.
    """
    model, X, y = _network(kind), subject.own("X"), subject.own("y")
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    optimizer.build(model.trainable_variables)
    for _ in range(full_steps):
        with tf.GradientTape() as tape:
            loss = _loss(y, model(X, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    step = subject.call({**subject.arguments(), "model": model, "optimizer": optimizer, "loss_fn": _loss})
    losses = [step(X, y) for _ in range(steps)]
    return {
        "losses": [tf.reshape(tf.convert_to_tensor(loss), [-1])[0] for loss in losses],
        "weights": {
            f"layer {index} {weight.name}": weight.numpy()
            for index, layer in enumerate(model.layers)
            for weight in layer.weights
            if "seed" not in weight.name  # dropout counts its draws
        },
    }


def m2q06_cached(subject: Subject, *, kind: str) -> Any:
    """Return the cached outputs of a model made here, with dropout or batch normalization if its ``kind`` has them."""
    return subject.call({"model": _network(kind), **subject.arguments()})


def m2q06_passes(subject: Subject) -> Any:
    """Count the instances that go through the frozen layers, and the most at a time."""
    counter = _Counter()
    model = keras.Sequential([keras.Input((3,)), counter, *_network("dense", inputs=3).layers])
    subject.call({"model": model, **subject.arguments()})
    return {"instances": int(counter.instances.numpy()), "most at a time": int(counter.most.numpy())}


def m2q06_batches(subject: Subject) -> Any:
    """Return the pairs of batches as a list, for each variant."""
    return {label: _pairs(subject, label) for label in subject.variants}


def m2q06_rows_of_an_epoch(subject: Subject) -> Any:
    """Give row i the outputs (i, −i) and the target i; tell how the rows of a batch belong together.

    Returns the largest difference between a row's outputs and its target, and the targets, sorted.
    """
    m = subject.own("m")
    rows = np.arange(m, dtype=np.float32)
    arguments = {"H": np.stack([rows, -rows], axis=1), "y": rows, **subject.arguments()}
    pairs = [(np.asarray(H), np.asarray(y)) for H, y in subject.call(arguments)]
    apart = max(float(np.max(np.abs(H - np.stack([y, -y], axis=1)))) for H, y in pairs)
    return {"apart": apart, "targets": np.sort(np.concatenate([y for _, y in pairs]))}


def m2q06_refused(subject: Subject, *, error: str = "ValueError") -> Any:
    """Return what came of the good inputs and of each variant's bad ones, in words.

    Args:
        subject: the function and its inputs.
        error: the exception that bad input calls for, "re.error" for a bad pattern.
    """
    told = {label: _outcome(subject, subject.arguments(label), error) for label in subject.variants}
    return {"good input": _outcome(subject, subject.arguments(), error), "bad input": told}


def _pairs(subject: Subject, label: str) -> list[tuple[Any, Any]]:
    return [(np.asarray(H), np.asarray(y)) for H, y in subject.call(subject.arguments(label))]


def _outcome(subject: Subject, arguments: dict[str, Any], error: str) -> str:
    try:
        value = subject.call(arguments)
        if hasattr(value, "__next__"):
            value = list(value)
    except Exception as raised:
        # The class of re.error has other names in later Pythons.
        kinds = [*(kind.__name__ for kind in type(raised).__mro__), *(["re.error"] * isinstance(raised, re.error))]
        return f"raises {error if error in kinds else kinds[0]}"
    if isinstance(value, keras.Model):
        return "returns a model"
    if callable(value):
        return "returns a function"
    return f"returns {len(value)} items" if hasattr(value, "__len__") else "returns"


def _network(kind: str, inputs: int = 4) -> keras.Sequential:
    """Return a network with fixed weights: dense layers of 6, 5 and 2 neurons, with more in between by ``kind``."""
    keras.utils.set_random_seed(0)  # whatever ran before, dropout that is wrongly on draws the same
    dense = [keras.layers.Dense(units, activation=act) for units, act in ((6, "tanh"), (5, "relu"), (2, None))]
    between: dict[str, list[Any]] = {
        "dense": dense,
        "dropout": [dense[0], keras.layers.Dropout(0.5), dense[1], dense[2]],
        "normalised": [
            dense[0],
            keras.layers.BatchNormalization(momentum=0.8),
            dense[1],
            keras.layers.BatchNormalization(momentum=0.8),
            dense[2],
        ],
    }
    model = keras.Sequential([keras.Input((inputs,)), *between[kind]])
    _fill(model)
    return model


def _fill(model: keras.Model) -> None:
    """Give every weight of a model a fixed pattern; variances stay positive."""
    for index, weight in enumerate(model.weights):
        pattern = tf.sin(1.0 + index + tf.range(tf.size(weight), dtype=tf.float32)) / 2
        weight.assign(tf.reshape(tf.abs(pattern) + 0.5 if "variance" in weight.name else pattern, weight.shape))


def _loss(y: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """Return a mean square error in which larger targets weigh more, so that the arguments cannot be exchanged."""
    return tf.reduce_mean((1 + tf.square(y)) * tf.square(outputs - y))


class _Counter(keras.layers.Layer):  # type: ignore[misc]
    """A layer that passes its inputs on and counts them, in graphs too."""

    def __init__(self) -> None:
        super().__init__()
        self.instances, self.most = tf.Variable(0), tf.Variable(0)

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        count = tf.shape(inputs)[0]
        self.instances.assign_add(count)
        self.most.assign(tf.maximum(self.most, count))
        return tf.identity(inputs)
