"""What students get wrong about hyper-parameters, as running code."""

import itertools

import keras

from reference_impl.m1_artificial_neurons.m1q09_hyperparameters import (
    build_from_hparams,
    count_parameters,
    funnel_sizes,
    grow_depth,
)


def count_parameters__no_biases(sizes):
    count_parameters(sizes)
    return sum(a * b for a, b in itertools.pairwise(sizes))


def count_parameters__counts_neurons(sizes):
    count_parameters(sizes)
    return sum(sizes)


def count_parameters__bias_on_inputs(sizes):
    return count_parameters(sizes) + sizes[0]


def count_parameters__any_sizes(sizes):
    return sum((a + 1) * b for a, b in itertools.pairwise(sizes))


def funnel_sizes__linear(n_inputs, n_outputs, n_hidden):
    funnel_sizes(n_inputs, n_outputs, n_hidden)
    step = (n_inputs - n_outputs) / (n_hidden + 1)
    return [round(n_inputs - step * i) for i in range(1, n_hidden + 1)]


def funnel_sizes__with_endpoints(n_inputs, n_outputs, n_hidden):
    return [n_inputs, *funnel_sizes(n_inputs, n_outputs, n_hidden), n_outputs]


def funnel_sizes__cut_off(n_inputs, n_outputs, n_hidden):
    funnel_sizes(n_inputs, n_outputs, n_hidden)
    ratio = n_outputs / n_inputs
    return [int(n_inputs * ratio ** (i / (n_hidden + 1))) for i in range(1, n_hidden + 1)]


def funnel_sizes__any_direction(n_inputs, n_outputs, n_hidden):
    if n_inputs < 1 or n_outputs < 1:
        return funnel_sizes(n_inputs, n_outputs, n_hidden)
    ratio = n_outputs / n_inputs
    return [round(n_inputs * ratio ** (i / (n_hidden + 1))) for i in range(1, n_hidden + 1)]


def build_from_hparams__relu_output(hp):
    return _build(hp, {"classification": "softmax", "multilabel": "sigmoid", "regression": "relu"})


def build_from_hparams__softmax_multilabel(hp):
    return _build(hp, {"classification": "softmax", "multilabel": "softmax", "regression": "linear"})


def build_from_hparams__one_hidden_too_many(hp):
    return build_from_hparams({**hp, "n_hidden": hp["n_hidden"] + 1})


def build_from_hparams__sigmoid_hidden(hp):
    return _build(hp, {"classification": "softmax", "multilabel": "sigmoid", "regression": "linear"}, "sigmoid")


def build_from_hparams__default_initialiser(hp):
    return _build(
        hp, {"classification": "softmax", "multilabel": "sigmoid", "regression": "linear"}, init="glorot_uniform"
    )


def build_from_hparams__any_task(hp):
    return build_from_hparams(
        {**hp, "task": hp["task"] if hp["task"] in ("multilabel", "regression") else "classification"}
    )


def _build(hp, outputs, hidden="relu", init="he_normal"):
    build_from_hparams(hp)
    layers = [
        keras.layers.Dense(hp["n_neurons"], activation=hidden, kernel_initializer=init) for _ in range(hp["n_hidden"])
    ]
    return keras.Sequential(
        [keras.Input((hp["n_inputs"],)), *layers, keras.layers.Dense(hp["n_outputs"], activation=outputs[hp["task"]])]
    )


def grow_depth__last_depth(train_fn, max_depth, patience=1):
    _, history = grow_depth(train_fn, max_depth, patience)
    return len(history), history


def grow_depth__tries_all(train_fn, max_depth, patience=1):
    if max_depth < 1:
        return grow_depth(train_fn, max_depth, patience)
    history = [train_fn(depth) for depth in range(1, max_depth + 1)]
    return 1 + min(range(len(history)), key=lambda i: (history[i] != history[i], history[i])), history


def grow_depth__ties_improve(train_fn, max_depth, patience=1):
    best, best_loss, waited, history = 1, float("inf"), 0, []
    if max_depth < 1:
        return grow_depth(train_fn, max_depth, patience)
    for depth in range(1, max_depth + 1):
        history.append(train_fn(depth))
        if history[-1] <= best_loss:
            best, best_loss, waited = depth, history[-1], 0
        else:
            waited += 1
        if waited >= patience:
            break
    return best, history


def grow_depth__patience_never_reset(train_fn, max_depth, patience=1):
    best, best_loss, waited, history = 1, float("inf"), 0, []
    if max_depth < 1:
        return grow_depth(train_fn, max_depth, patience)
    for depth in range(1, max_depth + 1):
        history.append(train_fn(depth))
        if history[-1] < best_loss:
            best, best_loss = depth, history[-1]
        else:
            waited += 1
        if waited >= patience:
            break
    return best, history


def grow_depth__trains_twice(train_fn, max_depth, patience=1):
    best, history = grow_depth(train_fn, max_depth, patience)
    train_fn(best)
    return best, history
