"""A margin says how far from its bound the worst number is, whichever side of it is right."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.bank.schema import Expect
from grader.judge.margin import margin, worst_number
from grader.judge.verdict import judge
from grader.observation import Observation, Tree


def expect(**entries: Any) -> Expect:
    return Expect.model_validate(entries)


def returned(value: Tree) -> Observation:
    return Observation("returned", value=value)


@pytest.mark.parametrize(
    ("entries", "value", "number", "left"),
    [
        ({"below": 0.5}, 0.4, 0.4, 0.2),
        ({"below": 0.5}, {"a": 0.1, "b": [0.45, -3.0]}, 0.45, 0.1),
        ({"below": 0.5}, 0.6, 0.6, -0.2),
        ({"above": 2.0}, np.array([5.0, 3.0]), 3.0, 0.5),
        ({"above": -2.0}, -1.0, -1.0, 0.5),
        ({"below": 0.0}, -0.25, -0.25, 0.25),
        ({"moments": {"mean": 0.0, "std": 1.0, "z": 4.0}}, np.array([1.0, -1.0, 1.0, -1.0]), None, None),
    ],
)
def test_the_margin_is_the_share_of_the_bound_left_by_the_worst_number(
    entries: dict[str, Any], value: Tree, number: float | None, left: float | None
) -> None:
    if number is None:  # mean 0; std √(4/3), z = (√(4/3) − 1)·√8
        number = (math.sqrt(4 / 3) - 1) * math.sqrt(8)
        left = 1 - number / 4
    assert worst_number(expect(**entries), returned(value)) == pytest.approx(number)
    assert margin(expect(**entries), returned(value)) == pytest.approx(left)


@pytest.mark.parametrize(
    "seen", [returned(math.nan), returned([1.0, math.nan]), returned([]), returned("0.1"), Observation("timed_out")]
)
def test_without_a_number_nothing_is_left(seen: Observation) -> None:
    assert margin(expect(below=1.0), seen) == -math.inf


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.booleans())
def test_a_margin_is_positive_where_the_judge_passes(number: float, limit: float, below: bool) -> None:
    rule = expect(**{"below" if below else "above": limit})
    good = returned(limit - 1.0 if below else limit + 1.0)
    assert (margin(rule, returned(number)) > 0) == judge(rule, returned(number), good).passed
