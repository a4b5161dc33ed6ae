"""The references of regularisation against Keras's callback, penalties, constraint and TensorFlow's own operations."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.m2_deep_networks.m2q03_regularization import (
    augment,
    dropout,
    early_stopping,
    max_norm,
    regularization_loss,
)

RNG = np.random.default_rng(3)


class _Model:
    """What Keras's callback asks of a model."""

    stop_training = False

    def get_weights(self) -> list[np.ndarray]:
        return []

    def set_weights(self, weights: list[np.ndarray]) -> None:
        pass


def _by_keras(losses: list[float], patience: int, min_delta: float) -> tuple[int, int]:
    callback = keras.callbacks.EarlyStopping("val_loss", min_delta, patience, mode="min", restore_best_weights=True)
    model = _Model()
    callback.set_model(model)
    callback.on_train_begin()
    stop = -1
    while stop < len(losses) - 1 and not model.stop_training:
        stop += 1
        callback.on_epoch_end(stop, {"val_loss": losses[stop]})
    return stop, callback.best_epoch


@settings(max_examples=150, deadline=None)
@given(
    losses=st.lists(st.integers(0, 12).map(lambda eighths: eighths / 8), min_size=1, max_size=15),
    patience=st.integers(1, 5),
    min_delta=st.sampled_from([0.0, 0.125, 0.5]),
)
def test_training_stops_where_keras_stops_it(losses: list[float], patience: int, min_delta: float) -> None:
    assert early_stopping(losses, patience, min_delta) == _by_keras(losses, patience, min_delta)


def test_patience_outlasts_noise() -> None:
    """A falling curve with noise: the first rise comes far too early."""
    epochs = np.arange(200)
    losses = 0.05 + np.exp(-epochs / 30) + 1e-5 * (epochs - 110).clip(0) ** 2 + RNG.normal(0, 0.02, 200)
    first_rise = int(np.argmax(np.diff(losses) > 0)) + 1
    stop, best = early_stopping(list(losses), patience=30)
    assert first_rise < 15 < best < stop
    assert losses[best] < losses[first_rise] / 3


@pytest.mark.parametrize(("l1", "l2"), [(0.01, 0.0), (0.0, 0.01), (0.3, 0.02)])
def test_penalties_and_their_gradients_are_those_of_keras(l1: float, l2: float) -> None:
    weights = [tf.constant(RNG.normal(size=shape), tf.float32) for shape in [(5, 4), (4,), (3, 3, 2, 2)]]
    own = keras.regularizers.L1L2(l1, l2)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(weights)
        ours, theirs = regularization_loss(weights, l1, l2), tf.add_n([own(w) for w in weights])
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    for one, other in zip(tape.gradient(ours, weights), tape.gradient(theirs, weights), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_a_factor_for_contrib_is_twice_one_for_keras() -> None:
    w = tf.constant([[3.0, 4.0]])
    assert float(regularization_loss([w], l2=1.0)) == 25.0 == 2 * float(tf.nn.l2_loss(w))


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5, 0.9])
def test_dropout_is_the_operation_of_tensorflow_with_the_same_draw(rate: float) -> None:
    x = tf.constant(RNG.normal(size=(40, 30)), tf.float32)
    own = tf.nn.experimental.stateless_dropout(x, rate, seed=[9, 0], rng_alg="auto_select")
    np.testing.assert_allclose(dropout(x, rate, True, 9), own, rtol=1e-6)


def test_dropout_keeps_and_scales_like_the_layer_of_keras() -> None:
    ones = tf.ones([200, 500])
    for rate in (0.3, 0.7):
        ours, theirs = dropout(ones, rate, True, 1).numpy(), np.asarray(keras.layers.Dropout(rate)(ones, training=True))
        assert set(np.round(np.unique(ours), 5)) == set(np.round(np.unique(theirs), 5))
        for output in (ours, theirs):
            assert (output > 0).mean() == pytest.approx(1 - rate, abs=0.01)


@pytest.mark.parametrize("shape", [(7, 3), (2, 6), (3, 3, 2, 4)])
def test_the_constraint_is_that_of_keras(shape: tuple[int, ...]) -> None:
    W = tf.constant(RNG.normal(0, 2, shape), tf.float32)
    own = keras.constraints.MaxNorm(1.5, axis=list(range(len(shape) - 1)))
    np.testing.assert_allclose(max_norm(W, 1.5), own(W), rtol=1e-5)
    np.testing.assert_allclose(max_norm(W, 1.5), tf.clip_by_norm(W, 1.5, axes=list(range(len(shape) - 1))), rtol=1e-5)


def test_constraining_the_other_axis_leaves_neurons_too_long() -> None:
    W = RNG.normal(0, 2, (6, 3))
    wrong = np.asarray(tf.clip_by_norm(W, 1.0, axes=[1]))
    assert np.linalg.norm(wrong, axis=0).max() > 1.05
    assert np.linalg.norm(max_norm(W, 1.0), axis=0).max() <= 1 + 1e-12


def test_images_are_moved_mirrored_and_lit_one_by_one() -> None:
    """Slices of NumPy and the operations of tf.image, image by image."""
    images = RNG.uniform(size=(20, 6, 5, 2)).astype(np.float32)
    moves = tf.random.stateless_uniform((20, 2), [4, 0], -2, 3, tf.int32).numpy()
    mirrored = tf.random.stateless_uniform((20,), [4, 1]).numpy() < 0.5
    light = tf.random.stateless_uniform((20,), [4, 2], -0.3, 0.3).numpy()
    assert {-2, 2} <= set(moves.ravel())
    assert 0 < mirrored.sum() < 20
    for index, result in enumerate(augment(images, 2, 0.5, 0.3, 4)):
        dy, dx = moves[index]
        expected = np.zeros_like(images[index])
        for row, column in np.ndindex(6, 5):
            if 0 <= row - dy < 6 and 0 <= column - dx < 5:
                expected[row, column] = images[index, row - dy, column - dx]
        if mirrored[index]:
            expected = tf.image.flip_left_right(expected)
        expected = tf.clip_by_value(tf.image.adjust_brightness(expected, light[index]), 0, 1)
        np.testing.assert_allclose(result, expected, atol=1e-6)
