"""A deep RNN over several devices: a cell that keeps to its device, a stack of such cells, and what is placed where."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain

import keras
import tensorflow as tf


class DeviceCell(keras.layers.Layer):
    """An RNN cell that keeps to one device: a wrapper, to be used in place of the cell that it is given.

    Wherever Keras takes a cell, in ``keras.layers.RNN`` or ``keras.layers.StackedRNNCells``, it takes the wrapper,
    which computes the same numbers. The cell's weights and the operations of its steps are on the device; the weights
    are the wrapper's, too, so that they are trained. ``state_size`` and ``output_size`` may be properties or plain
    attributes. Saving need not work.

    Args:
        device: name of the device, such as "/gpu:1" or "/CPU:0".
        cell: a Keras RNN cell of any kind, without dropout, not built yet. It is used as it is, not copied. The wrapper
            has its dtype policy: with another, Keras would cast inputs and states on the way to the cell.

    Source:
        Géron 2017, ch. 14, "Distributing a Deep RNN Across Multiple GPUs".
    """

    def __init__(self, device: str, cell: keras.layers.Layer) -> None:
        super().__init__(dtype=cell.dtype_policy)
        self.device = device
        self.cell = cell

    @property
    def state_size(self) -> int | list[int]:
        """The size of its state, or the sizes of its states, as the cell says."""
        return self.cell.state_size

    @property
    def output_size(self) -> int:
        """The size of its output, as the cell says."""
        return self.cell.output_size

    def get_initial_state(self, batch_size: int | tf.Tensor | None = None) -> list[tf.Tensor]:
        """Return the states that the cell begins with for a batch of that size, made on the device."""
        with tf.device(self.device):
            return self.cell.get_initial_state(batch_size=batch_size)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the cell's weights, on the device, for inputs (m, n_inputs) of a step; Keras calls this once."""
        with tf.device(self.device):
            self.cell.build(input_shape)

    def call(
        self, inputs: tf.Tensor, states: list[tf.Tensor], training: bool = False
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Take one step of the cell on the device: return its output (m, output_size) and its new states."""
        with tf.device(self.device):
            return self.cell(inputs, states, training=training)


def build_deep_rnn(
    n_inputs: int, n_units: int, devices: Sequence[str], return_sequences: bool = True, return_state: bool = False
) -> keras.Model:
    """Build a deep RNN whose layers are on one device each: the weights and the matrix products of its steps.

    Each layer consists of ``n_units`` simple recurrent neurons (``keras.layers.SimpleRNNCell``: tanh, with biases) and
    has weights and a state of its own.

    Args:
        n_inputs: number of inputs in each step, at least 1.
        n_units: number of neurons of each layer, at least 1.
        devices: names of devices, one for each layer, the bottom layer's first; two may be the same.
        return_sequences: whether the model gives the top layer's outputs of all steps (m, T, n_units), or those of the
            last step (m, n_units).
        return_state: whether the model gives a list: these outputs, then the last state (m, n_units) of each layer, the
            bottom layer's first.

    Returns:
        A functional or Sequential Keras model, built, not compiled, whose input is (m, T, n_inputs) with any m and T.
        Its weights are in the order of the layers.

    Raises:
        ValueError: there are no devices, or ``n_inputs`` or ``n_units`` is below 1.

    Source:
        Géron 2017, ch. 14, "Distributing a Deep RNN Across Multiple GPUs".
    """
    if not devices:
        raise ValueError("there must be a device for each layer, and at least one layer")
    if n_inputs < 1 or n_units < 1:
        raise ValueError(f"n_inputs and n_units must be at least 1, not {n_inputs} and {n_units}")
    cells = [DeviceCell(device, keras.layers.SimpleRNNCell(n_units)) for device in devices]
    stack = keras.layers.StackedRNNCells(cells)
    inputs = keras.Input((None, n_inputs))
    outputs = keras.layers.RNN(stack, return_sequences=return_sequences, return_state=return_state)(inputs)
    return keras.Model(inputs, list(outputs) if return_state else outputs)


def matmul_devices(fn: Callable[[tf.Tensor], object], spec: tf.TensorSpec) -> dict[str, int]:
    """Trace a function and count its matrix products by the device that they are pinned to.

    What counts are the nodes of type MatMul in the function's graph and in its function library, which holds the bodies
    of loops, the branches of conditions and the functions that are called. Each node counts once, however often it
    will run. Nothing is executed.

    Args:
        fn: a function of one tensor; it may be a ``tf.function`` already.
        spec: shape and dtype of that tensor.

    Returns:
        The number of nodes by device, for devices with at least one. A device is named by its type and index, such as
        "CPU:1", however the graph names it in full; "" is for nodes that are pinned to none.

    Source:
        tensorflow/core/framework: graph.proto, function.proto and node_def.proto.
    """
    graph = tf.function(fn).get_concrete_function(spec).graph.as_graph_def()
    nodes = chain(graph.node, *(function.node_def for function in graph.library.function))
    pins = (tf.DeviceSpec.from_string(node.device) for node in nodes if node.op == "MatMul")
    return dict(Counter(f"{pin.device_type}:{pin.device_index}" if pin.device_type else "" for pin in pins))


def device_gradients(loss_fn: Callable[[], tf.Tensor], weights: Sequence[tf.Variable]) -> list[tf.Tensor]:
    """Compute the gradients of a loss on the devices that the loss's own operations are pinned to.

    Each operation of the backward pass is to be on the device of the operation whose gradient it computes. A
    ``tf.GradientTape`` does not see to that; ``tf.gradients``, which works on a graph, does.

    Args:
        loss_fn: computes the loss, a scalar, by operations without loops. ``device_gradients`` is only called, and so
            this is, while a ``tf.function`` is traced.
        weights: variables, all of which the loss depends on.

    Returns:
        For each variable the gradient of the loss, of the variable's shape.

    Source:
        TensorFlow, ``tf.gradients``; ``colocate_gradients_with_ops`` of ``tf.compat.v1.gradients``.
    """
    return tf.gradients(loss_fn(), list(weights))
