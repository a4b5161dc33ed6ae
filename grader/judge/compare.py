"""Two trees of plain data -> the first thing in which they differ.

Strict: the structure, the shapes and the kinds of dtype must be the same before a number is looked at. Nothing
broadcasts, and NaN equals nothing, itself included.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.observation import Opaque, Tree

_MOST_ROWS = 5
#: What is told of a student's texts, in characters, and of the keys of a dict.
_MOST_TEXT, _MOST_NAME, _MOST_KEYS = 2_000, 60, 20

#: How a key without a letter is shown.
_EMPTY = "''"

_KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "float", "c": "complex"}

_Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Tolerance:
    """Numbers a and b (expected) are close when |a - b| <= atol + rtol |b|, as `numpy.isclose` has it.

    ``None`` stands for the default of the expected dtype: 1e-5 and 1e-6 in float32, 1e-10 and 1e-12 in float64,
    1e-2 and 1e-3 in float16. Whole numbers and booleans are compared exactly.
    """

    rtol: float | None = None
    atol: float | None = None
    exact_dtype: bool = False
    #: Only to recognise a known mistake: one that ends in NaN too is the same mistake. Never to pass a check.
    equal_nan: bool = False

    def for_dtype(self, dtype: np.dtype[Any], scalar: bool) -> tuple[float, float]:
        """Return (rtol, atol) for values of ``dtype``. A Python float says nothing of the precision behind it."""
        width = 4 if scalar else dtype.itemsize // (2 if dtype.kind == "c" else 1)
        rtol, atol = {2: (1e-2, 1e-3), 4: (1e-5, 1e-6)}.get(width, (1e-10, 1e-12))
        if dtype.kind not in "fc":
            rtol, atol = 0.0, 0.0
        return (rtol if self.rtol is None else self.rtol, atol if self.atol is None else self.atol)


EXACT = Tolerance(rtol=0.0, atol=0.0)


@dataclass(frozen=True)
class Row:
    """One differing element."""

    index: str
    got: str
    expected: str


@dataclass(frozen=True)
class Mismatch:
    """How two trees differ.

    Attributes:
        where: the part of the value, such as ``["permuted"][0]``; empty for the whole.
        what: the difference in words that give no expected number away.
        numbers: how large it is.
        got: what was returned, shape and dtype or type.
        expected: what was expected, likewise.
        rows: the first differing elements.
    """

    where: str
    what: str
    numbers: str = ""
    got: str = ""
    expected: str = ""
    rows: tuple[Row, ...] = ()


def first_mismatch(got: Tree, expected: Tree, tolerance: Tolerance, where: str = "") -> Mismatch | None:
    """Return the first difference, or ``None`` when there is none."""
    if isinstance(expected, dict):
        return _compare_dicts(got, expected, tolerance, where)
    if isinstance(expected, list | tuple):
        return _compare_sequences(got, expected, tolerance, where)
    if _is_number(expected):
        return _compare_numbers(got, expected, tolerance, where)
    if type(got) is type(expected) and got == expected:
        return None
    if isinstance(got, str) and isinstance(expected, str):
        return Mismatch(
            where, f"{got!r:.200} is not what was expected", got=repr(got[:_MOST_TEXT]), expected=repr(expected)
        )
    sides = describe(got), describe(expected)
    return Mismatch(where, f"{sides[0]} instead of {sides[1]}", "", *sides)


def describe(tree: Tree) -> str:
    """Say what kind of value it is: shape and dtype for an array, the type for the rest."""
    if isinstance(tree, np.ndarray):
        return f"shape {tree.shape} {tree.dtype}"
    if isinstance(tree, Opaque):
        return f"an object of type {tree.type_name}"
    if tree is None:
        return "None"
    if isinstance(tree, list | tuple | dict):
        return f"a {type(tree).__name__} of {len(tree)}"
    return f"a Python {type(tree).__name__}"


def _is_number(tree: Tree) -> bool:
    return isinstance(tree, np.ndarray | bool | int | float)


def _compare_dicts(got: Tree, expected: dict[str, Tree], tolerance: Tolerance, where: str) -> Mismatch | None:
    if not isinstance(got, dict):
        return Mismatch(where, f"{describe(got)} instead of a dict", got=describe(got), expected=describe(expected))
    missing = [key for key in expected if key not in got]
    extra = [key for key in got if key not in expected]
    if missing or extra:
        parts = [f"lacks {', '.join(key or _EMPTY for key in missing)}"] if missing else []
        parts += [f"has also {_named(extra)}"] if extra else []
        sides = _named(sorted(got)), _named(sorted(expected))
        return Mismatch(where, f"the dict {' and '.join(parts)}", "", *sides)
    for key, value in expected.items():
        found = first_mismatch(got[key], value, tolerance, f"{where}[{key!r}]")
        if found:
            return found
    return None


def _named(keys: list[str]) -> str:
    """Name the keys of a dict, not more of them than anybody would read: a student may return any number."""
    names = [key or _EMPTY if len(key) <= _MOST_NAME else f"{key[:_MOST_NAME]}…" for key in keys[:_MOST_KEYS]]
    return ", ".join([*names, "…"] if len(keys) > _MOST_KEYS else names)


def _compare_sequences(
    got: Tree, expected: list[Tree] | tuple[Tree, ...], tolerance: Tolerance, where: str
) -> Mismatch | None:
    flat_numbers = all(isinstance(item, bool | int | float) for item in expected)
    if isinstance(got, np.ndarray) and got.ndim == 1 and flat_numbers:
        got = got.tolist()  # a vector is as good as a list of its numbers
    if not isinstance(got, list | tuple):
        kind = type(expected).__name__
        return Mismatch(where, f"{describe(got)} instead of a {kind}", got=describe(got), expected=describe(expected))
    if len(got) != len(expected):
        what = f"{len(got)} items instead of {len(expected)}"
        return Mismatch(where, what, got=describe(got), expected=describe(expected))
    for index, (one, other) in enumerate(zip(got, expected, strict=True)):
        found = first_mismatch(one, other, tolerance, f"{where}[{index}]")
        if found:
            return found
    return None


def _compare_numbers(got: Tree, expected: Tree, tolerance: Tolerance, where: str) -> Mismatch | None:
    if not _is_number(got):
        what = f"{describe(got)} instead of {_numeric(expected)}"
        return Mismatch(where, what, got=describe(got), expected=describe(expected))
    a, b = np.asarray(got), np.asarray(expected)
    sides = (f"shape {a.shape} {a.dtype}", f"shape {b.shape} {b.dtype}")
    if a.shape != b.shape:
        return Mismatch(where, f"shape {a.shape} instead of {b.shape}", "", *sides)
    # Python lets an int stand for a float; arrays say what they are.
    if type(got) is int and type(expected) is float:
        a = np.asarray(nearest_float(got))
    if _KINDS.get(a.dtype.kind) != _KINDS.get(b.dtype.kind):
        return Mismatch(where, f"dtype {a.dtype} instead of {b.dtype}", "", *sides)
    arrays = isinstance(got, np.ndarray) and isinstance(expected, np.ndarray)
    if tolerance.exact_dtype and arrays and a.dtype != b.dtype:
        return Mismatch(where, f"dtype {a.dtype} instead of exactly {b.dtype}", "", *sides)
    if b.dtype.kind == "O":  # both are Python's own integers, and larger than any array's
        return None if got == expected else Mismatch(where, "another value", "", *sides)
    if tolerance.equal_nan and b.dtype.kind in "fc":
        both = np.isnan(a) & np.isnan(b)
        a, b = np.where(both, 0, a), np.where(both, 0, b)
    return _compare_values(a, b, tolerance.for_dtype(b.dtype, not isinstance(expected, np.ndarray)), where, sides)


def nearest_float(number: float) -> float:
    """Return a number of Python's as a float; whole numbers too large for one as infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _numeric(expected: Tree) -> str:
    return f"an array of shape {expected.shape}" if isinstance(expected, np.ndarray) else "a number"


def _compare_values(
    a: _Array, b: _Array, closeness: tuple[float, float], where: str, sides: tuple[str, str]
) -> Mismatch | None:
    rtol, atol = closeness
    if a.dtype.kind in "biu":
        differ = a != b
    else:
        with np.errstate(all="ignore"):
            differ = ~((np.abs(a - b) <= atol + rtol * np.abs(b)) & np.isfinite(b)) & ~(np.isinf(b) & (a == b))
    count = int(np.count_nonzero(differ))
    if count == 0:
        return None
    places = np.argwhere(differ)
    # A number that is not there to be compared is the first thing to know of.
    not_numbers = int(np.count_nonzero(np.isnan(a))) if a.dtype.kind in "fc" else 0
    what = f"{count} of {a.size} elements differ" if a.ndim else "another value"
    if not_numbers:
        what = f"{not_numbers} of {a.size} elements are NaN" if a.ndim else "NaN"
    rows = tuple(Row(_index(place), _show(a[tuple(place)]), _show(b[tuple(place)])) for place in places[:_MOST_ROWS])
    return Mismatch(where, what, _error_sizes(a, b, differ), *sides, rows)


def _error_sizes(a: _Array, b: _Array, differ: _Array) -> str:
    if a.dtype.kind == "b":
        return ""
    with np.errstate(all="ignore"):
        wide = np.complex128 if a.dtype.kind == "c" else np.float64
        absolute = np.abs(a.astype(wide) - b.astype(wide))
        relative = absolute / np.abs(b)
    finite = differ & np.isfinite(absolute)
    if not finite.any():
        return ""
    text = f"largest absolute error {_show(absolute[finite].max())}"
    measurable = finite & np.isfinite(relative)
    if measurable.any():
        text += f", largest relative error {_show(relative[measurable].max())}"
    return text


def _index(place: _Array) -> str:
    return f"[{', '.join(str(int(i)) for i in place)}]"


def _show(number: Any) -> str:
    return f"{number:.7g}" if isinstance(number, float | np.floating) else str(number)
