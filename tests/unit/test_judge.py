"""The judge is strict, says what differs, and cannot be fooled by values."""

import contextlib
import itertools
import math
import os
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.schema import Expect
from grader.judge.compare import Tolerance, first_mismatch
from grader.judge.diagnose import explain
from grader.judge.verdict import COMPARATORS, UnfitReference, Verdict, judge
from grader.observation import ErrorSeen, Observation, Opaque, Tree
from tests.unit.test_wire import TREES

#: The nightly target asks for more.
EXAMPLES = int(os.environ.get("GRADETAPE_FUZZ", "4000")) // 20


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
    assert not verdict({"below": 1e9}, changed, array).passed
    assert not verdict({"above": -1e9}, changed, array).passed


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
        ({"a": 1}, {"": 1}, "the dict lacks '' and has also a"),
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


def test_a_reference_that_raises_where_a_value_is_wanted_is_unfit() -> None:
    """A probe with a fault of its own would otherwise give marks for raising the same."""
    with pytest.raises(UnfitReference, match="KeyError"):
        judge(Expect(value=1), raised("KeyError"), raised("KeyError"))


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


def test_a_hang_is_explained_only_by_a_mistake_that_agrees_in_all_other_checks_too() -> None:
    hang = Observation("timed_out", detail="was stopped after 3 s")
    seen = {"a": returned(1.0), "b": hang, "c": returned(0.0)}
    known = {
        "the same elsewhere": {"a": returned(1.0), "b": Observation("timed_out"), "c": returned(0.0)},
        "something else in c": {"a": returned(1.0), "b": Observation("timed_out"), "c": returned(5.0)},
        "comes back": {"a": returned(1.0), "b": returned(1.0), "c": returned(0.0)},
    }
    expects = dict.fromkeys(seen, Expect())
    assert explain(seen, {"b"}, known, expects) == {"b": ["the same elsewhere"]}
    del known["the same elsewhere"]
    assert explain(seen, {"b"}, known, expects) == {"b": []}
    # Where a value tells more than the clock, agreement in it still counts.
    assert explain(seen, {"a", "b"}, known, expects) == {"a": ["something else in c"], "b": []}


def test_tolerance_is_asymmetric_in_the_expected_value() -> None:
    assert first_mismatch(f32(101), f32(100), Tolerance(rtol=0.01, atol=0)) is None
    assert first_mismatch(f32(99), f32(100), Tolerance(rtol=0.009, atol=0)) is not None


# What a student may send is any tree at all. The oracle below is written from the contract, not from the judge.


def _same_kind(got: Tree, expected: Tree) -> bool:
    kinds = {"b": "b", "i": "i", "u": "i", "f": "f", "c": "c", "O": "O"}
    a, b = np.asarray(got), np.asarray(expected)
    if type(got) is int and type(expected) is float:
        return True
    return a.shape == b.shape and kinds.get(a.dtype.kind) == kinds[b.dtype.kind]


def _may_pass(got: Tree, expected: Tree) -> bool:
    """Tell whether two trees are the same in structure, shape and kind, and no expected number is missed widely."""
    if isinstance(expected, dict):
        return (
            isinstance(got, dict) and got.keys() == expected.keys() and all(_may_pass(got[k], expected[k]) for k in got)
        )
    if isinstance(expected, list | tuple):
        if isinstance(got, np.ndarray) and got.ndim == 1:
            got = got.tolist()
        same_length = isinstance(got, list | tuple) and len(got) == len(expected)
        return same_length and all(map(_may_pass, got, expected))
    if not isinstance(expected, np.ndarray | bool | int | float):
        return type(got) is type(expected) and got == expected
    if not isinstance(got, np.ndarray | bool | int | float) or not _same_kind(got, expected):
        return False
    for one, other in zip(np.ravel(got).tolist(), np.ravel(expected).tolist(), strict=True):
        if (isinstance(one, int) and abs(one) > 2**70) or (
            isinstance(other, float | complex) and not abs(other) < math.inf
        ):
            if one != other:
                return False
        elif not abs(one - other) <= 0.02 * abs(other) + 0.002:
            return False
    return True


WAYS: list[dict[str, Any]] = [
    {}, {"compare": "equal"}, {"compare": "structure"}, {"compare": "unchanged"}, {"dtype": "exact"},
    {"compare": "shape"}, {"below": 2.0}, {"above": -2.0}, {"moments": {"mean": 0.0, "std": 1.0}},
]  # fmt: skip


@given(st.sampled_from(WAYS), TREES, TREES)
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_tree_is_judged_and_only_the_same_passes(expect: dict[str, Any], got: Tree, reference: Tree) -> None:
    try:
        result = verdict(expect, got, reference)
    except UnfitReference:
        return  # the reference does not meet its own expectation: NaN in it, or nothing to bound
    assert len(result.reason) < 10_000
    if result.passed and not {"below", "above", "moments"} & expect.keys() and expect.get("compare") != "shape":
        assert _may_pass(got, reference)


@given(st.sampled_from(WAYS), TREES, st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_tree_that_is_changed_in_one_place_does_not_pass(
    expect: dict[str, Any], reference: Tree, data: st.DataObject
) -> None:
    changed = _changed(reference, data)
    try:
        result = verdict(expect, changed, reference)
    except UnfitReference:
        return
    assert (
        not result.passed
        or _may_pass(changed, reference)
        or expect.get("compare") == "shape"
        or "below" in expect
        or "above" in expect
        or "moments" in expect
    )


def _changed(tree: Tree, data: st.DataObject) -> Tree:
    """Change a tree as one who wants to fool a comparison would."""
    if isinstance(tree, dict) and tree and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(tree)))
        return {**tree, key: _changed(tree[key], data)}
    if isinstance(tree, list | tuple) and tree and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(tree) - 1))
        return type(tree)(_changed(item, data) if at == place else item for at, item in enumerate(tree))
    if isinstance(tree, np.ndarray):
        array: np.ndarray = tree
        tricks = {
            "another rank": lambda: array[None],
            "one number for all": lambda: array.ravel()[:1],
            "nothing": lambda: array.ravel()[:0],
            "as truth": lambda: array.astype(bool),
            "as text": lambda: str(array.tolist()),
            "as whole numbers": lambda: np.nan_to_num(array.real).astype(np.int8),
            "NaN": lambda: np.full(array.shape, np.nan),
            "infinite": lambda: np.full(array.shape, -np.inf),
            "a claim": lambda: Opaque("numpy.ndarray"),
        }
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tricks[data.draw(st.sampled_from(sorted(tricks)))]()
    others = [
        None,
        True,
        0,
        -0.0,
        math.nan,
        math.inf,
        10**900,
        -(10**900),
        "",
        [],
        (),
        {},
        Opaque("x"),
        [tree],
        (tree,),
    ]
    return data.draw(st.sampled_from(others))


@pytest.mark.parametrize("expect", WAYS)
def test_whole_numbers_without_bounds_are_judged(expect: dict[str, Any]) -> None:
    for huge, reference in itertools.product(
        [10**900, -(10**900), 2**63, 2**64, -(2**63) - 1],
        [1.0, 1, True, f32(1), np.array([1]), np.array(1), [1.0, 2], "1", None],
    ):
        for got in (huge, [huge, huge], (huge,), {"a": huge}):
            with contextlib.suppress(UnfitReference):
                passed = verdict(expect, got, reference).passed
                bounded_only = {"below", "above"} & expect.keys() and abs(huge) < 2**65
                assert not passed or bounded_only or expect.get("compare") == "shape"


def test_what_is_said_of_a_student_s_text_is_cut() -> None:
    long = "x" * 1_000_000
    for got in (long, {long: 1, "a": 2}, {str(number): 0 for number in range(100_000)}, Opaque("x" * 199), [long]):
        for reference in ("right", {"a": 2}, f32(1), ["right"], 1.0):
            result = verdict({}, got, reference)
            told = result.mismatch
            assert told is not None
            assert len(f"{result.reason}{told.what}{told.got}{told.expected}{told.rows}") < 20_000


def test_equal_names_with_other_values_are_other_dicts() -> None:
    assert not verdict({}, {"a": 1, "A": 2}, {"a": 1}).passed
    assert not verdict({}, {"a": 1}, {"a": 1, "A": 2}).passed
    assert not verdict({}, {"a ": 1}, {"a": 1}).passed


def test_zeros_of_either_sign_are_one_number() -> None:
    assert verdict({}, f32(-0.0), f32(0.0)).passed
    assert not verdict({}, f32(-0.0), f32(1.0)).passed
