"""Ada's hyper-parameters."""

import math

import keras


def count_parameters(sizes):
    if len(sizes) < 2 or any(size <= 0 for size in sizes):
        raise ValueError("sizes")
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i] + sizes[i]
    return total


def funnel_sizes(n_in, n_out, n_hidden):
    if n_out < 1 or n_in <= n_out or n_hidden < 0:
        raise ValueError("no funnel")
    a, b = math.log(n_in), math.log(n_out)
    return [round(math.exp(a + (b - a) * i / (n_hidden + 1))) for i in range(1, n_hidden + 1)]


def build_from_hparams(hp):
    try:
        n_in, n_out, n_hidden = hp["n_inputs"], hp["n_outputs"], hp["n_hidden"]
        width, task = hp["n_neurons"], hp["task"]
        output = {"classification": "softmax", "multilabel": "sigmoid", "regression": None}[task]
    except KeyError as error:
        raise ValueError(str(error))
    x = inputs = keras.Input(shape=(n_in,))
    for _ in range(n_hidden):
        x = keras.layers.Dense(width, kernel_initializer=keras.initializers.HeNormal())(x)
        x = keras.layers.ReLU()(x)
    return keras.Model(inputs, keras.layers.Dense(n_out, activation=output)(x))


def grow_depth(train, max_depth, patience=1):
    if max_depth < 1:
        raise ValueError("max_depth")
    losses, best, since = [], 0, 0
    while len(losses) < max_depth and since < patience:
        losses.append(train(len(losses) + 1))
        if len(losses) == 1 or losses[-1] < losses[best]:
            best, since = len(losses) - 1, 0
        else:
            since += 1
    return best + 1, losses
