"""Probes of m1q05, gradient descent in TensorFlow."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Arguments, Subject
from grader.probes.tracing import run_eagerly


def m1q05_after_steps(subject: Subject, *, loss: str, steps: int = 1) -> Any:
    """Return the losses that ``steps`` calls give back, and the variables afterwards.

    Args:
        subject: the function and its inputs, among them ``variables``; the loss is made here.
        loss: "bowls", a sum of squares; "coupled", in which the slope of each variable depends on the others; or
            "first", which depends on the first variable only.
        steps: number of calls on the same variables.
    """
    arguments = subject.arguments()
    # The list is the function's to spoil; the variables in it are what is looked at.
    variables = list(arguments["variables"])
    arguments["loss_fn"] = _loss(loss, variables)
    losses = [subject.call(arguments) for _ in range(steps)]
    return {"losses": losses, "variables": variables}


def m1q05_traced_steps(subject: Subject, *, calls: int) -> Any:
    """Call the function in a ``tf.function`` and return losses, variables and how often it was traced."""
    arguments = subject.arguments()
    variables = list(arguments["variables"])
    arguments["loss_fn"] = _loss("bowls", variables)
    traces = 0

    @tf.function
    def step() -> Any:
        nonlocal traces
        traces += 1
        return subject.call(arguments)

    losses = [step() for _ in range(calls)]
    return {"losses": losses, "variables": variables, "traces": traces}


def m1q05_loss_evaluations(subject: Subject) -> Any:
    """Return how often one step computes the loss."""
    arguments = subject.arguments()
    loss_fn = _loss("bowls", list(arguments["variables"]))
    evaluations = 0

    def counting() -> Any:
        nonlocal evaluations
        evaluations += 1
        return loss_fn()

    subject.call({**arguments, "loss_fn": counting})
    return evaluations


def m1q05_rejected_steps(subject: Subject) -> Any:
    """Do as the probe ``rejects``, with the loss made here.

    It depends on a variable of its own besides those given, so that it can be computed without any.
    """
    spare = tf.Variable(1.0)

    def step(arguments: Arguments) -> Any:
        return subject.call({**arguments, "loss_fn": _loss("bowls", [spare, *arguments["variables"]])})

    return refusals(lambda: step(subject.arguments()), by_variant(subject, step))


def m1q05_tapes_opened(subject: Subject) -> Any:
    """Return the shape of the value and how many gradient tapes the call made."""
    with run_eagerly(), _counted(tf.GradientTape, "__init__") as tapes:
        value = subject.call()
    return {"shape": list(np.shape(value)), "tapes": tapes[0]}


def m1q05_means(subject: Subject) -> Any:
    """Return for each method of training whether a tape was made and whether Keras's SGD was applied.

    Where the gradients come from that the optimizer applies is not looked at.
    """
    used: dict[str, dict[str, bool]] = {}
    for method in ("manual", "autodiff", "optimizer"):
        tape_made, sgd_applied = _counted(tf.GradientTape, "__init__"), _counted(keras.optimizers.SGD, "apply")
        with run_eagerly(), tape_made as tapes, sgd_applied as applied:
            subject.call({**subject.arguments(), "method": method})
        used[method] = {"SGD": applied[0] > 0}
        if method != "optimizer":
            used[method]["GradientTape"] = tapes[0] > 0
    return used


def m1q05_fitted(subject: Subject) -> Any:
    """Return the parameters fitted to exact targets of the parameters ``_theta``.

    The instances are ``_features`` brought to mean 0 and standard deviation 1, behind a column of ones.
    """
    features, theta = np.asarray(subject.own("features")), np.asarray(subject.own("theta"))
    standard = (features - features.mean(axis=0)) / features.std(axis=0)
    X = np.concatenate([np.ones((len(features), 1)), standard], axis=1).astype(theta.dtype)
    return subject.call({**subject.arguments(), "X": tf.constant(X), "y": tf.constant(X @ theta)})[0]


def m1q05_loss_changes(subject: Subject) -> Any:
    """Return the change of the loss from each epoch to the next."""
    return np.diff(np.asarray(subject.call()[1]))


def m1q05_defaults(subject: Subject) -> Any:
    """Return the value, and what the parameters are that may be left out, in order."""
    parameters = inspect.signature(subject.function).parameters.values()
    return {"value": subject.call(), "defaults": [one.default for one in parameters if one.default is not one.empty]}


def m1q05_graphs_for_epochs(subject: Subject, *, more: int) -> Any:
    """Return how many more graphs are built when ``more`` epochs are trained than the inputs say."""
    counts = []
    for extra in (0, more):
        arguments = subject.arguments()
        arguments["n_epochs"] += extra
        with _counted(tf.__internal__.FuncGraph, "__init__") as graphs:
            subject.call(arguments)
        counts.append(graphs[0])
    return counts[1] - counts[0]


def _loss(name: str, variables: list[Any]) -> Callable[[], Any]:
    """Return Σ k ‖θₖ‖², k from 1, over all variables or the first alone; coupled, the square of their sum besides."""
    used = variables[:1] if name == "first" else variables

    def bowls() -> Any:
        return tf.add_n([(k + 1) * tf.reduce_sum(tf.square(variable)) for k, variable in enumerate(used)])

    def coupled() -> Any:
        return bowls() + tf.square(tf.add_n([tf.reduce_sum(variable) for variable in used]))

    return coupled if name == "coupled" else bowls


@contextmanager
def _counted(owner: Any, method: str) -> Iterator[list[int]]:
    """Count the calls of a method of a class while the block runs."""
    original = getattr(owner, method)
    count = [0]

    @wraps(original)
    def counting(self: Any, *arguments: Any, **named: Any) -> Any:
        count[0] += 1
        return original(self, *arguments, **named)

    setattr(owner, method, counting)
    try:
        yield count
    finally:
        setattr(owner, method, original)
