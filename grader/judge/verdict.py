"""An observation and what it should be -> passed or not, and why."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.bank.schema import Expect, Moments
from grader.judge.compare import EXACT, Mismatch, Tolerance, describe, first_mismatch, nearest_float
from grader.observation import Observation, Tree


class UnfitReference(Exception):  # noqa: N818 - says what is the matter
    """The reference's own observation cannot serve as the expectation: the question is at fault, not the student."""


@dataclass(frozen=True)
class Verdict:
    """Whether a check passed. ``reason`` is in words that give no expected number away; ``mismatch`` has the rest."""

    passed: bool
    reason: str = ""
    mismatch: Mismatch | None = None


PASSED = Verdict(True)


def judge(expect: Expect, got: Observation, reference: Observation) -> Verdict:
    """Judge what was seen of a submission by what was seen of the reference.

    Raises:
        UnfitReference: the reference does not meet the expectation itself, or gives nothing to compare with.
    """
    own = _judge_value(expect, reference, reference)
    if not own.passed:
        raise UnfitReference(own.reason)
    return _judge_value(expect, got, reference)


def _judge_value(expect: Expect, got: Observation, reference: Observation) -> Verdict:
    if expect.comparator == "raises":
        return _judge_raises(expect.raises or "", got)
    if reference.outcome == "raised" and reference.error is not None and expect.comparator == "close":
        return _judge_raises(reference.error.type_name, got)
    if reference.outcome != "returned":
        raise UnfitReference(f"the reference gave no value: {how_it_went(reference)}")
    if got.outcome != "returned":
        return Verdict(False, how_it_went(got))
    return _COMPARATORS[expect.comparator](expect, got.value, reference.value)


def how_it_went(seen: Observation) -> str:
    """Say in words how a check ended that gave no value."""
    error = seen.error
    told = f"{error.type_name}: {error.message}" if error and error.message else (error.type_name if error else "")
    match seen.outcome:
        case "returned":
            return f"returned {describe(seen.value)}"
        case "raised":
            return f"raised {told}"
        case "missing":
            return "the file defines no such function"
        case "not_loaded":
            return f"the file could not be loaded: {told or seen.detail}"
        case "malformed":
            return f"the answer could not be read: {seen.detail}"
        case "unavailable":
            return f"could not be run here: it needs {seen.detail}"
    return f"your code {seen.detail}" if seen.detail else seen.outcome.replace("_", " ")


def _judge_raises(name: str, got: Observation) -> Verdict:
    if got.outcome == "raised" and got.error is not None and name in got.error.bases:
        return PASSED
    return Verdict(False, f"{how_it_went(got)}, where {name} should be raised")


def _tolerance(expect: Expect) -> Tolerance:
    return Tolerance(expect.rtol, expect.atol, exact_dtype=expect.dtype == "exact")


def _from(mismatch: Mismatch | None) -> Verdict:
    if mismatch is None:
        return PASSED
    place = f"{mismatch.where}: " if mismatch.where else ""
    return Verdict(False, f"{place}{mismatch.what}", mismatch)


def _close(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    return _from(first_mismatch(got, reference, _tolerance(expect)))


def _equal(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    return _from(first_mismatch(got, reference, EXACT))


def _shape(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    return _from(first_mismatch(_zeroed(got), _zeroed(reference), _tolerance(expect)))


def _unchanged(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    mismatch = first_mismatch(got, reference, EXACT)
    if mismatch is None:
        return PASSED
    return Verdict(False, f"the function changed its input {mismatch.where}", mismatch)


def _value(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    return _from(first_mismatch(got, _pinned(expect.value, reference), _tolerance(expect)))


def _pinned(pin: Any, like: Tree) -> Tree:
    """Give the numbers of a pin the structure and dtypes of the reference's value."""
    if isinstance(like, np.ndarray):
        try:
            return np.asarray(pin).astype(like.dtype)
        except (TypeError, ValueError):
            raise UnfitReference(f"the pin is no array of {like.dtype}") from None
    if isinstance(like, list | tuple) and isinstance(pin, list) and len(pin) == len(like):
        return type(like)(_pinned(one, other) for one, other in zip(pin, like, strict=True))
    if isinstance(like, dict) and isinstance(pin, dict):
        return {key: _pinned(value, like.get(key)) for key, value in pin.items()}
    if isinstance(like, float) and type(pin) is int:
        return float(pin)
    return pin


def _below(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    return _bounded(expect, got, reference, lambda numbers: numbers < expect.below, f"below {expect.below:g}")


def _above(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    return _bounded(expect, got, reference, lambda numbers: numbers > expect.above, f"above {expect.above:g}")


def _bounded(expect: Expect, got: Tree, reference: Tree, holds: Callable[[Any], Any], bound: str) -> Verdict:
    form = _shape(expect, got, reference)
    if not form.passed:
        return form
    numbers = np.array(list(numbers_in(got)), dtype=np.float64)
    bad = numbers[~(holds(numbers) & np.isfinite(numbers))]  # no loss is -inf, and NaN holds nothing
    if numbers.size and not bad.size:
        return PASSED
    shown = ", ".join(f"{number:.6g}" for number in bad[:_SHOWN]) or "no number at all"
    return Verdict(False, f"{shown}, where every number should be {bound}")


_SHOWN = 3
_FEWEST_SAMPLES = 2


def _moments(expect: Expect, got: Tree, reference: Tree) -> Verdict:
    form = _shape(expect, got, reference)
    if not form.passed:
        return form
    samples = np.array(list(numbers_in(got)), dtype=np.float64)
    wanted = expect.moments or Moments()
    if samples.size < _FEWEST_SAMPLES:
        return Verdict(False, f"{samples.size} samples, of which nothing can be said")
    if not np.isfinite(samples).all():
        return Verdict(False, f"{np.count_nonzero(~np.isfinite(samples))} of {samples.size} samples are not finite")
    for name, z in z_scores(samples, wanted):
        if not abs(z) <= wanted.z:  # so written that NaN fails
            found = samples.mean() if name == "mean" else samples.std(ddof=1)
            should = wanted.mean if name == "mean" else wanted.std
            what = f"the {name} of {samples.size} samples is {found:.5g}, should be {should:.5g} (z = {z:+.1f})"
            return Verdict(False, what)
    return PASSED


def z_scores(samples: "np.ndarray[Any, Any]", wanted: Moments) -> Iterator[tuple[str, float]]:
    """Yield the z-scores of the sample mean and standard deviation under the wanted normal distribution.

    Their standard errors are σ/√n and, for large n, σ/√(2n) (Kendall & Stuart, vol. 1, sec. 10.5).
    """
    count = samples.size
    sigma = wanted.std if wanted.std is not None else float(samples.std(ddof=1))
    if wanted.mean is not None:
        yield "mean", float((samples.mean() - wanted.mean) / (sigma / math.sqrt(count)))
    if wanted.std is not None:
        yield "std", float((samples.std(ddof=1) - wanted.std) / (wanted.std / math.sqrt(2 * count)))


def numbers_in(tree: Tree) -> Iterator[float]:
    """Yield every number of a tree, one after the other."""
    if isinstance(tree, np.ndarray):
        # A complex number is neither below nor above another.
        yield from np.full(tree.size, math.nan) if tree.dtype.kind == "c" else tree.ravel().tolist()
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from numbers_in(value)
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from numbers_in(item)
    elif isinstance(tree, bool | int | float):
        yield nearest_float(tree)


def _zeroed(tree: Tree) -> Tree:
    """Return the tree with every number 0: its structure, shapes and dtypes alone."""
    if isinstance(tree, np.ndarray):
        return np.zeros_like(tree)
    if isinstance(tree, dict):
        return {key: _zeroed(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_zeroed(item) for item in tree)
    if isinstance(tree, bool | int | float):
        return type(tree)(0)
    return tree


_COMPARATORS: dict[str, Callable[[Expect, Tree, Tree], Verdict]] = {
    "close": _close,
    "equal": _equal,
    "shape": _shape,
    "structure": _close,  # a structure is plain data; its numbers are settings such as a dropout rate
    "unchanged": _unchanged,
    "value": _value,
    "below": _below,
    "above": _above,
    "moments": _moments,
}

#: Every comparator's name, those of `Expect` and no others.
COMPARATORS = frozenset(_COMPARATORS) | {"raises"}
