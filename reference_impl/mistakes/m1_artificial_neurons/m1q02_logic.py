"""What students get wrong about logic with neurons, as running code."""

import numpy as np
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q02_logic import gate_weights, mp_layer, truth_table


def mp_layer__more_than(x, W, threshold=2):
    return mp_layer(x, W, threshold + 1)


def mp_layer__inhibition_ignored(x, W, threshold=2):
    mp_layer(x, W, threshold)
    return mp_layer(x, tf.abs(W), threshold)


def mp_layer__links_not_counted(x, W, threshold=2):
    mp_layer(x, W, threshold)
    return mp_layer(x, tf.sign(W), threshold)


def mp_layer__default_is_one(x, W, threshold=1):
    return mp_layer(x, W, threshold)


def mp_layer__always_two(x, W, threshold=2):
    return mp_layer(x, W)


def mp_layer__any_weights(x, W, threshold=2):
    mp_layer(x, tf.cast(W, tf.int32), threshold)
    return tf.cast(tf.cast(x, tf.float32) @ tf.cast(W, tf.float32) >= threshold, tf.int32)


def mp_layer__any_inputs(x, W, threshold=2):
    x, W = tf.convert_to_tensor(x), tf.convert_to_tensor(W)
    if not W.dtype.is_integer or W.shape.rank != 2 or x.shape.rank != 2 or x.shape[1] != W.shape[0]:
        raise ValueError("bad input")
    return tf.cast(tf.cast(x, tf.int32) @ tf.cast(W, tf.int32) >= threshold, tf.int32)


def mp_layer__boolean_output(x, W, threshold=2):
    return mp_layer(x, W, threshold) == 1


def gate_weights__identity_single(name):
    return np.array([[1]]) if name == "identity" else gate_weights(name)


def gate_weights__and_double(name):
    return np.array([[2], [2]]) if name == "and" else gate_weights(name)


def gate_weights__or_single(name):
    return np.array([[1], [1]]) if name == "or" else gate_weights(name)


def gate_weights__and_not_single(name):
    return np.array([[1], [-1]]) if name == "and_not" else gate_weights(name)


def gate_weights__no_inhibition(name):
    return np.array([[2], [0]]) if name == "and_not" else gate_weights(name)


def gate_weights__inhibition_too_weak(name):
    return np.array([[3], [-1]]) if name == "and_not" else gate_weights(name)


def gate_weights__not_a(name):
    return np.array([[-1], [2]]) if name == "and_not" else gate_weights(name)


def gate_weights__vector(name):
    return gate_weights(name)[:, 0]


def gate_weights__float_weights(name):
    return gate_weights(name).astype(np.float32)


def gate_weights__key_error(name):
    return {gate: gate_weights(gate) for gate in ("identity", "and", "or", "and_not")}[name]


def gate_weights__any_name(name):
    return gate_weights(name if name in ("identity", "and", "or") else "and_not")


def truth_table__first_input_low(net, n_inputs):
    truth_table(net, n_inputs)
    signals = np.array([[row >> i & 1 for i in range(n_inputs)] for row in range(2**n_inputs)])
    for W in net:
        signals = mp_layer(signals, W)
    return [int(value) for value in signals[:, 0]]


def truth_table__first_layer_only(net, n_inputs):
    truth_table(net, n_inputs)
    return truth_table([net[0][:, :1]], n_inputs)


def truth_table__no_threshold_between(net, n_inputs):
    truth_table(net, n_inputs)
    product = net[0]
    for W in net[1:]:
        product = product @ W
    return truth_table([product], n_inputs)


def truth_table__no_first_row(net, n_inputs):
    return truth_table(net, n_inputs)[1:]


def truth_table__column(net, n_inputs):
    return [[value] for value in truth_table(net, n_inputs)]


def truth_table__wide_output(net, n_inputs):
    return truth_table([*net[:-1], net[-1][:, :1]], n_inputs) if net else truth_table(net, n_inputs)


def xor_net__inclusive_or():
    return [np.array([[2, 0], [0, 2]]), np.array([[2], [2]])]


def xor_net__single_layer():
    return [np.array([[2], [2]])]


def xor_net__never_both():
    return [np.array([[2, -1], [-1, 2]]), np.array([[1], [1]])]


def xor_net__no_inhibition():
    return [np.array([[2, 1], [1, 2]]), np.array([[2], [2]])]


def xor_net__one_sided():
    return [np.array([[2, 0], [-1, 0]]), np.array([[2], [2]])]


def xor_net__float_weights():
    return [np.array([[2.0, -1.0], [-1.0, 2.0]]), np.array([[2.0], [2.0]])]
