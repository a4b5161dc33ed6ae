"""What students get wrong about hyper-parameters, as running code."""

import itertools
import math

import keras

from reference_impl.m1_artificial_neurons.m1q09_hyperparameters import (
    build_from_hparams,
    count_parameters,
    funnel_sizes,
    grid_search,
    grow_depth,
)


def count_parameters__no_biases(sizes):
    return count_parameters(sizes) - sum(sizes[1:])


def count_parameters__bias_per_input(sizes):
    count_parameters(sizes)
    return sum(n_in * (n_out + 1) for n_in, n_out in itertools.pairwise(sizes))


def count_parameters__neurons(sizes):
    count_parameters(sizes)
    return sum(sizes)


def count_parameters__one_bias_a_layer(sizes):
    count_parameters(sizes)
    return sum(n_in * n_out + 1 for n_in, n_out in itertools.pairwise(sizes))


def count_parameters__any_sizes(sizes):
    return sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(sizes))


def funnel_sizes__linear(n_inputs, n_outputs, n_hidden):
    funnel_sizes(n_inputs, n_outputs, n_hidden)
    step = (n_inputs - n_outputs) / (n_hidden + 1)
    return [round(n_inputs - i * step) for i in range(1, n_hidden + 1)]


def funnel_sizes__with_ends(n_inputs, n_outputs, n_hidden):
    return [n_inputs, *funnel_sizes(n_inputs, n_outputs, n_hidden), n_outputs]


def funnel_sizes__cut_off(n_inputs, n_outputs, n_hidden):
    funnel_sizes(n_inputs, n_outputs, n_hidden)
    ratio = (n_outputs / n_inputs) ** (1 / (n_hidden + 1))
    return [int(n_inputs * ratio**i) for i in range(1, n_hidden + 1)]


def funnel_sizes__ends_as_outputs(n_inputs, n_outputs, n_hidden):
    funnel_sizes(n_inputs, n_outputs, n_hidden)
    return [round(n_inputs * (n_outputs / n_inputs) ** (i / n_hidden)) for i in range(1, n_hidden + 1)]


def funnel_sizes__halves(n_inputs, n_outputs, n_hidden):
    funnel_sizes(n_inputs, n_outputs, n_hidden)
    return [n_inputs // 2**i for i in range(1, n_hidden + 1)]


def funnel_sizes__any_sizes(n_inputs, n_outputs, n_hidden):
    ratio = (n_outputs / n_inputs) ** (1 / (n_hidden + 1))
    return [round(n_inputs * ratio**i) for i in range(1, n_hidden + 1)]


def build_from_hparams__relu_on_regression(hp):
    return _build(hp, output={"regression": "relu"})


def build_from_hparams__softmax_for_multilabel(hp):
    return _build(hp, output={"multilabel": "softmax"})


def build_from_hparams__logits(hp):
    return _build(hp, output={"classification": None, "multilabel": None})


def build_from_hparams__no_relu(hp):
    return _build(hp, hidden={"kernel_initializer": "he_normal"})


def build_from_hparams__default_initializer(hp):
    return _build(hp, hidden={"activation": "relu"})


def build_from_hparams__he_uniform(hp):
    return _build(hp, hidden={"activation": "relu", "kernel_initializer": "he_uniform"})


def build_from_hparams__outputs_counted(hp):
    return _build({**hp, "n_hidden": max(hp["n_hidden"] - 1, 0)} if "n_hidden" in hp and hp["n_hidden"] >= 0 else hp)


def build_from_hparams__always_hidden(hp):
    return _build({**hp, "n_hidden": 1} if hp.get("n_hidden") == 0 else hp)


def build_from_hparams__compiled(hp):
    model = _build(hp)
    model.compile(optimizer="sgd", loss="mse")
    return model


def build_from_hparams__without_input(hp):
    build_from_hparams(hp)  # its refusals
    return keras.Sequential(_layers(hp))


def build_from_hparams__key_error(hp):
    for key in ("n_inputs", "n_outputs", "n_hidden", "n_neurons", "task"):
        hp[key]
    return build_from_hparams(hp)


def build_from_hparams__any_task(hp):
    known = ("classification", "multilabel", "regression")
    return build_from_hparams({**hp, "task": "regression"} if hp.get("task") not in known else hp)


def grow_depth__last_depth(train_fn, max_depth, patience=1):
    _, history = grow_depth(train_fn, max_depth, patience)
    return len(history), history


def grow_depth__all_depths(train_fn, max_depth, patience=1):
    _refuse(max_depth, patience)
    history = [train_fn(depth) for depth in range(1, max_depth + 1)]
    return 1 + history.index(min(history)), history


def grow_depth__best_loss(train_fn, max_depth, patience=1):
    best, history = grow_depth(train_fn, max_depth, patience)
    return history[best - 1], history


def grow_depth__trains_best_again(train_fn, max_depth, patience=1):
    best, history = grow_depth(train_fn, max_depth, patience)
    train_fn(best)
    return best, history


def grow_depth__from_zero(train_fn, max_depth, patience=1):
    best, history = grow_depth(lambda depth: train_fn(depth - 1), max_depth, patience)
    return best - 1, history


def grow_depth__one_short(train_fn, max_depth, patience=1):
    if max_depth == 1:
        return 1, []
    return grow_depth(train_fn, max_depth - 1, patience)


def grow_depth__ties_improve(train_fn, max_depth, patience=1):
    _refuse(max_depth, patience)
    return _grow(train_fn, max_depth, patience, improves=lambda loss, best, history: loss <= best)


def grow_depth__nan_improves(train_fn, max_depth, patience=1):
    _refuse(max_depth, patience)
    return _grow(train_fn, max_depth, patience, improves=lambda loss, best, history: not loss >= best)


def grow_depth__against_previous(train_fn, max_depth, patience=1):
    _refuse(max_depth, patience)

    def improves(loss, best, history):
        return len(history) < 2 or loss < history[-2]

    return _grow(train_fn, max_depth, patience, improves)


def grow_depth__never_forgives(train_fn, max_depth, patience=1):
    _refuse(max_depth, patience)
    return _grow(train_fn, max_depth, patience, forgives=False)


def grow_depth__patience_too_long(train_fn, max_depth, patience=1):
    _refuse(max_depth, patience)
    return grow_depth(train_fn, max_depth, patience + 1)


def grow_depth__any_numbers(train_fn, max_depth, patience=1):
    return _grow(train_fn, max_depth, patience)


def grid_search__printed_three(train_fn, grid):
    grid_search(lambda setting: 0.0, grid)
    three = ("n_hidden", "n_neurons", "activation")
    return grid_search(train_fn, {name: values if name in three else values[:1] for name, values in grid.items()})


def grid_search__one_at_a_time(train_fn, grid):
    grid_search(lambda setting: 0.0, grid)
    best = {name: values[0] for name, values in grid.items()}
    losses = []
    for name, values in grid.items():
        found = [train_fn({**best, name: value}) for value in values]
        best[name] = values[found.index(min(found))]
        losses += found
    return best, losses


def grid_search__last_of_equals(train_fn, grid):
    return _search(train_fn, grid, better=lambda loss, best: loss <= best)


def grid_search__nan_wins(train_fn, grid):
    return _search(train_fn, grid, better=lambda loss, best: not loss >= best)


def grid_search__largest(train_fn, grid):
    return _search(train_fn, grid, better=lambda loss, best: best == math.inf or loss > best)


def grid_search__same_dict(train_fn, grid):
    grid_search(lambda setting: 0.0, grid)
    setting, best, least, losses = {}, None, math.inf, []
    for values in itertools.product(*grid.values()):
        setting.update(zip(grid, values, strict=True))
        loss = train_fn(setting)
        losses.append(loss)
        if loss < least:
            best, least = setting, loss
    return best, losses


def grid_search__any_grid(train_fn, grid):
    settings = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    losses = [train_fn(setting) for setting in settings]
    numbers = [loss for loss in losses if not math.isnan(loss)]
    return (settings[losses.index(min(numbers))] if settings else {}), losses


def _layers(hp, hidden=None, output=None):
    hidden = {"activation": "relu", "kernel_initializer": "he_normal"} if hidden is None else hidden
    outputs = {"classification": "softmax", "multilabel": "sigmoid", "regression": None, **(output or {})}
    layers = [keras.layers.Dense(hp["n_neurons"], **hidden) for _ in range(hp["n_hidden"])]
    return [*layers, keras.layers.Dense(hp["n_outputs"], activation=outputs[hp["task"]])]


def _build(hp, hidden=None, output=None):
    build_from_hparams(hp)  # its refusals
    return keras.Sequential([keras.Input((hp["n_inputs"],)), *_layers(hp, hidden, output)])


def _refuse(max_depth, patience):
    if max_depth < 1 or patience < 1:
        raise ValueError("at least 1, please")


def _smaller(loss, best, history):
    return loss < best


def _grow(train_fn, max_depth, patience, improves=_smaller, forgives=True):
    best_depth, best, worse, history = 1, math.inf, 0, []
    for depth in range(1, max_depth + 1):
        loss = train_fn(depth)
        history.append(loss)
        if improves(loss, best, history):
            best_depth, best = depth, loss
            worse = 0 if forgives else worse
            continue
        worse += 1
        if worse >= patience:
            break
    return best_depth, history


def _search(train_fn, grid, better):
    grid_search(lambda setting: 0.0, grid)  # its refusals
    best, least, losses = None, math.inf, []
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        losses.append(train_fn(setting))
        if better(losses[-1], least):
            best, least = setting, losses[-1]
    return best, losses
