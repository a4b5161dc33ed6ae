"""What students get wrong about deep RNNs over several devices, as running code."""

from collections import Counter

import keras
import tensorflow as tf

from reference_impl.m4_recurrent_networks.m4q03_deep_rnn_devices import (
    DeviceCell,
    build_deep_rnn,
    device_gradients,
    matmul_devices,
)


class DeviceCell__around_the_constructor(DeviceCell):
    def __init__(self, device, cell):
        with tf.device(device):
            super().__init__(device, cell)

    def get_initial_state(self, batch_size=None):
        return self.cell.get_initial_state(batch_size=batch_size)

    def build(self, input_shape):
        self.cell.build(input_shape)

    def call(self, inputs, states, training=False):
        return self.cell(inputs, states, training=training)


class DeviceCell__build_not_wrapped(DeviceCell):
    def build(self, input_shape):
        self.cell.build(input_shape)


class DeviceCell__call_not_wrapped(DeviceCell):
    def call(self, inputs, states, training=False):
        return self.cell(inputs, states, training=training)


class DeviceCell__always_the_first_device(DeviceCell):
    def __init__(self, device, cell):
        super().__init__("/CPU:0", cell)


class DeviceCell__sizes_hidden(keras.layers.Layer):
    def __init__(self, device, cell):
        super().__init__(dtype=cell.dtype_policy)
        self.device, self.cell = device, cell

    def build(self, input_shape):
        with tf.device(self.device):
            self.cell.build(input_shape)

    def call(self, inputs, states, training=False):
        with tf.device(self.device):
            return self.cell(inputs, states, training=training)


class DeviceCell__output_size_as_state_size(DeviceCell):
    @property
    def state_size(self):
        return self.cell.output_size


class DeviceCell__cell_hidden(DeviceCell):
    def __init__(self, device, cell):
        keras.layers.Layer.__init__(self, dtype=cell.dtype_policy)
        self.device = device
        self.hidden = lambda: cell

    @property
    def cell(self):
        return self.hidden()


class DeviceCell__no_super(DeviceCell):
    def __init__(self, device, cell):
        self.device = device
        self.cell = cell


class DeviceCell__default_dtype(DeviceCell):
    def __init__(self, device, cell):
        keras.layers.Layer.__init__(self)
        self.device, self.cell = device, cell


class DeviceCell__always_training(DeviceCell):
    def call(self, inputs, states, training=True):
        return super().call(inputs, states, training=True)


class DeviceCell__output_alone(DeviceCell):
    def call(self, inputs, states, training=False):
        output, _ = super().call(inputs, states, training=training)
        return output, [output] * len(states)


def build_deep_rnn__same_cell(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    _check(n_inputs, n_units, devices)
    cells = [DeviceCell(devices[0], keras.layers.SimpleRNNCell(n_units))] * len(devices)
    return _over(keras.layers.StackedRNNCells(cells), n_inputs, return_sequences, return_state)


def build_deep_rnn__device_blocks(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    _check(n_inputs, n_units, devices)
    cells = []
    for device in devices:
        with tf.device(device):
            cells.append(keras.layers.SimpleRNNCell(n_units))
    return _over(keras.layers.StackedRNNCells(cells), n_inputs, return_sequences, return_state)


def build_deep_rnn__layer_calls_in_blocks(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    _check(n_inputs, n_units, devices)
    inputs = hidden = keras.Input((None, n_inputs))
    states = []
    for number, device in enumerate(devices, start=1):
        with tf.device(device):
            whole = number < len(devices) or return_sequences
            layer = keras.layers.SimpleRNN(n_units, return_sequences=whole, return_state=True)
            hidden, state = layer(hidden)
        states.append(state)
    return keras.Model(inputs, [hidden, *states] if return_state else hidden)


def build_deep_rnn__one_state(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    _check(n_inputs, n_units, devices)
    cells = [DeviceCell(device, keras.layers.SimpleRNNCell(n_units)) for device in devices]
    return _over(_OneState(cells, n_units), n_inputs, return_sequences, return_state)


def build_deep_rnn__one_device(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    return build_deep_rnn(n_inputs, n_units, devices[:1] * len(devices), return_sequences, return_state)


def build_deep_rnn__reversed(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    return build_deep_rnn(n_inputs, n_units, devices[::-1], return_sequences, return_state)


def build_deep_rnn__always_sequences(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    return build_deep_rnn(n_inputs, n_units, devices, True, return_state)


def build_deep_rnn__state_of_the_top(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    model = build_deep_rnn(n_inputs, n_units, devices, return_sequences, return_state)
    return keras.Model(model.inputs, [model.outputs[0], model.outputs[-1]]) if return_state else model


def build_deep_rnn__three_layers(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    return build_deep_rnn(n_inputs, n_units, [*devices, *["/CPU:0"] * 3][:3], return_sequences, return_state)


def build_deep_rnn__any_number(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    return build_deep_rnn(max(1, n_inputs), max(1, n_units), devices or [""], return_sequences, return_state)


def matmul_devices__top_level(fn, spec):
    graph = tf.function(fn).get_concrete_function(spec).graph.as_graph_def()
    return _counted(graph.node)


def matmul_devices__library_only(fn, spec):
    graph = tf.function(fn).get_concrete_function(spec).graph.as_graph_def()
    return _counted(node for function in graph.library.function for node in function.node_def)


def matmul_devices__result_of_a_run(fn, spec):
    matmul_devices(fn, spec)
    result = fn(tf.zeros([size or 1 for size in spec.shape], spec.dtype))
    return {_short(result.device): 1}


def matmul_devices__unplaced_left_out(fn, spec):
    return {device: count for device, count in matmul_devices(fn, spec).items() if device}


def matmul_devices__names_as_they_are(fn, spec):
    graph = tf.function(fn).get_concrete_function(spec).graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return dict(Counter(node.device for node in nodes if node.op == "MatMul"))


def matmul_devices__all_nodes(fn, spec):
    graph = tf.function(fn).get_concrete_function(spec).graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return dict(Counter(_short(node.device) for node in nodes))


def matmul_devices__whether_at_all(fn, spec):
    return dict.fromkeys(matmul_devices(fn, spec), 1)


def device_gradients__by_tape(loss_fn, weights):
    with tf.GradientTape() as tape:
        loss = loss_fn()
    return tape.gradient(loss, weights)


def device_gradients__not_colocated(loss_fn, weights):
    return tf.compat.v1.gradients(loss_fn(), weights)


def device_gradients__in_one_block(loss_fn, weights):
    with tf.GradientTape() as tape:
        loss = loss_fn()
    with tf.device(weights[0].device):
        return tape.gradient(loss, weights)


def device_gradients__opposite_sign(loss_fn, weights):
    return device_gradients(lambda: -loss_fn(), weights)


def device_gradients__in_all(loss_fn, weights):
    return [tf.add_n(device_gradients(loss_fn, weights))] * len(weights)


def _check(n_inputs, n_units, devices):
    if not devices or n_inputs < 1 or n_units < 1:
        raise ValueError("nothing to build")


def _over(cell, n_inputs, return_sequences, return_state):
    inputs = keras.Input((None, n_inputs))
    outputs = keras.layers.RNN(cell, return_sequences=return_sequences, return_state=return_state)(inputs)
    return keras.Model(inputs, list(outputs) if return_state else outputs)


def _counted(nodes):
    return dict(Counter(_short(node.device) for node in nodes if node.op == "MatMul"))


def _short(device):
    pin = tf.DeviceSpec.from_string(device or "")
    return f"{pin.device_type}:{pin.device_index}" if pin.device_type else ""


class _OneState(keras.layers.Layer):
    """A stack of cells that keeps all of their states in one tensor, as ``state_is_tuple=False`` did."""

    def __init__(self, cells, n_units):
        super().__init__()
        self.cells = cells
        self.state_size = n_units * len(cells)
        self.output_size = n_units

    def build(self, input_shape):
        for cell in self.cells:
            cell.build(input_shape)
            input_shape = (input_shape[0], self.output_size)

    def call(self, inputs, states, training=False):
        parts = tf.split(states[0], len(self.cells), axis=1)
        after = []
        for cell, state in zip(self.cells, parts, strict=True):
            inputs, (state,) = cell(inputs, [state], training=training)
            after.append(state)
        return inputs, [tf.concat(after, axis=1)]
