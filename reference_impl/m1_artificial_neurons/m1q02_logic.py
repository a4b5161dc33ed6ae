"""Logical computation with neurons that fire when at least two of their connections are active."""

import numpy as np
import tensorflow as tf

Weights = np.ndarray


def mp_layer(x: tf.Tensor, W: Weights, threshold: int = 2) -> tf.Tensor:
    """Compute the outputs of a layer of McCulloch–Pitts neurons.

    A neuron fires when its active exciting connections, less its active inhibiting ones, number at least
    ``threshold``: (x W)ⱼ ≥ threshold. Works inside ``tf.function`` with an unknown batch; the values of ``x`` are
    then not checked.

    Args:
        x: binary inputs, 0/1 of any numeric dtype or booleans, shape (B, n_in).
        W: connections, integers (n_in, n_out): +k stands for k parallel connections that excite, −k for k that
            inhibit, 0 for none.
        threshold: how many active connections it takes to fire.

    Returns:
        Outputs 0 or 1, int32 (B, n_out).

    Raises:
        ValueError: ``x`` or ``W`` is not a matrix, their sizes do not fit, ``W`` is not of an integer dtype, or ``x``
            holds anything but 0 and 1.

    Source:
        McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity, Bulletin of Mathematical
        Biophysics 5, 1943; there an active inhibiting connection prevents firing altogether, here it takes one away.
    """
    x, W = tf.convert_to_tensor(x), tf.convert_to_tensor(W)
    if not W.dtype.is_integer:
        raise ValueError(f"W counts connections, so it holds integers, not {W.dtype.name}")
    if W.shape.rank != 2 or not x.shape.is_compatible_with([None, W.shape[0]]):
        raise ValueError(f"x (B, n_in) and W (n_in, n_out) do not fit together: {x.shape} and {W.shape}")
    if tf.executing_eagerly() and not np.isin(x, (0, 1)).all():
        raise ValueError("the inputs of a neuron are 0 or 1")
    active = tf.cast(x, tf.int32) @ tf.cast(W, tf.int32)
    return tf.cast(active >= threshold, tf.int32)


def gate_weights(name: str) -> Weights:
    """Return the connections of one neuron that computes a logic gate with threshold 2.

    Args:
        name: "identity" (of one input), "and", "or" or "and_not" (A and not B; A is the first input).

    Returns:
        Integers (n_in, 1), to be used with `mp_layer`. Any that compute the gate are right.

    Raises:
        ValueError: another ``name``.

    Source:
        McCulloch & Pitts 1943, fig. 1; Géron 2017, fig. 10-3.
    """
    gates = {"identity": [2], "and": [1, 1], "or": [2, 2], "and_not": [2, -1]}
    if name not in gates:
        raise ValueError(f"name is one of {', '.join(gates)}, not {name!r}")
    return np.array(gates[name])[:, np.newaxis]


def truth_table(net: list[Weights], n_inputs: int) -> list[int]:
    """Return the outputs of a layered network for every combination of inputs.

    Args:
        net: the connections of each layer in order, integers (n_in, n_out), for neurons of threshold 2. The outputs of
            a layer are the inputs of the next; the last layer has one neuron.
        n_inputs: number of inputs n ≥ 1.

    Returns:
        A list of 2ⁿ integers 0 or 1, one a row, counting in binary with the first input as the most significant
        bit: for two inputs 00, 01, 10, 11.

    Raises:
        ValueError: ``n_inputs`` is below 1, ``net`` is empty, its layers do not fit the inputs or each other, or the
            last one has not exactly one neuron.

    Source:
        Definition of a truth table, in the order of binary counting.
    """
    if n_inputs < 1 or not net:
        raise ValueError(f"there must be an input and a layer, not {n_inputs} and {len(net)}")
    shifts = tf.range(n_inputs - 1, -1, -1)
    signals = tf.bitwise.right_shift(tf.range(2**n_inputs)[:, tf.newaxis], shifts) % 2
    for W in net:
        signals = mp_layer(signals, W)
    if signals.shape[1] != 1:
        raise ValueError(f"the last layer must have one neuron, not {signals.shape[1]}")
    return signals[:, 0].numpy().tolist()


def xor_net() -> list[Weights]:
    """Return a network that computes the exclusive or of two inputs: 1 when exactly one of them is on.

    Returns:
        The connections of its layers in order, integers (n_in, n_out), for neurons of threshold 2 in every layer: two
        layers or more, since no single neuron can do it. Any such network that computes XOR is right.

    Source:
        A xor B = (A and not B) or (B and not A). Impossible in one layer: Minsky & Papert, Perceptrons, 1969.
    """
    a_not_b = gate_weights("and_not")
    return [np.hstack([a_not_b, a_not_b[::-1]]), gate_weights("or")]
