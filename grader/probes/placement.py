"""Probes of placement: the devices of weights, and of the nodes of a traced function. Ask for devices by ``cpus``."""

from typing import Any

import tensorflow as tf

from grader.probes.devices import nodes_by_device, ran_by_device, shares, weights_by_device
from grader.probes.subject import Arguments, Subject
from grader.probes.tracing import as_graph, traced


def weight_devices(subject: Subject, *, build: list[int | None] | None = None) -> Any:
    """Return the shapes of a layer's or model's weights by device; by variant if there are any.

    Args:
        subject: the function that makes the layer.
        build: the shape of the inputs that the layer is to be built for; left out for one that is built.
    """

    def look(arguments: Arguments) -> dict[str, list[list[int]]]:
        layer = subject.call(arguments)
        if build is not None:
            layer.build(tuple(build))
        return weights_by_device(layer.weights)

    return subject.look(look)


def op_devices(subject: Subject, *, of: str, relax: dict[str, list[int | None]]) -> Any:
    """Trace the function and count the nodes of one type by device, those of its loops and branches included.

    Args:
        subject: the function and its inputs.
        of: the type, such as MatMul.
        relax: the tensors that become arguments of the trace, with ``null`` for dimensions left open; the others are
            constants, which TensorFlow may compute before it places anything.
    """
    function = traced(as_graph(subject).call, subject.arguments(), relax)
    return nodes_by_device(function.get_concrete_function().graph, of)


def model_op_devices(subject: Subject, *, of: str) -> Any:
    """Build a Keras model, run it on ``_x`` and return what share of the nodes of one type ran where; by variant.

    Shares, since one right model may have more nodes than another.

    Args:
        subject: the function that makes the model, and the probe's own input ``_x``.
        of: the type, such as MatMul.
    """

    def look(arguments: Arguments) -> dict[str, float]:
        model, x = subject.call(arguments), subject.own("x")
        function = tf.function(lambda x: model(x, training=False), autograph=False)
        return shares(ran_by_device(lambda: function(x), of))

    return subject.look(look)
