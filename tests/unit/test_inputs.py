"""Inputs are the same bits everywhere, and each place has numbers of its own."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.inputs.bits import Bits
from grader.inputs.build import build_inputs, build_recipe
from grader.problems import GradeTapeError

PLACE = ("m1q01", "scale", "by_hand", "x")


def _array(spec: object, seed: int = 0, place: tuple[str, ...] = PLACE) -> np.ndarray:
    return build_recipe(spec, seed, place)["array"]


@pytest.mark.parametrize(
    ("spec", "digest"),
    [
        ({"normal": [4, 3], "dtype": "float64"}, "79f87872debe"),
        ({"uniform": [7], "dtype": "float64"}, "bb550ae49715"),
        ({"integers": [9], "low": -3, "high": 8}, "864d4011c7b0"),
        ({"permutation": 10}, "ce80e2546a07"),
        ({"blobs": [12, 2]}, "bbd39525366a"),
        ({"time_series": [3, 8, 1]}, "e4851a20c1ba"),
    ],
)
def test_the_bits_are_those_of_every_other_machine(spec: object, digest: str) -> None:
    """Golden hashes: they change only if what every student is asked changes."""
    array = _array(spec, seed=2023)
    assert hashlib.sha256(array.astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest()[:12] == digest


def test_normal_numbers_are_normal() -> None:
    sample = Bits("test").normal(200_000)
    assert abs(sample.mean()) < 5 / np.sqrt(sample.size)
    assert abs(sample.std() - 1) < 5 / np.sqrt(2 * sample.size)
    # The sum of twelve uniform numbers: within 0.002 of the normal distribution function, plus sampling error.
    for z, below in ((-1.0, 0.158655), (0.0, 0.5), (1.0, 0.841345), (2.0, 0.977250)):
        assert abs(np.mean(sample < z) - below) < 0.002 + 5 * 0.5 / np.sqrt(sample.size)


@given(st.integers(1, 2**31), st.integers(1, 50))
def test_integers_stay_below_their_bound(bound: int, count: int) -> None:
    drawn = Bits(bound, count).below(bound, count)
    assert ((drawn >= 0) & (drawn < bound)).all()


def test_integers_reach_every_value_about_equally_often() -> None:
    counts = np.bincount(Bits("even").below(7, 70_000), minlength=7)
    assert (abs(counts - 10_000) < 5 * np.sqrt(10_000)).all()


@given(st.integers(0, 2**62))
def test_another_seed_or_place_gives_other_numbers_and_the_same_the_same(seed: int) -> None:
    spec = {"normal": [8]}
    first = _array(spec, seed)
    assert (first == _array(spec, seed)).all()
    assert (first != _array(spec, seed + 1)).any()
    assert (first != _array(spec, seed, (*PLACE[:3], "y"))).any()


def test_inputs_of_one_stream_belong_together() -> None:
    inputs = build_inputs(
        {
            "X": {"blobs": [300, 2], "classes": 2, "distance": 20.0, "stream": "train"},
            "y": {"blobs": [300, 2], "classes": 2, "distance": 20.0, "stream": "train", "part": "labels"},
        },
        5,
        "q", "f", "c",
    )  # fmt: skip
    X, y = inputs["X"]["array"], inputs["y"]["array"]
    along = X @ (X[y == 1].mean(0) - X[y == 0].mean(0))
    assert along[y == 1].min() > along[y == 0].max()


def test_inputs_that_name_the_same_shared_numbers_have_them_in_every_check() -> None:
    def drawn(function: str, check: str, name: str, seed: int = 3, shared: str = "a", question: str = "q") -> list[int]:
        spec = {"integers": [4], "high": 10**6, "as": "list", "shared": shared}
        return list(build_recipe(spec, seed, (question, function, check, name))["array"])

    one = drawn("f", "c", "x")
    assert one == drawn("f", "d", "y") == drawn("g", "c", "x")
    assert one != drawn("f", "c", "x", seed=4)
    assert one != drawn("f", "c", "x", shared="b")
    assert one != drawn("f", "c", "x", question="r")


def test_targets_of_a_time_series_are_its_inputs_one_step_later() -> None:
    inputs = build_inputs(
        {
            part: {"time_series": [50, 20, 1], "part": part, "stream": "windows", "dtype": "float64"}
            for part in ("inputs", "targets")
        },
        7,
        "q", "f", "c",
    )  # fmt: skip
    X, y = inputs["inputs"]["array"], inputs["targets"]["array"]
    assert X.shape == y.shape == (50, 20, 1)
    assert (X[:, 1:] == y[:, :-1]).all()
    # Each window obeys the recurrence whose roots are e^{±0.1i}, twice, and e^{±0.5i}: it is a piece of the series.
    steps = np.poly([*np.exp([0.1j, -0.1j] * 2), *np.exp([0.5j, -0.5j])]).real
    window = np.concatenate([X, y[:, -1:]], axis=1)[..., 0]
    left = sum(c * window[:, 6 - j : 21 - j] for j, c in enumerate(steps))
    assert np.abs(left).max() < 1e-4
    assert len(np.unique(X[:, 0])) == 50


def test_windows_of_a_time_series_stay_within_it() -> None:
    # t·sin(t)/3 + 2·sin(5t) on 0 … 2π/5: one swing of the ripple; a window of all of it begins at 0.
    period = 2 * np.pi / 5
    whole = _array({"time_series": [9, 8], "dt": period / 8, "end": period, "dtype": "float64"})
    t = np.arange(8) * period / 8
    np.testing.assert_allclose(whole, np.tile(t * np.sin(t) / 3 + 2 * np.sin(5 * t), (9, 1)), atol=2**-20)
    assert _array({"time_series": [20]}).shape == (20,)


def test_binary_rows_count_with_the_first_column_most_significant() -> None:
    assert _array({"binary_rows": 2}).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_dtypes_are_tensorflows_own_unless_named() -> None:
    assert _array({"normal": [2]}).dtype == np.float32
    assert _array({"constant": [1, 2]}).dtype == np.int32
    assert _array({"constant": [True]}).dtype == np.bool_
    assert _array({"constant": [1], "dtype": "float64"}).dtype == np.float64


def test_containers_are_built_leaf_by_leaf() -> None:
    recipe = build_recipe([{"normal": [2]}, {"tuple": [1, {"dict": {"a": {"normal": [2]}}}]}], 0, PLACE)
    first, second = recipe["list"]
    inner = second["tuple"][1]["dict"]["a"]
    assert (first["array"] != inner["array"]).all()
    assert second["tuple"][0] == {"plain": 1}


@pytest.mark.parametrize(
    "spec",
    [{"normal": [2], "dtype": "float99"}, {"normal": "x"}, {"constant": [[1], [2, 3]]}, {"normal": [2], "as": "torch"},
     {"blobs": [4, 2], "part": "labls"}, {"normal": [-2]}, {"time_series": [2, 3, 2]}, {"time_series": [2, 301]},
     {"time_series": [4], "part": "target"}, {"normal": [2], "stream": "a", "shared": "b"}],
)  # fmt: skip
def test_what_cannot_be_made_is_said_with_its_place(spec: object) -> None:
    with pytest.raises(GradeTapeError, match="m1q01/scale/by_hand/x"):
        build_recipe(spec, 0, PLACE)
