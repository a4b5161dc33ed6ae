"""The judge is strict, says what differs, and cannot be fooled by values."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.schema import Expect
from grader.judge.compare import Tolerance, first_mismatch
from grader.judge.diagnose import explain
from grader.judge.verdict import COMPARATORS, UnfitReference, Verdict, judge
from grader.observation import ErrorSeen, Observation, Opaque, Tree


def returned(value: Tree) -> Observation:
    return Observation("returned", value=value)


def raised(name: str, message: str = "", *bases: str) -> Observation:
    return Observation("raised", error=ErrorSeen(name, (name, *bases, "Exception"), message))


def verdict(expect: dict[str, Any], got: Tree, reference: Tree) -> Verdict:
    return judge(Expect.model_validate(expect), returned(got), returned(reference))


def f32(*numbers: Any) -> np.ndarray:
    return np.array(numbers, np.float32)


FLOATS = hnp.arrays(np.float32, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6, width=32))


@given(FLOATS)
def test_a_value_is_close_to_itself(array: np.ndarray) -> None:
    assert verdict({}, array.copy(), array).passed


@given(FLOATS, st.data())
def test_a_single_number_that_is_off_fails_and_is_shown(array: np.ndarray, data: st.DataObject) -> None:
    place = tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)
    changed = array.copy()
    changed[place] += 1 + abs(changed[place]) * 0.01
    result = verdict({}, changed, array)
    assert not result.passed
    assert result.reason.startswith(f"1 of {array.size} elements differ")
    assert result.mismatch is not None
    assert result.mismatch.rows[0].index == str(list(place))


@given(FLOATS, st.sampled_from([np.nan, np.inf, -np.inf]), st.data())
def test_nan_and_infinities_never_pass_for_numbers(array: np.ndarray, bad: float, data: st.DataObject) -> None:
    place = tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)
    changed = array.copy()
    changed[place] = bad
    assert not verdict({}, changed, array).passed
    assert not verdict({"below": 1e9}, changed, array).passed or bad == -np.inf
    assert not verdict({"above": -1e9}, changed, array).passed or bad == np.inf


@given(FLOATS)
def test_nothing_broadcasts(array: np.ndarray) -> None:
    for other in (array[None], array[..., None], np.float32(array.flat[0])):
        shape = np.asarray(other).shape
        assume(shape != array.shape)
        result = verdict({}, np.asarray(other), array)
        assert f"shape {shape} instead of {array.shape}" in result.reason


def test_nan_in_the_reference_is_the_questions_fault() -> None:
    with pytest.raises(UnfitReference):
        verdict({}, f32(np.nan), f32(np.nan))


def test_equal_infinities_are_equal() -> None:
    assert verdict({}, f32(np.inf, 1), f32(np.inf, 1)).passed
    assert not verdict({}, f32(-np.inf, 1), f32(np.inf, 1)).passed


@pytest.mark.parametrize(
    ("got", "reference", "reason"),
    [
        (f32(1, 2), np.array([1, 2]), "dtype float32 instead of int64"),
        (np.array([True]), np.array([1]), "dtype bool instead of int64"),
        (np.array([1, 2]), f32(1, 2), "dtype int64 instead of float32"),
        ([1.0, 2.0], f32(1, 2), "a list of 2 instead of an array of shape (2,)"),
        (None, f32(1), "None instead of an array of shape (1,)"),
        (f32(1), (f32(1), 2), "shape (1,) float32 instead of a tuple"),
        ((f32(1),), (f32(1), 2), "1 items instead of 2"),
        ({"a": 1}, {"b": 1}, "the dict lacks b and has also a"),
        (Opaque("keras.Model"), f32(1), "an object of type keras.Model instead of an array of shape (1,)"),
        ("yes", True, "a Python str instead of a number"),
        ([1, [2, 4]], [1, [2, 3]], "[1][1]: another value"),
        (True, 1, "dtype bool instead of int64"),
    ],
)
def test_structure_shape_and_kind_come_before_numbers(got: Tree, reference: Tree, reason: str) -> None:
    result = verdict({}, got, reference)
    assert not result.passed
    assert reason in result.reason


@pytest.mark.parametrize(
    ("got", "reference"),
    [
        (np.array([1.0, 2.0]), f32(1, 2)),  # float64 for float32
        ([f32(1), 2], (f32(1), 2)),  # a list for a tuple
        (np.array(3), 3),  # a scalar tensor for a number
        (3, np.array(3)),
        (2, 2.0),  # Python's own int for its float
        (np.array([0, 1, 1]), [0, 1, 1]),  # a vector for a list of numbers
    ],
)
def test_right_answers_of_another_kind_pass(got: Tree, reference: Tree) -> None:
    assert verdict({}, got, reference).passed


def test_float64_is_compared_as_float64_unless_told_otherwise() -> None:
    one = np.array([1.0])
    assert not verdict({}, one + 1e-8, one).passed
    assert verdict({"rtol": 1e-6}, one + 1e-8, one).passed
    assert verdict({}, one.astype(np.float32) + np.float32(1e-6), one.astype(np.float32)).passed


def test_exact_dtype_tells_float32_from_float64() -> None:
    assert not verdict({"dtype": "exact"}, np.array([1.0]), f32(1)).passed


def test_whole_numbers_are_compared_exactly() -> None:
    big = np.array([2**62], np.int64)
    assert not verdict({}, big + 1, big).passed


def test_a_pin_takes_the_references_form_and_holds_for_it() -> None:
    assert verdict({"value": [[1, 2], 3]}, (f32(1, 2), 3.0), (f32(1, 2), 3.0)).passed
    assert not verdict({"value": [[1, 2], 3]}, (f32(1, 2), 4.0), (f32(1, 2), 3.0)).passed
    with pytest.raises(UnfitReference):
        verdict({"value": [1, 2]}, f32(1, 2), f32(1, 3))
    with pytest.raises(UnfitReference):
        verdict({"value": [[1, 2]]}, f32(1, 2), f32(1, 2))


def test_bounds_want_every_number_and_at_least_one() -> None:
    assert verdict({"below": 0.1}, 0.05, 0.01).passed
    assert not verdict({"below": 0.1}, [0.05, 0.2], [0.01, 0.02]).passed
    assert not verdict({"above": 0.9}, [], [0.95]).passed


def test_moments_are_judged_by_z_scores() -> None:
    rng = np.random.default_rng(0)
    sample = rng.normal(1.0, 2.0, 10_000)
    expect = {"moments": {"mean": 1.0, "std": 2.0, "z": 5.0}}
    assert verdict(expect, sample, sample).passed
    wide = verdict(expect, sample * 1.1, sample)
    assert "the mean of 10000 samples" in wide.reason or "the std of 10000 samples" in wide.reason
    assert "z = +" in wide.reason
    assert not verdict(expect, np.full(10_000, np.nan), sample).passed
    assert not verdict(expect, sample[:1], sample).passed


def test_shape_ignores_numbers_and_nothing_else() -> None:
    assert verdict({"compare": "shape"}, f32(1, 2), f32(3, 4)).passed
    assert not verdict({"compare": "shape"}, f32(1, 2, 3), f32(3, 4)).passed


def test_unchanged_names_the_input() -> None:
    result = verdict({"compare": "unchanged"}, {"W": f32(2), "b": f32(1)}, {"W": f32(1), "b": f32(1)})
    assert result.reason == "the function changed its input ['W']"


def test_raises_accepts_subclasses_and_nothing_else() -> None:
    expect = Expect(raises="ValueError")
    reference = raised("ValueError")
    assert judge(expect, raised("MyError", "", "ValueError"), reference).passed
    for other in (raised("TypeError"), returned(1), Observation("exited", detail="ended the interpreter")):
        assert "ValueError should be raised" in judge(expect, other, reference).reason


@pytest.mark.parametrize("outcome", ["timed_out", "crashed", "exited", "malformed", "missing", "not_loaded"])
@pytest.mark.parametrize("expect", [{}, {"value": 1}, {"below": 5}, {"raises": "ValueError"}, {"compare": "shape"}])
def test_no_answer_never_passes(outcome: Any, expect: dict[str, Any]) -> None:
    reference = raised("ValueError") if "raises" in expect else returned(1)
    assert not judge(Expect.model_validate(expect), Observation(outcome), reference).passed


def test_every_comparator_of_the_format_is_judged() -> None:
    ways = {"value", "raises", "below", "above", "moments"}
    compare = {"close", "equal", "shape", "structure", "unchanged"}
    assert ways | compare == COMPARATORS


@given(FLOATS)
def test_no_expected_number_is_in_the_reason(array: np.ndarray) -> None:
    secret = array + np.float32(987654.0)
    result = verdict({}, array, secret)
    assert not any(str(number) in result.reason for number in secret.ravel() if abs(number) > 100)


def _explained(seen: dict[str, Tree], mistakes: dict[str, dict[str, Tree]], failed: set[str]) -> dict[str, list[str]]:
    as_seen = {check: returned(value) for check, value in seen.items()}
    known = {name: {check: returned(value) for check, value in own.items()} for name, own in mistakes.items()}
    return explain(as_seen, failed, known, dict.fromkeys(seen, Expect()))


def test_the_mistake_that_agrees_everywhere_is_named_before_one_that_agrees_once() -> None:
    seen = {"a": 1.0, "b": 2.0}
    mistakes = {"once": {"a": 1.0, "b": 9.0}, "everywhere": {"a": 1.0, "b": 2.0}}
    assert _explained(seen, mistakes, {"a"}) == {"a": ["everywhere"]}


def test_equal_mistakes_are_all_named_and_strangers_none() -> None:
    mistakes = {"one": {"a": 1.0}, "two": {"a": 1.0}, "other": {"a": 3.0}}
    assert _explained({"a": 1.0}, mistakes, {"a"}) == {"a": ["one", "two"]}
    assert _explained({"a": 5.0}, mistakes, {"a"}) == {"a": []}


def test_several_mistakes_in_one_function_are_named_check_by_check() -> None:
    seen = {"a": 1.0, "b": 2.0, "c": 0.0}
    mistakes = {"first": {"a": 1.0, "b": 0.0, "c": 0.0}, "second": {"a": 0.0, "b": 2.0, "c": 0.0}}
    assert _explained(seen, mistakes, {"a", "b"}) == {"a": ["first"], "b": ["second"]}


def test_a_mistake_that_ends_in_nan_is_recognised_by_it() -> None:
    assert _explained({"a": f32(np.nan, 1)}, {"diverges": {"a": f32(np.nan, 1)}}, {"a"}) == {"a": ["diverges"]}
    assert _explained({"a": f32(np.nan, 1)}, {"other": {"a": f32(1, np.nan)}}, {"a"}) == {"a": []}


def test_tolerance_is_asymmetric_in_the_expected_value() -> None:
    assert first_mismatch(f32(101), f32(100), Tolerance(rtol=0.01, atol=0)) is None
    assert first_mismatch(f32(99), f32(100), Tolerance(rtol=0.009, atol=0)) is not None
