"""The references of batch normalisation against Keras's layer, central differences and algebra."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m2_deep_networks.m2q04_batch_normalization import (
    batch_norm_inference,
    batch_norm_train,
    fold_batch_norm,
    update_moving,
)
from reference_impl.mistakes.m2_deep_networks.m2q04_batch_normalization import batch_norm_train__unbiased

RNG = np.random.default_rng(4)


def _parameters(n: int) -> tuple[np.ndarray, np.ndarray]:
    return RNG.normal(size=n).astype(np.float32), RNG.normal(size=n).astype(np.float32)


def _keras_layer(n: int, gamma: np.ndarray, beta: np.ndarray, shape: tuple[int, ...]) -> keras.layers.Layer:
    layer = keras.layers.BatchNormalization(momentum=0.9)
    layer.build(shape)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    return layer


@pytest.mark.parametrize("shape", [(8, 3), (2, 4, 5, 3)])
def test_training_steps_are_those_of_keras(shape: tuple[int, ...]) -> None:
    gamma, beta = _parameters(3)
    layer = _keras_layer(3, gamma, beta, shape)
    mean, var = tf.zeros(3), tf.ones(3)
    for _ in range(3):
        x = RNG.normal(2.0, 3.0, shape).astype(np.float32)
        z, batch_mean, batch_var = batch_norm_train(x, gamma, beta)
        np.testing.assert_allclose(z, layer(x, training=True), rtol=1e-4, atol=1e-5)
        mean, var = update_moving(mean, var, batch_mean, batch_var, momentum=0.9)
        np.testing.assert_allclose(mean, layer.moving_mean, rtol=1e-5)
        np.testing.assert_allclose(var, layer.moving_variance, rtol=1e-5)
    x = RNG.normal(size=shape).astype(np.float32)
    np.testing.assert_allclose(
        batch_norm_inference(x, gamma, beta, mean, var), layer(x, training=False), rtol=1e-4, atol=1e-5
    )


def test_the_usual_settings_are_those_of_keras() -> None:
    layer = keras.layers.BatchNormalization()
    assert (layer.epsilon, layer.momentum) == (1e-3, 0.99)
    layer.build((None, 10))
    assert [sum(int(np.prod(w.shape)) for w in part) for part in (layer.trainable_weights, layer.weights)] == [20, 40]


def test_the_variance_that_keras_takes_is_not_the_unbiased_one() -> None:
    x = RNG.normal(size=(8, 3)).astype(np.float32)
    gamma, beta = np.ones(3, np.float32), np.zeros(3, np.float32)
    wanted = _keras_layer(3, gamma, beta, x.shape)(x, training=True)
    assert np.abs(batch_norm_train(x, gamma, beta)[0] - wanted).max() < 1e-5
    assert np.abs(batch_norm_train__unbiased(x, gamma, beta)[0] - wanted).max() > 0.05


def test_what_comes_out_is_standardised() -> None:
    x = RNG.normal(50.0, 7.0, (1000, 2))
    z, _, _ = batch_norm_train(x, np.array([2.0, 0.5]), np.array([1.0, -3.0]), eps=1e-9)
    np.testing.assert_allclose(np.mean(z, axis=0), [1, -3], atol=1e-12)
    np.testing.assert_allclose(np.std(z, axis=0), [2, 0.5], rtol=1e-9)


def test_the_gradient_is_the_slope_and_its_columns_add_up_to_zero() -> None:
    """A shift of a whole feature changes nothing, so the derivatives along it cancel."""
    x, weights = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 2))
    gamma, beta = np.array([1.5, -0.5]), np.array([0.2, 0.1])

    def loss(at: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(weights * tf.square(batch_norm_train(at, gamma, beta)[0]))

    with tf.GradientTape() as tape:
        at = tf.constant(x)
        tape.watch(at)
        total = loss(at)
    gradient = tape.gradient(total, at).numpy()
    np.testing.assert_allclose(gradient.sum(axis=0), 0, atol=1e-12)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = 1e-6
        slope = (loss(x + step) - loss(x - step)) / 2e-6
        assert gradient[index] == pytest.approx(float(slope), abs=1e-6)


def test_a_folded_layer_puts_out_the_same() -> None:
    W, b = RNG.normal(size=(6, 4)), RNG.normal(size=4)
    gamma, beta, mean, var = (*RNG.normal(size=(3, 4)), RNG.uniform(0.1, 2.0, 4))
    X = RNG.normal(size=(9, 6))
    folded, bias = fold_batch_norm(W, b, gamma, beta, mean, var)
    np.testing.assert_allclose(X @ folded + bias, batch_norm_inference(X @ W + b, gamma, beta, mean, var), rtol=1e-10)


def test_training_on_one_instance_forgets_it() -> None:
    gamma, beta = np.array([2.0, 3.0]), np.array([0.5, -1.0])
    for x in ([[4.0, 5.0]], [[-100.0, 0.25]]):
        np.testing.assert_array_equal(batch_norm_train(np.array(x), gamma, beta)[0], [beta])


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.99, 1.0])
def test_a_moving_average_forgets_at_the_rate_of_its_momentum(momentum: float) -> None:
    mean = np.array([8.0])
    for _ in range(5):
        mean, _ = update_moving(mean, np.ones(1), np.zeros(1), np.ones(1), momentum)
    np.testing.assert_allclose(mean, 8.0 * momentum**5, rtol=1e-12)
