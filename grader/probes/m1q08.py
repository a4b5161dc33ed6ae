"""Probes of m1q08, backpropagation: programs to differentiate and functions whose gradients are to be checked."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from grader.probes.subject import Subject


class _Visited(list[Any]):
    """A program that counts how often its operations are looked at."""

    visits = 0

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self.visits += 1
            yield item

    def __reversed__(self) -> Iterator[Any]:
        for item in super().__reversed__():
            self.visits += 1
            yield item

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        self.visits += len(found) if isinstance(index, slice) else 1
        return found


def m1q08_random_programs(subject: Subject, *, count: int, length: int, seed: int) -> Any:
    """Differentiate random programs of three inputs; return for each the value and the gradient."""
    source = random.Random(seed)  # noqa: S311 - not a secret
    return [subject.function(*_program(source, length)) for _ in range(count)]


def _program(source: random.Random, length: int) -> tuple[list[tuple[Any, ...]], list[float]]:
    inputs = [source.uniform(-1.5, 1.5) for _ in range(3)]
    program: list[tuple[Any, ...]] = []
    for position in range(length):
        known = len(inputs) + position
        name = source.choice(["add", "sub", "mul", "neg", "sigmoid", "tanh", "relu"])
        operands = 2 if name in ("add", "sub", "mul") else 1
        program.append((name, *(source.randrange(max(0, known - 4), known) for _ in range(operands))))
    return program, inputs


def m1q08_visits(subject: Subject, *, inputs: int, most: int) -> Any:
    """Differentiate a sum of products of many inputs; return the gradient and whether the visits stay within bounds.

    A sweep each way looks at every operation once or twice; a sweep for each input does so once for each input.

    Args:
        subject: the function.
        inputs: number of inputs.
        most: the most visits for each operation.
    """
    program = _Visited([("mul", 0, 1)])
    for i in range(2, inputs):
        program.append(("mul", inputs + i - 2, i))
    _, gradient = subject.function(program, [1.0 + i / inputs for i in range(inputs)])
    return {"gradient": gradient, "few visits": program.visits <= most * len(program)}


def m1q08_check_right(subject: Subject) -> Any:
    """Check a gradient that is right, and tell whether the error found is below 1e-7."""
    return subject.function(_wavy, tf.constant([0.3, -1.2, 0.7], tf.float64)) < 1e-7


def m1q08_check_wrong(subject: Subject) -> Any:
    """Check a gradient with one entry off by 0.05 and return the error found."""

    def wrong(theta: Any) -> tuple[Any, Any]:
        loss, gradient = _wavy(theta)
        return loss, gradient + tf.constant([0.0, 0.05, 0.0], tf.float64)

    return subject.function(wrong, tf.constant([0.3, -1.2, 0.7], tf.float64))


def m1q08_check_cubic(subject: Subject) -> Any:
    """Check the gradient of Σ θ³ with a step of 1e-3 and return the error found: of second order in the step."""

    def cubic(theta: Any) -> tuple[Any, Any]:
        theta = tf.convert_to_tensor(theta)
        return tf.reduce_sum(theta**3), 3 * theta**2

    return subject.function(cubic, tf.constant([0.2, 0.25], tf.float64), 1e-3)


def m1q08_theta_after(subject: Subject) -> Any:
    """Check a gradient at a NumPy vector and return the vector as it is afterwards."""
    theta = np.array([0.3, -1.2, 0.7])
    subject.function(_wavy, theta)
    return theta


def m1q08_single_precision(subject: Subject) -> Any:
    """Tell whether a check in double precision gives a number, and what comes of one in single precision."""
    good = subject.function(_wavy, tf.constant([0.3, -1.2, 0.7], tf.float64))
    try:
        subject.function(_wavy, tf.constant([0.3, -1.2, 0.7], tf.float32))
    except ValueError:
        return {"float64": good < 1e-6, "float32": "raises ValueError"}
    return {"float64": good < 1e-6, "float32": "returns"}


def _wavy(theta: Any) -> tuple[Any, Any]:
    theta = tf.convert_to_tensor(theta)
    weights = tf.constant([1.0, 2.0, 0.5], theta.dtype)
    return tf.reduce_sum(weights * tf.sin(theta)), weights * tf.cos(theta)
