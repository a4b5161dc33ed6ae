"""Probes of m2q03, regularisation."""

from typing import Any

import tensorflow as tf

from grader.probes.subject import Subject


def m2q03_twice(subject: Subject, *, of: str) -> Any:
    """Return the value, and the value for it in the place of the input ``of``: the same for a constraint."""
    once = subject.call()
    return {"once": once, "twice": subject.call({**subject.arguments(), of: tf.convert_to_tensor(once)})}


def m2q03_kept(subject: Subject) -> Any:
    """Return what share of ones is kept and what the mean of the output is, for each variant."""
    seen = {}
    for label in subject.variants:
        output = tf.convert_to_tensor(subject.call(subject.arguments(label)))
        kept = tf.reduce_mean(tf.cast(output != 0, tf.float32))
        seen[label] = {"kept": float(kept), "mean": float(tf.reduce_mean(output))}
    return seen
