"""Hyper-parameters: how many connections a network has, how wide its layers are, how deep it should be."""

import itertools
from collections.abc import Callable

import keras

History = list[float]

_OUTPUT_ACTIVATIONS = {"classification": "softmax", "multilabel": "sigmoid", "regression": "linear"}


def count_parameters(sizes: list[int]) -> int:
    """Count the weights and biases of a fully connected network.

    A layer of n₂ neurons above one of n₁ has n₁ n₂ weights, and one bias for each of its n₂ neurons.

    Args:
        sizes: neurons of each layer from the inputs to the outputs, two numbers or more, each at least 1.

    Returns:
        The number of trainable parameters, a Python integer.

    Raises:
        ValueError: fewer than two sizes, or one below 1.

    Source:
        Goodfellow, Bengio & Courville, Deep Learning, 2016, sec. 6.1.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes needs two or more positive numbers, not {sizes}")
    return sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(sizes))


def funnel_sizes(n_inputs: int, n_outputs: int, n_hidden: int) -> list[int]:
    """Size the hidden layers as a funnel that narrows by a constant ratio.

    Hidden layer i (from 1) has round(n_inputs · (n_outputs / n_inputs)^(i / (n_hidden + 1))) neurons, with Python's
    `round`.

    Args:
        n_inputs: size of the input layer.
        n_outputs: size of the output layer, at least 1 and smaller than ``n_inputs``.
        n_hidden: number of hidden layers, at least 0.

    Returns:
        The sizes of the hidden layers alone, widest first; an empty list for ``n_hidden`` = 0.

    Raises:
        ValueError: ``n_inputs`` is not larger than ``n_outputs``, ``n_outputs`` is below 1, or ``n_hidden`` below 0.

    Source:
        Geometric pyramid rule: Masters, Practical Neural Network Recipes in C++, 1993, ch. 10.
    """
    if not n_inputs > n_outputs >= 1 or n_hidden < 0:
        raise ValueError(
            f"a funnel narrows: n_inputs > n_outputs ≥ 1, n_hidden ≥ 0; got {n_inputs}, {n_outputs}, {n_hidden}"
        )
    ratio = n_outputs / n_inputs
    return [round(n_inputs * ratio ** (i / (n_hidden + 1))) for i in range(1, n_hidden + 1)]


def build_from_hparams(hp: dict) -> keras.Model:
    """Build a fully connected network from its hyper-parameters.

    Hidden layers are ReLU with He-normal initialisation. The output layer is softmax for "classification" (one class
    out of several), sigmoid for "multilabel" (each label by itself), and linear for "regression".

    Args:
        hp: a dict with ``n_inputs``, ``n_outputs``, ``n_hidden`` (number of hidden layers, may be 0), ``n_neurons``
            (neurons of each hidden layer) and ``task``.

    Returns:
        An uncompiled Keras model from (batch, n_inputs) to (batch, n_outputs), for any batch size.

    Raises:
        ValueError: a key is missing, or the task is another one.

    Source:
        Initialisation: He et al., Delving deep into rectifiers, 2015, eq. 10. Output units: Goodfellow et al. 2016,
        sec. 6.2.2.
    """
    missing = {"n_inputs", "n_outputs", "n_hidden", "n_neurons", "task"} - hp.keys()
    if missing:
        raise ValueError(f"hp lacks {', '.join(sorted(missing))}")
    if hp["task"] not in _OUTPUT_ACTIVATIONS:
        raise ValueError(f"task is one of {', '.join(_OUTPUT_ACTIVATIONS)}, not {hp['task']!r}")
    hidden = [
        keras.layers.Dense(hp["n_neurons"], activation="relu", kernel_initializer="he_normal")
        for _ in range(hp["n_hidden"])
    ]
    output = keras.layers.Dense(hp["n_outputs"], activation=_OUTPUT_ACTIVATIONS[hp["task"]])
    return keras.Sequential([keras.Input((hp["n_inputs"],)), *hidden, output])


def grow_depth(train_fn: Callable[[int], float], max_depth: int, patience: int = 1) -> tuple[int, History]:
    """Deepen a network layer by layer until it no longer helps.

    Trains depth 1, 2, … and stops after ``patience`` depths in a row that are no better than the best so far. An
    equal loss is no improvement, and neither is NaN.

    Args:
        train_fn: trains a network of the depth it is given and returns its validation loss. Called once a depth.
        max_depth: the deepest to try, at least 1.
        patience: how many depths without improvement end the search, at least 1.

    Returns:
        The depth of the lowest validation loss, and the losses of the depths tried, in order.

    Raises:
        ValueError: ``max_depth`` is below 1.

    Source:
        Géron 2017, ch. 10, number of hidden layers; early stopping: Prechelt, Early stopping - but when?, 1998.
    """
    if max_depth < 1:
        raise ValueError(f"max_depth must be at least 1, not {max_depth}")
    best_depth, best_loss = 1, float("inf")
    history: History = []
    for depth in range(1, max_depth + 1):
        loss = train_fn(depth)
        history.append(loss)
        if loss < best_loss:
            best_depth, best_loss = depth, loss
        elif depth - best_depth >= patience:
            break
    return best_depth, history
