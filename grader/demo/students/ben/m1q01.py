"""Ben's neurons, learnt from the course notes."""

import numpy as np
import tensorflow as tf


def artificial_neuron(x, threshold):
    x = tf.convert_to_tensor(x)
    if len(x.shape) == 0 or x.shape[-1] == 0:
        raise ValueError("no inputs")
    if tf.executing_eagerly() and not np.isin(x.numpy(), [0, 1]).all():
        raise ValueError("not binary")
    # "more than a certain number of its inputs"
    return tf.cast(tf.reduce_sum(tf.cast(x, tf.int32), axis=-1) > threshold, tf.int32)


def fires(signals, window, threshold):
    if window < 1 or threshold < 1 or len(signals.shape) != 2:
        raise ValueError("bad input")
    total = tf.cumsum(tf.reduce_sum(tf.cast(signals, tf.int32), axis=1))
    return total >= threshold


def proposition_network(table):
    n = int(np.log2(len(table))) if len(table) else 0
    if n < 1 or 2**n != len(table) or set(table) - {0, 1}:
        raise ValueError("table")
    rows = [row for row in range(2**n) if table[row]]
    W1 = np.zeros((n, len(rows)), int)
    t1 = np.zeros(len(rows), int)
    for j, row in enumerate(rows):
        for i in range(n):
            if row >> (n - 1 - i) & 1:
                W1[i, j] = 1
                t1[j] += 1
    return W1, t1, np.ones(len(rows), int), 1


def run_network(net, x):
    W1, t1, w2, t2 = net
    x = tf.cast(x, tf.int32)
    if len(x.shape) != 2 or x.shape[1] != len(W1):
        raise ValueError("x")
    if tf.executing_eagerly() and (x.numpy() > 1).any():
        raise ValueError("not binary")
    h = tf.cast(tf.matmul(x, tf.cast(W1, tf.int32)) >= tf.cast(t1, tf.int32), tf.int32)
    return tf.cast(tf.reduce_sum(h * tf.cast(w2, tf.int32), axis=1) >= t2, tf.int32)
