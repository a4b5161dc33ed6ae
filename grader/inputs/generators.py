"""The inputs that a question can name: each a function of random bits and a shape to a NumPy array.

The first parameter after ``bits`` is what stands behind the name in the YAML; the others are its options::

    X: {normal: [32, 5], std: 2.0}
"""

import inspect
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grader.inputs.bits import Bits

Array = npt.NDArray[np.generic]


def normal(bits: Bits, shape: list[int], mean: float = 0.0, std: float = 1.0) -> Array:
    """Draw from the normal distribution."""
    return (mean + std * bits.normal(math.prod(shape))).reshape(shape)


def uniform(bits: Bits, shape: list[int], low: float = 0.0, high: float = 1.0) -> Array:
    """Draw uniformly from [low, high)."""
    return (low + (high - low) * bits.uniform(math.prod(shape))).reshape(shape)


def integers(bits: Bits, shape: list[int], low: int = 0, high: int = 10) -> Array:
    """Draw integers from low..high-1."""
    return (low + bits.below(high - low, math.prod(shape))).reshape(shape)


def bernoulli(bits: Bits, shape: list[int], p: float = 0.5) -> Array:
    """Draw ones with probability ``p``, zeros otherwise."""
    return (bits.uniform(math.prod(shape)) < p).astype(np.int64).reshape(shape)


def one_hot(bits: Bits, shape: list[int]) -> Array:
    """Draw rows with a single one; the last axis is the classes."""
    *batch, classes = shape
    chosen = bits.below(classes, math.prod(batch)).reshape(batch)
    return np.eye(classes, dtype=np.int64)[chosen]


def permutation(bits: Bits, count: int) -> Array:
    """Shuffle the numbers 0..count-1."""
    return bits.permutation(count)


def eye(bits: Bits, size: int) -> Array:
    """Return the identity matrix."""
    return np.eye(size)


def linspace(bits: Bits, ends: list[float], num: int = 50) -> Array:
    """Return ``num`` evenly spaced numbers from the first end to the last, both included."""
    start, stop = ends
    return np.linspace(start, stop, num)


def constant(bits: Bits, value: object) -> Array:
    """Return the numbers as written. Whole numbers stay integers."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise ValueError("holds something other than numbers, or rows of different lengths")
    return array


def zeros(bits: Bits, shape: list[int]) -> Array:
    """Return zeros."""
    return np.zeros(shape)


def ones(bits: Bits, shape: list[int]) -> Array:
    """Return ones."""
    return np.ones(shape)


def binary_rows(bits: Bits, n: int) -> Array:
    """Return all 2ⁿ rows of n binary digits in counting order, the first column the most significant."""
    counts = np.arange(2**n)[:, None]
    return (counts >> np.arange(n - 1, -1, -1)) & 1


def blobs(
    bits: Bits, shape: list[int], classes: int = 3, part: str = "features", spread: float = 1.0, distance: float = 4.0
) -> Array:
    """Return clouds of points round one centre a class, or their labels.

    Features and labels that belong together are two inputs of the same ``stream``.

    Args:
        bits: the random bits.
        shape: (instances, features).
        classes: number of clouds.
        part: "features" (instances, features), "labels" (instances,) or "targets" (instances, 1).
        spread: standard deviation of a cloud.
        distance: length of the step from one centre to the next along the diagonal and its mirror.
    """
    instances, features = shape
    labels = np.arange(instances) % classes
    labels = labels[bits.permutation(instances)]
    if part == "labels":
        return labels
    if part == "targets":
        return labels[:, None]
    if part != "features":
        raise ValueError(f"part is 'features', 'labels' or 'targets', not '{part}'")
    signs = np.where(np.arange(features) % 2 == 0, 1.0, -1.0)
    along = (np.arange(classes) - (classes - 1) / 2)[:, None]
    centres = distance / math.sqrt(features) * np.where(along % 2 == 0, along * signs, along * np.ones(features))
    return centres[labels] + spread * bits.normal(instances * features).reshape(shape)


def time_series(bits: Bits, shape: list[int], part: str = "inputs", dt: float = 0.1, end: float = 30.0) -> Array:
    """Return windows of consecutive values of the course's series t·sin(t)/3 + 2·sin(5t), each with a start of its own.

    Inputs and targets that belong together are two inputs of the same ``stream``.

    Args:
        bits: the random bits.
        shape: (windows, steps, 1) or (windows, steps); (steps,) is a single window.
        part: "inputs", or "targets", which are the same windows one step later.
        dt: time between two values.
        end: the series runs from 0 to here, and no window reaches beyond.
    """
    windows, steps = (1, shape[0]) if len(shape) == 1 else shape[:2]
    if len(shape) > 3 or shape[2:] not in ([], [1]):
        raise ValueError(f"the shape is (windows, steps, 1), (windows, steps) or (steps,), not {tuple(shape)}")
    if part not in ("inputs", "targets"):
        raise ValueError(f"part is 'inputs' or 'targets', not '{part}'")
    if not 0 < steps * dt <= end:
        raise ValueError(f"{steps} steps of {dt:g} do not fit between 0 and {end:g}")
    starts = bits.uniform(windows)[:, np.newaxis] * (end - steps * dt)
    t = starts + dt * np.arange(steps + 1)
    # Rounded, so that the last bits of a machine's sine do not show.
    values = np.round((t * np.sin(t) / 3 + 2 * np.sin(5 * t)) * 2**20) / 2**20
    window: Array = values[:, :-1] if part == "inputs" else values[:, 1:]
    return window.reshape(shape)


GENERATORS: dict[str, Callable[..., Array]] = {
    function.__name__: function
    for function in (
        normal, uniform, integers, bernoulli, one_hot, permutation, eye, linspace,
        constant, zeros, ones, binary_rows, blobs, time_series,
    )
}  # fmt: skip

#: Options that every generator has.
COMMON_OPTIONS = frozenset({"dtype", "as", "stream", "shared"})


def generator_options() -> dict[str, frozenset[str]]:
    """Return the names of the options of each generator."""
    return {
        name: frozenset(list(inspect.signature(function).parameters)[2:]) | COMMON_OPTIONS
        for name, function in GENERATORS.items()
    }
