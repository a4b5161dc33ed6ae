"""The perceptron of the reference against Scikit-Learn's rule in plain NumPy, hand numbers, theorems and search."""

from itertools import product

import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q03_perceptron import (
    ltu_layer,
    perceptron_update,
    step,
    train_perceptron,
)
from reference_impl.mistakes.m1_artificial_neurons.m1q03_perceptron import (
    train_perceptron__no_bias,
    train_perceptron__printed_sign,
)

PAIRS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0]}
XOR = [0, 1, 1, 0]


def column(targets):
    return np.array(targets, float)[:, np.newaxis]


def separable(m=100, margin=0.1, seed=0):
    """Points of the square on both sides of a line through it, none nearer to it than the margin; and that line."""
    rng = np.random.default_rng(seed)
    w, b = np.array([0.6, -0.8]), 0.3
    points = rng.uniform(-1, 1, (20 * m, 2))
    points = points[np.abs(points @ w + b) >= margin][:m]
    return points, column(points @ w + b > 0), w, b


def trained_by_hand(X, y, n_epochs, eta):
    """Rosenblatt's words for one unit: add a missed instance to the weights, take away one that fired wrongly."""
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(n_epochs):
        missed = 0
        for x, target in zip(X, y, strict=True):
            fires = sum(weight * signal for weight, signal in zip(w, x, strict=True)) + b >= 0
            if target and not fires:
                w, b, missed = w + eta * x, b + eta, missed + 1
            if fires and not target:
                w, b, missed = w - eta * x, b - eta, missed + 1
        errors.append(missed)
        if not missed:
            break
    return w, b, errors


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_steps_are_those_of_numpy(dtype):
    z = np.array([-np.inf, -2, -1e-30, -0.0, 0.0, 1e-30, 3, np.inf], dtype)
    assert np.array_equal(step(z), np.heaviside(z, 1))
    assert np.array_equal(step(z, "sign"), np.sign(z))
    assert step(z).dtype == step(z, "sign").dtype == dtype


def test_integers_become_float32_and_other_kinds_are_refused():
    assert step([-1, 0, 5]).dtype == tf.float32
    assert step([[-1], [0]], "sign").numpy().tolist() == [[-1], [0]]
    with pytest.raises(ValueError, match="relu"):
        step([1.0], "relu")


def test_a_unit_fires_on_one_side_of_its_line():
    # x + 2y = 2, written as a unit; the points of the line itself fire
    outputs = ltu_layer([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0], [3.0, 3.0], [1.9, 0.0]], [[1.0], [2.0]], [-2.0])
    assert outputs.numpy().ravel().tolist() == [0, 1, 1, 1, 0]


def test_a_layer_is_its_units_side_by_side():
    rng = np.random.default_rng(1)
    X, W, b = rng.normal(size=(9, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
    layer = ltu_layer(X, W, b, "sign").numpy()
    for i, j in product(range(9), range(3)):
        assert layer[i, j] == np.sign(sum(X[i, k] * W[k, j] for k in range(4)) + b[j])


@pytest.mark.parametrize(
    "shapes", [((3, 2), (2, 4), (3,)), ((3, 2), (4, 2), (4,)), ((2,), (2, 4), (4,)), ((3, 2), (2,), (1,))]
)
def test_sizes_that_do_not_fit_are_refused(shapes):
    with pytest.raises(ValueError, match=r"fit|matrices"):
        ltu_layer(*(np.zeros(shape) for shape in shapes))


def test_a_correction_moves_the_weighted_sum_by_the_length_of_the_instance():
    # z after − z before = η (y − ŷ) (‖x‖² + 1): the bias counts as an input that is 1
    rng = np.random.default_rng(2)
    W, b, x, y = rng.normal(size=(5, 40)), rng.normal(size=40), rng.normal(size=5), rng.integers(0, 2, 40).astype(float)
    new_W, new_b = perceptron_update(W, b, x, y, 0.3)
    z = x @ W + b
    moved = x @ new_W.numpy() + new_b.numpy() - z
    np.testing.assert_allclose(moved, 0.3 * (y - (z >= 0)) * (x @ x + 1), atol=1e-12)
    right = y == (z >= 0)
    assert 0 < right.sum() < 40
    assert np.array_equal(new_W.numpy()[:, right], W[:, right])


@pytest.mark.parametrize("bad", [{"eta": 0.0}, {"eta": -1.0}, {"x": np.zeros(3)}, {"y": np.zeros(2)}])
def test_a_step_that_makes_no_sense_is_refused(bad):
    good = {"W": np.zeros((2, 3)), "b": np.zeros(3), "x": np.ones(2), "y": np.ones(3), "eta": 0.1}
    with pytest.raises(ValueError, match=r"learning rate|fit"):
        perceptron_update(**good | bad)


def test_gates_learnt_together_are_gates_learnt_alone():
    y = np.stack([GATES["and"], GATES["or"], GATES["nand"]], axis=1).astype(float)
    W, b, errors = train_perceptron(PAIRS, y, 20, 0.5)
    for j in range(3):
        w_alone, b_alone, errors_alone = trained_by_hand(PAIRS, y[:, j], 20, 0.5)
        assert W.numpy()[:, j].tolist() == w_alone.tolist()
        assert float(b[j]) == b_alone
        assert len(errors_alone) <= len(errors)
    assert errors == [3, 4, 4, 2, 1, 0]


def test_training_is_rosenblatts():
    X, y, _, _ = separable(m=30, margin=0.05, seed=3)
    W, b, errors = train_perceptron(X, y, 12, 0.25)
    w_by_hand, b_by_hand, errors_by_hand = trained_by_hand(X, y[:, 0], 12, 0.25)
    np.testing.assert_allclose(W[:, 0], w_by_hand, rtol=1e-12)
    np.testing.assert_allclose(b[0], b_by_hand, rtol=1e-12)
    assert errors == errors_by_hand


def test_corrections_stay_within_novikoffs_bound():
    # at most (R / γ)² corrections, R the longest instance and γ the margin, both with the bias as an input
    X, y, w, b = separable(m=40, seed=4)
    with_bias = np.hstack([X, np.ones((len(X), 1))])
    line = np.append(w, b) / np.linalg.norm(np.append(w, b))
    margin = np.abs(with_bias @ line).min()
    longest = np.linalg.norm(with_bias, axis=1).max()
    W, b, errors = train_perceptron(X, y, 60, 1.0)
    assert errors[-1] == 0
    assert sum(errors) <= (longest / margin) ** 2
    assert np.array_equal(ltu_layer(X, W, b), y)


def test_xor_is_never_learnt_and_no_line_separates_it():
    _, _, errors = train_perceptron(PAIRS, column(XOR), 12, 0.5)
    assert len(errors) == 12
    assert min(errors) > 0
    weights = np.linspace(-3, 3, 25)
    w1, w2, b = np.meshgrid(weights, weights, weights)
    outputs = np.stack([x1 * w1 + x2 * w2 + b >= 0 for x1, x2 in PAIRS])
    assert not np.any(np.all(outputs == np.array(XOR)[:, None, None, None], axis=0))


def test_with_the_printed_sign_nothing_is_learnt_and_the_weights_grow():
    y = column(np.arange(100) % 2)
    X = np.random.default_rng(0).normal(size=(100, 2)) + np.where(y, 3.0, -3.0)
    W, _, errors = train_perceptron(X, y, 5, 0.1)
    printed_W, printed_b, printed_errors = train_perceptron__printed_sign(tf.constant(X), tf.constant(y), 5, 0.1)
    assert errors[-1] == 0
    assert printed_errors[-1] > 90
    right = np.mean(ltu_layer(X, printed_W, printed_b).numpy() == y)
    assert right < 0.1
    assert np.linalg.norm(printed_W) > 10 * np.linalg.norm(W)


@pytest.mark.parametrize("gate", GATES)
def test_without_a_bias_no_gate_is_learnt(gate):
    y = column(GATES[gate])
    W, _, errors = train_perceptron__no_bias(tf.constant(PAIRS), tf.constant(y), 10, 0.5)
    assert errors[-1] > 0
    lines = product(np.linspace(-2, 2, 41), repeat=2)
    best = max(np.mean((PAIRS @ np.array(line) >= 0) == y[:, 0]) for line in lines)
    assert np.mean(ltu_layer(PAIRS, W, np.zeros(1)).numpy() == y) <= best < 1


@pytest.mark.parametrize("y", [np.zeros(4), np.zeros((3, 1)), np.zeros((4, 1, 1))])
def test_targets_are_a_matrix_of_as_many_rows(y):
    with pytest.raises(ValueError, match="must be of shape"):
        train_perceptron(PAIRS, y, 3, 0.1)
