"""Probes of m2q09, faster optimizers against gradient descent."""

from typing import Any

import numpy as np
import tensorflow as tf

from grader.probes.subject import Subject


def m2q09_near_the_bound(subject: Subject, *, steps: int) -> Any:
    """Run gradient descent at 0.99 and at 1.01 of the learning rate returned and tell what becomes of the cost."""
    arguments = subject.arguments()
    curvature = np.asarray(arguments["A"], np.float64)
    bound = float(subject.call(arguments))
    told = {}
    for part in (0.99, 1.01):
        left = (1 - part * bound * curvature) ** steps
        told[f"at {part:g} of it"] = "shrinks" if np.sum(curvature * left**2) < np.sum(curvature) else "grows"
    return told


def m2q09_untouched(subject: Subject, *, rows: list[int]) -> Any:
    """Return the rows of the table and of its sums that have no gradient."""
    params, acc = subject.call()
    return {"params": tf.gather(params, rows), "acc": tf.gather(acc, rows)}


def m2q09_rare_and_frequent(subject: Subject, *, steps: int, every: int) -> Any:
    """Take steps in which row 0 has a gradient of ones each time and row 1 only ``every`` so many times.

    Returns how far each of the two moves in the last step in which both have one.
    """
    arguments = subject.arguments()
    width = arguments["params"].shape[1]
    moved: Any = None
    for step in range(1, steps + 1):
        both = step % every == 0
        arguments["indices"] = tf.constant([0, 1] if both else [0])
        arguments["values"] = tf.ones([2 if both else 1, width])
        params, acc = subject.call(arguments)
        if both:
            moved = (arguments["params"] - params)[:2]
        arguments |= {"params": params, "acc": acc}
    return moved
