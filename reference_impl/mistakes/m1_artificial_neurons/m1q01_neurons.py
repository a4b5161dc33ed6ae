"""What students get wrong about neurons, as running code."""

import numpy as np
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q01_neurons import artificial_neuron, fires, proposition_network


def artificial_neuron__more_than(x, threshold):
    return artificial_neuron(x, threshold + 1)


def artificial_neuron__batch_merged(x, threshold):
    return tf.cast(tf.reduce_sum(tf.cast(x, tf.int32)) >= threshold, tf.int32)


def artificial_neuron__mean_not_count(x, threshold):
    return tf.cast(tf.reduce_mean(tf.cast(x, tf.float32), axis=-1) >= threshold, tf.int32)


def artificial_neuron__boolean_output(x, threshold):
    return tf.cast(artificial_neuron(x, threshold), tf.bool)


def artificial_neuron__any_numbers(x, threshold):
    return tf.cast(tf.reduce_sum(tf.cast(x, tf.int32), axis=-1) >= threshold, tf.int32)


def fires__window_too_long(signals, window, threshold):
    fires(signals, window, threshold)
    return fires(signals, window + 1, threshold)


def fires__no_window(signals, window, threshold):
    return tf.cumsum(tf.reduce_sum(tf.cast(signals, tf.int32), axis=1)) >= threshold


def fires__centred(signals, window, threshold):
    counts = np.asarray(signals).sum(axis=1)
    half = window // 2
    return tf.constant(
        [counts[max(0, t - half) : t + half + 1].sum() >= threshold for t in range(len(counts))], tf.bool
    )


def fires__per_synapse(signals, window, threshold):
    by_synapse = [fires(signals[:, i : i + 1], window, threshold) for i in range(signals.shape[1])]
    return tf.reduce_any(tf.stack(by_synapse), axis=0)


def fires__reset_after_firing(signals, window, threshold):
    counts = list(np.asarray(signals).sum(axis=1))
    out = []
    for t in range(len(counts)):
        out.append(sum(counts[max(0, t - window + 1) : t + 1]) >= threshold)
        if out[-1]:
            counts[: t + 1] = [0] * (t + 1)
    return tf.constant(out, tf.bool)


def proposition_network__first_input_low(table):
    n = len(table).bit_length() - 1
    order = [int(f"{row:0{n}b}"[::-1], 2) for row in range(len(table))]
    return proposition_network([table[row] for row in order])


def proposition_network__threshold_is_n(table):
    W1, t1, w2, t2 = proposition_network(table)
    return W1, np.full_like(t1, W1.shape[0]), w2, t2


def proposition_network__no_inhibition(table):
    W1, t1, w2, t2 = proposition_network(table)
    return np.maximum(W1, 0), t1, w2, t2


def proposition_network__never_true_fails(table):
    if not any(table):
        raise IndexError("list index out of range")
    return proposition_network(table)


def proposition_network__any_length(table):
    n = max(1, int(np.ceil(np.log2(max(2, len(table))))))
    return proposition_network([int(bool(v)) for v in table] + [0] * (2**n - len(table)))


def run_network__more_than(net, x):
    W1, t1, w2, t2 = (tf.cast(part, tf.int32) for part in net)
    hidden = tf.cast(tf.cast(x, tf.int32) @ W1 > t1, tf.int32)
    return tf.cast(tf.linalg.matvec(hidden, w2) > t2, tf.int32)


def run_network__no_hidden_threshold(net, x):
    W1, _, w2, t2 = (tf.cast(part, tf.int32) for part in net)
    return tf.cast(tf.linalg.matvec(tf.cast(x, tf.int32) @ W1, w2) >= t2, tf.int32)
