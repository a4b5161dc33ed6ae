"""The reference's counts, rates and sparse steps against Keras, closed forms and the equations run once more."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.m2_deep_networks.m2q09_faster_than_gd import (
    effective_rates,
    max_stable_lr,
    sparse_adagrad_step,
    steps_to_converge,
    terminal_velocity,
)

KERAS = {
    "gd": lambda lr: keras.optimizers.SGD(lr),
    "momentum": lambda lr: keras.optimizers.SGD(lr, momentum=0.9),
    "adagrad": lambda lr: keras.optimizers.Adagrad(lr, initial_accumulator_value=0.0, epsilon=1e-10),
    "rmsprop": lambda lr: keras.optimizers.RMSprop(lr, rho=0.9, epsilon=1e-10),
    "adam": lambda lr: keras.optimizers.Adam(lr, epsilon=1e-8),
}


@pytest.mark.parametrize(
    ("method", "lr"), [("gd", 0.3), ("momentum", 0.1), ("adagrad", 1.0), ("rmsprop", 0.05), ("adam", 0.1)]
)
def test_keras_needs_as_many_steps(method: str, lr: float) -> None:
    """On ½(θ₁² + 4θ₂²) from (1, 2) until 1e-3, where float32 and Keras's place for Adam's ε make no difference."""
    curvature = np.array([1.0, 4.0])
    theta, optimizer = keras.Variable([1.0, 2.0], dtype="float64"), KERAS[method](lr)
    count = 0
    while (curvature * theta.numpy() ** 2).sum() / 2 >= 1e-3:
        optimizer.apply([tf.constant(curvature) * theta.value], [theta])
        count += 1
    assert steps_to_converge(method, curvature, [1.0, 2.0], lr, tol=1e-3) == count


def test_gradient_descent_needs_the_steps_of_its_closed_form() -> None:
    """One direction: the cost shrinks by (1 − ηλ)² a step."""
    expected = int(np.ceil(np.log(1e-6 / 8.0) / np.log((1 - 0.1) ** 2)))
    assert steps_to_converge("gd", [4.0], [2.0], 0.025) == expected


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_beyond_the_bound_gradient_descent_runs_off(curvatures: list[float]) -> None:
    bound = float(max_stable_lr(tf.constant(curvatures, tf.float64)))
    start = [1.0] * len(curvatures)
    assert steps_to_converge("gd", curvatures, start, 1.6 * bound, max_steps=300) == -1
    below = steps_to_converge("gd", curvatures[:1], [1.0], 1.8 / curvatures[0], tol=1e-3)
    assert 0 <= below < 100


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_momentum_settles_at_its_terminal_velocity(beta: float) -> None:
    grad = np.array([1.0, -2.5])
    m = np.zeros(2)
    for _ in range(500):
        m = beta * m + 0.01 * grad
    np.testing.assert_allclose(terminal_velocity(0.01, tf.constant(grad), beta), m, rtol=1e-9)


@pytest.mark.parametrize("method", ["gd", "adagrad", "rmsprop"])
def test_rates_are_what_keras_multiplies_the_gradient_with(method: str) -> None:
    grads = np.random.default_rng(2).normal(size=(5, 3)).astype(np.float32)
    variable, optimizer = keras.Variable(np.zeros(3)), KERAS[method](0.1)
    for grad in grads:
        before = variable.numpy()
        optimizer.apply([tf.constant(grad)], [variable])
    moved = before - variable.numpy()
    np.testing.assert_allclose(effective_rates(method, grads, 0.1) * grads[-1], moved, rtol=1e-4)


def test_adam_rates_are_what_keras_multiplies_the_average_with() -> None:
    grads = np.random.default_rng(2).normal(size=(5, 3)).astype(np.float32)
    variable, optimizer = keras.Variable(np.zeros(3)), KERAS["adam"](0.1)
    m = np.zeros(3)
    for grad in grads:
        before = variable.numpy()
        optimizer.apply([tf.constant(grad)], [variable])
        m = 0.9 * m + 0.1 * grad
    moved = before - variable.numpy()
    np.testing.assert_allclose(effective_rates("adam", grads, 0.1) * m / (1 - 0.9**5), moved, rtol=1e-4)


def test_the_sparse_step_is_the_dense_one_with_summed_gradients() -> None:
    rng = np.random.default_rng(4)
    table = rng.normal(size=(6, 3)).astype(np.float32)
    variable = keras.Variable(table)
    optimizer = keras.optimizers.Adagrad(0.2, initial_accumulator_value=0.0, epsilon=1e-10)
    params, acc = tf.constant(table), tf.zeros([6, 3])
    for _ in range(4):
        indices, values = rng.integers(0, 4, size=5), rng.normal(size=(5, 3)).astype(np.float32)
        dense = np.zeros((6, 3), np.float32)
        np.add.at(dense, indices, values)
        optimizer.apply([tf.constant(dense)], [variable])
        params, acc = sparse_adagrad_step(params, acc, indices, values, 0.2)
    np.testing.assert_allclose(params, variable.numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(params[4:], table[4:])


def test_the_gradient_of_a_gather_can_be_taken_as_it_is() -> None:
    """TensorFlow's `IndexedSlices` repeat a row that was looked up twice."""
    table = tf.Variable(tf.ones([4, 2]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.gather(table, [1, 1, 3]) * [[1.0], [2.0], [5.0]])
    slices = tape.gradient(loss, table)
    _, acc = sparse_adagrad_step(table, tf.zeros([4, 2]), slices.indices, slices.values, 0.1)
    np.testing.assert_array_equal(acc, [[0, 0], [9, 9], [0, 0], [25, 25]])


def test_no_method_leaves_the_local_valley() -> None:
    """What the answer says of (x² − 1)² + 0.3x from 1.5, with Keras's optimizers."""
    ends = {}
    for name, make in KERAS.items():
        rate = {"gd": 0.02, "momentum": 0.005, "adagrad": 0.3, "rmsprop": 0.005, "adam": 0.05}[name]
        x, optimizer = keras.Variable(1.5, dtype="float64"), make(rate)
        for _ in range(300):
            optimizer.apply([4 * x * (x * x - 1) + 0.3], [x])
        ends[name] = float(x)
    np.testing.assert_allclose(list(ends.values()), 0.96015, atol=0.005)
    roots = np.sort(np.roots([4, 0, -4, 0.3]))
    np.testing.assert_allclose(roots, [-1.0356, 0.0754, 0.9601], atol=1e-4)
    costs = (roots**2 - 1) ** 2 + 0.3 * roots
    np.testing.assert_allclose(costs[[0, 2]], [-0.305, 0.294], atol=1e-3)


@pytest.mark.parametrize(("lr", "steps"), [(0.1, 146), (0.01, 1835)])
def test_adam_needs_its_rate_tuned(lr: float, steps: int) -> None:
    assert steps_to_converge("adam", [1.0, 50.0], [5.0, 5.0], lr) == steps
