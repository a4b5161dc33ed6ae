"""Where weights are and nodes are pinned and run, seen in a child with three logical devices."""

from typing import Any

import pytest

from grader.inputs.build import build_inputs
from grader.sandbox.children import Children
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission

SOURCE = """
import keras
import tensorflow as tf

def layer(device):
    with tf.device(device):
        made = keras.layers.Dense(2)
        made.build((None, 3))
    return made

def unbuilt(device):
    return keras.layers.Dense(2)

def products(x, w):
    with tf.device("/CPU:1"):
        x = tf.matmul(x, w)
    with tf.device("/job:localhost/replica:0/task:0/device:CPU:2"):
        x = tf.while_loop(lambda y: tf.reduce_sum(y) > 1e6, lambda y: (tf.matmul(y, w),), [x])[0]
    return tf.matmul(tf.sin(x), w)

class Placed(keras.layers.Layer):
    def __init__(self, device):
        super().__init__()
        self.device, self.inner = device, keras.layers.Dense(3, activation="relu")

    def build(self, shape):
        self.inner.build(shape)

    def call(self, x):
        with tf.device(self.device):
            return self.inner(x)

def model(devices):
    return keras.Sequential([keras.Input((3,)), *(Placed(device) for device in devices)])
"""


def _seen(children: Children, function: str, probe: str, inputs: Any, **more: Any) -> Any:
    variants = {label: build_inputs(changes, 0, label) for label, changes in more.pop("variants", {}).items()}
    call = Call("c", function, tuple(inputs), probe, more, build_inputs(inputs, 0, "c"), variants, Needs(30, cpus=3))
    one = observe(children, Submission("m.py", SOURCE), [call], 0, "cpu")["c"]
    assert one.outcome == "returned", one
    return one.value


def test_weights_are_told_by_device(children: Children) -> None:
    devices = {label: {"device": f"/CPU:{n}"} for label, n in (("first", 0), ("last", 2))}
    seen = _seen(children, "layer", "weight_devices", {}, variants=devices)
    assert seen == {"first": {"CPU:0": [[3, 2], [2]]}, "last": {"CPU:2": [[3, 2], [2]]}}
    assert _seen(children, "unbuilt", "weight_devices", {"device": "/CPU:1"}, build=[None, 4]) == {
        "CPU:0": [[4, 2], [2]]
    }
    assert _seen(children, "unbuilt", "weight_devices", {"device": "/CPU:1"}) == {}


def test_nodes_are_told_by_the_device_that_they_are_pinned_to(children: Children) -> None:
    inputs = {"x": {"normal": [2, 3]}, "w": {"normal": [3, 3]}}
    relax = {"x": [None, 3], "w": [3, 3]}
    seen = _seen(children, "products", "op_devices", inputs, of="MatMul", relax=relax)
    assert seen == {"": 1, "CPU:1": 1, "CPU:2": 1}
    assert _seen(children, "products", "op_devices", inputs, of="Sin", relax=relax) == {"": 1}
    assert _seen(children, "products", "op_devices", inputs, of="Conv2D", relax=relax) == {}


@pytest.mark.parametrize(
    ("devices", "shares"),
    [(["/CPU:1"], {"CPU:1": 1.0}), (["/CPU:2", "/CPU:0", "/CPU:2", "/CPU:2"], {"CPU:0": 0.25, "CPU:2": 0.75})],
)
def test_products_are_told_by_the_device_that_they_ran_on(
    children: Children, devices: list[str], shares: dict[str, float]
) -> None:
    inputs = {"devices": devices, "_x": {"normal": [2, 3]}}
    assert _seen(children, "model", "model_op_devices", inputs, of="MatMul") == shares


def test_devices_have_short_names() -> None:
    from grader.probes.devices import pin  # needs TensorFlow, and no device

    same = ["/CPU:1", "/device:CPU:1", "/cpu:1", "/job:localhost/replica:0/task:0/device:CPU:1"]
    assert {pin(name) for name in same} == {"CPU:1"}
    others = ["", "/gpu:0", "/job:ps", "/job:worker/replica:0/task:2/device:CPU:0"]
    assert [pin(name) for name in others] == ["", "GPU:0", "job:ps", "job:worker/task:2/CPU:0"]
