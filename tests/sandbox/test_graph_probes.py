"""What is counted in a traced graph, and what is seen of steps of training, whatever they return."""

from typing import Any

import numpy as np
import pytest

from grader.inputs.build import build_inputs
from grader.sandbox.children import Children
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission

SOURCE = """
import tensorflow as tf
def once(x): return tf.matmul(x, x, transpose_b=True)
def twice(x): return once(once(x))
def looped(x): return tf.map_fn(lambda row: once(row[None]), x)
inner = tf.function(once)
def called(x): return inner(x)
def step(model, optimizer, X):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(X))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss
"""


def seen(children: Children, function: str, probe: str, options: dict[str, Any], inputs: dict[str, Any]) -> Any:
    made = build_inputs(inputs, 1, "q", function, probe)
    call = Call("c", function, tuple(inputs), probe, options, made, {}, Needs(seconds=20))
    one = observe(children, Submission("answer.py", SOURCE), [call], seed=1)["c"]
    assert one.outcome == "returned", one
    return one.value


@pytest.mark.parametrize(
    ("function", "counts"),
    [
        ("once", {"MatMul": 1}),
        ("twice", {"MatMul": 2}),
        ("looped", {"MatMul": 1, "StatelessWhile": 1}),
        ("called", {"MatMul": 1}),
    ],
)
def test_operations_in_loops_and_in_functions_called_count(
    children: Children, function: str, counts: dict[str, int]
) -> None:
    options = {"relax": {"x": [None, 3]}, "among": ["MatMul", "While", "StatelessWhile"]}
    found = seen(children, function, "graph_ops", options, {"x": {"normal": [4, 3]}})
    assert found["operations"] == counts


def test_steps_go_on_from_the_weights_of_the_one_before(children: Children) -> None:
    inputs = {
        "model": {"callable": "causal_model", "coefficients": [1.0, -2.0]},
        "optimizer": {"callable": "optimizer", "name": "sgd", "learning_rate": 0.1},
        "X": {"constant": [[[1.0], [2.0], [4.0]]]},
    }
    found = seen(children, "step", "steps_taken", {"steps": 2}, inputs)
    # y = x + …: 1, 2 − 2, 4 − 4; the slopes are Σx = 7 now, 3 one back, and 3 for the offset.
    assert [float(loss) for loss in found["returned"]] == pytest.approx([1.0, 1.0 - 0.1 * (49 + 9 + 9)])
    kernel, bias = found["weights"]
    np.testing.assert_allclose(kernel.ravel(), [-2 - 0.6, 1 - 1.4], rtol=1e-5)
    np.testing.assert_allclose(bias, [-0.6], rtol=1e-5)
