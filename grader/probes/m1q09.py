"""Probes of m1q09, hyper-parameters."""

import math
from typing import Any

import keras
import numpy as np

from grader.probes.plain import plain
from grader.probes.subject import Subject


def m1q09_layers(subject: Subject) -> Any:
    """Return for each variant the dense layers of the model: units, activation, initialiser of the hidden ones.

    An activation may be part of its layer or a layer of its own, and an input layer may be there or not.
    """
    return {label: _layers(subject.call(subject.arguments(label))) for label in subject.variants}


def m1q09_outputs(subject: Subject) -> Any:
    """Set every weight of each variant's model to a fixed pattern and return its outputs for the inputs ``_x``."""
    outputs = {}
    for label in subject.variants:
        model = subject.call(subject.arguments(label))
        for weight in model.weights:
            pattern = np.sin(1.0 + np.arange(math.prod(weight.shape)))
            weight.assign(pattern.reshape(weight.shape).astype("float32"))
        outputs[label] = model(subject.own("x"), training=False)
    return outputs


def m1q09_labels(subject: Subject) -> Any:
    """Give the output layer of a model without hidden layers the logits 5, 5 and -5; return its outputs."""
    model = subject.call()
    kernel, bias = model.weights
    kernel.assign(np.zeros(kernel.shape))
    bias.assign(np.array([5.0, 5.0, -5.0]))
    return model(np.zeros((1, kernel.shape[0]), np.float32), training=False)


def m1q09_size(subject: Subject) -> Any:
    """Return the model's number of parameters, whether it is compiled and the shapes it takes and gives."""
    model = subject.call()
    return {
        "parameters": int(model.count_params()),
        "compiled": bool(model.compiled),
        "input": list(model.input_shape),
        "output": list(model.output_shape),
    }


def m1q09_refused(subject: Subject) -> Any:
    """Return the layers that the good hyper-parameters give and what came of each bad set."""
    outcomes = {label: _outcome(subject, label) for label in subject.variants}
    return {"good": _layers(subject.call()), "bad": outcomes}


def m1q09_depth_refused(subject: Subject) -> Any:
    """Return the result for the good depth and what came of each bad one."""
    outcomes = {label: _outcome(subject, label) for label in subject.variants}
    return {"good": subject.call(), "bad": outcomes}


def m1q09_depths_tried(subject: Subject) -> Any:
    """Return for each variant the result and the depths that the training function was called with."""
    tried = {}
    for label in subject.variants:
        arguments = subject.arguments(label)
        result = subject.call(arguments)
        depths = [int(call[0]) for call in arguments["train_fn"].calls]
        best, history = plain(result)
        tried[label] = {"best": best, "losses": [f"{float(loss):.3g}" for loss in history], "depths": depths}
    return tried


def _outcome(subject: Subject, label: str) -> str:
    try:
        subject.call(subject.arguments(label))
    except ValueError:
        return "raises ValueError"
    except Exception as error:
        return f"raises {type(error).__name__}"
    return "returns"


def _layers(model: keras.Model) -> Any:
    found: list[dict[str, Any]] = []
    for layer in model.layers:
        name = getattr(getattr(layer, "activation", None), "__name__", None)
        if isinstance(layer, keras.layers.Dense):
            found.append({"units": layer.units, "activation": name, "start": type(layer.kernel_initializer).__name__})
        elif isinstance(layer, keras.layers.Activation | keras.layers.ReLU | keras.layers.Softmax) and found:
            found[-1]["activation"] = name or type(layer).__name__.lower()
    if found:
        del found[-1]["start"]  # the output layer's is the student's choice
    return found
