"""How far is a number from the bound that it is judged by? For those who set bounds, not for those who are judged."""

import math

import numpy as np

from grader.bank.schema import Expect, Moments
from grader.judge.verdict import numbers_in, z_scores
from grader.observation import Observation

#: The comparators that have a bound.
BOUNDED = frozenset({"below", "above", "moments"})


def worst_number(expect: Expect, seen: Observation) -> float:
    """Return the number nearest to the bound, or furthest beyond it; for moments the largest z-score.

    NaN where there is none: the check ended without a value, or a number in it is NaN.
    """
    numbers = np.array(list(numbers_in(seen.value)) if seen.outcome == "returned" else [], dtype=np.float64)
    if not numbers.size or np.isnan(numbers).any():
        return math.nan
    if expect.comparator == "above":
        return float(numbers.min())
    if expect.comparator == "below":
        return float(numbers.max())
    return max(abs(z) for _, z in z_scores(numbers, expect.moments or Moments()))


def bound(expect: Expect) -> float:
    """Return the number that those observed are to stay below, or above."""
    numbers = {"below": expect.below, "above": expect.above, "moments": (expect.moments or Moments()).z}
    number = numbers[expect.comparator]
    assert number is not None
    return number


def margin(expect: Expect, seen: Observation) -> float:
    """Return how far the worst number is on the right side of the bound, as a share of the bound; negative beyond it.

    For a bound of 0 it is the distance itself. Where there is no number it is minus infinity: nothing is further off.
    """
    number, limit = worst_number(expect, seen), bound(expect)
    if math.isnan(number):
        return -math.inf
    distance = number - limit if expect.comparator == "above" else limit - number
    return distance / (abs(limit) or 1.0)
