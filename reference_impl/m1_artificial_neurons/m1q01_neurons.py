"""Neurons, artificial and biological: counting inputs, firing in time, and computing any proposition."""

import numpy as np
import tensorflow as tf

Network = tuple[np.ndarray, np.ndarray, np.ndarray, int]


def artificial_neuron(x: tf.Tensor, threshold: int) -> tf.Tensor:
    """Compute the output of a McCulloch–Pitts neuron: on when at least ``threshold`` of its inputs are on.

    Args:
        x: binary inputs (0/1 or booleans) of any numeric dtype, shape (..., n) with n ≥ 1.
        threshold: how many inputs must be on. 0 or less is always met, more than n never.

    Returns:
        0 or 1, int32 of shape (...): one output for each set of n inputs.

    Raises:
        ValueError: ``x`` is a scalar, has no inputs, or (when its values are known) holds anything but 0 and 1.

    Source:
        McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity, Bull. Math. Biophysics 5, 1943.
    """
    x = tf.convert_to_tensor(x)
    if x.shape.rank == 0 or x.shape[-1] == 0:
        raise ValueError(f"x must have at least one input on its last axis, its shape is {x.shape}")
    if tf.executing_eagerly() and not tf.reduce_all((x == tf.zeros_like(x)) | (x == tf.ones_like(x))):
        raise ValueError("the inputs must be 0 or 1")
    active = tf.reduce_sum(tf.cast(x, tf.int32), axis=-1)
    return tf.cast(active >= threshold, tf.int32)


def fires(signals: tf.Tensor, window: int, threshold: int) -> tf.Tensor:
    """Tell at which milliseconds a neuron fires that needs enough signals within a short time.

    It fires at time t when the signals of all synapses in the rows max(0, t − window + 1) … t number at least
    ``threshold``. Nothing is reset by firing, and there is no pause after it.

    Args:
        signals: 0 or 1 of any numeric dtype, shape (T, n): a row a millisecond, a column a synapse. T may be 0.
        window: how many milliseconds signals count, at least 1.
        threshold: how many signals it takes, at least 1.

    Returns:
        Booleans of shape (T,).

    Raises:
        ValueError: ``window`` or ``threshold`` is below 1, or ``signals`` is no matrix.

    Source:
        Temporal and spatial summation: Kandel et al., Principles of Neural Science, 5th ed., ch. 10.
    """
    signals = tf.convert_to_tensor(signals)
    if window < 1 or threshold < 1:
        raise ValueError(f"window and threshold must be at least 1, not {window} and {threshold}")
    if signals.shape.rank != 2:
        raise ValueError(f"signals must be of shape (T, n), not {signals.shape}")
    so_far = tf.cumsum(tf.reduce_sum(tf.cast(signals, tf.int32), axis=1))
    before_window = tf.concat([tf.zeros([window], tf.int32), so_far], axis=0)[: tf.size(so_far)]
    return so_far - before_window >= threshold


def proposition_network(table: list[int]) -> Network:
    """Return a two-layer network that computes the logical proposition with this truth table.

    A hidden neuron stands for each row that is true: it fires on that row alone, because inputs that are 1 there excite
    it and all others inhibit it. The output neuron fires when any hidden one does.

    Args:
        table: 2ⁿ values 0 or 1 (n ≥ 1), one for each combination of inputs, counting in binary with the first input as
            the most significant bit: for two inputs 00, 01, 10, 11.

    Returns:
        (W1, t1, w2, t2) for `run_network`: integer arrays W1 (n, k), t1 (k,), w2 (k,) and an int t2, with
        0 ≤ k ≤ 2ⁿ hidden neurons. Any network that computes the table will do.

    Raises:
        ValueError: the length is no 2ⁿ with n ≥ 1, or an entry is neither 0 nor 1.

    Source:
        McCulloch & Pitts 1943, theorem 1; the disjunctive normal form.
    """
    values = np.asarray(table)
    n = max(len(values), 1).bit_length() - 1
    if n < 1 or len(values) != 2**n or not np.isin(values, (0, 1)).all():
        raise ValueError("a truth table has 2ⁿ entries, n ≥ 1, each 0 or 1")
    rows = (np.arange(2**n)[:, np.newaxis] >> np.arange(n - 1, -1, -1)) & 1
    true_rows = rows[values == 1]
    W1 = (2 * true_rows - 1).T
    t1 = true_rows.sum(axis=1)
    w2 = np.ones(len(true_rows), np.int64)
    return W1, t1, w2, 1


def run_network(net: Network, x: tf.Tensor) -> tf.Tensor:
    """Compute the outputs of a network as `proposition_network` gives it.

    Hidden neuron j fires when x · W1[:, j] ≥ t1[j]; the output fires when h · w2 ≥ t2.

    Args:
        net: (W1, t1, w2, t2): integers (n, k), (k,), (k,) and a number.
        x: binary inputs of any numeric dtype, shape (B, n).

    Returns:
        0 or 1, int32 of shape (B,).

    Raises:
        ValueError: ``x`` is not of shape (B, n).

    Source:
        McCulloch & Pitts 1943.
    """
    W1, t1, w2, t2 = (tf.cast(part, tf.int32) for part in net)
    x = tf.cast(tf.convert_to_tensor(x), tf.int32)
    if x.shape.rank != 2 or x.shape[1] != W1.shape[0]:
        raise ValueError(f"x must be of shape (B, {W1.shape[0]}), not {x.shape}")
    hidden = tf.cast(x @ W1 >= t1, tf.int32)
    return tf.cast(tf.linalg.matvec(hidden, w2) >= t2, tf.int32)
