"""Ada's logic: other connections than the usual ones, and XOR by way of OR and AND."""

import itertools

import numpy as np
import tensorflow as tf


def mp_layer(signals, connections, k=2):
    connections = np.asarray(connections)
    if not np.issubdtype(connections.dtype, np.integer):
        raise ValueError("connections are counted in whole numbers")
    if len(signals.shape) != 2 or connections.ndim != 2 or signals.shape[1] != connections.shape[0]:
        raise ValueError("the sizes do not match")
    if tf.executing_eagerly() and any(value not in (0, 1) for value in np.ravel(signals)):
        raise ValueError("signals are 0 or 1")
    total = tf.einsum("bi,ij->bj", tf.cast(signals, tf.float64), tf.constant(connections, tf.float64))
    return tf.where(total < float(k), 0, 1)


def gate_weights(gate):
    if gate == "identity":
        return np.array([[3]])
    if gate == "and":
        return tf.ones((2, 1), tf.int32)
    if gate == "or":
        return np.full((2, 1), 5)
    if gate == "and_not":
        return np.array([[4], [-3]], dtype=np.int64)
    raise ValueError("no such gate: " + gate)


def truth_table(layers, n):
    if n < 1 or len(layers) == 0:
        raise ValueError("at least one input and one layer")
    outputs = np.zeros(2**n, dtype=int)
    for position, row in enumerate(itertools.product((0, 1), repeat=n)):
        signals = np.array(row)
        for layer in layers:
            if layer.shape[0] != len(signals):
                raise ValueError("the layers do not fit")
            signals = (signals @ layer >= 2).astype(int)
        if len(signals) != 1:
            raise ValueError("one output neuron, please")
        outputs[position] = signals[0]
    return outputs


def xor_net():
    # First "A or B" and "A and B", then "the one and not the other".
    return (np.array([[2, 1], [2, 1]]), np.array([[2], [-2]]))
