"""Ben's hyper-parameters."""

import keras


def count_parameters(sizes):
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError("sizes")
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))


def funnel_sizes(n_inputs, n_outputs, n_hidden):
    if n_inputs <= n_outputs or n_outputs < 1 or n_hidden < 0:
        raise ValueError("funnel")
    return [round(n_inputs * (n_outputs / n_inputs) ** (i / (n_hidden + 1))) for i in range(1, n_hidden + 1)]


def build_from_hparams(hp):
    for key in ("n_inputs", "n_outputs", "n_hidden", "n_neurons", "task"):
        if key not in hp:
            raise ValueError(key)
    outputs = {"classification": "softmax", "multilabel": "softmax", "regression": None}
    if hp["task"] not in outputs:
        raise ValueError(hp["task"])
    model = keras.Sequential([keras.Input((hp["n_inputs"],))])
    for _ in range(hp["n_hidden"]):
        model.add(keras.layers.Dense(hp["n_neurons"], "relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(hp["n_outputs"], outputs[hp["task"]]))
    return model


def grow_depth(train_fn, max_depth, patience=1):
    if max_depth < 1:
        raise ValueError("max_depth")
    history, best, waited = [], float("inf"), 0
    for depth in range(1, max_depth + 1):
        history.append(train_fn(depth))
        if history[-1] < best:
            best, waited = history[-1], 0
        else:
            waited += 1
            if waited == patience:
                break
    return len(history), history
