"""Probes of m2q01, vanishing and exploding gradients."""

from itertools import pairwise
from typing import Any

import tensorflow as tf

from grader.probes.subject import Subject
from grader.probes.tracing import as_graph


def m2q01_lowest_to_highest(subject: Subject) -> Any:
    """Return for each variant the first norm over the last: what is left of the errors at the lowest layer."""
    norms = {label: subject.call(subject.arguments(label)) for label in subject.variants}
    return {label: float(found[0]) / float(found[-1]) for label, found in norms.items()}


def m2q01_under_depth(subject: Subject, *, depths: list[int]) -> Any:
    """Return by how much the lowest layer's share of the error changes from each depth to the next."""
    shares = []
    for depth in depths:
        norms = subject.call({**subject.arguments(), "n_layers": depth})
        shares.append(float(norms[0]) / float(norms[-1]))
    return [after / before for before, after in pairwise(shares)]


def m2q01_clipped_in_graph(subject: Subject) -> Any:
    """Clip two gradients in a ``tf.function`` with open sizes, one trace for all variants."""
    first = subject.arguments()
    within = as_graph(subject)
    specification = [tf.TensorSpec([None] * len(gradient.shape), gradient.dtype) for gradient in first["grads"]]

    @tf.function(input_signature=[specification], autograph=False)
    def traced(grads: list[tf.Tensor]) -> Any:
        return within.call({**first, "grads": grads})

    return {label: traced(subject.arguments(label)["grads"]) for label in subject.variants}


def m2q01_clipped_slices(subject: Subject, *, rows: list[int], of: int) -> Any:
    """Clip a dense gradient and rows ``rows`` of a table with ``of`` rows, given as slices; return all dense."""
    arguments = subject.arguments()
    dense, values = arguments["grads"]
    slices = tf.IndexedSlices(values, tf.constant(rows), tf.constant([of, values.shape[1]]))
    return [tf.convert_to_tensor(part) for part in subject.call({**arguments, "grads": [dense, slices]})]
