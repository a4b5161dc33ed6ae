"""The references of m2q01 against TensorFlow's and Keras's own operations, and the numbers of the sheet."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.vocabulary import known_words
from reference_impl.m2_deep_networks.m2q01_vanishing_exploding import (
    clip_gradients,
    diagnose,
    layer_gradient_norms,
    leaky_relu,
)
from reference_impl.mistakes.m2_deep_networks.m2q01_vanishing_exploding import (
    clip_gradients__always_by_value,
    layer_gradient_norms__of_weights,
)

RNG = np.random.default_rng(6)
#: The lines of the sheet's figure.
DRAWN = {
    "ReLU, weights too large": ("relu", 3.0),
    "ReLU, He": ("relu", 2**0.5),
    "tanh, Xavier": ("tanh", 1.0),
    "logistic, Xavier": ("logistic", 1.0),
}


@pytest.mark.parametrize(("activation", "function"), [("logistic", "sigmoid"), ("tanh", "tanh"), ("relu", "relu")])
def test_the_norms_are_those_of_a_keras_network(activation: str, function: str) -> None:
    """The gradient with respect to z is that with respect to a bias that is added to each instance's z."""
    width, factor = 6, 1.3
    X = tf.random.stateless_normal((64, width), [9, 0])
    layers = [keras.layers.Dense(width, function, use_bias=False) for _ in range(3)]
    a = X
    for number, layer in enumerate(layers, start=1):
        layer.build(X.shape)
        layer.kernel.assign(tf.random.stateless_normal((width, width), [9, number]) * factor / 6**0.5)
    shifts = [tf.zeros_like(X) for _ in layers]
    with tf.GradientTape() as tape:
        tape.watch(shifts)
        for layer, shift in zip(layers, shifts, strict=True):
            a = layer.activation(a @ layer.kernel + shift)
        cost = tf.reduce_sum(tf.square(a)) / 2 / 64
    wanted = [np.linalg.norm(gradient) for gradient in tape.gradient(cost, shifts)]
    np.testing.assert_allclose(layer_gradient_norms(activation, factor, 3, width, seed=9), wanted, rtol=1e-5)


def test_the_sheet_draws_what_is_computed_and_diagnosed() -> None:
    question = load_bank(default_location(), known_words(), ["m2q01"]).questions["m2q01"]
    figure = next(figure for figure in question.spec.figures if figure.id == "norms")
    names = {}
    for series in figure.with_["series"]:
        norms = layer_gradient_norms(*DRAWN[series["label"]], 12)
        np.testing.assert_allclose([y for _, y in series["points"]], np.log10(norms), atol=0.006)
        names[series["label"]] = diagnose(norms)
    assert list(names.values()) == ["exploding", "healthy", "healthy", "vanishing"]


def test_with_relu_the_weights_gradients_hide_what_the_errors_show() -> None:
    shares = [[float(n[0] / n[-1]) for n in (norms("relu", factor, 12) for factor in (2**0.5, 3.0))]
              for norms in (layer_gradient_norms__of_weights, layer_gradient_norms)]  # fmt: skip
    assert shares[0][0] == pytest.approx(shares[0][1], rel=1e-3)
    assert shares[1][1] > 1000 * shares[1][0]


@pytest.mark.parametrize("threshold", [0.5, 3.0, 50.0])
def test_clipping_is_tensorflows(threshold: float) -> None:
    grads = [tf.constant(RNG.normal(0, 3, shape)) for shape in ((4, 3), (5,), ())]
    wanted = {
        "value": [tf.clip_by_value(g, -threshold, threshold) for g in grads],
        "norm": [tf.clip_by_norm(g, threshold) for g in grads],
        "global_norm": tf.clip_by_global_norm(grads, threshold)[0],
    }
    for method, expected in wanted.items():
        for got, other in zip(clip_gradients(grads, method, threshold), expected, strict=True):
            np.testing.assert_allclose(got, other, rtol=1e-12)


@pytest.mark.parametrize(("method", "argument"), [
    ("value", "clipvalue"), ("norm", "clipnorm"), ("global_norm", "global_clipnorm"),
])  # fmt: skip
def test_clipping_is_what_keras_optimizers_do(method: str, argument: str) -> None:
    grads = [tf.constant(RNG.normal(0, 3, shape), tf.float32) for shape in ((2, 3), (4,))]
    variables = [tf.Variable(tf.zeros_like(g)) for g in grads]
    keras.optimizers.SGD(1.0, **{argument: 1.5}).apply_gradients(zip(grads, variables, strict=True))
    for got, variable in zip(clip_gradients(grads, method, 1.5), variables, strict=True):
        np.testing.assert_allclose(got, -variable.numpy(), rtol=1e-5)


def test_by_value_a_gradient_turns_and_by_norm_it_does_not() -> None:
    gradient = np.array([0.9, 100.0])

    def cosine(clipped: list) -> float:
        [part] = [np.asarray(each) for each in clipped]
        return float(part @ gradient / np.linalg.norm(part) / np.linalg.norm(gradient))

    assert cosine(clip_gradients([gradient], "norm", 1.0)) == pytest.approx(1.0, abs=1e-12)
    assert cosine(clip_gradients__always_by_value([gradient], "norm", 1.0)) == pytest.approx(0.749, abs=1e-3)


def test_slices_that_name_a_row_twice_stand_for_their_sum() -> None:
    slices = tf.IndexedSlices([[3.0, 0.0], [1.0, 0.0]], [1, 1], [3, 2])
    [clipped] = clip_gradients([slices], "global_norm", 2.0)
    np.testing.assert_allclose(clipped, [[0, 0], [2, 0], [0, 0]])


@pytest.mark.parametrize("alpha", [0.0, 0.01, 0.3, 1.0])
def test_the_leaky_relu_is_keras_layer(alpha: float) -> None:
    z = RNG.normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_allclose(leaky_relu(z, alpha), keras.layers.LeakyReLU(negative_slope=alpha)(z), rtol=1e-6)


def test_clipping_nothing_gives_nothing() -> None:
    assert clip_gradients([], "global_norm", 1.0) == []
    assert clip_gradients([None], "global_norm", 1.0) == [None]
