"""Probes of m1q04, the multilayer perceptron and backpropagation."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from grader.probes.subject import Subject


def m1q04_autodiff_used(subject: Subject) -> Any:
    """Call the function and return the names of TensorFlow's differentiators that were at work meanwhile.

    A function that was traced before keeps its gradients in its graph and starts no tape, so give this probe
    shapes that no other check has.
    """
    used: set[str] = set()
    with ExitStack() as patches:
        for kind in (tf.GradientTape, tf.autodiff.ForwardAccumulator):
            noting = _noting(used, kind.__name__, kind.__enter__)
            patches.enter_context(mock.patch.object(kind, "__enter__", noting))
        patches.enter_context(mock.patch.object(tf, "gradients", _noting(used, "tf.gradients", tf.gradients)))
        subject.call()
    return sorted(used)


def _noting(used: set[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def noting(*arguments: Any, **named: Any) -> Any:
        used.add(name)
        return function(*arguments, **named)

    return noting


def m1q04_bowl_descent(subject: Subject, *, steps: int) -> Any:
    """Descend the bowl ½ Σ θ², whose gradient is θ itself, and return its height before and after each step."""
    arguments = subject.arguments()
    heights = [_height(arguments["params"])]
    for _ in range(steps):
        params = arguments["params"]
        arguments["params"] = subject.call({**arguments, "grads": [tuple(pair) for pair in params]})
        heights.append(_height(arguments["params"]))
    return heights


def _height(params: Any) -> float:
    return sum(float(np.sum(np.square(np.asarray(theta, np.float64)))) for pair in params for theta in pair) / 2


def m1q04_losses(subject: Subject) -> Any:
    """Return the losses of a training as a list of floats."""
    return [float(loss) for loss in subject.call()[1]]


def m1q04_final_losses(subject: Subject) -> Any:
    """Train with each variant and return the last loss of each."""
    return {label: float(subject.call(subject.arguments(label))[1][-1]) for label in subject.variants}


def m1q04_xor_outputs(subject: Subject) -> Any:
    """Train, give the weights to Keras layers and return their outputs for the four instances, rounded."""
    (hidden, output), _ = subject.call()
    model = keras.Sequential(
        [keras.layers.Dense(np.shape(b)[0], "sigmoid", dtype="float64") for _, b in (hidden, output)]
    )
    model.build((None, 2))
    model.set_weights([np.asarray(theta) for theta in (*hidden, *output)])
    outputs = model(tf.constant([[0, 0], [0, 1], [1, 0], [1, 1]], tf.float64))
    return tf.cast(tf.round(outputs), tf.int32)
