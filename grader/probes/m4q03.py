"""Probes of m4q03, a deep RNN over several devices: a wrapped cell at work, and functions to count the nodes of.

Each variant of a wrapper's inputs is a layer of its own, so that the question says which device is whose.
"""

from functools import partial
from typing import Any

import keras
import tensorflow as tf

from grader.probes.devices import nodes_by_device, ran_by_device, weights_by_device
from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Subject


def m4q03_step(subject: Subject) -> Any:
    """Take one step of each variant's wrapped cell from states that are not 0; return output and new states."""
    told = {}
    for label in subject.variants:
        arguments = subject.arguments(label)
        sizes, dtype = tf.nest.flatten(arguments["cell"].state_size), arguments["cell"].compute_dtype
        # Thirds, which float64 has more digits of.
        x = tf.cast(subject.own("x"), dtype) / 3
        states = [tf.cast(_pattern([x.shape[0], size], 1.0 + n), dtype) / 3 for n, size in enumerate(sizes)]
        wrapper = subject.call(arguments)
        wrapper.build(tuple(x.shape))
        output, after = wrapper(x, states)
        told[label] = {"output": output, "states": tf.nest.flatten(after)}
    return told


def m4q03_sizes(subject: Subject) -> Any:
    """Return for each variant what the wrapper says of its sizes, and the states that it begins with."""
    told = {}
    for label in subject.variants:
        wrapper = subject.call(subject.arguments(label))
        told[label] = {
            "state_size": [int(size) for size in tf.nest.flatten(wrapper.state_size)],
            "output_size": int(wrapper.output_size),
            "initial state": tf.nest.flatten(wrapper.get_initial_state(batch_size=2)),
        }
    return told


def m4q03_training(subject: Subject) -> Any:
    """Return the output of a wrapped cell that adds 1 in training: trained, not trained, and not told."""
    x = subject.own("x")
    states = [tf.zeros([x.shape[0], 1])]

    def output(**told: bool) -> Any:
        wrapper = subject.call({**subject.arguments(), "cell": _Telling()})
        wrapper.build(tuple(x.shape))
        return wrapper(x, states, **told)[0]

    return {"training": output(training=True), "not training": output(training=False), "not told": output()}


def m4q03_sequence(subject: Subject, *, unroll: bool = False) -> Any:
    """Run a layer of all variants' wrapped cells over ``_X``; return all outputs and each cell's last states."""
    outputs, *states = _layer(subject, unroll)(subject.own("X"))
    return {"outputs": outputs, "states": tf.nest.flatten(states)}


def m4q03_learned(subject: Subject) -> Any:
    """Take a step of gradient descent on a layer of all variants' wrapped cells; return all that it trains."""
    layer, X = _layer(subject, unroll=False), subject.own("X")
    with tf.GradientTape() as tape:
        outputs = layer(X)[0]
        loss = tf.reduce_sum(tf.square(outputs - tf.cast(_pattern(outputs.shape, 2.0), outputs.dtype)))
    gradients = tape.gradient(loss, layer.trainable_variables)
    keras.optimizers.SGD(0.1).apply(gradients, layer.trainable_variables)
    return [weight.numpy() for weight in layer.trainable_variables]


def m4q03_weights(subject: Subject) -> Any:
    """Return the shapes of the weights of a layer of all variants' wrapped cells, by device."""
    layer = _layer(subject, unroll=False)
    layer.build(tuple(subject.own("X").shape))
    return weights_by_device(layer.weights)


def m4q03_products(subject: Subject) -> Any:
    """Count the matrix products of a layer of all variants' wrapped cells by device: as pinned, and as it ran.

    The layer is traced for batches of any size, as a loop over the steps, which then runs, and unrolled.
    """
    X = subject.own("X")
    signature = [tf.TensorSpec([None, *X.shape[1:]], X.dtype)]
    layers = [_layer(subject, unroll) for unroll in (False, True)]
    for layer in layers:
        layer.build(tuple(X.shape))  # a function that makes weights is traced twice
    loop, unrolled = (tf.function(layer, input_signature=signature, autograph=False) for layer in layers)
    return {
        "pinned in a loop": nodes_by_device(loop.get_concrete_function().graph, "MatMul"),
        "ran in a loop": ran_by_device(lambda: loop(X), "MatMul"),
        "pinned when unrolled": nodes_by_device(unrolled.get_concrete_function().graph, "MatMul"),
    }


def m4q03_outputs(subject: Subject) -> Any:
    """Build each variant's model, give its weights a fixed pattern and return what it makes of ``_X``, as a list."""
    told = {}
    for label in subject.variants:
        model = subject.call(subject.arguments(label))
        _fill(model)
        told[label] = tf.nest.flatten(model(subject.own("X")))
    return told


def m4q03_shapes(subject: Subject) -> Any:
    """Return for each variant what its model takes and gives, and the shapes of its weights."""
    told = {}
    for label in subject.variants:
        model = subject.call(subject.arguments(label))
        told[label] = {
            "takes": [list(tensor.shape) for tensor in model.inputs],
            "gives": [list(tensor.shape) for tensor in model.outputs],
            "weights": [list(weight.shape) for weight in model.trainable_weights],
        }
    return told


def m4q03_refused(subject: Subject) -> Any:
    """Tell what came of each variant's bad input, and what shapes the model made of the good one gives."""

    def gives() -> Any:
        return [list(tensor.shape) for tensor in subject.call().outputs]

    return refusals(gives, by_variant(subject, subject.call))


def m4q03_fitted(subject: Subject) -> Any:
    """Let Keras train the model on a batch, ``_X`` and ``_Y``; return the loss, and all weights that are trained."""
    model = subject.call()
    _fill(model)
    model.compile(keras.optimizers.SGD(0.5), "mse", run_eagerly=True)
    loss = model.train_on_batch(subject.own("X"), subject.own("Y"))
    return {"loss": float(loss), "weights": [weight.numpy() for weight in model.trainable_weights]}


def m4q03_counted(subject: Subject, *, kind: str) -> Any:
    """Return what is counted in a function whose products are pinned as ``_devices`` says; below 0, to none.

    Args:
        subject: the function that counts; the one to count in is made here.
        kind: "plain"; "loop", the products in a loop's body; "branches", in those of a condition; "called", in a
            function that is called twice; "full names" of devices; "none", no products at all.
    """
    devices = [int(device) for device in subject.own("devices")]
    made = {
        "plain": lambda x: _chain(x, devices),
        "loop": lambda x: _loop(x, devices),
        "branches": lambda x: _branches(x, devices),
        "called": lambda x: _called(x, devices),
        "full names": lambda x: _chain(x, devices, "/job:localhost/replica:0/task:0/device:CPU:{}"),
        "none": lambda x: tf.reduce_sum(tf.square(x), axis=1),
    }
    # Else AutoGraph warns that it cannot read this source.
    fn = tf.autograph.experimental.do_not_convert(made[kind])
    return subject.call({"fn": fn, "spec": tf.TensorSpec([None, 3])})


def m4q03_gradients(subject: Subject) -> Any:
    """Return the gradients of a loss that was computed on the devices ``_devices``, one weight matrix a device."""
    weights, traced = _training(subject)
    gradients = traced(subject.own("x"))
    assert len(gradients) == len(weights)
    return [tf.convert_to_tensor(gradient) for gradient in gradients]


def m4q03_gradient_products(subject: Subject) -> Any:
    """Count by device the matrix products that ran when these gradients were computed, the loss's own included."""
    _, traced = _training(subject)
    x = subject.own("x")
    return ran_by_device(lambda: traced(x), "MatMul")


def _training(subject: Subject) -> tuple[list[tf.Variable], Any]:
    """Return weights and a traced function of the loss's gradients: each layer takes two steps on its device."""
    devices = [int(device) for device in subject.own("devices")]
    weights = []
    for number, device in enumerate(devices):
        with tf.device(f"/CPU:{device}"):
            weights.append(tf.Variable(tf.eye(3) + _pattern([3, 3], 1.0 + number)))

    def loss(x: tf.Tensor) -> Any:
        for device, weight in zip(devices, weights, strict=True):
            with tf.device(f"/CPU:{device}"):
                x = tf.tanh(tf.matmul(tf.tanh(tf.matmul(x, weight)), weight))
        return tf.reduce_sum(tf.square(x))

    def gradients(x: tf.Tensor) -> Any:
        return subject.call({"loss_fn": partial(loss, x), "weights": list(weights)})

    return weights, tf.function(gradients, input_signature=[tf.TensorSpec([None, 3])], autograph=False)


def _layer(subject: Subject, unroll: bool) -> keras.layers.RNN:
    """Return an RNN layer of the variants' wrapped cells, each on top of the one before."""
    cells = [subject.call(subject.arguments(label)) for label in subject.variants]
    cell = keras.layers.StackedRNNCells(cells) if len(cells) > 1 else cells[0]
    return keras.layers.RNN(cell, return_sequences=True, return_state=True, unroll=unroll)


def _chain(x: tf.Tensor, devices: list[int], name: str = "/CPU:{}") -> tf.Tensor:
    """Multiply ``x`` by a matrix on each of the devices in turn, and take sines there, which are not to be counted."""
    for device in devices:
        with tf.device(None if device < 0 else name.format(device)):
            x = tf.sin(tf.matmul(x, tf.eye(3)))
    return x


def _loop(x: tf.Tensor, devices: list[int]) -> tf.Tensor:
    # Unknown to the graph how often, so that it stays a loop.
    rounds = tf.shape(x)[0]
    return tf.while_loop(lambda n, _: n < rounds, lambda n, y: (n + 1, _chain(y, devices)), [tf.constant(0), x])[1]


def _branches(x: tf.Tensor, devices: list[int]) -> tf.Tensor:
    half = len(devices) // 2
    return tf.cond(
        tf.reduce_sum(x) > 0.0,
        lambda: _chain(x, devices[:half]),
        lambda: _chain(x, devices[half:]),
    )


def _called(x: tf.Tensor, devices: list[int]) -> tf.Tensor:
    inner = tf.function(lambda y: _chain(y, devices[:-1]), autograph=False)
    return _chain(inner(inner(x)), devices[-1:])


def _fill(model: keras.Model) -> None:
    """Give every weight of a model a fixed pattern."""
    for index, weight in enumerate(model.weights):
        weight.assign(tf.cast(_pattern(weight.shape, 1.0 + index), weight.dtype))


def _pattern(shape: Any, start: float) -> tf.Tensor:
    """Return fixed numbers between −1/2 and 1/2."""
    count = tf.size(tf.zeros(shape))
    return tf.reshape(tf.sin(start + tf.range(tf.cast(count, tf.float32), dtype=tf.float32)) / 2, shape)


class _Telling(keras.layers.Layer):  # type: ignore[misc]
    """A cell that shows whether it was told of training."""

    state_size = 1
    output_size = 1

    def get_initial_state(self, batch_size: int | None = None) -> list[tf.Tensor]:
        return [tf.zeros([batch_size, 1])]

    def call(self, inputs: tf.Tensor, states: list[tf.Tensor], training: bool = False) -> Any:
        output = tf.reduce_sum(inputs, axis=1, keepdims=True) + states[0]
        return (output + 1.0 if training else output), [output]
