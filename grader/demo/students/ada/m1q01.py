"""Ada's neurons, in NumPy where nothing is traced; her networks start from the rows that are false."""

import numpy as np
import tensorflow as tf


def artificial_neuron(inputs, k):
    inputs = tf.convert_to_tensor(inputs)
    if inputs.shape.ndims == 0 or inputs.shape[-1] == 0:
        raise ValueError("a neuron needs inputs")
    if tf.executing_eagerly():
        values = inputs.numpy()
        if not np.isin(values, [0, 1]).all():
            raise ValueError("inputs are binary")
    on = tf.math.count_nonzero(inputs, axis=-1, dtype=tf.int32)
    return tf.where(on >= k, 1, 0)


def fires(signals, window, threshold):
    if window < 1:
        raise ValueError("window")
    if threshold < 1:
        raise ValueError("threshold")
    signals = tf.convert_to_tensor(signals)
    if len(signals.shape) != 2:
        raise ValueError("signals must be (T, n)")
    counts = tf.reduce_sum(tf.cast(signals, tf.float32), axis=1)
    padded = tf.pad(counts, [[window - 1, 0]])
    length = tf.shape(counts)[0]
    rows = tf.range(length)[:, None] + tf.range(window)[None, :]
    return tf.reduce_sum(tf.gather(padded, rows), axis=1) >= float(threshold)


def proposition_network(table):
    table = list(table)
    n = 0
    while 2**n < len(table):
        n += 1
    if 2**n != len(table) or n == 0 or any(value not in (0, 1) for value in table):
        raise ValueError("not a truth table")
    # One neuron for each false row, silent on that row only; the output fires when none is silent.
    false_rows = [[int(digit) for digit in format(row, f"0{n}b")] for row, value in enumerate(table) if not value]
    W1 = np.zeros((n, len(false_rows)), dtype=np.int32)
    t1 = np.zeros(len(false_rows), dtype=np.int32)
    for j, bits in enumerate(false_rows):
        for i, bit in enumerate(bits):
            W1[i, j] = -1 if bit else 1
        t1[j] = 1 - sum(bits)
    return [W1, t1, np.full(len(false_rows), 3), np.int64(3 * len(false_rows))]


def run_network(net, x):
    W1, t1, w2, t2 = [np.asarray(part) for part in net]
    x = tf.convert_to_tensor(x)
    if x.shape.ndims != 2 or x.shape[1] != W1.shape[0]:
        raise ValueError("x does not fit the network")
    if tf.executing_eagerly() and not np.isin(x.numpy(), [0, 1]).all():
        raise ValueError("inputs are binary")
    sums = tf.matmul(tf.cast(x, tf.float64), tf.constant(W1, tf.float64))
    hidden = tf.cast(sums >= t1.astype(float), tf.float64)
    total = tf.reduce_sum(hidden * w2.astype(float), axis=1)
    return tf.cast(total >= float(t2), tf.int32)
