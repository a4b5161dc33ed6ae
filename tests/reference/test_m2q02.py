"""The references of RMSProp and Adam against Keras's optimizers, an independent loop, and the numbers of the sheet."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.vocabulary import known_words
from reference_impl.m2_deep_networks.m2q02_rmsprop_adam import adam_step, optimize, rmsprop_step
from reference_impl.mistakes.m2_deep_networks import m2q02_rmsprop_adam as mistakes

CURVATURE = np.array([1.0, 20.0])


def _gradients(steps: int = 20) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(steps, 3, 2)).astype(np.float32)


def test_twenty_steps_of_rmsprop_are_those_of_keras() -> None:
    variable = tf.Variable(np.full((3, 2), 0.5, np.float32))
    optimizer = keras.optimizers.RMSprop(0.01, rho=0.9, epsilon=1e-10)
    theta, s = tf.identity(variable), tf.zeros([3, 2])
    for gradient in _gradients():
        optimizer.apply_gradients([(tf.constant(gradient), variable)])
        theta, s = rmsprop_step(theta, gradient, s, 0.01)
        np.testing.assert_allclose(theta, variable, rtol=0, atol=1e-6)


def test_twenty_steps_of_adam_are_those_of_keras_where_epsilon_does_not_count() -> None:
    variable = tf.Variable(np.full((3, 2), 0.5, np.float32))
    optimizer = keras.optimizers.Adam(0.01, epsilon=1e-12)
    theta, m, s = tf.identity(variable), tf.zeros([3, 2]), tf.zeros([3, 2])
    for t, gradient in enumerate(_gradients(), start=1):
        optimizer.apply_gradients([(tf.constant(gradient), variable)])
        theta, m, s = adam_step(theta, gradient, m, s, t, 0.01, eps=1e-12)
        np.testing.assert_allclose(theta, variable, rtol=0, atol=1e-5)


def test_the_moments_are_the_weighted_means_of_all_gradients() -> None:
    """Unrolled: m = (1 − β) Σ βᵗ⁻ⁱ gᵢ, and the correction divides by the sum of the weights."""
    gradients = np.random.default_rng(2).normal(size=(12, 4))
    theta, m, s = np.zeros(4), np.zeros(4), np.zeros(4)
    for t, gradient in enumerate(gradients, start=1):
        before = theta
        theta, m, s = (np.asarray(part) for part in adam_step(theta, gradient, m, s, t, 0.1))
        weights = [np.array([beta ** (t - i) for i in range(1, t + 1)]) for beta in (0.9, 0.999)]
        mean = np.average(gradients[:t], axis=0, weights=weights[0])
        square = np.average(gradients[:t] ** 2, axis=0, weights=weights[1])
        np.testing.assert_allclose(m, 0.1 * weights[0] @ gradients[:t], rtol=1e-10)
        np.testing.assert_allclose(s, 0.001 * weights[1] @ gradients[:t] ** 2, rtol=1e-10)
        np.testing.assert_allclose(before - theta, 0.1 * mean / (np.sqrt(square) + 1e-8), rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_the_first_step_of_adam_is_as_long_as_the_learning_rate(scale: float) -> None:
    gradient = scale * np.array([1.0, -3.0, 0.2])
    theta, _, _ = adam_step(np.zeros(3), gradient, np.zeros(3), np.zeros(3), 1, 0.01)
    np.testing.assert_allclose(theta, -0.01 * np.sign(gradient), rtol=1e-3)


def test_how_far_a_tiny_gradient_moves_under_each_place_of_epsilon() -> None:
    zero, gradient = np.zeros(1), np.array([1e-6])
    moved = [
        float(-step(zero, gradient, zero, zero, 1)[0][0])
        for step in (adam_step, mistakes.adam_step__eps_inside, mistakes.adam_step__as_keras)
    ]
    np.testing.assert_allclose(moved, [9.90099e-4, 9.9995e-6, 7.597e-4], rtol=1e-3)
    variable = tf.Variable(zero)
    keras.optimizers.Adam(0.001, epsilon=1e-8).apply_gradients([(tf.constant(gradient), variable)])
    np.testing.assert_allclose(-variable.numpy(), moved[2], rtol=1e-3)


@pytest.mark.parametrize("name", ["rmsprop", "adam"])
def test_descents_are_those_of_keras(name: str) -> None:
    variable = tf.Variable(np.array([5.0, 5.0], np.float32))
    optimizer = {
        "rmsprop": keras.optimizers.RMSprop(0.1, rho=0.9, epsilon=1e-10),
        "adam": keras.optimizers.Adam(0.1, epsilon=1e-12),
    }[name]
    way = optimize(name, lambda theta: tf.constant(CURVATURE, theta.dtype) * theta, [5.0, 5.0], 0.1, 15)
    for row in way[1:]:
        optimizer.apply_gradients([(tf.constant(CURVATURE, tf.float32) * variable, variable)])
        np.testing.assert_allclose(row, variable, atol=2e-5)


def _losses(way: tf.Tensor) -> np.ndarray:
    return 0.5 * np.sum(CURVATURE * np.asarray(way) ** 2, axis=1)


def _ways(steps: int) -> dict[str, np.ndarray]:
    """Return the ways of the sheet's figure, the printed Adam among them."""
    start = tf.constant([5.0, 5.0], tf.float64)
    ways = {
        label: optimize(name, lambda theta: CURVATURE * theta, start, 0.1, steps)
        for label, name in (("RMSProp", "rmsprop"), ("Adam", "adam"))
    }
    theta, m, s = start, tf.zeros_like(start), tf.zeros_like(start)
    printed = [theta]
    for t in range(1, steps + 1):
        theta, m, s = mistakes.adam_step__overwrites(theta, CURVATURE * theta, m, s, t, 0.1)
        printed.append(theta)
    return {**{label: way.numpy() for label, way in ways.items()}, "Adam as printed": np.stack(printed)}


def test_adam_comes_to_rest_rmsprop_hovers_and_the_printed_adam_freezes() -> None:
    ways = _ways(300)
    np.testing.assert_allclose(_losses(ways["Adam"])[[1, 10, 100, 300]], [252.1, 168.6, 0.016, 3.5e-11], rtol=0.01)
    np.testing.assert_allclose(_losses(ways["Adam as printed"])[[10, 300]], [249.2, 249.2], rtol=1e-3)
    np.testing.assert_allclose(np.abs(ways["RMSProp"][-10:]), 0.05, atol=1e-3)  # half the learning rate
    question = load_bank(default_location(), known_words(), ["m2q02"]).questions["m2q02"]
    figure = next(figure for figure in question.spec.figures if figure.id == "distance")
    for series in figure.with_["series"]:
        drawn = np.array(series["points"])
        distances = np.linalg.norm(ways[series["label"]], axis=1)[drawn[:, 0].astype(int)]
        np.testing.assert_allclose(drawn[:, 1], distances, atol=6e-4)


def test_a_traced_step_is_the_eager_one() -> None:
    traced = tf.function(adam_step)
    for t, gradient in itertools.islice(enumerate(_gradients(), start=1), 3):
        one = traced(tf.ones([3, 2]), gradient, tf.zeros([3, 2]), tf.ones([3, 2]), tf.constant(t))
        other = adam_step(tf.ones([3, 2]), gradient, tf.zeros([3, 2]), tf.ones([3, 2]), t)
        for got, wanted in zip(one, other, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-6)
