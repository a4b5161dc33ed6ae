"""Probes of Keras models: their structure as data, and what they compute."""

from typing import Any

import keras
import tensorflow as tf

from grader.probes.subject import Subject


def model_structure(subject: Subject) -> Any:
    """Return the layers of the model that the function builds; by variant if there are any."""
    return subject.look(lambda arguments: _structure(subject.call(arguments)))


def model_sizes(subject: Subject) -> Any:
    """Return what the model takes and gives and how many parameters it has, however it is put together; by variant."""
    return subject.look(lambda arguments: _sizes(subject.call(arguments)))


def _sizes(model: keras.Model) -> Any:
    return {
        "takes": [list(tensor.shape) for tensor in model.inputs],
        "gives": [list(tensor.shape) for tensor in model.outputs],
        "parameters": int(model.count_params()),
    }


def _structure(model: keras.Model) -> Any:
    return {
        "inputs": [list(tensor.shape) for tensor in model.inputs],
        "outputs": [list(tensor.shape) for tensor in model.outputs],
        "layers": [_layer(layer) for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)],
        "parameters": int(model.count_params()),
        "compiled": bool(model.compiled),
    }


def _layer(layer: keras.layers.Layer) -> Any:
    described: dict[str, Any] = {"type": type(layer).__name__}
    for attribute in ("units", "filters", "rate", "use_bias"):
        if hasattr(layer, attribute):
            described[attribute] = getattr(layer, attribute)
    if getattr(layer, "activation", None) is not None:
        described["activation"] = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    if getattr(layer, "kernel_initializer", None) is not None:
        described["kernel_initializer"] = type(layer.kernel_initializer).__name__
    return described


def model_output(subject: Subject, *, weights: float | None = None) -> Any:
    """Build the model, fill its weights with a fixed pattern, and return its output for the input ``_x``.

    Args:
        subject: the function, its inputs and the probe's own input ``_x``.
        weights: scale of the pattern; left out, the model keeps the weights it was made with.
    """
    model = subject.call()
    if weights is not None:
        for weight in model.weights:
            count = tf.cast(tf.size(weight), tf.float32)
            pattern = tf.sin(1.0 + tf.range(count, dtype=tf.float32))
            weight.assign(tf.cast(weights * tf.reshape(pattern, weight.shape), weight.dtype))
    return model(subject.own("x"), training=False)
