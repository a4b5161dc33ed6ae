"""The neurons of the reference held to account by counting, convolution, hand numbers and exhaustive search."""

from itertools import product
from math import comb

import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q01_neurons import (
    artificial_neuron,
    fires,
    proposition_network,
    run_network,
)
from reference_impl.mistakes.m1_artificial_neurons.m1q01_neurons import (
    artificial_neuron__more_than,
    proposition_network__no_inhibition,
)


def all_rows(n):
    return np.array(list(product((0, 1), repeat=n)))


def all_tables(n):
    return [list(table) for table in product((0, 1), repeat=2**n)]


def is_monotone(table):
    n = len(table).bit_length() - 1
    return all(table[row] <= table[row | 1 << bit] for row in range(len(table)) for bit in range(n))


@pytest.mark.parametrize("n", [1, 3, 6])
def test_a_neuron_fires_for_as_many_rows_as_the_binomials_say(n):
    for k in range(-1, n + 2):
        on = int(tf.reduce_sum(artificial_neuron(all_rows(n), k)))
        assert on == sum(comb(n, active) for active in range(max(k, 0), n + 1))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64"])
def test_a_neuron_takes_any_dtype_and_gives_int32(dtype):
    y = artificial_neuron(tf.constant(all_rows(2).astype(dtype)), 1)
    assert y.dtype == tf.int32
    assert y.numpy().tolist() == [0, 1, 1, 1]


def test_a_neuron_keeps_the_batch_axes():
    assert artificial_neuron(np.zeros((2, 3, 4)), 0).shape == (2, 3)
    assert artificial_neuron([1, 0, 1], 2).shape == ()


def test_at_least_two_and_not_more_than_two_makes_the_identity_network():
    connected_twice = tf.constant([[0, 0], [1, 1]])
    assert artificial_neuron(connected_twice, 2).numpy().tolist() == [0, 1]
    assert artificial_neuron__more_than(connected_twice, 2).numpy().tolist() == [0, 0]


@pytest.mark.parametrize("x", [[2], [-1, 0], [0.5], [float("nan")], 1, np.zeros((3, 0)), []])
def test_a_neuron_refuses_what_is_not_binary(x):
    with pytest.raises(ValueError, match=r"binary|input"):
        artificial_neuron(x, 1)


def test_a_neuron_is_traced_without_any_shape():
    traced = tf.function(artificial_neuron, input_signature=[tf.TensorSpec(None, tf.bool), tf.TensorSpec([], tf.int32)])
    assert traced(tf.constant([[True, True], [True, False]]), 2).numpy().tolist() == [1, 0]


@pytest.mark.parametrize("window", [1, 2, 7, 60, 500])
@pytest.mark.parametrize("threshold", [1, 4])
def test_firing_is_a_causal_convolution(window, threshold):
    signals = np.random.default_rng(window).random((60, 3)) < 0.25
    expected = np.convolve(signals.sum(axis=1), np.ones(window))[:60] >= threshold
    assert fires(tf.constant(signals), window, threshold).numpy().tolist() == expected.tolist()


def test_firing_by_hand():
    signals = tf.constant([[1, 0], [0, 1], [0, 0], [0, 0], [1, 1], [0, 1]])
    assert fires(signals, 2, 2).numpy().tolist() == [False, True, False, False, True, True]
    assert fires(signals, 1, 2).numpy().tolist() == [False, False, False, False, True, False]
    assert fires(signals, 6, 4).numpy().tolist() == [False, False, False, False, True, True]


def test_firing_of_nothing_is_nothing():
    fired = fires(tf.zeros([0, 4], tf.int32), 3, 1)
    assert (fired.shape, fired.dtype) == ((0,), tf.bool)


@pytest.mark.parametrize(
    ("signals", "window", "threshold"),
    [([[1]], 0, 1), ([[1]], 1, 0), ([[1]], -2, 1), ([1, 0], 1, 1), ([[[1]]], 1, 1), ([[2]], 1, 1)],
)
def test_firing_refuses_bad_settings_and_signals(signals, window, threshold):
    with pytest.raises(ValueError, match=r"at least 1|shape|binary"):
        fires(tf.constant(signals), window, threshold)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_proposition_has_its_network(n):
    for table in all_tables(n):
        net = proposition_network(table)
        assert run_network(net, all_rows(n)).numpy().tolist() == table
        assert net[0].shape == (n, sum(table))


def test_a_proposition_of_eight_inputs():
    table = np.random.default_rng(0).integers(0, 2, 256).tolist()
    assert run_network(proposition_network(table), all_rows(8)).numpy().tolist() == table


@pytest.mark.parametrize(("n", "right"), [(1, 3), (2, 6), (3, 20)])
def test_without_inhibition_only_the_monotone_propositions_come_out_right(n, right):
    computed = [
        run_network(proposition_network__no_inhibition(table), all_rows(n)).numpy().tolist() == table
        for table in all_tables(n)
    ]
    assert computed == [is_monotone(table) for table in all_tables(n)]
    assert sum(computed) == right  # Dedekind's numbers


def test_one_hidden_neuron_is_too_few_for_xor():
    rows = all_rows(2)
    hidden = {
        tuple((rows @ [a, b] >= t).astype(int).tolist())
        for a, b, t in product(range(-4, 5), range(-4, 5), range(-9, 10))
    }
    opposite = {tuple(1 - value for value in table) for table in hidden}
    # What follows a single hidden neuron can pass it on, turn it round or ignore it.
    assert len(hidden | opposite) == 14
    assert (0, 1, 1, 0) not in hidden | opposite


@pytest.mark.parametrize("table", [[], [1], [0, 1, 1], [0] * 6, [0, 2], [0, -1], [0, 0.5]])
def test_what_is_not_a_truth_table_is_refused(table):
    with pytest.raises(ValueError, match="truth table"):
        proposition_network(table)


def test_a_network_without_hidden_neurons_is_constant():
    nothing = (np.zeros((3, 0), int), np.zeros(0, int), np.zeros(0, int))
    assert not run_network((*nothing, 1), all_rows(3)).numpy().any()
    assert run_network((*nothing, 0), all_rows(3)).numpy().all()


def test_a_network_reaches_its_thresholds_exactly():
    majority_of_three = (np.ones((3, 1), int), np.array([2]), np.array([1]), 1)
    assert run_network(majority_of_three, all_rows(3)).numpy().tolist() == [0, 0, 0, 1, 0, 1, 1, 1]


@pytest.mark.parametrize("x", [[[0, 1, 1]], [0, 1], [[0, 2]], [[[0, 1]]]])
def test_a_network_refuses_other_inputs(x):
    with pytest.raises(ValueError, match=r"shape|binary"):
        run_network(proposition_network([0, 1, 1, 0]), x)
