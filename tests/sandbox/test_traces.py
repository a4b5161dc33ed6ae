"""What a trace shows of a function: operations by their types, however they are reached, and the value it gives."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.judge.compare import Tolerance, first_mismatch
from grader.probes.gradients import gradient
from grader.probes.graphs import graph_ops
from grader.probes.subject import Subject
from grader.sandbox.children import Children
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission

X = np.random.default_rng(0).normal(size=(2, 5, 5, 1)).astype(np.float32)
W = np.random.default_rng(1).normal(size=(3, 3, 1, 1)).astype(np.float32)
LAYER = keras.layers.Conv2D(1, 3, use_bias=False)
LAYER.build((None, 5, 5, 1))  # here, since a trace may make no variables of its own
CONVOLUTIONS = ["*Conv*", "ExtractImagePatches"]

Function = Callable[..., Any]


def _subject(function: Function, variants: dict[str, dict[str, Any]] | None = None, **inputs: Any) -> Subject:
    def recipes(values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: {"array": value, "as": "tensor"} if isinstance(value, np.ndarray) else {"plain": value}
            for name, value in values.items()
        }

    changed = {label: recipes(changes) for label, changes in (variants or {}).items()}
    return Subject(function, list(inputs), recipes(inputs), changed, {}, "")


def _by_hand(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    parts = [x[:, u : u + 3, v : v + 3] @ w[u, v] for u in range(3) for v in range(3)]
    return tf.add_n(parts)


def _hidden_name(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return getattr(tf.nn, "con" + "v2d")(x, w, 1, "VALID")


def _raw(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.raw_ops.Conv2D(input=x, filter=w, strides=[1, 1, 1, 1], padding="VALID")


def _by_keras(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return keras.ops.conv(x, w, 1, "valid")


def _by_layer(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return LAYER(x) * tf.reduce_sum(w)


def _depthwise(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID")


def _as_a_gradient(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d_transpose(x, w, tf.shape(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])), 1, "VALID")


def _in_a_loop(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.map_fn(lambda one: tf.nn.conv2d(one[None], w, 1, "VALID")[0], x)


def _vectorized(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.vectorized_map(lambda one: tf.nn.conv2d(one[None], w, 1, "VALID")[0], x)


def _compiled(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.function(lambda x: tf.nn.conv2d(x, w, 1, "VALID"), jit_compile=True)(x)


def _in_a_branch(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.cond(tf.reduce_sum(x) > -1e9, lambda: tf.nn.conv2d(x, w, 1, "VALID"), lambda: x[:, 1:-1, 1:-1])


def _patches(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    patches = tf.image.extract_patches(x, [1, 3, 3, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
    return patches @ tf.reshape(w, [9, 1])


def _in_python(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.py_function(lambda x, w: tf.nn.conv2d(x, w, 1, "VALID"), [x, w], tf.float32)


def _in_numpy(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    return tf.numpy_function(lambda x, w: x * w.sum(), [x, w], tf.float32)


@pytest.mark.parametrize(
    "function",
    [
        _hidden_name, _raw, _by_keras, _by_layer, _depthwise, _as_a_gradient, _in_a_loop, _vectorized, _compiled,
        _in_a_branch, _patches, _in_python, _in_numpy,
    ],
)  # fmt: skip
def test_an_operation_shows_however_it_is_reached(function: Function) -> None:
    assert graph_ops(_subject(function, x=X, w=W), among=CONVOLUTIONS)["operations"] != {}


def test_what_is_written_by_hand_shows_none_and_its_value() -> None:
    seen = graph_ops(_subject(_by_hand, x=X, w=W), among=CONVOLUTIONS)
    assert seen["operations"] == {}
    np.testing.assert_allclose(seen["value"], tf.nn.conv2d(X, W, 1, "VALID"), rtol=1e-5, atol=1e-5)


def test_only_operations_asked_for_are_told_and_those_that_hide_their_work() -> None:
    assert graph_ops(_subject(_by_hand, x=X, w=W), among=["BatchMatMul*", "AddN", "Conv2D"])["operations"].keys() == {
        "AddN",
        "BatchMatMulV2",
    }
    assert graph_ops(_subject(_in_python, x=X, w=W), among=[])["operations"] == {"EagerPyFunc": 1}


def test_a_function_that_is_another_when_traced_gives_the_value_of_the_trace() -> None:
    def two_faced(x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
        return _hidden_name(x, w) if tf.executing_eagerly() else tf.zeros([2, 3, 3, 1])

    seen = graph_ops(_subject(two_faced, x=X, w=W), among=CONVOLUTIONS)
    assert seen["operations"] == {}
    assert float(tf.reduce_max(tf.abs(seen["value"]))) == 0.0


def test_shapes_can_be_unknown_and_each_variant_has_a_trace_of_its_own() -> None:
    shapes = []

    def noting(x: tf.Tensor, times: int) -> tf.Tensor:
        shapes.append(x.shape.as_list())
        return x * times

    variants: dict[str, dict[str, Any]] = {"twice": {"times": 2}, "another batch": {"x": X[:1], "times": 3}}
    seen = graph_ops(_subject(noting, variants, x=X, times=1), among=["Mul"], relax={"x": [None, 5, 5, 1]})
    assert shapes == [[None, 5, 5, 1]] * 2
    np.testing.assert_array_equal(seen["twice"]["value"], 2 * X)
    np.testing.assert_array_equal(seen["another batch"]["value"], 3 * X[:1])


LOOPS = """
import tensorflow as tf

def thrice(x):
    total = tf.zeros_like(x)
    for number in tf.range(5):
        if number > 1:
            total += x
    return total
"""


@pytest.mark.parametrize(
    ("probe", "options", "seen"),
    [
        ("under_tf_function", {"relax": {"x": [None]}}, [3.0, 6.0]),
        ("graph_ops", {"among": ["*While"]}, {"operations": {"StatelessWhile": 1}, "value": [3.0, 6.0]}),
        ("graph_ops", {"among": [], "wrt": ["x"]}, {"operations": {}, "value": {"x": [3.0, 3.0 * np.cos(1.0)]}}),
    ],
)
def test_loops_on_tensors_are_traced_in_a_child_that_cannot_read_the_grader(
    children: Children, probe: str, options: dict[str, Any], seen: Any
) -> None:
    recipe = {"array": np.array([1.0, 2.0], np.float32), "as": "tensor"}
    call = Call("c", "thrice", ("x",), probe, options, {"x": recipe}, {}, Needs(seconds=30))
    observation = observe(children, Submission("answer.py", LOOPS), [call], 0)["c"]
    assert (observation.outcome, observation.stderr) == ("returned", "")
    assert first_mismatch(observation.value, seen, Tolerance()) is None


OTHERS = """
import functools
import numpy as np, tensorflow as tf

def by_numpy(x, w): return x * float(np.sum(np.asarray(w)))
first, second = lambda x, w: x * 3.0, lambda x, w: x + x + x
class Scaling:
    def __call__(self, x, w): return x * tf.reduce_sum(w)
scaling = Scaling()
bound = scaling.__call__
partly = functools.partial(lambda by, x, w: by * x, 3.0)
own_trace = tf.function(lambda x, w: x * tf.reduce_sum(w))
exec("def without_source(x, w): return 3.0 * x")
"""


@pytest.mark.parametrize(
    "function",
    ["by_numpy", "first", "second", "scaling", "bound", "partly", "own_trace", "without_source"],
)
def test_a_function_of_any_kind_is_traced_and_gets_arrays_as_they_are(children: Children, function: str) -> None:
    recipes = {
        "x": {"array": np.array([1.0, 2.0], np.float32), "as": "tensor"},
        "w": {"array": np.array([1.0, 2.0], np.float32), "as": "numpy"},
    }
    call = Call(
        "c", function, ("x", "w"), "under_tf_function", {"relax": {"x": [None]}}, recipes, {}, Needs(seconds=30)
    )
    seen = observe(children, Submission("answer.py", OTHERS), [call], 0)["c"]
    assert (seen.outcome, seen.value.tolist()) == ("returned", [3.0, 6.0]), seen.error


def test_gradients_are_looked_at_with_what_computes_them() -> None:
    @tf.custom_gradient
    def half_by_hand(x: tf.Tensor, w: tf.Tensor) -> Any:
        def back(upstream: tf.Tensor) -> Any:
            sizes = tf.shape(x), tf.shape(w)
            return (
                tf.nn.conv2d_transpose(upstream, w, sizes[0], 1, "VALID"),
                tf.raw_ops.Conv2DBackpropFilter(
                    input=x, filter_sizes=sizes[1], out_backprop=upstream, strides=[1, 1, 1, 1], padding="VALID"
                ),
            )

        return _by_hand(x, w), back

    ours, theirs = (
        graph_ops(_subject(function, x=X, w=W), among=CONVOLUTIONS, wrt=["x", "w"])
        for function in (_by_hand, half_by_hand)
    )
    assert graph_ops(_subject(half_by_hand, x=X, w=W), among=CONVOLUTIONS)["operations"] == {}
    assert ours["operations"] == {}
    assert list(theirs["operations"]) == ["Conv2DBackpropFilter", "Conv2DBackpropInput"]
    eager = gradient(_subject(_by_hand, x=X, w=W), wrt=["x", "w"])
    for name in ("x", "w"):
        np.testing.assert_allclose(ours["value"][name], eager[name], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(theirs["value"][name], eager[name], rtol=1e-5, atol=1e-5)
    nothing = graph_ops(_subject(lambda x, w: _by_hand(tf.stop_gradient(x), w), x=X, w=W), among=[], wrt=["x"])
    assert nothing["value"] == {"x": None}


def test_gradients_are_taken_for_each_variant() -> None:
    seen = gradient(_subject(lambda x, power: x[0] ** power, {"square": {"power": 2}, "cube": {"power": 3}},
                             x=np.array([3.0], np.float32), power=1), wrt=["x"])  # fmt: skip
    assert {label: float(each["x"][0]) for label, each in seen.items()} == {"square": 6.0, "cube": 27.0}
