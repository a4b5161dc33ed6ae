"""Hyper-parameters: what a network's size comes to, how it is built from them, and how they are searched."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

_OUTPUT_ACTIVATION = {"classification": "softmax", "multilabel": "sigmoid", "regression": "linear"}


def count_parameters(sizes: Sequence[int]) -> int:
    """Count the weights and biases of a stack of fully connected layers.

    A layer of n_out neurons on n_in inputs has n_in · n_out weights and n_out biases.

    Args:
        sizes: number of inputs, then the number of neurons of each layer; at least two positive integers.

    Returns:
        The number of trainable parameters, a Python int.

    Raises:
        ValueError: fewer than two sizes, or one that is not positive.

    Source:
        Goodfellow, Bengio, Courville, Deep Learning, 2016, sec. 6.4.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes are at least two positive numbers, not {sizes}")
    return sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(sizes))


def funnel_sizes(n_inputs: int, n_outputs: int, n_hidden: int) -> list[int]:
    """Size hidden layers as a funnel that narrows by a constant ratio from the inputs to the outputs.

    With h hidden layers, the i-th of them, i = 1 … h, has n_in (n_out / n_in)^(i / (h + 1)) neurons, rounded by
    Python's ``round``.

    Args:
        n_inputs: number of inputs n_in > n_out.
        n_outputs: number of outputs n_out ≥ 1.
        n_hidden: number of hidden layers h ≥ 0.

    Returns:
        The sizes of the hidden layers only, as a list of Python ints; empty for no hidden layer.

    Raises:
        ValueError: ``n_outputs`` is not positive, ``n_inputs`` is not larger, or ``n_hidden`` is negative.

    Source:
        The funnel: Géron 2017, ch. 10. Constant ratio: the geometric pyramid rule, Masters, Practical Neural Network
        Recipes in C++, 1993.
    """
    if not 1 <= n_outputs < n_inputs:
        raise ValueError(f"a funnel leads from many inputs to fewer outputs, not from {n_inputs} to {n_outputs}")
    if n_hidden < 0:
        raise ValueError(f"the number of hidden layers cannot be {n_hidden}")
    ratio = (n_outputs / n_inputs) ** (1 / (n_hidden + 1))
    return [round(n_inputs * ratio**i) for i in range(1, n_hidden + 1)]


def build_from_hparams(hp: Mapping[str, Any]) -> keras.Model:
    """Build a fully connected network from its hyper-parameters.

    Every hidden layer is a ``Dense`` layer with biases, ReLU and kernels drawn by ``he_normal``. The output layer is
    ``Dense`` with biases; its activation goes with the task: softmax for "classification" into exclusive classes,
    sigmoid for "multilabel", where any number of labels may be present at once, and none for "regression".

    Args:
        hp: "n_inputs", "n_outputs", "n_neurons" (in each hidden layer), all at least 1, "n_hidden" (hidden layers),
            at least 0, and "task". Further keys are not looked at.

    Returns:
        A Keras model, sequential or functional, from (batch, n_inputs) to (batch, n_outputs) for any batch. Its
        weights are made, and it is not compiled.

    Raises:
        ValueError: a key is missing, a number is too small, or another task.

    Source:
        Géron 2017, ch. 10. Initialisation: He et al., Delving Deep into Rectifiers, 2015, eq. 10.
    """
    least = {"n_inputs": 1, "n_outputs": 1, "n_neurons": 1, "n_hidden": 0}
    if missing := {*least, "task"} - set(hp):
        raise ValueError(f"hyper-parameters are missing: {', '.join(sorted(missing))}")
    if small := [name for name, bound in least.items() if hp[name] < bound]:
        raise ValueError(f"too small: {', '.join(small)}")
    if hp["task"] not in _OUTPUT_ACTIVATION:
        raise ValueError(f"task is one of {', '.join(_OUTPUT_ACTIVATION)}, not {hp['task']!r}")

    model = keras.Sequential([keras.Input((hp["n_inputs"],))])
    for _ in range(hp["n_hidden"]):
        model.add(keras.layers.Dense(hp["n_neurons"], activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(hp["n_outputs"], activation=_OUTPUT_ACTIVATION[hp["task"]]))
    return model


def grow_depth(train_fn: Callable[[int], float], max_depth: int, patience: int = 1) -> tuple[int, list[float]]:
    """Add hidden layers for as long as the validation loss improves.

    Networks with 1, 2, 3, … hidden layers are trained, each once. A loss improves if it is smaller than all before
    it; an equal loss and NaN do not. The search ends after ``patience`` losses in a row that do not improve, or
    with ``max_depth``.

    Args:
        train_fn: trains a network with the given number of hidden layers and returns its validation loss.
        max_depth: the most hidden layers to try, at least 1.
        patience: how many losses in a row may fail to improve, at least 1.

    Returns:
        The depth with the smallest loss, the smaller depth of equals, and 1 if no loss is a number; and the losses
        of the depths trained, in order.

    Raises:
        ValueError: ``max_depth`` or ``patience`` is below 1.

    Source:
        Ramping up the depth: Géron 2017, ch. 10. Patience: Goodfellow, Bengio, Courville 2016, algorithm 7.1, with
        depth in place of training steps.
    """
    if max_depth < 1 or patience < 1:
        raise ValueError(f"max_depth and patience are at least 1, not {max_depth} and {patience}")
    best_depth, best_loss = 1, math.inf
    history: list[float] = []
    without_improvement = 0
    for depth in range(1, max_depth + 1):
        loss = train_fn(depth)
        history.append(loss)
        if loss < best_loss:
            best_depth, best_loss, without_improvement = depth, loss, 0
            continue
        without_improvement += 1
        if without_improvement == patience:
            break
    return best_depth, history


def grid_search(
    train_fn: Callable[[dict[str, Any]], float], grid: Mapping[str, Sequence[Any]]
) -> tuple[dict[str, Any], list[float]]:
    """Train once with every combination of hyper-parameters and find the best.

    Args:
        train_fn: trains a network with the given hyper-parameters, name to value, and returns its validation loss.
        grid: for each hyper-parameter, whichever it is, the values to try.

    Returns:
        The combination with the smallest loss, the first of equals; and all the losses, in the order of
        ``itertools.product``: the values of the last hyper-parameter change fastest. NaN never beats a number.

    Raises:
        ValueError: the grid is empty, or a hyper-parameter has no values.

    Source:
        Bergstra, Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13, 2012, sec. 1.
    """
    if not grid or not all(len(values) for values in grid.values()):
        raise ValueError("the grid needs hyper-parameters, and each of them values")
    settings = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    losses = [train_fn(dict(setting)) for setting in settings]
    best = min(range(len(losses)), key=lambda i: math.inf if math.isnan(losses[i]) else losses[i])
    return settings[best], losses
