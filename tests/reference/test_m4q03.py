"""The reference for deep RNNs over devices against Keras without a wrapper, and against where TensorFlow ran it.

Logical devices can only be made before TensorFlow's first use, so what needs them runs in a process of its own.
"""

import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m4_recurrent_networks.m4q03_deep_rnn_devices import DeviceCell, build_deep_rnn, matmul_devices

X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)

#: What TensorFlow tells of the graphs that it gave to each device: (device, type) of every node.
THREE_CPUS = """
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 3
)
from reference_impl.m4_recurrent_networks.m4q03_deep_rnn_devices import *

def products(run):
    context.enable_run_metadata()
    run()
    graphs = context.export_run_metadata().function_graphs
    context.disable_run_metadata()
    nodes = [node for graph in graphs for part in graph.partition_graphs for node in part.node]
    return [sum("MatMul" in node.op and node.device.endswith(f"CPU:{n}") for node in nodes) for n in range(3)]
"""


def _with_three_cpus(code: str) -> list[str]:
    command = [sys.executable, "-c", THREE_CPUS + textwrap.dedent(code)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.splitlines()


@pytest.mark.parametrize("kind", [keras.layers.SimpleRNNCell, keras.layers.LSTMCell, keras.layers.GRUCell])
def test_a_wrapped_cell_computes_what_the_cell_does(kind: type[keras.layers.Layer]) -> None:
    def made(wrap: bool) -> keras.layers.RNN:
        cells = [kind(4, kernel_initializer="ones", recurrent_initializer="identity") for _ in range(2)]
        cells = [DeviceCell("/CPU:0", cell) for cell in cells] if wrap else cells
        return keras.layers.RNN(keras.layers.StackedRNNCells(cells), return_sequences=True, return_state=True)

    for one, other in zip(tf.nest.flatten(made(True)(X)), tf.nest.flatten(made(False)(X)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_the_deep_rnn_is_a_stack_of_keras_own_layers() -> None:
    ours = build_deep_rnn(3, 4, ["/CPU:0"] * 3, return_state=True)
    inputs = hidden = keras.Input((None, 3))
    states = []
    for _ in range(3):
        hidden, state = keras.layers.SimpleRNN(4, return_sequences=True, return_state=True)(hidden)
        states.append(state)
    theirs = keras.Model(inputs, [hidden, *states])
    theirs.set_weights(ours.get_weights())
    for one, other in zip(ours(X), theirs(X), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_it_has_the_parameters_of_the_formula() -> None:
    n_inputs, n = 3, 4
    for layers in (1, 2, 3):
        count = n * (n_inputs + n + 1) + (layers - 1) * n * (2 * n + 1)
        assert build_deep_rnn(n_inputs, n, ["/CPU:0"] * layers).count_params() == count


def test_nodes_are_counted_in_loops_and_functions() -> None:
    def products(x: tf.Tensor) -> tf.Tensor:
        with tf.device("/CPU:1"):
            x = tf.matmul(x, x)
        return tf.while_loop(lambda y: tf.reduce_sum(y) < 0.0, lambda y: (tf.matmul(y, tf.matmul(y, y)),), [x])[0]

    spec = tf.TensorSpec([None, None])
    assert matmul_devices(products, spec) == {"CPU:1": 1, "": 2}
    assert matmul_devices(tf.function(products), spec) == {"CPU:1": 1, "": 2}
    assert matmul_devices(tf.abs, spec) == {}


def test_layers_run_where_they_are_pinned_and_so_do_their_gradients() -> None:
    said = _with_three_cpus(
        """
        cells = [DeviceCell(f"/CPU:{n}", keras.layers.SimpleRNNCell(4)) for n in (1, 2, 0)]
        X = tf.random.stateless_normal([2, 3, 4], [1, 2])
        layer = keras.layers.RNN(keras.layers.StackedRNNCells(cells), unroll=True)
        layer(X)
        weights = [weight.value for weight in layer.trainable_variables]
        print([weight.device[-5:] for weight in weights])

        forward = tf.function(lambda x: layer(x), input_signature=[tf.TensorSpec([None, 3, 4])])
        print(products(lambda: forward(X)))
        results = []
        for way in ("tape", "device_gradients"):
            def step(x):
                loss = lambda: tf.reduce_sum(layer(x) ** 2)
                if way == "device_gradients":
                    return device_gradients(loss, weights)
                with tf.GradientTape() as tape:
                    value = loss()
                return tape.gradient(value, weights)
            step = tf.function(step, input_signature=[tf.TensorSpec([None, 3, 4])], autograph=False)
            print(products(lambda: results.append(step(X))))
        print(max(float(tf.reduce_max(abs(a - b))) for a, b in zip(*results)) < 1e-5)
        """
    )
    places, forward, tape, ours, equal = said
    assert places == str(["CPU:1"] * 3 + ["CPU:2"] * 3 + ["CPU:0"] * 3)
    assert forward == "[6, 6, 6]"
    by_tape = [int(number) for number in tape.strip("[]").split(", ")]
    assert by_tape[1:] == [6, 6], "a tape leaves the backward pass to the default device"
    by_device = [int(number) for number in ours.strip("[]").split(", ")]
    assert sum(by_device) == sum(by_tape)
    assert max(by_device) - min(by_device) <= 3
    assert equal == "True"
