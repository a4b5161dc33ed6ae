"""The time series of the reference against NumPy, Keras and a recurrence; what the sheet plots is what it computes."""

from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.inputs.callables import causal_model
from grader.vocabulary import known_words
from reference_impl.m4_recurrent_networks.m4q05_time_series import (
    build_series_rnn,
    generate,
    make_batch,
    project_outputs,
    train_series,
    train_step,
)
from reference_impl.mistakes.m4_recurrent_networks.m4q05_time_series import train_step__summed_over_steps


def series(t):
    return t * np.sin(t) / 3 + 2 * np.sin(5 * t)


#: f(t) = Σ cⱼ f(t − 0.1j): t·sin(t) has the roots e^{±0.1i} twice, sin(5t) has e^{±0.5i}.
RECURRENCE = (-np.poly([*np.exp([0.1j, -0.1j] * 2), *np.exp([0.5j, -0.5j])]).real[1:]).tolist()


def test_windows_are_pieces_of_the_series():
    X, y = make_batch(3, 40, 20)
    whole = np.concatenate([X, y[:, -1:]], axis=1)[..., 0].astype(np.float64)
    predicted = sum(c * whole[:, 5 - j : 20 - j] for j, c in enumerate(RECURRENCE))
    np.testing.assert_allclose(predicted, whole[:, 6:], atol=2e-3)
    starts = tf.random.stateless_uniform((40, 1), seed=[3, 0]).numpy().astype(np.float64) * 28
    np.testing.assert_allclose(X[..., 0], series(starts + 0.1 * np.arange(20)), atol=2e-4)


def test_the_projection_is_a_dense_layer_at_each_step():
    rng = np.random.default_rng(0)
    H, W, b = (rng.normal(size=size).astype(np.float32) for size in ((4, 6, 5), (5, 2), (2,)))
    dense = keras.layers.Dense(2)
    dense.build((None, 5))
    dense.set_weights([W, b])
    np.testing.assert_allclose(project_outputs(H, W, b), keras.layers.TimeDistributed(dense)(H), rtol=1e-5, atol=1e-6)


def test_the_network_is_its_equations():
    model = build_series_rnn(7, seed=2)
    Wx, Wy, b, V, c = model.get_weights()
    X = np.random.default_rng(1).normal(size=(3, 11, 1)).astype(np.float32)
    Y = np.zeros((3, 7), np.float32)
    for t in range(11):
        Y = np.maximum(X[:, t] @ Wx + Y @ Wy + b, 0)
        np.testing.assert_allclose(model(X)[:, t], Y @ V + c, rtol=1e-4, atol=1e-5)


def test_a_step_is_that_of_a_compiled_model():
    X, y = make_batch(5, 8, 20)
    own, compiled = build_series_rnn(6, seed=1), build_series_rnn(6, seed=1)
    optimizer = keras.optimizers.Adam(0.01)
    compiled.compile(keras.optimizers.Adam(0.01), "mse")
    for _ in range(3):
        loss = train_step(own, optimizer, X, y)
        np.testing.assert_allclose(loss, compiled.train_on_batch(X, y), rtol=1e-4)
        compiled.reset_metrics()
    for one, other in zip(own.get_weights(), compiled.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_model_that_knows_the_recurrence_continues_the_series():
    t = 5 + 0.1 * np.arange(60)
    continued = generate(causal_model(RECURRENCE), series(t[:20]).astype(np.float32), 40)
    np.testing.assert_allclose(continued[:30], series(t[:30]), atol=0.02)
    np.testing.assert_allclose(continued, series(t), atol=0.3)


@pytest.fixture(scope="module")
def figures():
    question = load_bank(default_location(), known_words(), ["m4q05"]).questions["m4q05"]
    return {figure.id: figure.with_ for figure in question.spec.figures}


@cache
def measured():
    """Train as `train_series(300, seed=0)` does; return the model and its error on 1000 other windows now and then."""
    X, y = make_batch(10**6, 1000, 20)
    model, optimizer, errors, losses = build_series_rnn(100, seed=0), keras.optimizers.Adam(0.001), {}, []
    step = tf.function(train_step)
    for iteration in range(301):
        if iteration % 20 == 0:
            errors[iteration] = float(tf.reduce_mean(tf.square(model(X) - y)))
        if iteration < 300:
            losses.append(float(step(model, optimizer, *make_batch(iteration, 50, 20))))
    persistence = float(tf.reduce_mean(tf.square(X - y)))
    return model, errors, persistence, losses


def test_the_training_measured_is_that_of_the_reference():
    _, losses = train_series(10, seed=0)
    np.testing.assert_allclose(measured()[3][:10], losses, rtol=1e-3)


def test_the_learning_curve_on_the_sheet_is_measured(figures):
    _, errors, persistence, _ = measured()
    curve, line = figures["learning"]["series"]
    shown = dict(map(tuple, curve["points"]))
    assert len(shown) == 15
    assert shown == pytest.approx({at: errors[at] for at in shown}, rel=0.1)
    assert [y for _, y in line["points"]] == pytest.approx([persistence] * 2, abs=0.01)


def test_the_predictions_on_the_sheet_are_the_trained_networks(figures):
    start, shown = figures["window"]["start"], figures["window"]["predictions"]
    window = series(start + 0.1 * np.arange(20)).astype(np.float32)[None, :, None]
    # Rounding adds up over 300 steps, differently on another machine.
    np.testing.assert_allclose(shown, np.asarray(measured()[0](window))[0, :, 0], atol=0.15)


def test_the_continuation_on_the_sheet_is_the_trained_networks(figures):
    true, own = (np.array(one["points"]) for one in figures["continued"]["series"])
    np.testing.assert_allclose(true[:, 1], series(true[:, 0]), atol=0.01)
    continued = generate(measured()[0], series(true[:20, 0]).astype(np.float32), len(own) - 1)
    np.testing.assert_allclose(own[:, 0], true[19:, 0])
    # Small differences add up; what the alternative text says of it stays true.
    np.testing.assert_allclose(own[:10, 1], continued[19:29], atol=0.3)
    np.testing.assert_allclose(own[:, 1], continued[19:], atol=1.5)


def test_the_log_in_the_notes_is_that_of_errors_summed_over_the_steps():
    """379.586 at the start and 14.58 after 100 iterations are 20 times what the printed loss gives."""
    first, later = [], []
    for seed in range(5):
        losses = train_series(101, seed)[1]
        first.append(losses[0])
        later.append(losses[100])
    assert 20 * min(first) < 379.586 < 20 * max(first)
    assert max(first) < 40
    assert 20 * min(later) < 14.58426 < 20 * max(later) * 1.5
    X, y = make_batch(1, 50, 20)
    model = build_series_rnn(5, seed=0)
    mean, summed = (
        float(step(build_series_rnn(5, seed=0), keras.optimizers.SGD(0.0), X, y))
        for step in (train_step, train_step__summed_over_steps)
    )
    assert summed == pytest.approx(20 * mean, rel=1e-5)
    assert mean == pytest.approx(float(keras.losses.MeanSquaredError()(y, model(X))), rel=1e-5)
