"""Ada's hyper-parameters: the functional interface, NumPy, and a recursion for the grid."""

import keras
import numpy as np


def count_parameters(layers):
    widths = np.array(layers, dtype=np.int64)
    if widths.size < 2 or np.any(widths <= 0):
        raise ValueError("a network has inputs and outputs, and no empty layers")
    weights = widths[:-1] @ widths[1:]
    biases = widths[1:].sum()
    return int(weights + biases)


def funnel_sizes(inputs, outputs, hidden):
    if outputs <= 0 or inputs <= outputs or hidden < 0:
        raise ValueError("not a funnel")
    ends_and_between = np.geomspace(inputs, outputs, num=hidden + 2)
    return [int(np.rint(width)) for width in ends_and_between[1:-1]]


def build_from_hparams(settings):
    try:
        n_inputs, n_outputs = settings["n_inputs"], settings["n_outputs"]
        n_hidden, n_neurons, task = settings["n_hidden"], settings["n_neurons"], settings["task"]
    except KeyError as error:
        raise ValueError(f"please say what {error} is") from None
    if min(n_inputs, n_outputs, n_neurons) < 1 or n_hidden < 0:
        raise ValueError("too few of something")
    if task not in ("classification", "multilabel", "regression"):
        raise ValueError("I cannot do " + str(task))

    he = keras.initializers.VarianceScaling(scale=2.0, mode="fan_in", distribution="truncated_normal")
    inputs = keras.Input(shape=(n_inputs,), name="inputs")
    signal = inputs
    for number in range(n_hidden):
        signal = keras.layers.Dense(n_neurons, kernel_initializer=he.clone(), name=f"hidden{number}")(signal)
        signal = keras.layers.ReLU()(signal)
    signal = keras.layers.Dense(n_outputs, name="sums")(signal)
    if task == "classification":
        signal = keras.layers.Softmax()(signal)
    elif task == "multilabel":
        signal = keras.activations.sigmoid(signal)
    return keras.Model(inputs, signal)


def grow_depth(train, deepest, patience=1):
    if not (deepest >= 1 and patience >= 1):
        raise ValueError("nothing to search")
    losses = []
    comparable = []
    best = 0
    while len(losses) < deepest and len(losses) - best < patience:
        losses.append(train(len(losses) + 1))
        comparable.append(np.inf if np.isnan(losses[-1]) else losses[-1])
        if np.isfinite(comparable[-1]):
            best = int(np.argmin(comparable)) + 1
    return max(best, 1), tuple(losses)


def grid_search(train, grid):
    names = list(grid)
    if len(names) == 0 or any(len(grid[name]) == 0 for name in names):
        raise ValueError("the grid is empty")
    settings = _combinations(grid, names)
    losses = [train(dict(setting)) for setting in settings]
    order = np.argsort(np.array(losses, dtype=float), kind="stable")  # NaN goes last
    return settings[order[0]], losses


def _combinations(grid, names):
    if not names:
        return [{}]
    first, *others = names
    return [{first: value, **rest} for value in grid[first] for rest in _combinations(grid, others)]
