"""Logical computation with neurons that fire when at least two of their connections are active."""

import numpy as np
import tensorflow as tf

Weights = np.ndarray


def mp_layer(x: tf.Tensor, W: Weights, threshold: int = 2) -> tf.Tensor:
    """Compute the outputs of a layer of McCulloch–Pitts neurons.

    A neuron fires when its active excitatory connections, less its active inhibitory ones, number at least
    ``threshold``.

    Args:
        x: binary inputs (0/1 or booleans) of any numeric dtype, shape (B, n_in).
        W: connections, integers (n_in, n_out): +k stands for k parallel excitatory connections, −k for k inhibitory
            ones, 0 for none.
        threshold: how many active connections it takes to fire.

    Returns:
        Outputs 0 or 1, int32 (B, n_out).

    Raises:
        ValueError: ``x`` or ``W`` is no matrix, their sizes do not fit, or ``W`` is not of an integer dtype.

    Source:
        McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity, Bull. Math. Biophysics 5, 1943.
    """
    x, W = tf.convert_to_tensor(x), tf.convert_to_tensor(W)
    if x.shape.rank != 2 or W.shape.rank != 2 or x.shape[1] != W.shape[0]:
        raise ValueError(f"x (B, n_in) and W (n_in, n_out) do not fit together: {x.shape} and {W.shape}")
    if not W.dtype.is_integer:
        raise ValueError(f"W counts connections, so it holds integers, not {W.dtype.name}")
    active = tf.cast(x, tf.int32) @ tf.cast(W, tf.int32)
    return tf.cast(active >= threshold, tf.int32)


def gate_weights(name: str) -> Weights:
    """Return the connections of one neuron that computes a logic gate with threshold 2.

    Args:
        name: "identity" (one input), "and", "or" or "and_not" (A and not B, A first).

    Returns:
        Integers (n_in, 1), for `mp_layer`. Any that compute the gate will do.

    Raises:
        ValueError: another ``name``.

    Source:
        McCulloch & Pitts 1943; Géron 2017, fig. 10-3.
    """
    gates = {"identity": [2], "and": [1, 1], "or": [2, 2], "and_not": [2, -1]}
    if name not in gates:
        raise ValueError(f"name is one of {', '.join(gates)}, not {name!r}")
    return np.array(gates[name], np.int32)[:, np.newaxis]


def truth_table(net: list[Weights], n_inputs: int) -> list[int]:
    """Return the outputs of a layered network for every combination of inputs.

    Args:
        net: the connections of each layer in order, for `mp_layer` with threshold 2; the last layer has one neuron.
        n_inputs: number of inputs n ≥ 1.

    Returns:
        A list of 2ⁿ Python integers 0 or 1, one a row, counting in binary with the first input as the most
        significant bit: for two inputs 00, 01, 10, 11.

    Raises:
        ValueError: ``n_inputs`` is below 1, or the last layer has not exactly one neuron.

    Source:
        Definition of a truth table; the order is that of binary counting.
    """
    if n_inputs < 1:
        raise ValueError(f"there must be an input, n_inputs is {n_inputs}")
    if net[-1].shape[1] != 1:
        raise ValueError(f"the last layer must have one neuron, not {net[-1].shape[1]}")
    shifts = tf.range(n_inputs - 1, -1, -1)
    signals = tf.bitwise.right_shift(tf.range(2**n_inputs)[:, tf.newaxis], shifts) & 1
    for W in net:
        signals = mp_layer(signals, W)
    return signals[:, 0].numpy().tolist()


def xor_net() -> list[Weights]:
    """Return a network that computes the exclusive or of two inputs.

    Returns:
        The connections of its layers, integers, for `mp_layer` with threshold 2 in every layer: at least two
        layers, since no single one can do it. Any that compute XOR will do.

    Source:
        XOR = (A and not B) or (B and not A). Impossible in one layer: Minsky & Papert, Perceptrons, 1969.
    """
    only_a_or_only_b = np.hstack([gate_weights("and_not"), gate_weights("and_not")[::-1]])
    return [only_a_or_only_b, gate_weights("or")]
