"""The reference for transfer learning against Keras's fit, TensorFlow 1's own selection, and what caching promises."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m2_deep_networks.m2q06_transfer_learning import (
    cache_outputs,
    cached_batches,
    frozen_train_step,
    reuse_layers,
    select_variables,
)

X = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
Y = np.random.default_rng(1).normal(size=(12, 2)).astype(np.float32)


def _network(*between: keras.layers.Layer) -> keras.Sequential:
    keras.utils.set_random_seed(3)
    first, second, last = (keras.layers.Dense(units, "tanh") for units in (6, 5, 2))
    return keras.Sequential([keras.Input((4,)), first, *between, second, last])


def _mse(y: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.square(outputs - y))


def test_reused_layers_compute_what_they_did() -> None:
    old = _network(keras.layers.BatchNormalization())
    old(X, training=True)  # the moving averages leave their start
    new = reuse_layers(old, 3, 7)
    feature = keras.Sequential(new.layers[:3])
    np.testing.assert_array_equal(feature(X), keras.Sequential(old.layers[:3])(X))
    np.testing.assert_allclose(tf.reduce_sum(new(X), axis=1), np.ones(12), rtol=1e-5)
    assert new.output_shape == (None, 7)


@pytest.mark.parametrize("share", [False, True])
def test_only_shared_layers_are_trained_in_both(share: bool) -> None:
    old = _network()
    before = old.get_weights()
    new = reuse_layers(old, 2, 2, share)
    step = frozen_train_step(new, 0, keras.optimizers.SGD(0.5), _mse)
    step(X, Y)
    changed = [not np.array_equal(a, b) for a, b in zip(before, old.get_weights(), strict=True)]
    assert changed == [share] * 4 + [False] * 2


def test_variables_are_selected_as_in_tensorflow_1() -> None:
    scopes = ["hidden1", "hidden3", "hidden31", "hidden4", "outputs", "outputs_aux", "my_hidden3"]
    with tf.Graph().as_default():
        for scope in scopes:
            with tf.compat.v1.variable_scope(scope):
                tf.compat.v1.get_variable("kernel", [1])
        key = tf.compat.v1.GraphKeys.TRAINABLE_VARIABLES
        for pattern in ("hidden[34]|outputs", "hidden[34]/|outputs/", "hidden", ".*3", "kernel"):
            found = [variable.op.name for variable in tf.compat.v1.get_collection(key, scope=pattern)]
            assert select_variables([f"{scope}/kernel" for scope in scopes], pattern) == found, pattern


def test_steps_are_those_of_keras_with_layers_frozen_before_compile() -> None:
    ours, theirs = _network(), _network()
    step = frozen_train_step(ours, 1, keras.optimizers.SGD(0.1, momentum=0.9), _mse)
    losses = [float(step(X, Y)) for _ in range(3)]
    theirs.layers[0].trainable = False
    theirs.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse", run_eagerly=True)
    fitted = theirs.fit(X, Y, epochs=3, batch_size=12, verbose=0)
    np.testing.assert_allclose(losses, fitted.history["loss"], rtol=1e-5)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_freezing_after_the_first_step_comes_too_late_without_compiling_again() -> None:
    model = _network()
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=False)
    model.train_on_batch(X, Y)
    model.layers[0].trainable = False
    before = model.layers[0].get_weights()[0]
    model.train_on_batch(X, Y)
    assert not np.array_equal(before, model.layers[0].get_weights()[0])


def test_a_used_optimizer_does_not_move_frozen_layers_and_zero_gradients_would() -> None:
    model, optimizer = _network(), keras.optimizers.SGD(0.1, momentum=0.9)
    frozen_train_step(model, 0, optimizer, _mse)(X, Y)
    before = model.layers[0].get_weights()[0]
    frozen_train_step(model, 1, optimizer, _mse)(X, Y)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], before)
    optimizer.apply([tf.zeros_like(v) for v in model.trainable_variables], model.trainable_variables)
    assert not np.array_equal(model.layers[0].get_weights()[0], before)


@pytest.mark.parametrize("batch_size", [1, 5, 12, 100])
def test_the_cache_is_what_predict_gives(batch_size: int) -> None:
    model = _network(keras.layers.Dropout(0.5), keras.layers.BatchNormalization())
    model(X, training=True)
    expected = keras.Sequential(model.layers[:4])(X, training=False)
    np.testing.assert_allclose(cache_outputs(model, 4, X, batch_size), expected, rtol=1e-5, atol=1e-6)


def test_training_on_the_cache_is_training_on_the_whole_path() -> None:
    """Two epochs of three batches: the upper layers end with the same weights."""
    whole, cached = _network(), _network()
    step = frozen_train_step(whole, 1, keras.optimizers.Adam(0.05), _mse)
    upper = keras.Sequential([keras.Input((6,)), *cached.layers[1:]])
    upper_step = frozen_train_step(upper, 0, keras.optimizers.Adam(0.05), _mse)
    H = cache_outputs(cached, 1, X, 4)
    for epoch in range(2):
        for batch in cached_batches(X, Y, 3, 7, epoch):
            step(*batch)
        for batch in cached_batches(H, Y, 3, 7, epoch):
            upper_step(*batch)
    for one, other in zip(whole.get_weights(), cached.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("m", "n_batches"), [(1, 1), (7, 3), (12, 12)])
def test_every_row_comes_once_in_an_epoch(m: int, n_batches: int) -> None:
    rows = np.arange(m)
    pairs = list(cached_batches(rows[:, None], rows, n_batches, 1, 2))
    assert [len(y) for _, y in pairs] == [len(part) for part in np.array_split(rows, n_batches)]
    np.testing.assert_array_equal(np.sort(np.concatenate([y for _, y in pairs])), rows)
    assert all(np.array_equal(H[:, 0], y) for H, y in pairs)
