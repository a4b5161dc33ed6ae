"""What students get wrong about neurons and networks of them, as running code."""

import numpy as np
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q01_neurons import (
    artificial_neuron,
    fires,
    proposition_network,
    run_network,
)


def artificial_neuron__more_than(x, threshold):
    return artificial_neuron(x, threshold + 1)


def artificial_neuron__exactly(x, threshold):
    artificial_neuron(x, threshold)
    return tf.cast(tf.reduce_sum(tf.cast(x, tf.int32), axis=-1) == threshold, tf.int32)


def artificial_neuron__batch_merged(x, threshold):
    artificial_neuron(x, threshold)
    return tf.cast(tf.reduce_sum(tf.cast(x, tf.int32)) >= threshold, tf.int32)


def artificial_neuron__first_axis(x, threshold):
    artificial_neuron(x, threshold)
    return tf.cast(tf.reduce_sum(tf.cast(x, tf.int32), axis=0) >= threshold, tf.int32)


def artificial_neuron__proportion(x, threshold):
    artificial_neuron(x, threshold)
    return tf.cast(tf.reduce_mean(tf.cast(x, tf.float32), axis=-1) >= threshold, tf.int32)


def artificial_neuron__boolean_output(x, threshold):
    return artificial_neuron(x, threshold) == 1


def artificial_neuron__dtype_of_input(x, threshold):
    return tf.cast(artificial_neuron(x, threshold), tf.convert_to_tensor(x).dtype)


def artificial_neuron__any_numbers(x, threshold):
    x = tf.cast(x, tf.int32)
    if x.shape.rank == 0 or x.shape[-1] == 0:
        raise ValueError("no inputs")
    return tf.cast(tf.reduce_sum(x, axis=-1) >= threshold, tf.int32)


def fires__more_than(signals, window, threshold):
    fires(signals, window, threshold)
    return fires(signals, window, threshold + 1)


def fires__window_too_long(signals, window, threshold):
    fires(signals, window, threshold)
    return fires(signals, window + 1, threshold)


def fires__no_window(signals, window, threshold):
    fires(signals, window, threshold)
    return tf.cumsum(tf.reduce_sum(tf.cast(signals, tf.int32), axis=1)) >= threshold


def fires__centred(signals, window, threshold):
    fires(signals, window, threshold)
    so_far = tf.cumsum(tf.pad(tf.reduce_sum(tf.cast(signals, tf.int32), axis=1), [[1, 0]]))
    length = tf.size(so_far) - 1
    start = tf.maximum(tf.range(length) - window // 2, 0)
    stop = tf.minimum(tf.range(length) + window // 2 + 1, length)
    return tf.gather(so_far, stop) - tf.gather(so_far, start) >= threshold


def fires__per_synapse(signals, window, threshold):
    fires(signals, window, threshold)
    return tf.reduce_any(_in_window(tf.cast(signals, tf.int32), window) >= threshold, axis=1)


def fires__synapses_once(signals, window, threshold):
    fires(signals, window, threshold)
    active = _in_window(tf.cast(signals, tf.int32), window) > 0
    return tf.reduce_sum(tf.cast(active, tf.int32), axis=1) >= threshold


def fires__reset_after_firing(signals, window, threshold):
    fires(signals, window, threshold)
    counts = tf.reduce_sum(tf.cast(signals, tf.int32), axis=1)

    def one_millisecond(state, count):
        recent = tf.concat([state[0][1:], count[tf.newaxis]], axis=0)
        fired = tf.reduce_sum(recent) >= threshold
        return tf.where(fired, tf.zeros_like(recent), recent), fired

    return tf.scan(one_millisecond, counts, (tf.zeros([window], tf.int32), tf.constant(False)))[1]


def fires__full_windows_only(signals, window, threshold):
    return fires(signals, window, threshold)[window - 1 :]


def fires__any_settings(signals, window, threshold):
    fires(signals, 1, 1)
    return _in_window(tf.reduce_sum(tf.cast(signals, tf.int32), axis=1), window) >= threshold


def _in_window(signals, window):
    so_far = tf.cumsum(signals, axis=0)
    before = tf.concat([tf.zeros_like(so_far[:window]), so_far[: tf.maximum(tf.shape(so_far)[0] - window, 0)]], axis=0)
    return so_far - before


def proposition_network__first_input_low(table):
    proposition_network(table)
    n = len(table).bit_length() - 1
    order = [int(f"{row:0{n}b}"[::-1], 2) for row in range(len(table))]
    return proposition_network([table[row] for row in order])


def proposition_network__threshold_is_n(table):
    W1, t1, w2, t2 = proposition_network(table)
    return W1, np.full_like(t1, W1.shape[0]), w2, t2


def proposition_network__no_inhibition(table):
    W1, t1, w2, t2 = proposition_network(table)
    return np.maximum(W1, 0), t1, w2, t2


def proposition_network__all_rows_needed(table):
    W1, t1, w2, _ = proposition_network(table)
    return W1, t1, w2, len(w2)


def proposition_network__never_true_fails(table):
    proposition_network(table)
    n = len(table).bit_length() - 1
    true_rows = np.stack([np.array([int(bit) for bit in f"{i:0{n}b}"]) for i, value in enumerate(table) if value])
    return (2 * true_rows - 1).T, true_rows.sum(axis=1), np.ones(len(true_rows), int), 1


def proposition_network__half_thresholds(table):
    W1, t1, w2, t2 = proposition_network(table)
    return W1, t1 - 0.5, w2, t2 - 0.5


def proposition_network__any_length(table):
    n = int(np.ceil(np.log2(max(2, len(table)))))
    return proposition_network([int(bool(value)) for value in table] + [0] * (2**n - len(table)))


def run_network__more_than(net, x):
    run_network(net, x)
    W1, t1, w2, t2 = (tf.cast(part, tf.int32) for part in net)
    hidden = tf.cast(tf.cast(x, tf.int32) @ W1 > t1, tf.int32)
    return tf.cast(tf.linalg.matvec(hidden, w2) > t2, tf.int32)


def run_network__no_hidden_threshold(net, x):
    run_network(net, x)
    W1, _, w2, t2 = (tf.cast(part, tf.int32) for part in net)
    return tf.cast(tf.linalg.matvec(tf.cast(x, tf.int32) @ W1, w2) >= t2, tf.int32)


def run_network__no_output_threshold(net, x):
    run_network(net, x)
    W1, t1, w2, _ = (tf.cast(part, tf.int32) for part in net)
    return tf.linalg.matvec(tf.cast(tf.cast(x, tf.int32) @ W1 >= t1, tf.int32), w2)


def run_network__column_output(net, x):
    return run_network(net, x)[:, tf.newaxis]


def run_network__any_numbers(net, x):
    W1, t1, w2, t2 = (tf.cast(part, tf.int32) for part in net)
    x = tf.cast(x, tf.int32)
    if x.shape.rank != 2 or x.shape[1] != W1.shape[0]:
        raise ValueError("sizes")
    return tf.cast(tf.linalg.matvec(tf.cast(x @ W1 >= t1, tf.int32), w2) >= t2, tf.int32)
