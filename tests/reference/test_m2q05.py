"""The reference's initialisation and activations against Keras's, TensorFlow's, and what they are for."""

import math
from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.m2_deep_networks.m2q05_initialization import dead_fraction, elu, init_scale, init_weights


@pytest.mark.parametrize(
    ("activation", "uniform", "normal"),
    [
        ("tanh", keras.initializers.GlorotUniform, keras.initializers.GlorotNormal),
        ("relu", keras.initializers.HeUniform, keras.initializers.HeNormal),
        ("selu", keras.initializers.LecunUniform, keras.initializers.LecunNormal),
    ],
)
def test_scales_are_those_of_keras(activation: str, uniform: type, normal: type) -> None:
    drawn = uniform(seed=1)((784, 300)).numpy()
    bound = init_scale(activation, 784, 300, "uniform")
    assert 0.9999 * bound < np.abs(drawn).max() <= bound * (1 + 1e-6)
    assert normal(seed=1)((784, 300)).numpy().std() == pytest.approx(init_scale(activation, 784, 300), rel=0.005)


@given(st.integers(1, 2000), st.integers(1, 2000))
@settings(max_examples=25, deadline=None)
def test_scales_keep_their_relations(n_in: int, n_out: int) -> None:
    tanh, relu = (init_scale(name, n_in, n_out) for name in ("tanh", "relu"))
    assert n_in * tanh**2 + n_out * tanh**2 == pytest.approx(2)  # variance times 1, averaged over both directions
    assert n_in * relu**2 == pytest.approx(2)
    assert init_scale("logistic", n_in, n_out) == pytest.approx(4 * tanh)
    assert init_scale("relu", n_in, n_out, "uniform") == pytest.approx(relu * math.sqrt(3))
    if n_in == n_out:
        assert relu == pytest.approx(math.sqrt(2) * tanh)


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_weights_have_the_spread_in_float64_too(distribution: str) -> None:
    weights = init_weights((300, 200), "tanh", distribution, seed=3, dtype=tf.float64)
    assert weights.dtype == tf.float64
    assert weights.numpy().std() == pytest.approx(init_scale("tanh", 300, 200), rel=0.01)
    assert abs(weights.numpy().mean()) < 0.001


def _through(sizes: list[int], scale: float, seed: int) -> float:
    """Return the root mean square of a signal after ReLU layers; ``scale`` 0 stands for the reference's."""
    H = tf.random.stateless_normal((200, sizes[0]), seed=[seed, 0])
    for layer, (n_in, n_out) in enumerate(pairwise(sizes)):
        weights = init_weights((n_in, n_out), "relu", seed=seed + layer)
        if scale:
            printed = math.sqrt(2) * math.sqrt(2 / (n_in + n_out))
            weights *= printed / init_scale("relu", n_in, n_out)
        H = tf.nn.relu(H @ weights)
    return float(tf.sqrt(tf.reduce_mean(H**2)))


def test_he_keeps_the_signal_where_the_printed_value_does_not() -> None:
    sizes = [1000, 100] * 4 + [1000]
    assert 0.5 < np.median([_through(sizes, 0, seed) for seed in (1, 20, 40)]) < 2
    assert 0.05 < np.median([_through(sizes, 1, seed) for seed in (1, 20, 40)]) < 0.2


def _error_ratio(activation: str, factor: float) -> float:
    """Return the size of the error at the first of 20 layers of 200 neurons over that at the last."""
    act = {"tanh": tf.tanh, "logistic": tf.sigmoid}[activation]
    sigma = factor * math.sqrt(2 / 400)
    H = tf.random.stateless_normal((200, 200), seed=[0, 0], dtype=tf.float64)
    sums = []
    with tf.GradientTape() as tape:
        tape.watch(H)
        for layer in range(20):
            W = sigma * tf.random.stateless_normal((200, 200), seed=[layer, 1], dtype=tf.float64)
            sums.append(H @ W)
            H = act(sums[-1])
        loss = tf.reduce_sum(H * tf.random.stateless_normal((200, 200), seed=[0, 2], dtype=tf.float64))
    errors = tape.gradient(loss, [sums[0], sums[-1]])
    return float(tf.math.reduce_std(errors[0]) / tf.math.reduce_std(errors[1]))


def test_the_factor_four_belongs_to_the_logistic_function() -> None:
    assert 0.1 < _error_ratio("tanh", 1) < 0.4
    assert _error_ratio("tanh", 4) > 1000
    assert _error_ratio("logistic", 1) < 1e-11
    assert 1e-5 < _error_ratio("logistic", 4) < 1e-3
    scales = [init_scale(name, 200, 200) for name in ("tanh", "logistic")]
    assert scales == pytest.approx([math.sqrt(2 / 400), 4 * math.sqrt(2 / 400)])


def test_elu_is_tensorflows() -> None:
    z = tf.constant(np.linspace(-20, 20, 81))
    np.testing.assert_allclose(elu(z), tf.nn.elu(z), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(elu(z, 0.4), keras.activations.elu(z, alpha=0.4), rtol=1e-12, atol=1e-15)


# TensorFlow takes numbers below the smallest normal one for 0, whose slope is 1.
@given(st.floats(-1000, 1000, allow_subnormal=False), st.floats(0.01, 10))
@settings(max_examples=40, deadline=None)
def test_elu_has_its_slope_everywhere(z: float, alpha: float) -> None:
    at = tf.constant(z, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(at)
        value = elu(at, alpha)
    slope = float(tape.gradient(value, at))
    assert slope == pytest.approx(alpha * math.exp(z) if z < 0 else 1.0)
    assert -alpha <= float(value) == pytest.approx(alpha * math.expm1(z) if z < 0 else z)


def test_a_neuron_with_a_large_negative_bias_dies() -> None:
    X = tf.random.stateless_normal((50, 4), seed=[1, 1])
    H = tf.nn.relu(X @ tf.ones([4, 3]) + tf.constant([0.0, -100.0, 1.0]))
    assert float(dead_fraction(H)) == pytest.approx(1 / 3)


@pytest.mark.parametrize("bad", [tf.zeros([0, 3]), tf.zeros([3]), tf.constant([[-0.5]])])
def test_other_things_than_relu_outputs_are_refused(bad: tf.Tensor) -> None:
    with pytest.raises(ValueError, match=r"must be|negative"):
        dead_fraction(bad)
