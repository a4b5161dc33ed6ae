"""Probes of m1q02, logic with neurons. Networks are run here in plain integers, so any that is right is right."""

from itertools import product
from typing import Any

import numpy as np

from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Subject

#: That of every neuron of the question.
_THRESHOLD = 2


def m1q02_gates(subject: Subject) -> Any:
    """Return for each variant the truth table of the gate."""
    return {label: _table([subject.call(subject.arguments(label))]) for label in subject.variants}


def m1q02_gate_forms(subject: Subject) -> Any:
    """Tell for each variant whether the connections are integers, and return their shape."""
    forms = {}
    for label in subject.variants:
        W = np.asarray(subject.call(subject.arguments(label)))
        forms[label] = {"integers": W.dtype.kind in "iu", "shape": list(W.shape)}
    return forms


def m1q02_gate_held(subject: Subject, *, on: int) -> Any:
    """Return the outputs of the gate over its other inputs while the input number ``on`` is held on."""
    W = np.asarray(subject.call())
    rows = _rows(len(W))
    return _outputs([W], rows[rows[:, on] == 1])


def m1q02_gate_chained(subject: Subject) -> Any:
    """Return f(A, f(A, B)) of the gate f for A, B = 00, 01, 10, 11."""
    W = np.asarray(subject.call())
    rows = _rows(2)
    return _outputs([W], np.stack([rows[:, 0], _outputs([W], rows)], axis=1))


def m1q02_gate_rejects(subject: Subject) -> Any:
    """Do as the probe ``rejects``, with the good gate shown by its truth table."""
    return refusals(lambda: _table([subject.call()]), by_variant(subject, subject.call))


def m1q02_lengths(subject: Subject, *, up_to: int) -> Any:
    """Return the lengths of the tables of a neuron that hears its first input only, for 1..``up_to`` inputs."""
    lengths = []
    for n in range(1, up_to + 1):
        W = np.zeros((n, 1), np.int32)
        W[0] = _THRESHOLD
        lengths.append(len(subject.call({"net": [W], "n_inputs": n})))
    return lengths


def m1q02_net_table(subject: Subject) -> Any:
    """Return the truth table of the network."""
    return _table(list(subject.call()))


def m1q02_net_form(subject: Subject) -> Any:
    """Tell whether the layers are matrices of integers; return the numbers of inputs and of output neurons."""
    net = [np.asarray(W) for W in subject.call()]
    return {
        "integers": all(W.dtype.kind in "iu" for W in net),
        "matrices": all(W.ndim == 2 for W in net),
        "inputs": len(net[0]),
        "outputs": net[-1].shape[-1],
    }


def m1q02_net_layers(subject: Subject, *, at_least: int) -> Any:
    """Tell whether the network has ``at_least`` so many layers."""
    return len(list(subject.call())) >= at_least


def m1q02_single_neurons(subject: Subject, *, most: int) -> Any:
    """Count the single neurons with weights -``most``..``most`` that compute what the network computes."""
    table = _table(list(subject.call())).tolist()
    weights = range(-most, most + 1)
    return sum(_table([np.array([[a], [b]])]).tolist() == table for a, b in product(weights, weights))


def _table(net: list[Any]) -> Any:
    return _outputs(net, _rows(len(np.asarray(net[0]))))


def _rows(n: int) -> Any:
    return np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1


def _outputs(net: list[Any], signals: Any) -> Any:
    """Run the network; a last layer of several neurons gives several outputs for each row."""
    for W in net:
        signals = (signals @ _wide(W) >= _THRESHOLD).astype(np.int64)
    return signals.reshape(-1)


def _wide(W: Any) -> Any:
    """Return integers as int64, so that no sum wraps round, and other numbers as they are: the forms tell of them."""
    array = np.asarray(W)
    return array.astype(np.int64) if array.dtype.kind in "biu" else array
