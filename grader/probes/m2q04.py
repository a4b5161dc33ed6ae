"""Probes of m2q04, batch normalisation."""

from typing import Any

import tensorflow as tf

from grader.probes.subject import Subject


def m2q04_moved(subject: Subject, *, times: int = 200) -> Any:
    """Update the moving averages again and again with the same batch and return where they end."""
    arguments = subject.arguments()
    for _ in range(times):
        arguments["mean"], arguments["var"] = subject.call(arguments)
    return {"mean": arguments["mean"], "var": arguments["var"]}


def m2q04_layer_output(subject: Subject) -> Any:
    """Return what the folded layer puts out for ``_x``, by variant."""
    x = subject.own("x")
    outputs = {}
    for label in subject.variants:
        weights, bias = subject.call(subject.arguments(label))
        outputs[label] = tf.matmul(x, weights) + bias
    return outputs
