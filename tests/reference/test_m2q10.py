"""The reference's optimizer steps against Keras's own, closed forms and hand numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.m2_deep_networks.m2q10_faster_optimizers import (
    adagrad_step,
    corrected_average,
    make_optimizer,
    momentum_step,
    nesterov_step,
)

CURVATURE = tf.constant([1.0, 20.0], tf.float64)
START = tf.constant([5.0, 5.0], tf.float64)


def _cost(theta: tf.Tensor) -> float:
    return float(tf.reduce_sum(CURVATURE * theta**2) / 2)


def _gradients(count: int) -> np.ndarray:
    return np.random.default_rng(8).normal(size=(count, 3, 2)).astype(np.float32)


@pytest.mark.parametrize("beta", [0.0, 0.9])
def test_momentum_is_keras_sgd_when_the_rate_changes_midway(beta: float) -> None:
    theta, m = tf.ones([3, 2]), tf.zeros([3, 2])
    variable, optimizer = keras.Variable(np.ones((3, 2))), keras.optimizers.SGD(0.1, momentum=beta)
    for index, grad in enumerate(_gradients(10)):
        rate = 0.1 if index < 5 else 0.01
        optimizer.learning_rate = rate
        optimizer.apply([tf.constant(grad)], [variable])
        theta, m = momentum_step(theta, m, grad, rate, beta)
    np.testing.assert_allclose(theta, variable.numpy(), rtol=1e-5, atol=1e-6)


def test_nesterov_is_keras_sgd_in_the_variable_ahead() -> None:
    """Keras keeps φ = θ − βm, so that it need not ask for the gradient elsewhere (Sutskever 2013, sec. 3.5)."""
    theta, m = tf.constant([1.0, -2.0]), tf.zeros([2])
    variable, optimizer = keras.Variable([1.0, -2.0]), keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)
    curvature = tf.constant([1.0, 6.0])
    for _ in range(12):
        theta, m = nesterov_step(theta, m, lambda at: curvature * at, 0.05)
        optimizer.apply([curvature * variable.value], [variable])
        np.testing.assert_allclose(theta - 0.9 * m, variable.numpy(), rtol=1e-5, atol=1e-6)


def test_adagrad_is_keras_with_an_empty_sum() -> None:
    theta, s = tf.ones([3, 2]), tf.zeros([3, 2])
    variable = keras.Variable(np.ones((3, 2)))
    optimizer = keras.optimizers.Adagrad(0.3, initial_accumulator_value=0.0, epsilon=1e-10)
    for grad in _gradients(10):
        optimizer.apply([tf.constant(grad)], [variable])
        theta, s = adagrad_step(theta, s, grad, 0.3)
    np.testing.assert_allclose(theta, variable.numpy(), rtol=1e-5, atol=1e-6)


def test_adam_made_of_corrected_averages_is_keras() -> None:
    """Keras moves ε, so it is made too small to matter."""
    grads = _gradients(15)
    variable, optimizer = keras.Variable(np.ones((3, 2))), keras.optimizers.Adam(0.01, epsilon=1e-12)
    for grad in grads:
        optimizer.apply([tf.constant(grad)], [variable])
    steps = corrected_average(grads, 0.9) / tf.sqrt(corrected_average(grads**2, 0.999))
    np.testing.assert_allclose(1 - 0.01 * tf.reduce_sum(steps, axis=0), variable.numpy(), rtol=1e-4)


def test_the_printed_look_ahead_runs_off_where_the_right_one_converges() -> None:
    theta, m = START, tf.zeros_like(START)
    printed, n = START, tf.zeros_like(START)
    plain, p = START, tf.zeros_like(START)
    assert _cost(START) == 262.5
    for _ in range(100):
        theta, m = nesterov_step(theta, m, lambda at: CURVATURE * at, 0.02)
        plain, p = momentum_step(plain, p, CURVATURE * plain, 0.02)
        n = 0.9 * n + 0.02 * CURVATURE * (printed + 0.9 * n)
        printed = printed - n
    assert _cost(theta) == pytest.approx(4.8e-5, rel=0.01)
    assert _cost(plain) == pytest.approx(7.07e-3, rel=0.01)
    assert _cost(printed) == pytest.approx(3.3e12, rel=0.01)


def test_adam_as_printed_stands_still() -> None:
    theta, m, s = START, tf.zeros_like(START), tf.zeros_like(START)
    costs = []
    for t in range(1, 51):
        grad = CURVATURE * theta
        m, s = 0.9 * m + 0.1 * grad, 0.999 * s + 0.001 * grad**2
        m, s = m / (1 - 0.9**t), s / (1 - 0.999**t)
        theta = theta - 0.1 * m / tf.sqrt(s + 1e-8)
        costs.append(_cost(theta))
    np.testing.assert_allclose(costs[9:], 249.16, rtol=1e-5)


@given(st.floats(0, 0.999), st.integers(1, 12), st.floats(-100, 100))
@settings(max_examples=25, deadline=None)
def test_the_average_of_a_constant_is_the_constant(beta: float, count: int, value: float) -> None:
    averages = corrected_average(np.full(count, value), beta)
    np.testing.assert_allclose(averages, np.full(count, value), rtol=1e-9, atol=1e-12)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=8), st.floats(0, 0.99))
@settings(max_examples=25, deadline=None)
def test_averages_lie_between_the_values(values: list[float], beta: float) -> None:
    averages = corrected_average(np.array(values), beta).numpy()
    assert averages[0] == pytest.approx(values[0])
    assert np.all(averages <= max(values) + 1e-9)
    assert np.all(averages >= min(values) - 1e-9)


def test_with_a_constant_slope_adagrad_steps_shrink_like_the_inverse_root() -> None:
    theta, s = tf.zeros([1], tf.float64), tf.zeros([1], tf.float64)
    places = [0.0]
    for _ in range(9):
        theta, s = adagrad_step(theta, s, tf.constant([7.0], tf.float64), 0.5)
        places.append(float(theta[0]))
    np.testing.assert_allclose(-np.diff(places), 0.5 / np.sqrt(np.arange(1, 10)))


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adagrad", "adam"])
def test_optimizers_step_as_in_tensorflow_1(name: str) -> None:
    """Three steps; RMSProp's sum of squares starts at 1 in TensorFlow 1 and at 0 in Keras, so it is left out."""
    v1 = tf.compat.v1.train
    variable = keras.Variable([1.0, 2.0])
    optimizer = make_optimizer(name, 0.1)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        theta = tf.compat.v1.get_variable("theta", initializer=[1.0, 2.0])
        train = {
            "momentum": v1.MomentumOptimizer(0.1, 0.9),
            "nesterov": v1.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
            "adagrad": v1.AdagradOptimizer(0.1),
            "adam": v1.AdamOptimizer(0.1),
        }[name].minimize(tf.reduce_sum(theta**2 * [0.5, 2.0]))
        session.run(tf.compat.v1.global_variables_initializer())
        for _ in range(3):
            session.run(train)
        expected = session.run(theta)
    for _ in range(3):
        optimizer.apply([tf.constant([1.0, 4.0]) * variable.value], [variable])
    np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize(("lr", "beta"), [(0.0, 0.9), (-1.0, 0.9), (0.1, 1.0), (0.1, -0.1)])
def test_steps_refuse_rates_out_of_range(lr: float, beta: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        momentum_step([1.0], [0.0], [1.0], lr, beta)
    with pytest.raises(ValueError, match="must be"):
        nesterov_step([1.0], [0.0], lambda at: at, lr, beta)
