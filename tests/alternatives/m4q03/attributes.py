"""Plain attributes, the cell's methods called directly, a layer for each device, walking the functions themselves."""

import collections

import keras
import tensorflow as tf


class DeviceCell(keras.Layer):
    def __init__(self, where, wrapped):
        super().__init__(dtype=wrapped.dtype_policy, name=f"on_{where.strip('/').replace(':', '_')}")
        self.wrapped, self.where = wrapped, where
        self.state_size, self.output_size = wrapped.state_size, wrapped.output_size

    def build(self, shape):
        with tf.device(self.where):
            self.wrapped.build(shape)
        self.built = True

    def get_initial_state(self, batch_size=None):
        return self.wrapped.get_initial_state(batch_size)

    def call(self, inputs, states, training=None):
        with tf.device(self.where):
            output, after = self.wrapped.call(inputs, states, training=bool(training))
        return output, after


def build_deep_rnn(count, units, places, return_sequences=True, return_state=False):
    if not len(places) or min(count, units) <= 0:
        raise ValueError("nothing to build")
    inputs = keras.layers.Input(shape=(None, count))
    hidden, states = inputs, []
    for place in places[:-1]:
        cell = DeviceCell(place, keras.layers.SimpleRNNCell(units))
        hidden, state = keras.layers.RNN(cell, return_sequences=True, return_state=True)(hidden)
        states.append(state)
    top = keras.layers.RNN(
        DeviceCell(places[-1], keras.layers.SimpleRNNCell(units)), return_sequences=return_sequences, return_state=True
    )
    hidden, state = top(hidden)
    return keras.Model(inputs, [hidden, *states, state] if return_state else hidden)


def matmul_devices(function, spec):
    traced = tf.function(function).get_concrete_function(spec)
    counts = collections.defaultdict(int)
    todo, seen = [traced.graph.as_graph_def().node], set()
    library = {one.signature.name: one.node_def for one in traced.graph.as_graph_def().library.function}
    while todo:
        for node in todo.pop():
            if node.op == "MatMul":
                device = node.device.upper()
                counts["CPU" + device.split("CPU")[1] if "CPU" in device else ""] += 1
            for value in node.attr.values():
                for name in [value.func.name, *(one.name for one in value.list.func)]:
                    if name in library and name not in seen:
                        seen.add(name)
                        todo.append(library[name])
    return dict(counts)


def device_gradients(loss, variables):
    return tf.compat.v1.gradients(loss(), variables, colocate_gradients_with_ops=True)
