"""A probe that calls a function with every combination of some inputs; and ranges, which are lists of numbers."""

import numpy as np

from grader.observation import Opaque
from grader.probes.calls import combinations
from grader.probes.plain import plain
from grader.probes.subject import Subject


def test_every_combination_is_called_once_and_named_by_its_inputs() -> None:
    inputs = {name: {"plain": value} for name, value in {"n": 0, "f": 0, "s": 7, "kind": ""}.items()}
    subject = Subject(lambda n, f, s, kind: (n, f, s, kind), ["n", "f", "s"], inputs, {}, {}, "")
    assert combinations(subject, of={"f": [5, 6], "kind": ["a"], "n": [1, 2]}) == {
        "f=5, kind=a, n=1": (1, 5, 7, "a"),
        "f=5, kind=a, n=2": (2, 5, 7, "a"),
        "f=6, kind=a, n=1": (1, 6, 7, "a"),
        "f=6, kind=a, n=2": (2, 6, 7, "a"),
    }


def test_a_range_is_a_list_of_numbers_unless_it_is_endless() -> None:
    assert plain(range(2, 8, 3)) == [2, 5]
    assert plain({"rows": range(0)}) == {"rows": []}
    assert isinstance(plain(range(10**9)), Opaque)
    assert plain([np.int64(3), range(1)]) == [3, [0]]
