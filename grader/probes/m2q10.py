"""Probes of m2q10, the techniques of faster optimizers."""

from typing import Any

import keras
import tensorflow as tf

from grader.probes.subject import Subject

_SETTINGS = {
    "SGD": ("momentum", "nesterov"),
    "Adagrad": ("initial_accumulator_value",),
    "RMSprop": ("rho", "momentum", "epsilon", "centered"),
    "Adam": ("beta_1", "beta_2", "epsilon", "amsgrad"),
}


def m2q10_path(subject: Subject, *, state: str, rates: list[float], times: int = 1) -> Any:
    """Take steps on the bowl J(θ) = ½ Σ c θ² of curvature ``_curvature``, each from where the one before led.

    Returns all the places from the start on, and the state after the last step.

    Args:
        subject: a step function and its inputs; it is given the gradient unless it takes a function for it.
        state: the parameter that the second part of its value is carried on to.
        rates: the learning rate of each step.
        times: how often to go through the rates.
    """
    places, last = _walked(subject, state, rates * times)
    return {"path": tf.stack(places), "state": last}


def m2q10_final_cost(subject: Subject, *, state: str, rates: list[float], times: int = 1) -> Any:
    """Return the cost J(θ) = ½ Σ c θ² where the steps lead."""
    places, _ = _walked(subject, state, rates * times)
    return tf.reduce_sum(subject.own("curvature") * tf.square(places[-1])) / 2


def m2q10_measured(subject: Subject) -> Any:
    """Return where the function of the gradient was called in one step, in order."""
    arguments = subject.arguments()
    grad_fn = arguments["grad_fn"]
    places = []

    def recording(theta: Any) -> Any:
        places.append(tf.identity(theta))
        return grad_fn(theta)

    subject.call({**arguments, "grad_fn": recording})
    return places


def m2q10_settings(subject: Subject) -> Any:
    """Return the class, the learning rate and the settings of each variant's optimizer."""
    told = {}
    for label in subject.variants:
        optimizer = subject.call(subject.arguments(label))
        kind = type(optimizer).__name__
        configuration = optimizer.get_config()
        told[label] = {"class": kind, "learning rate": float(optimizer.learning_rate)}
        told[label] |= {name: configuration[name] for name in _SETTINGS.get(kind, ())}
    return told


def m2q10_applied(subject: Subject, *, steps: int) -> Any:
    """Return where each variant's optimizer leads from (1, 2) on the bowl of curvature (1, 4)."""
    return {label: _applied(subject.call(subject.arguments(label)), steps) for label in subject.variants}


def m2q10_made_twice(subject: Subject) -> Any:
    """Make two optimizers, use the first, then the second; return whether they are two, and where each leads."""
    first, second = subject.call(), subject.call()
    return {"the same object": first is second, "first": _applied(first, 2), "second": _applied(second, 2)}


def _walked(subject: Subject, state: str, rates: list[float]) -> tuple[list[tf.Tensor], Any]:
    arguments = subject.arguments()
    curvature = None if "grad_fn" in arguments else subject.own("curvature")
    places = [tf.convert_to_tensor(arguments["theta"])]
    for rate in rates:
        if curvature is not None:
            arguments["grad"] = curvature * places[-1]
        theta, arguments[state] = subject.call({**arguments, "theta": places[-1], "lr": rate})
        places.append(tf.convert_to_tensor(theta))
    return places, arguments[state]


def _applied(optimizer: keras.optimizers.Optimizer, steps: int) -> Any:
    theta = keras.Variable([1.0, 2.0])
    for _ in range(steps):
        optimizer.apply([tf.constant([1.0, 4.0]) * theta.value], [theta])
    return theta.value


def m2q10_refused(subject: Subject) -> Any:
    """Return where the optimizer of the good inputs leads in a step, and what came of each bad input."""
    told = {}
    for label in subject.variants:
        try:
            made = subject.call(subject.arguments(label))
        except Exception as raised:
            told[label] = "raises ValueError" if isinstance(raised, ValueError) else f"raises {type(raised).__name__}"
        else:
            told[label] = f"returns a {type(made).__name__}"
    return {"good input": _applied(subject.call(), 1), "bad input": told}
