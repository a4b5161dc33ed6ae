"""The reference for the convolutional layer against TensorFlow's own operation, its gradients, and Keras's layer."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m3_distributed_and_cnn.m3q10_convolutional_layer import (
    Padding,
    conv2d,
    layer_size,
    out_size,
    receptive_rows,
    same_pad,
)

SIZES = list(itertools.product(range(1, 13), range(1, 6), range(1, 5)))
STRIDES = [(stride, padding) for stride in (1, 2, 3, 5) for padding in ("SAME", "VALID")]


def _normal(*shape: int, seed: int, dtype: str = "float32") -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).normal(size=shape), dtype)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_sizes_are_those_of_the_operation(padding: Padding) -> None:
    for n, f, s in SIZES:
        if padding == "VALID" and f > n:
            with pytest.raises(ValueError, match="does not fit"):
                out_size(n, f, s, padding)
            continue
        assert out_size(n, f, s, padding) == tf.nn.conv1d(tf.ones((1, n, 1)), tf.ones((f, 1, 1)), s, padding).shape[1]


def _connections(n: int, f: int, s: int, padding: Padding) -> np.ndarray:
    """Return which output rows (down) react to which input rows (across): the operation's answer to impulses."""
    impulses = tf.eye(n)[:, :, None]
    return np.asarray(tf.nn.conv1d(impulses, tf.ones((f, 1, 1)), s, padding))[:, :, 0].T > 0


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_rows_that_a_neuron_sees_are_those_whose_impulses_reach_it(padding: Padding) -> None:
    for n, f, s in SIZES:
        if padding == "VALID" and f > n:
            continue
        for i, seen in enumerate(_connections(n, f, s, padding)):
            assert list(receptive_rows(i, f, s, n, padding)) == np.flatnonzero(seen).tolist(), (n, f, s, i)


def test_padding_is_where_the_operation_puts_it() -> None:
    for n, f, s in SIZES:
        padded = tf.pad(_normal(1, n, 1, seed=n), [(0, 0), same_pad(n, f, s), (0, 0)])
        kernel = _normal(f, 1, 1, seed=f)
        expected = tf.nn.conv1d(_normal(1, n, 1, seed=n), kernel, s, "SAME")
        # Where the last field ends before the input does, the rest is left out, as VALID does.
        np.testing.assert_allclose(tf.nn.conv1d(padded, kernel, s, "VALID"), expected, atol=1e-5)


@pytest.mark.parametrize(("stride", "padding"), STRIDES)
def test_outputs_and_gradients_are_those_of_the_operation(stride: int, padding: Padding) -> None:
    x, w, b = (_normal(*s, seed=7, dtype="float64") for s in ((2, 13, 10, 3), (6, 4, 3, 5), (5,)))
    results = []
    for function in (conv2d, lambda x, w, b, *how: tf.nn.conv2d(x, w, *how) + b):
        with tf.GradientTape() as tape:
            tape.watch([x, w, b])
            z = function(x, w, b, stride, padding)
            loss = tf.reduce_sum(z * tf.reshape(tf.cos(tf.range(tf.size(z), dtype=tf.float64)), z.shape))
        results.append([z, *tape.gradient(loss, [x, w, b])])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_a_kernel_of_one_pixel_is_a_dense_layer_for_each() -> None:
    x, w, b = _normal(2, 4, 3, 5, seed=0), _normal(1, 1, 5, 6, seed=1), _normal(6, seed=2)
    np.testing.assert_allclose(conv2d(x, w, b), tf.tensordot(x, w[0, 0], 1) + b, rtol=1e-5, atol=1e-6)


def test_instances_may_be_of_any_number_when_traced() -> None:
    w, b = _normal(3, 3, 2, 4, seed=1), _normal(4, seed=2)
    traced = tf.function(lambda x: conv2d(x, w, b, 2), input_signature=[tf.TensorSpec([None, 6, 7, 2])])
    for m in (1, 5):
        x = _normal(m, 6, 7, 2, seed=m)
        np.testing.assert_allclose(traced(x), tf.nn.conv2d(x, w, 2, "SAME") + b, rtol=1e-4, atol=1e-5)


def test_pixels_may_be_whole_numbers() -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(1, 4, 4, 3)
    w, b = _normal(3, 3, 3, 2, seed=1), tf.zeros(2)
    expected = tf.nn.conv2d(pixels.astype(np.float32), w, 1, "SAME")
    np.testing.assert_allclose(conv2d(pixels, w, b), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("stride", "padding"), STRIDES)
def test_a_layer_has_the_shape_and_the_parameters_of_keras_s(stride: int, padding: Padding) -> None:
    layer = keras.layers.Conv2D(8, (3, 5), strides=stride, padding=padding.lower())
    layer.build((None, 28, 30, 4))
    size = layer_size((28, 30, 4), (3, 5), 8, stride, padding)
    assert size["output_shape"] == layer.compute_output_shape((None, 28, 30, 4))[1:]
    assert size["parameters"] == layer.count_params()
