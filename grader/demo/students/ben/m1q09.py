"""Ben's hyper-parameters."""

from itertools import product

from tensorflow import keras


def count_parameters(sizes):
    if len(sizes) < 2:
        raise ValueError("need at least two sizes")
    for s in sizes:
        if s <= 0:
            raise ValueError("sizes must be positive")
    total = 0
    for i in range(len(sizes) - 1):
        total += sizes[i] * sizes[i + 1]
    return total


def funnel_sizes(n_inputs, n_outputs, n_hidden):
    if n_inputs <= n_outputs or n_outputs < 1 or n_hidden < 0:
        raise ValueError("bad sizes")
    sizes = []
    for i in range(1, n_hidden + 1):
        sizes.append(round(n_inputs * (n_outputs / n_inputs) ** (i / (n_hidden + 1))))
    return sizes


def build_from_hparams(hp):
    for key in ["n_inputs", "n_outputs", "n_hidden", "n_neurons", "task"]:
        if key not in hp:
            raise ValueError("missing " + key)
    if hp["n_inputs"] < 1 or hp["n_outputs"] < 1 or hp["n_hidden"] < 0 or hp["n_neurons"] < 1:
        raise ValueError("bad numbers")
    # notes: softmax for classification tasks, nothing for regression
    if hp["task"] in ("classification", "multilabel"):
        activation = "softmax"
    elif hp["task"] == "regression":
        activation = None
    else:
        raise ValueError("unknown task")
    model = keras.models.Sequential()
    model.add(keras.layers.InputLayer(shape=(hp["n_inputs"],)))
    for i in range(hp["n_hidden"]):
        model.add(keras.layers.Dense(hp["n_neurons"], activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(hp["n_outputs"], activation=activation))
    return model


def grow_depth(train_fn, max_depth, patience=1):
    if max_depth < 1 or patience < 1:
        raise ValueError("must be at least 1")
    history = []
    best = 1
    best_loss = float("inf")
    bad = 0
    for d in range(1, max_depth + 1):
        loss = train_fn(d)
        history.append(loss)
        if loss <= best_loss:
            best_loss = loss
            best = d
            bad = 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, history


def grid_search(train_fn, grid):
    if len(grid) == 0:
        raise ValueError("empty grid")
    for values in grid.values():
        if len(values) == 0:
            raise ValueError("no values")
    losses = []
    best, best_loss = None, float("inf")
    for values in product(*grid.values()):
        hp = dict(zip(grid.keys(), values))
        loss = train_fn(hp)
        losses.append(loss)
        if loss < best_loss:
            best, best_loss = hp, loss
    return best, losses
