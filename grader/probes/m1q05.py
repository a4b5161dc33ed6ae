"""Probes of m1q05, gradient descent. They make the variables and the losses that a step works on."""

from typing import Any

import tensorflow as tf

from grader.probes.subject import Subject


def m1q05_square(subject: Subject, *, start: float, lr: float) -> Any:
    """Take one step on θ² from ``start``; return the loss that came back and θ."""
    theta = tf.Variable(start)
    loss = subject.function(lambda: theta * theta, [theta], lr)
    return {"loss": loss, "theta": theta}


def m1q05_two_variables(subject: Subject, *, steps: int, lr: float) -> Any:
    """Take steps on the squared error of a linear model with weights and a bias; return losses and variables.

    The probe's inputs ``_X`` (m, n) and ``_y`` (m, 1) are the data.
    """
    X, y = subject.own("X"), subject.own("y")
    w, b = tf.Variable(tf.zeros([X.shape[1], 1], X.dtype)), tf.Variable(tf.ones([1, 1], X.dtype))

    def loss() -> tf.Tensor:
        return tf.reduce_mean(tf.square(X @ w + b - y))

    losses = [subject.function(loss, [w, b], lr) for _ in range(steps)]
    return {"losses": tf.stack(losses), "w": w, "b": b}


def m1q05_unused_variable(subject: Subject, *, lr: float) -> Any:
    """Take one step with a variable in the list that the loss does not depend on; return both variables."""
    used, unused = tf.Variable(2.0), tf.Variable(5.0)
    loss = subject.function(lambda: 3.0 * used, [unused, used], lr)
    return {"loss": loss, "used": used, "unused": unused}


def m1q05_traced(subject: Subject, *, calls: int, lr: float) -> Any:
    """Take steps inside one `tf.function`; return the losses and how often it was traced."""
    theta = tf.Variable([1.0, -2.0])
    traces: list[int] = []

    @tf.function
    def step() -> tf.Tensor:
        traces.append(1)
        return subject.function(lambda: tf.reduce_sum(theta**2), [theta], lr)

    losses = [step() for _ in range(calls)]
    return {"losses": tf.stack(losses), "theta": theta, "traces": len(traces)}


def m1q05_refused(subject: Subject) -> Any:
    """Tell what comes of a rate that is not positive and of no variables, and return a good step's θ."""
    outcomes = {}
    for label, (count, lr) in {"rate 0": (1, 0.0), "rate below 0": (1, -0.1), "no variables": (0, 0.1)}.items():
        theta = tf.Variable(3.0)
        try:
            subject.function(lambda theta=theta: theta * theta, [theta][:count], lr)
        except ValueError:
            outcomes[label] = "raises ValueError"
        except Exception as error:
            outcomes[label] = f"raises {type(error).__name__}"
        else:
            outcomes[label] = "returns"
    good = tf.Variable(3.0)
    subject.function(lambda: good * good, [good], 0.1)
    return {"good": good, "bad": outcomes}


def m1q05_methods(subject: Subject) -> Any:
    """Train by each of the three methods and return what each gives."""
    return {
        method: subject.call({**subject.arguments(), "method": method})
        for method in ("manual", "autodiff", "optimizer")
    }


def m1q05_recovered(subject: Subject) -> Any:
    """Train on targets that a known θ gives, the probe's input ``_theta`` (n, 1); return how far off the found one is.

    The first column of ``X`` is replaced by ones, the others are standardised.
    """
    arguments = subject.arguments()
    X, theta = arguments["X"], subject.own("theta")
    rest = X[:, 1:]
    rest = (rest - tf.reduce_mean(rest, axis=0)) / tf.math.reduce_std(rest, axis=0)
    arguments["X"] = tf.concat([tf.ones_like(X[:, :1]), rest], axis=1)
    arguments["y"] = arguments["X"] @ theta
    found, _ = subject.call(arguments)
    return tf.reduce_max(tf.abs(found - theta))


def m1q05_monotone(subject: Subject) -> Any:
    """Train and return how many of the losses are not below the one before."""
    losses = tf.convert_to_tensor(subject.call()[1])
    return {
        "count": int(tf.size(losses)),
        "not falling": int(tf.reduce_sum(tf.cast(losses[1:] >= losses[:-1], tf.int32))),
    }


def m1q05_first_loss(subject: Subject) -> Any:
    """Train and return the first loss."""
    return subject.call()[1][0]


def m1q05_diverges(subject: Subject) -> Any:
    """Train at too large a rate and tell whether the losses grew in every step."""
    losses = tf.convert_to_tensor(subject.call()[1])
    return bool(tf.reduce_all(losses[1:] > losses[:-1]))
