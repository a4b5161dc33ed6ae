"""Probes of m1q01, neurons. Networks are run here in plain integers, so any that computes its table is right."""

from itertools import product
from typing import Any

import numpy as np
import tensorflow as tf

from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Subject


def m1q01_switched_on(subject: Subject) -> Any:
    """Return the outputs for ``x`` as it is and with each input in turn switched on: none goes off by it."""
    x = np.asarray(subject.arguments()["x"])
    outputs = {"as given": subject.call()}
    for i in range(x.shape[-1]):
        switched = x.copy()
        switched[..., i] = 1
        outputs[f"input {i + 1} on"] = subject.call({**subject.arguments(), "x": tf.constant(switched)})
    return outputs


def m1q01_all_tables(subject: Subject, *, inputs: list[int]) -> Any:
    """Ask for the network of every truth table of so many inputs; return what each computes, a row a network."""
    return {
        f"{n} inputs": np.array(
            [_outputs(subject.call({"table": list(table)}), n) for table in product((0, 1), repeat=2**n)]
        )
        for n in inputs
    }


def m1q01_outputs(subject: Subject) -> Any:
    """Return what the network of ``table`` computes; by variant if there are any."""
    return subject.look(lambda arguments: _outputs_for(subject, arguments))


def m1q01_form(subject: Subject) -> Any:
    """Tell for each variant whether the network is of integers, of the shapes agreed on, and not too large."""
    return {label: _form(subject, subject.arguments(label)) for label in subject.variants}


def m1q01_hidden(subject: Subject, *, at_least: int) -> Any:
    """Return for each variant what the network computes and whether it has ``at_least`` so many hidden neurons."""
    seen = {}
    for label in subject.variants:
        net = subject.call(subject.arguments(label))
        n = _inputs(subject.arguments(label))
        seen[label] = {"outputs": _outputs(net, n), f"at least {at_least} hidden": np.shape(net[0])[1] >= at_least}
    return seen


def m1q01_rejects(subject: Subject) -> Any:
    """Do as the probe ``rejects``, with the good network shown by what it computes."""
    return refusals(lambda: _outputs_for(subject, subject.arguments()), by_variant(subject, subject.call))


def _outputs_for(subject: Subject, arguments: dict[str, Any]) -> Any:
    return _outputs(subject.call(arguments), _inputs(arguments))


def _inputs(arguments: dict[str, Any]) -> int:
    return len(arguments["table"]).bit_length() - 1


def _outputs(net: Any, n: int) -> Any:
    W1, t1, w2, t2 = (_wide(part) for part in net)
    rows = np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1
    hidden = (rows @ W1 >= t1).astype(np.int64)
    return (hidden @ w2 >= t2).astype(np.int64)


def _wide(part: Any) -> Any:
    """Return integers as int64, so that no sum wraps round, and other numbers as they are: `m1q01_form` tells."""
    array = np.asarray(part)
    return array.astype(np.int64) if array.dtype.kind in "biu" else array


def _form(subject: Subject, arguments: dict[str, Any]) -> Any:
    n = _inputs(arguments)
    W1, t1, w2, t2 = (np.asarray(part) for part in subject.call(arguments))
    k = t1.size
    return {
        "integers": all(part.dtype.kind in "iu" for part in (W1, t1, w2, t2)),
        "shapes (n, k), (k,), (k,), ()": (W1.shape, t1.shape, w2.shape, t2.shape) == ((n, k), (k,), (k,), ()),
        "at most 2^n hidden": k <= 2**n,
    }
