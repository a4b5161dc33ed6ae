"""A wrapper that calls the cell to build it and makes states by itself, a stack of one's own, a Sequential model."""

import keras
import tensorflow as tf


class DeviceCell(keras.layers.Layer):
    def __init__(self, device, cell):
        super().__init__(dtype=cell.dtype)
        self.inner = cell
        self.scope = device

    state_size = property(lambda self: self.inner.state_size)
    output_size = property(lambda self: self.inner.output_size)

    def get_initial_state(self, batch_size=None):
        with tf.device(self.scope):
            sizes = tf.nest.flatten(self.inner.state_size)
            return [tf.zeros((batch_size, size), self.inner.compute_dtype) for size in sizes]

    @tf.autograph.experimental.do_not_convert
    def build(self, input_shape):
        with tf.device(self.scope):
            self.inner(tf.zeros((1, input_shape[-1]), self.inner.compute_dtype), self.get_initial_state(1))

    def call(self, inputs, states, training=False):
        with tf.device(self.scope):
            output, states = self.inner(inputs, states, training=training)
            return tf.identity(output), states


class Stack(keras.layers.Layer):
    def __init__(self, cells):
        super().__init__()
        self.cells = cells
        self.state_size = [cell.state_size for cell in cells]
        self.output_size = cells[-1].output_size

    def build(self, input_shape):
        for cell in self.cells:
            cell.build(input_shape)
            input_shape = (input_shape[0], cell.output_size)

    def call(self, inputs, states, training=False):
        after = []
        for cell, state in zip(self.cells, states, strict=True):
            inputs, [state] = cell(inputs, [state], training=training)
            after.append(state)
        return inputs, after


def build_deep_rnn(n_inputs, n_units, devices, return_sequences=True, return_state=False):
    devices = list(devices)
    if devices == [] or n_inputs < 1 or n_units < 1:
        raise ValueError("a deep RNN needs devices, inputs and neurons")
    stack = Stack([DeviceCell(device, keras.layers.SimpleRNNCell(n_units)) for device in devices])
    model = keras.layers.RNN(stack, return_sequences=return_sequences, return_state=return_state)
    if not return_state:
        return keras.Sequential([keras.Input((None, n_inputs)), model])
    x = keras.Input((None, n_inputs))
    return keras.Model(x, list(model(x)))


def matmul_devices(fn, spec):
    def inside(graph_def):
        yield graph_def.node
        for function in graph_def.library.function:
            yield function.node_def

    if not isinstance(fn, tf.types.experimental.PolymorphicFunction):
        fn = tf.function(fn, autograph=False)
    found = {}
    for nodes in inside(fn.get_concrete_function(spec).graph.as_graph_def()):
        for node in nodes:
            if node.op != "MatMul":
                continue
            name = node.device.split("/")[-1].replace("device:", "")
            found[name] = found.get(name, 0) + 1
    return found


def device_gradients(loss_fn, weights):
    return tuple(tf.gradients(ys=[loss_fn()], xs=tuple(weights)))
