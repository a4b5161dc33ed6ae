"""Ada's logic."""

import itertools

import numpy as np
import tensorflow as tf


def mp_layer(x, W, threshold=2):
    W = np.asarray(W)
    if len(x.shape) != 2 or W.ndim != 2 or x.shape[1] != W.shape[0]:
        raise ValueError("shapes")
    if not np.issubdtype(W.dtype, np.integer):
        raise ValueError("W must hold whole numbers")
    total = tf.matmul(tf.cast(x, tf.float64), tf.constant(W, tf.float64))
    return tf.cast(tf.greater_equal(total, float(threshold)), tf.int32)


def gate_weights(name):
    if name == "identity":
        return np.array([[3]])
    if name == "and":
        return np.ones((2, 1), int)
    if name == "or":
        return np.array([[5], [5]])
    if name == "and_not":
        return np.array([[3], [-2]])
    raise ValueError("no such gate: " + name)


def truth_table(net, n_inputs):
    if n_inputs < 1:
        raise ValueError("at least one input")
    if np.shape(net[-1])[1] != 1:
        raise ValueError("one output")
    outputs = []
    for row in itertools.product([0, 1], repeat=n_inputs):
        signal = np.array([row])
        for W in net:
            signal = mp_layer(signal, W).numpy()
        outputs.append(int(signal[0, 0]))
    return outputs


def xor_net():
    # OR and AND first, then "OR and not AND"
    return (np.array([[2, 1], [2, 1]]), np.array([[2], [-2]]))
