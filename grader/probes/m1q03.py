"""Probes of m1q03, the perceptron."""

from typing import Any

import numpy as np
import tensorflow as tf

from grader.probes.subject import Subject


def m1q03_outputs_after(subject: Subject, *, steps: int) -> Any:
    """Apply the update ``steps`` times on one instance and return the Heaviside outputs for it."""
    arguments = subject.arguments()
    for _ in range(steps):
        arguments["W"], arguments["b"] = subject.call(arguments)
    return _outputs(arguments["x"], arguments["W"], arguments["b"])


def m1q03_last_errors(subject: Subject) -> Any:
    """Return the number of errors in the last epoch of training."""
    return int(subject.call()[2][-1])


def m1q03_predictions_at_rates(subject: Subject, *, rates: list[float]) -> Any:
    """Train at each of the learning rates and return the predictions on the training set."""
    X = subject.arguments()["X"]
    predictions = {}
    for rate in rates:
        W, b, _ = subject.call({**subject.arguments(), "eta": rate})
        predictions[f"rate {rate:g}"] = _outputs(X, W, b)
    return predictions


def _outputs(X: Any, W: Any, b: Any) -> Any:
    z = np.asarray(X) @ np.asarray(W) + np.asarray(b)
    return tf.constant(z >= 0)
