"""Probes that make several calls whose values a property ties together. They return the values, not the verdict."""

from typing import Any

import numpy as np
import tensorflow as tf

from grader.probes.subject import Subject


def permuted(subject: Subject, *, of: str, axis: int = -1) -> Any:
    """Return the value for an input as it is, reversed along ``axis`` and rolled by one.

    Args:
        subject: the function and its inputs.
        of: the input to permute.
        axis: the axis along which.
    """
    arguments = subject.arguments()
    original = np.asarray(arguments[of])
    orders = {"as given": original, "reversed": np.flip(original, axis), "rolled": np.roll(original, 1, axis)}
    return {name: subject.call({**subject.arguments(), of: tf.constant(array)}) for name, array in orders.items()}


def scaled(subject: Subject, *, of: list[str], by: float) -> Any:
    """Return the value for the inputs as they are and with those in ``of`` multiplied by ``by``."""
    plain_arguments, larger = subject.arguments(), subject.arguments()
    for name in of:
        larger[name] = larger[name] * by
    return {"as given": subject.call(plain_arguments), f"{' and '.join(of)} times {by:g}": subject.call(larger)}


def batch_repeated(subject: Subject, *, of: list[str], times: int = 2) -> Any:
    """Return the value for a batch and for the same batch ``times`` over: means stay, sums do not."""
    arguments, longer = subject.arguments(), subject.arguments()
    for name in of:
        longer[name] = tf.concat([longer[name]] * times, axis=0)
    return {"once": subject.call(arguments), f"{times} times": subject.call(longer)}


def one_by_one(subject: Subject, *, of: str, batches: bool = True) -> Any:
    """Return the values for the rows of ``of`` taken one at a time: each is independent of its batch.

    Args:
        subject: the function and its inputs.
        of: the input.
        batches: whether a row is passed as a batch of one; else without the batch axis.
    """
    rows = subject.arguments()[of]
    return [
        subject.call({**subject.arguments(), of: rows[i : i + 1] if batches else rows[i]}) for i in range(len(rows))
    ]


def prefix(subject: Subject, *, of: str, keep: int) -> Any:
    """Return the first ``keep`` rows of the value with the later rows of ``of`` as given and overwritten.

    The two agree for a function that cannot see the future.
    """
    arguments, changed = subject.arguments(), subject.arguments()
    series = np.array(changed[of])
    series[keep:] = 1 - series[keep:] if series.dtype.kind in "biu" else -series[keep:] + 1
    changed[of] = tf.constant(series)
    return {
        "as given": subject.call(arguments)[:keep],
        "with another future": subject.call(changed)[:keep],
    }


def fed_back(subject: Subject, *, of: str, along: str, part: int | None = None) -> Any:
    """Return the values of a chain of calls, one for each row of ``along``; each call's value is the next one's ``of``.

    Args:
        subject: the function and its inputs; ``of`` holds where the chain starts.
        of: the input that each call hands on, such as a state.
        along: the input that gives each call a row of its own, such as the actions.
        part: which part of a tuple or list is handed on; all of the value when left out.
    """
    arguments = subject.arguments()
    handed_on, values = arguments[of], []
    for row in arguments[along]:
        values.append(subject.call({**subject.arguments(), of: handed_on, along: row}))
        handed_on = values[-1] if part is None else values[-1][part]
    return values
