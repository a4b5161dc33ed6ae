"""The logic of the reference held to account by Keras, Python's own operators and exhaustive search."""

from itertools import product
from operator import and_, or_, xor

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q02_logic import gate_weights, mp_layer, truth_table, xor_net
from reference_impl.mistakes.m1_artificial_neurons.m1q02_logic import mp_layer__inhibition_ignored

PAIRS = list(product((0, 1), repeat=2))


def single_neurons(weights):
    """Return the truth tables of the neurons of two inputs with threshold 2 and the given weights, by arithmetic."""
    return [[int(a * x + b * y >= 2) for x, y in PAIRS] for a, b in product(weights, weights)]


@pytest.mark.parametrize("threshold", [0, 1, 2, 3])
def test_a_layer_is_a_dense_layer_with_a_bias_and_a_step(threshold):
    rng = np.random.default_rng(threshold)
    W, x = rng.integers(-3, 4, (6, 5)), rng.integers(0, 2, (40, 6))
    dense = keras.layers.Dense(5, activation=lambda z: keras.ops.cast(z > 0, "int32"))
    dense.build((None, 6))
    # A bias halfway between two whole numbers leaves no tie to be decided.
    dense.set_weights([W, np.full(5, 0.5 - threshold)])
    np.testing.assert_array_equal(mp_layer(x, W, threshold), dense(x.astype(np.float32)))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float64"])
def test_a_layer_takes_any_dtype_and_gives_int32(dtype):
    y = mp_layer(tf.constant(np.array(PAIRS, dtype)), [[1], [1]])
    assert y.dtype == tf.int32
    assert y.numpy().tolist() == [[0], [0], [0], [1]]


@pytest.mark.parametrize(
    ("x", "W"),
    [
        ([[1, 1]], [[0.5], [0.5]]),
        ([[1, 1]], [[2.0], [2.0]]),
        ([[1, 1]], [[1], [1], [1]]),
        ([1, 1], [[1], [1]]),
        ([[1, 1]], [1, 1]),
        ([[1, 2]], [[1], [1]]),
        ([[1.0, 0.5]], [[1], [1]]),
    ],
)
def test_a_layer_refuses_bad_input(x, W):
    with pytest.raises(ValueError, match=r"integers|fit|0 or 1"):
        mp_layer(x, W)


def test_a_layer_is_traced_without_its_batch():
    traced = tf.function(lambda x: mp_layer(x, [[2], [-1]]), input_signature=[tf.TensorSpec([None, 2], tf.int32)])
    assert traced(PAIRS).numpy().tolist() == [[0], [0], [1], [0]]
    assert traced(PAIRS[:1]).shape == (1, 1)


@pytest.mark.parametrize(("name", "function"), [("and", and_), ("or", or_), ("and_not", lambda a, b: a & ~b & 1)])
def test_the_gates_are_the_operators(name, function):
    assert truth_table([gate_weights(name)], 2) == [function(a, b) for a, b in PAIRS]


def test_the_identity_repeats_its_input():
    assert truth_table([gate_weights("identity")], 1) == [0, 1]


@pytest.mark.parametrize("name", ["nand", "", "AND", "not"])
def test_an_unknown_gate_is_refused(name):
    with pytest.raises(ValueError, match="identity, and, or, and_not"):
        gate_weights(name)


def test_the_first_input_is_the_most_significant_bit():
    for i in range(4):
        W = np.zeros((4, 1), int)
        W[i] = 2
        assert truth_table([W], 4) == [int(f"{row:04b}"[i]) for row in range(16)]


def test_two_of_three_is_the_majority():
    assert truth_table([np.ones((3, 1), int)], 3) == [int(sum(row) >= 2) for row in product((0, 1), repeat=3)]


def test_networks_put_one_after_the_other_compute_parity():
    first_two, _ = xor_net()
    # A xor B in two layers, C handed on by identities; then (A xor B) xor C.
    hand_on = np.array([[2, 0], [2, 0], [0, 2]])
    layers = [np.block([[first_two, np.zeros((2, 1), int)], [np.zeros((1, 2), int), np.array([[2]])]]), hand_on]
    assert truth_table([*layers, *xor_net()], 3) == [sum(row) % 2 for row in product((0, 1), repeat=3)]


@pytest.mark.parametrize(
    ("net", "n"),
    [
        ([np.array([[1], [1]])], 0),
        ([np.array([[1], [1]])], -1),
        ([np.array([[1], [1]])], 3),
        ([np.array([[1, 2], [1, 0]])], 2),
        ([np.array([[1], [1]]), np.array([[2], [2]])], 2),
        ([], 2),
    ],
)
def test_a_network_without_a_table_is_refused(net, n):
    with pytest.raises(ValueError, match=r"input|fit|one neuron"):
        truth_table(net, n)


def test_the_network_for_xor_computes_xor():
    net = xor_net()
    assert truth_table(net, 2) == [xor(a, b) for a, b in PAIRS]
    assert len(net) >= 2
    assert all(np.issubdtype(W.dtype, np.integer) for W in net)


def test_no_single_neuron_computes_xor():
    assert single_neurons(range(-8, 9)).count([0, 1, 1, 0]) == 0


def test_a_and_not_b_needs_inhibition():
    wanted = [0, 0, 1, 0]
    assert single_neurons(range(5)).count(wanted) == 0
    assert single_neurons(range(-4, 5)).count(wanted) == 9
    assert mp_layer(PAIRS, [[2], [-1]]).numpy()[:, 0].tolist() == wanted
    assert mp_layer__inhibition_ignored(PAIRS, [[2], [-1]]).numpy()[:, 0].tolist() == [0, 0, 1, 1]
