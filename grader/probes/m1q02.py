"""Probes of m1q02, logic with neurons. Networks are run here in plain integers, so any that is right is right."""

from typing import Any

import numpy as np

from grader.probes.subject import Subject

_THRESHOLD = 2


def m1q02_gate(subject: Subject) -> Any:
    """Return for each variant what the gate's connections compute and what they look like."""
    return {label: _describe([subject.call(subject.arguments(label))]) for label in subject.variants}


def m1q02_gate_alone(subject: Subject, *, always_on: int) -> Any:
    """Return the gate's outputs over the other inputs while the input ``always_on`` is on."""
    W = _integers(subject.call())
    rows = _rows(W.shape[0])
    return _run([W], rows[rows[:, always_on] == 1])


def m1q02_gate_rejected(subject: Subject) -> Any:
    """Return what the gate computes and, for each variant, whether its name is refused with ValueError."""
    refused = {}
    for label in subject.variants:
        try:
            subject.call(subject.arguments(label))
        except ValueError:
            refused[label] = True
        else:
            refused[label] = False
    return {"good name": _describe([subject.call()])["truth table"], "refused": refused}


def m1q02_network_table(subject: Subject) -> Any:
    """Return the truth table of the network."""
    return _describe(list(subject.call()))["truth table"]


def m1q02_network_form(subject: Subject) -> Any:
    """Tell whether every layer is a matrix of integers, and return the numbers of inputs and outputs."""
    described = _describe(list(subject.call()))
    return [all(described["integers"]), all(described["rank 2"]), described["inputs"], described["outputs"]]


def m1q02_single_neurons(subject: Subject, *, most: int) -> Any:
    """Count the single neurons with weights from -``most`` to ``most`` that compute what the network computes."""
    table = m1q02_network_table(subject)
    weights = range(-most, most + 1)
    return sum(_run([np.array([[a], [b]])], _rows(2)) == table for a in weights for b in weights)


def m1q02_layers(subject: Subject) -> Any:
    """Tell whether the network has two layers or more, none of them empty."""
    net = [_integers(W) for W in subject.call()]
    return len(net) >= 2 and all(W.size > 0 for W in net)


def m1q02_lengths(subject: Subject, *, up_to: int) -> Any:
    """Return the lengths of the truth tables of a neuron that listens to its first input, for 1..``up_to`` inputs."""
    lengths = []
    for n in range(1, up_to + 1):
        W = np.zeros((n, 1), np.int32)
        W[0] = _THRESHOLD
        lengths.append(len(subject.call({"net": [W], "n_inputs": n})))
    return lengths


def _describe(net: list[Any]) -> Any:
    layers = [_integers(W) for W in net]
    return {
        "integers": [np.asarray(W).dtype.kind in "iu" for W in net],
        "rank 2": [np.asarray(W).ndim == 2 for W in net],
        "inputs": int(layers[0].shape[0]),
        "outputs": int(layers[-1].shape[1]),
        "truth table": _run(layers, _rows(layers[0].shape[0])),
    }


def _integers(W: Any) -> Any:
    return np.asarray(W).astype(np.int64)


def _rows(n: int) -> Any:
    return (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1


def _run(net: list[Any], signals: Any) -> list[int]:
    for W in net:
        signals = (signals @ W >= _THRESHOLD).astype(np.int64)
    return [int(value) for value in signals[:, 0]]
