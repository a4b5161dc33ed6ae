"""The reference for hyper-parameters against Keras, NumPy, hand numbers and what training shows."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q09_hyperparameters import (
    build_from_hparams,
    count_parameters,
    funnel_sizes,
    grid_search,
    grow_depth,
)

GOOD = {"n_inputs": 4, "n_outputs": 3, "n_hidden": 2, "n_neurons": 6, "task": "classification"}


def from_table(losses):
    """A training that gives the losses by depth, and the list of the depths it was asked for."""
    asked = []

    def train(depth):
        asked.append(depth)
        return losses[depth - 1]

    return train, asked


@pytest.mark.parametrize("sizes", [[784, 300, 100, 10], [5, 3], [1, 1], [7, 2, 9, 4, 1]])
def test_parameters_are_those_that_keras_makes(sizes):
    model = keras.Sequential([keras.Input((sizes[0],)), *(keras.layers.Dense(size) for size in sizes[1:])])
    assert count_parameters(sizes) == model.count_params()


def test_the_mnist_funnel_has_266610_parameters():
    assert count_parameters([784, 300, 100, 10]) == 235500 + 30100 + 1010 == 266610


@pytest.mark.parametrize("sizes", [[], [3], [3, 0], [0, 3], [3, -1, 2]])
def test_sizes_without_a_network_are_refused(sizes):
    with pytest.raises(ValueError, match="positive"):
        count_parameters(sizes)


@pytest.mark.parametrize(("n_inputs", "n_outputs"), [(784, 10), (1000, 2), (50, 1), (4096, 3)])
@pytest.mark.parametrize("n_hidden", [0, 1, 2, 5])
def test_funnels_are_numpy_geometric_sequences(n_inputs, n_outputs, n_hidden):
    sizes = funnel_sizes(n_inputs, n_outputs, n_hidden)
    assert sizes == np.rint(np.geomspace(n_inputs, n_outputs, n_hidden + 2)[1:-1]).astype(int).tolist()
    whole = [n_inputs, *sizes, n_outputs]
    assert whole == sorted(set(whole), reverse=True)
    assert all(type(size) is int for size in sizes)


@pytest.mark.parametrize(("n_hidden", "sizes"), [(1, [89]), (2, [183, 43]), (3, [263, 89, 30])])
def test_funnels_of_mnist(n_hidden, sizes):
    assert funnel_sizes(784, 10, n_hidden) == sizes


@pytest.mark.parametrize("bad", [(10, 10, 1), (5, 10, 1), (10, 0, 1), (0, -1, 1), (10, 5, -1)])
def test_what_is_no_funnel_is_refused(bad):
    with pytest.raises(ValueError, match=r"funnel|hidden"):
        funnel_sizes(*bad)


@pytest.mark.parametrize(("task", "by_hand"), [
    ("classification", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
    ("multilabel", lambda z: 1 / (1 + np.exp(-z))),
    ("regression", lambda z: z),
])  # fmt: skip
def test_the_network_computes_what_numpy_computes_with_its_weights(task, by_hand):
    model = build_from_hparams({**GOOD, "task": task})
    x = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    weights = model.get_weights()
    a = x
    for W, b in zip(weights[0:-2:2], weights[1:-2:2], strict=True):
        a = np.maximum(a @ W + b, 0)
    np.testing.assert_allclose(model(x), by_hand(a @ weights[-2] + weights[-1]), rtol=1e-4, atol=1e-6)
    assert len(weights) == 2 * (GOOD["n_hidden"] + 1)
    assert model.count_params() == count_parameters([4, 6, 6, 3])


def test_softmax_halves_two_labels_that_are_both_present():
    outputs = {}
    for task in ("classification", "multilabel"):
        model = build_from_hparams({**GOOD, "n_inputs": 3, "n_hidden": 0, "task": task})
        model.set_weights([np.eye(3), np.zeros(3)])
        outputs[task] = model(np.array([[5.0, 5.0, -5.0]])).numpy()[0]
    np.testing.assert_allclose(outputs["classification"], [0.5, 0.5, 0.0], atol=5e-5)
    np.testing.assert_allclose(outputs["multilabel"], [0.993, 0.993, 0.007], atol=5e-4)


def test_hidden_kernels_have_the_spread_of_he():
    model = build_from_hparams({**GOOD, "n_inputs": 400, "n_neurons": 300})
    kernel = model.get_weights()[0]
    wanted = math.sqrt(2 / 400)
    # 120 000 draws: the standard error is 0.2 %. Truncated at two standard deviations of the normal before.
    assert kernel.std() == pytest.approx(wanted, rel=0.01)
    assert 1.9 < np.abs(kernel).max() / (wanted / 0.87962566) <= 2.0 + 1e-6


def test_the_model_is_open_to_any_batch_and_not_compiled():
    model = build_from_hparams(GOOD)
    assert model.input_shape == (None, 4)
    assert model.output_shape == (None, 3)
    assert not model.compiled


@pytest.mark.parametrize("change", [{"task": "ranking"}, {"n_hidden": -1}, {"n_neurons": 0}, {"n_inputs": 0}])
def test_bad_hyper_parameters_are_refused(change):
    with pytest.raises(ValueError, match=r"task is|too small"):
        build_from_hparams({**GOOD, **change})


@pytest.mark.parametrize("key", sorted(GOOD))
def test_a_missing_hyper_parameter_is_named(key):
    with pytest.raises(ValueError, match=key):
        build_from_hparams({name: value for name, value in GOOD.items() if name != key})


@pytest.mark.parametrize(("losses", "patience", "best", "trained"), [
    ([0.5, 0.3, 0.35, 0.1], 1, 2, 3),
    ([0.5, 0.3, 0.35, 0.1], 2, 4, 4),
    ([0.5, 0.5, 0.4], 1, 1, 2),
    ([0.5, math.nan, 0.4], 1, 1, 2),
    ([0.5, math.nan, 0.4], 2, 3, 3),
    ([math.nan, math.inf, 0.4], 2, 1, 2),
    ([0.5, 0.4, 0.3], 1, 3, 3),
])  # fmt: skip
def test_growing_stops_where_it_should(losses, patience, best, trained):
    train, asked = from_table(losses)
    assert grow_depth(train, len(losses), patience) == (best, losses[:trained])
    assert asked == list(range(1, trained + 1))


def test_growing_agrees_with_the_definition_on_every_short_sequence_of_losses():
    """Whatever the losses, as a plain reading of the words has it: find the end first, then the best before it."""
    levels = [0.1, 0.2, math.nan]
    for number in range(3**4):
        losses = [levels[number // 3**i % 3] for i in range(4)]
        improves = [loss < min([one for one in losses[:i] if one == one], default=math.inf)
                    for i, loss in enumerate(losses)]  # fmt: skip
        for patience in (1, 2, 3):
            ends = [i + 1 for i in range(4) if i + 1 >= patience and not any(improves[i + 1 - patience : i + 1])]
            end = ends[0] if ends else 4
            best = max((i + 1 for i in range(end) if improves[i]), default=1)
            train, asked = from_table(losses)
            assert grow_depth(train, 4, patience)[0] == best
            assert len(asked) == end


@pytest.mark.parametrize(("max_depth", "patience"), [(0, 1), (3, 0), (-1, 1)])
def test_a_search_of_nothing_is_refused(max_depth, patience):
    with pytest.raises(ValueError, match="at least 1"):
        grow_depth(lambda depth: 0.0, max_depth, patience)


def test_the_grid_is_searched_row_by_row():
    table = np.array([[3.0, 2.0], [0.5, 4.0], [9.0, 0.5]])
    best, losses = grid_search(lambda hp: table[hp["row"], hp["column"]], {"row": [0, 1, 2], "column": [0, 1]})
    assert losses == table.ravel().tolist()
    assert best == {"row": 1, "column": 0}


def test_nan_is_best_only_among_its_own():
    assert grid_search(lambda hp: [math.nan, 7.0][hp["i"]], {"i": [0, 1]})[0] == {"i": 1}
    assert grid_search(lambda hp: math.nan, {"i": [4, 5]})[0] == {"i": 4}


def test_a_training_that_spoils_its_setting_spoils_nothing_else():
    best, _ = grid_search(lambda hp: hp.pop("a"), {"a": [2, 1]})
    assert best == {"a": 1}


@pytest.mark.parametrize("grid", [{}, {"a": []}, {"a": [1], "b": []}])
def test_an_empty_grid_is_refused(grid):
    with pytest.raises(ValueError, match="values"):
        grid_search(lambda hp: 0.0, grid)


def test_with_layers_neurons_and_activation_fixed_the_learning_rate_decides():
    """The measurement that the question quotes: a sine, two hidden layers of 30, 300 steps of gradient descent."""
    rng = np.random.default_rng(0)
    X, X_val = (rng.uniform(-3, 3, (100, 1)).astype(np.float32) for _ in range(2))

    def validation_loss(hp):
        keras.utils.set_random_seed(0)
        model = build_from_hparams(
            {"n_inputs": 1, "n_outputs": 1, "n_hidden": 2, "n_neurons": 30, "task": "regression"}
        )
        optimizer = keras.optimizers.SGD(hp["learning_rate"])

        @tf.function
        def step():
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(X) - tf.sin(X)))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

        for _ in range(300):
            step()
        return float(tf.reduce_mean(tf.square(model(X_val) - tf.sin(X_val))))

    best, [crawls, learns, diverges] = grid_search(validation_loss, {"learning_rate": [1e-4, 1e-2, 1.0]})
    assert best == {"learning_rate": 1e-2}
    assert 0.15 < crawls < 0.22
    assert 0.06 < learns < 0.12
    assert math.isnan(diverges)
