"""Where things are: devices by their short names, weights and graph nodes by their device. For probes."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.eager import context

from grader.probes.tracing import graph_nodes


def pin(device: str) -> str:
    """Return a device's short name: what tells it apart from others.

    "/job:localhost/replica:0/task:0/device:CPU:1" and "/CPU:1" both are "CPU:1"; a task of a cluster keeps its name, as
    in "job:ps/task:0/CPU:0"; no device is "".
    """
    spec = tf.DeviceSpec.from_string(device or "")
    parts = []
    if spec.job not in (None, "localhost"):
        parts.append(f"job:{spec.job}")
        if spec.task is not None:
            parts.append(f"task:{spec.task}")
    if spec.device_type:
        parts.append(spec.device_type if spec.device_index is None else f"{spec.device_type}:{spec.device_index}")
    return "/".join(parts)


def task_of(device: str) -> str:
    """Return the task of a cluster that a device belongs to, as "/job:ps/task:0"."""
    spec = tf.DeviceSpec.from_string(device)
    return f"/job:{spec.job}/task:{spec.task}"


def weights_by_device(weights: Iterable[Any]) -> dict[str, list[list[int]]]:
    """Return for each device the shapes of the weights on it, variables of TensorFlow or of Keras, in their order."""
    found: dict[str, list[list[int]]] = {}
    for weight in weights:
        variable = weight.value if isinstance(weight, keras.Variable) else weight
        found.setdefault(pin(variable.device), []).append(list(variable.shape))
    return dict(sorted(found.items()))


def nodes_by_device(graph: tf.Graph, op: str) -> dict[str, int]:
    """Count the nodes of type ``op`` by the device that they are pinned to.

    Loops' bodies, branches and called functions count too: they are in the graph's function library, each once.
    """
    return _counted(graph_nodes(graph.as_graph_def()), op)


def ran_by_device(run: Callable[[], object], op: str) -> dict[str, int]:
    """Run traced functions and count the nodes of type ``op`` by the device that TensorFlow put them on.

    What counts are the graphs that each device was given, after TensorFlow's optimizations: without what the result
    does not need, and with products that were fused with what follows them. A loop's body counts once. TensorFlow tells
    of a function when it first runs, so ``run`` must be the first to call it.
    """
    context.enable_run_metadata()
    try:
        context.export_run_metadata()  # what ran before
        run()
        metadata = context.export_run_metadata()
    finally:
        context.disable_run_metadata()
    parts = (part for function in metadata.function_graphs for part in function.partition_graphs)
    return _counted(chain.from_iterable(graph_nodes(part) for part in parts), op, f"_Fused{op}")


def _counted(nodes: Iterable[Any], *ops: str) -> dict[str, int]:
    return dict(sorted(Counter(pin(node.device) for node in nodes if node.op in ops).items()))


def shares(counts: dict[str, int]) -> dict[str, float]:
    """Return what share of all each count is."""
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()}
