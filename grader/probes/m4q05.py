"""Probes of m4q05, a recurrent network that predicts a time series: how its weights start, and what is refused."""

from typing import Any

import keras
import numpy as np

from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Arguments, Subject


def m4q05_weights_by_seed(subject: Subject) -> Any:
    """Build the model with each variant; return for each the number of the first that starts from the same weights."""
    starts = [subject.call(subject.arguments(label)).get_weights() for label in subject.variants]
    return {
        label: next(number for number, other in enumerate(starts) if _equal(own, other))
        for label, own in zip(subject.variants, starts, strict=True)
    }


def _equal(one: list[Any], other: list[Any]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def m4q05_refused(subject: Subject) -> Any:
    """Return whether good inputs give a model, alone or first in a tuple, and what came of the bad ones."""

    def gives(arguments: Arguments | None = None) -> str:
        value = subject.call(arguments)
        model = value[0] if isinstance(value, tuple | list) else value
        return "a model" if isinstance(model, keras.Model) else type(value).__name__

    return refusals(gives, by_variant(subject, gives))
