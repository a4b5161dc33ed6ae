"""Probes of m2q02, RMSProp and Adam."""

from typing import Any

import tensorflow as tf

from grader.probes.subject import Subject


def m2q02_steps(subject: Subject, *, counted: bool = False) -> Any:
    """Take a step with each row of ``_gradients``, each from what the one before returned; return all of it.

    The first of the value's parts is the new θ, the others are the state, in the order of the parameters.

    Args:
        subject: the step and its inputs; the state's inputs are those named m and s.
        counted: whether the step wants its number ``t``, from 1.
    """
    arguments = subject.arguments()
    carried = ["theta", *(name for name in ("m", "s") if name in arguments)]
    returned = []
    for number, gradient in enumerate(subject.own("gradients"), start=1):
        arguments["grad"] = gradient
        if counted:
            arguments["t"] = number
        value = subject.call(arguments)
        arguments.update(zip(carried, value, strict=True))
        returned.append(value)
    return {name: tf.stack(parts) for name, parts in zip(carried, zip(*returned, strict=True), strict=True)}


def m2q02_gradients_taken(subject: Subject) -> Any:
    """Return the way taken by each variant, and beside it the points at which the gradient was asked for."""
    seen = {}
    for label in subject.variants:
        points: list[tf.Tensor] = []
        arguments = subject.arguments(label)
        seen[label] = {"way": subject.call({**arguments, "grad_fn": _recording(points)}), "gradients at": points}
    return seen


def m2q02_final_loss(subject: Subject) -> Any:
    """Descend in a long valley, ½ (θ₁² + 20 θ₂²), and return the loss at the end of the way."""
    way = subject.call({**subject.arguments(), "grad_fn": lambda theta: _curvature(theta) * theta})
    end = tf.convert_to_tensor(way)[-1]
    return 0.5 * tf.reduce_sum(_curvature(end) * tf.square(end))


def _recording(points: list[tf.Tensor]) -> Any:
    def gradient(theta: tf.Tensor) -> tf.Tensor:
        points.append(tf.identity(theta))
        return _curvature(theta) * theta

    return gradient


def _curvature(theta: tf.Tensor) -> tf.Tensor:
    return tf.constant([1.0, 20.0], theta.dtype)
