"""What students get wrong about logic with neurons, as running code."""

import numpy as np
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q02_logic import gate_weights, mp_layer, truth_table


def mp_layer__more_than_threshold(x, W, threshold=2):
    return mp_layer(x, W, threshold + 1)


def mp_layer__inhibition_ignored(x, W, threshold=2):
    return mp_layer(x, tf.abs(W), threshold)


def mp_layer__default_is_one(x, W, threshold=1):
    return mp_layer(x, W, threshold)


def mp_layer__any_weights(x, W, threshold=2):
    return tf.cast(tf.cast(x, tf.float32) @ tf.cast(W, tf.float32) >= threshold, tf.int32)


def mp_layer__returns_booleans(x, W, threshold=2):
    return tf.cast(mp_layer(x, W, threshold), tf.bool)


def gate_weights__or_single(name):
    return np.array([[1], [1]]) if name == "or" else gate_weights(name)


def gate_weights__and_not_single(name):
    return np.array([[1], [-1]]) if name == "and_not" else gate_weights(name)


def gate_weights__no_inhibition(name):
    return np.array([[2], [0]]) if name == "and_not" else gate_weights(name)


def gate_weights__any_name(name):
    return gate_weights(name) if name in ("identity", "or", "and_not") else gate_weights("and")


def truth_table__first_input_low(net, n_inputs):
    if n_inputs < 1:
        return truth_table(net, n_inputs)
    rows = np.array([[row >> i & 1 for i in range(n_inputs)] for row in range(2**n_inputs)])
    for W in net:
        rows = mp_layer(rows, W)
    return [int(v) for v in rows[:, 0]]


def truth_table__first_layer_only(net, n_inputs):
    if n_inputs < 1 or net[-1].shape[1] != 1:
        return truth_table(net, n_inputs)
    return truth_table([net[0][:, :1]], n_inputs)


def truth_table__wide_output(net, n_inputs):
    return truth_table([*net[:-1], net[-1][:, :1]], n_inputs)


def xor_net__inclusive_or():
    return [np.array([[2, 0], [0, 2]]), np.array([[2], [2]])]


def xor_net__single_layer():
    return [np.array([[2], [2]])]


def xor_net__no_inhibition():
    return [np.array([[2, 1], [1, 2]]), np.array([[2], [2]])]
