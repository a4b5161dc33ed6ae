"""Probes of m1q09, hyper-parameters."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Subject

#: Layers that only apply a function; `m1q09_outputs` sees what it is, wherever it stands.
_ACTIVATIONS = (keras.layers.Activation, keras.layers.ReLU, keras.layers.Softmax)


def m1q09_layers(subject: Subject) -> Any:
    """Return by variant the dense layers of the model and all else that is the same for equivalent models.

    How activations are written, input layers, names and models within models make no difference.
    """
    return {label: _layers(subject.call(subject.arguments(label))) for label in subject.variants}


def _layers(model: keras.Model) -> Any:
    if not model.built:
        return {"built": False}
    layers = list(_flat(model))
    return {
        "built": True,
        "input": list(model.input_shape),
        "dense layers": [_dense(layer) for layer in layers if isinstance(layer, keras.layers.Dense)],
        "other layers": [
            type(layer).__name__ for layer in layers if not isinstance(layer, (keras.layers.Dense, *_ACTIVATIONS))
        ],
        "parameters": int(model.count_params()),
        "compiled": bool(model.compiled),
    }


def _flat(model: keras.Model) -> Iterator[Any]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _flat(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer


def _dense(layer: keras.layers.Dense) -> Any:
    return {"inputs": int(layer.kernel.shape[0]), "units": int(layer.units), "bias": layer.bias is not None}


def m1q09_initializers(subject: Subject) -> Any:
    """Return how the kernels of the dense layers but the last are drawn; by variant."""
    return {label: _initializers(subject.call(subject.arguments(label))) for label in subject.variants}


def _initializers(model: keras.Model) -> Any:
    dense = [layer for layer in _flat(model) if isinstance(layer, keras.layers.Dense)]
    return [_initializer(layer.kernel_initializer) for layer in dense[:-1]]


def _initializer(initializer: Any) -> str:
    # He's, Glorot's and LeCun's are all this one with settings of their own.
    if isinstance(initializer, keras.initializers.VarianceScaling):
        return f"{initializer.distribution}, variance {initializer.scale:g} / {initializer.mode}"
    return type(initializer).__name__


def m1q09_outputs(subject: Subject, *, weights: str) -> Any:
    """Fill the model's weights and return its outputs for the input ``_x``; by variant.

    Args:
        subject: the function, its variants and the probe's own input ``_x``.
        weights: "waves", numbers of both signs, or "identity", the kernels identity and the biases zero.
    """
    return {label: _outputs(subject, label, weights) for label in subject.variants}


def _outputs(subject: Subject, label: str, weights: str) -> Any:
    model, x = subject.call(subject.arguments(label)), subject.own("x")
    model(x)  # makes the weights of a model that was returned without
    fill = _waves if weights == "waves" else _identity
    for weight in model.weights:
        weight.assign(fill(tuple(weight.shape)))
    return model(x)


def _waves(shape: tuple[int, ...]) -> Any:
    return np.sin(1.0 + 2.5 * np.arange(math.prod(shape))).reshape(shape)


def _identity(shape: tuple[int, ...]) -> Any:
    return np.eye(*shape) if len(shape) == 2 else np.zeros(shape)


def m1q09_output_sums(subject: Subject) -> Any:
    """Build the model, leave its weights as they were drawn, and return the sum of each output row for ``_x``."""
    return tf.reduce_sum(subject.call()(subject.own("x")), axis=-1)


def m1q09_refused_models(subject: Subject) -> Any:
    """Do as the probe ``rejects``, with the good model shown by the number of its parameters."""

    def parameters() -> int:
        model = subject.call()
        model(subject.own("x"))
        return int(model.count_params())

    return refusals(parameters, by_variant(subject, subject.call))


def m1q09_depths(subject: Subject, *, losses: list[float]) -> Any:
    """Search the depth with a training that gives ``losses``, by depth from 1.

    Return the best depth, the history, and the depths that were trained, in order.
    """

    def search(arguments: dict[str, Any]) -> Any:
        trained: list[int] = []

        def train(depth: int) -> float:
            trained.append(int(depth))
            if not 1 <= depth <= len(losses):
                raise IndexError(f"trained with {depth} hidden layers")
            return losses[depth - 1]

        best, history = subject.call({**arguments, "train_fn": train})
        return {"best": best, "history": _told(history), "trained": trained}

    return subject.look(search)


def m1q09_search(subject: Subject, *, losses: list[float]) -> Any:
    """Search the grid with a training that gives ``losses``, one a combination, the last name changing fastest.

    Return the best combination, the losses, and the numbers of the combinations that were trained, sorted.
    """
    arguments = subject.arguments()
    trained: list[int] = []
    arguments["train_fn"] = _landscape(arguments["grid"], losses, trained)
    best, history = subject.call(arguments)
    return {"best": best, "losses": _told(history), "trained": sorted(trained)}


def _landscape(
    grid: dict[str, list[Any]], losses: list[float], trained: list[int]
) -> Callable[[dict[str, Any]], float]:
    grid = {name: list(values) for name, values in grid.items()}

    def train(setting: dict[str, Any]) -> float:
        number = 0
        for name, values in grid.items():
            number = number * len(values) + values.index(setting[name])
        trained.append(number)
        return losses[number]

    return train


def _told(losses: Any) -> list[Any]:
    """Return the losses with NaN as a word, since NaN equals nothing."""
    numbers = [float(loss) for loss in losses]
    return ["nan" if math.isnan(number) else number for number in numbers]
