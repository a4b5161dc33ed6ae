"""Probes of m1q01, neurons. Networks are run here in plain integers, so any that computes the table is right."""

from itertools import product
from typing import Any

import numpy as np
import tensorflow as tf

from grader.probes.subject import Subject


def m1q01_switched_on(subject: Subject) -> Any:
    """Return the outputs with each input in turn switched on, beside those of the inputs as given."""
    x = np.asarray(subject.arguments()["x"])
    outputs = {"as given": subject.call()}
    for i in range(x.shape[-1]):
        switched = x.copy()
        switched[..., i] = 1
        outputs[f"input {i} on"] = subject.call({**subject.arguments(), "x": tf.constant(switched)})
    return outputs


def m1q01_all_tables(subject: Subject, *, inputs: list[int]) -> Any:
    """Ask for the network of every truth table of so many inputs; return what each network computes, as one number.

    The number reads the outputs as binary digits, so it equals the position of the table when it is right.
    """
    computed = {}
    for n in inputs:
        tables = product((0, 1), repeat=2**n)
        computed[f"{n} inputs"] = [_number(_outputs(subject.call({"table": list(table)}), n)) for table in tables]
    return computed


def m1q01_table(subject: Subject) -> Any:
    """Return what the network of the table computes; by variant if there are any."""
    if not subject.variants:
        return _table(subject, None)
    return {label: _table(subject, label) for label in subject.variants}


def m1q01_form(subject: Subject) -> Any:
    """Tell for each variant whether the network has integers, fitting shapes and at most 2ⁿ hidden neurons."""
    return {label: _form(subject, label) for label in subject.variants}


def m1q01_hidden_enough(subject: Subject, *, least: int) -> Any:
    """Tell whether the network computes the table with at least so many hidden neurons."""
    table = subject.arguments()["table"]
    W1 = np.asarray(subject.call()[0])
    return [W1.shape[1] >= least, _table(subject, None) == list(table)]


def m1q01_table_refused(subject: Subject) -> Any:
    """Return what the good table's network computes and what came of each bad table."""
    outcomes = {}
    for label in subject.variants:
        try:
            subject.call(subject.arguments(label))
        except ValueError:
            outcomes[label] = "raises ValueError"
        except Exception as error:
            outcomes[label] = f"raises {type(error).__name__}"
        else:
            outcomes[label] = "returns a network"
    return {"good table": _table(subject, None), "bad tables": outcomes}


def _table(subject: Subject, label: str | None) -> list[int]:
    arguments = subject.arguments(label)
    n = len(arguments["table"]).bit_length() - 1
    return _outputs(subject.call(arguments), n)


def _outputs(net: Any, n: int) -> list[int]:
    W1, t1, w2, t2 = (np.asarray(part) for part in net)
    rows = (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1
    hidden = (rows @ W1.reshape(n, -1) >= t1.reshape(-1)).astype(np.int64)
    return [int(value) for value in hidden @ w2.reshape(-1) >= t2]


def _number(outputs: list[int]) -> int:
    return int("".join(map(str, outputs)), 2)


def _form(subject: Subject, label: str) -> Any:
    arguments = subject.arguments(label)
    W1, t1, w2, t2 = (np.asarray(part) for part in subject.call(arguments))
    rows = len(arguments["table"])
    k = W1.shape[1] if W1.ndim == 2 else -1
    integers = all(part.dtype.kind in "iu" or part.size == 0 for part in (W1, t1, w2, t2))
    shapes = W1.shape == (rows.bit_length() - 1, k) and t1.shape == w2.shape == (k,) and t2.shape == ()
    return {"integers": integers, "shapes fit": shapes, "at most 2^n hidden": 0 <= k <= rows}
