"""Neurons, artificial and biological: counting inputs, firing in time, and computing any proposition."""

import numpy as np
import tensorflow as tf

Network = tuple[np.ndarray, np.ndarray, np.ndarray, int]


def artificial_neuron(x: tf.Tensor, threshold: int) -> tf.Tensor:
    """Compute the output of a McCulloch–Pitts neuron: on when at least ``threshold`` of its inputs are on.

    Works inside ``tf.function`` with any number of sets of inputs; their values are then not checked.

    Args:
        x: binary inputs, 0/1 of any numeric dtype or booleans, shape (..., n) with n ≥ 1.
        threshold: how many inputs must be on. 0 or less is always met, more than n never.

    Returns:
        0 or 1, int32 of shape (...): one output for each set of n inputs.

    Raises:
        ValueError: ``x`` is a scalar, has no inputs (n = 0), or holds anything but 0 and 1.

    Source:
        McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity, Bulletin of Mathematical
        Biophysics 5, 1943, with the threshold counted as the number of inputs that is enough.
    """
    x = _binary(x)
    if x.shape.rank == 0 or x.shape[-1] == 0:
        raise ValueError(f"x needs at least one input on its last axis, its shape is {x.shape}")
    return tf.cast(tf.reduce_sum(x, axis=-1) >= threshold, tf.int32)


def fires(signals: tf.Tensor, window: int, threshold: int) -> tf.Tensor:
    """Tell in which milliseconds a neuron fires that needs enough signals within a short time.

    It fires in millisecond t when the signals that arrived in the rows max(0, t − window + 1), …, t, over all
    synapses together, number at least ``threshold``. Firing resets nothing, and there is no pause after it. Works
    inside ``tf.function`` with T and n unknown.

    Args:
        signals: 0/1 of any numeric dtype or booleans, shape (T, n): a row a millisecond, a column a synapse.
            T may be 0.
        window: for how many milliseconds a signal counts, at least 1. It may be longer than T.
        threshold: how many signals it takes, at least 1.

    Returns:
        Booleans of shape (T,).

    Raises:
        ValueError: ``window`` or ``threshold`` is below 1, or ``signals`` is not a matrix.

    Source:
        McCulloch & Pitts 1943, the assumption that a fixed number of synapses must be excited within the period of
        latent addition.
    """
    if window < 1 or threshold < 1:
        raise ValueError(f"window and threshold must be at least 1, not {window} and {threshold}")
    signals = _binary(signals)
    if signals.shape.rank not in (2, None):
        raise ValueError(f"signals must be of shape (T, n), not {signals.shape}")
    so_far = tf.cumsum(tf.reduce_sum(signals, axis=1))
    # What had arrived before the window opened: the same sums, ``window`` rows later.
    before = tf.concat([tf.zeros_like(so_far[:window]), so_far[:-window]], axis=0)
    return so_far - before >= threshold


def proposition_network(table: list[int]) -> Network:
    """Build a network of two layers that computes the logical proposition with this truth table.

    Its hidden neuron j fires when (x W1)ⱼ ≥ t1ⱼ, its output neuron when h · w2 ≥ t2, h being the hidden outputs. Any
    network of this form that computes the table is right.

    One way: a hidden neuron for each row that is true, which fires on that row alone, because the inputs that are 1
    there excite it and all the others inhibit it; and an output neuron that fires when any of them does.

    Args:
        table: 2ⁿ values 0 or 1 (n ≥ 1), one for each combination of inputs, counting in binary with the first input
            as the most significant bit: for two inputs 00, 01, 10, 11.

    Returns:
        (W1, t1, w2, t2): arrays of integers W1 (n, k), t1 (k,) and w2 (k,), and the integer t2, with 0 ≤ k ≤ 2ⁿ hidden
        neurons. A proposition that is never true needs a network as well; k = 0 will do.

    Raises:
        ValueError: the length is not 2ⁿ with n ≥ 1, or an entry is neither 0 nor 1.

    Source:
        McCulloch & Pitts 1943, theorem II, by way of the disjunctive normal form.
    """
    values = np.asarray(table)
    n = len(values).bit_length() - 1
    if n < 1 or len(values) != 2**n or not np.isin(values, (0, 1)).all():
        raise ValueError("a truth table has 2ⁿ entries, n ≥ 1, each 0 or 1")
    rows = np.arange(2**n)[:, np.newaxis] >> np.arange(n - 1, -1, -1) & 1
    true_rows = rows[values == 1]
    W1 = (2 * true_rows - 1).T
    t1 = true_rows.sum(axis=1)
    return W1, t1, np.ones_like(t1), 1


def run_network(net: Network, x: tf.Tensor) -> tf.Tensor:
    """Compute the outputs of a network in the form of `proposition_network`.

    Hidden neuron j fires when (x W1)ⱼ ≥ t1ⱼ, the output neuron when h · w2 ≥ t2. Works inside ``tf.function`` with
    an unknown batch; the values of ``x`` are then not checked.

    Args:
        net: (W1, t1, w2, t2): integers (n, k), (k,), (k,) and a single one. Without hidden neurons (k = 0) the sum
            h · w2 is 0.
        x: binary inputs, 0/1 of any numeric dtype or booleans, shape (B, n).

    Returns:
        0 or 1, int32 of shape (B,).

    Raises:
        ValueError: ``x`` is not of shape (B, n), or holds anything but 0 and 1.

    Source:
        McCulloch & Pitts 1943.
    """
    W1, t1, w2, t2 = (tf.cast(part, tf.int32) for part in net)
    x = _binary(x)
    if not x.shape.is_compatible_with([None, W1.shape[0]]):
        raise ValueError(f"x must be of shape (B, {W1.shape[0]}), not {x.shape}")
    hidden = tf.cast(x @ W1 >= t1, tf.int32)
    return tf.cast(tf.linalg.matvec(hidden, w2) >= t2, tf.int32)


def _binary(values: tf.Tensor) -> tf.Tensor:
    """Return 0/1 values as int32."""
    tensor = tf.convert_to_tensor(values)
    digits = tf.cast(tensor, tf.int32)
    # Casting back shows what the cast has cut off: halves, NaN.
    if tf.executing_eagerly() and not tf.reduce_all(
        (digits >= 0) & (digits <= 1) & (tf.cast(digits, tensor.dtype) == tensor)
    ):
        raise ValueError("binary values are 0 or 1")
    return digits
