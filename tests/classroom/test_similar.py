"""Functions that are alike, and two runs that differ."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.difference import change_lines, changes
from grader.classroom.gradebook import CHECKS, read_checks
from grader.classroom.run import Plan
from grader.classroom.similar import Pieces, Unreadable, alike, functions_of, most_alike
from tests.classroom.samples import make_class, run
from tests.conftest import SMALL_BANK, Run

ORIGINAL = '''
def scale(x, factor=2.0):
    """Mine."""
    rows = []
    for value in tf.unstack(x):
        if value > 1e9:
            value = tf.zeros([]) + 4
        rows.append(value * factor)
    result = tf.stack(rows)
    assert result.shape == x.shape, "shape"
    return result
'''
#: Other names, other constants, other order of operands and statements, comments and a docstring more.
DISGUISED = """
def helper(): pass
def scale(v, k: float = 3.0) -> "tensor":
    "Something else entirely."
    acc = []  # collects
    for element in tf.unstack(v):
        if element > 1e7:
            element = 7 + tf.zeros([])
        acc.append(k * element)
    out = tf.stack(acc)
    assert out.shape == v.shape, "other words"
    return out
"""
OTHER = """
def scale(x, factor=2.0):
    if tf.rank(x) != 1:
        raise ValueError(f"rank {tf.rank(x)}")
    with tf.name_scope("scale"):
        numbers = tf.cast(x, tf.float64).numpy().tolist()
        scaled = {index: number * factor for index, number in enumerate(numbers)}
        return tf.constant([scaled[index] for index in range(len(scaled))], dtype=x.dtype)
"""
NOTHING: Pieces = Pieces()


def share(one: str, other: str, reference: str = "def scale(x): pass") -> float | None:
    versions = {"a": functions_of(one)["scale"], "b": functions_of(other)["scale"]}
    pairs = list(alike("m1q01", "scale", versions, functions_of(reference)["scale"]))
    return pairs[0].share if pairs else None


def test_a_disguise_is_seen_through_and_independent_work_is_not_alike() -> None:
    assert share(ORIGINAL, DISGUISED) == 1.0
    assert (share(ORIGINAL, OTHER) or 0) < 0.3


def test_an_operation_of_another_name_is_another_operation() -> None:
    assert (share(ORIGINAL, DISGUISED.replace("tf.stack", "tf.concat")) or 0) < 1.0


def test_the_references_own_shape_says_nothing() -> None:
    assert share(ORIGINAL, DISGUISED, reference=ORIGINAL) is None


def test_what_most_of_a_class_does_says_nothing() -> None:
    pieces = functions_of(ORIGINAL)["scale"]
    assert list(alike("q", "f", {f"s{n}": pieces for n in range(12)}, NOTHING)) == []


def test_the_list_is_cut_and_ordered() -> None:
    versions = {name: functions_of(text)["scale"] for name, text in (("a", ORIGINAL), ("b", DISGUISED), ("c", OTHER))}
    assert [(pair.first, pair.second) for pair in most_alike(alike("q", "f", versions, NOTHING), 0.6)] == [("a", "b")]


@pytest.mark.parametrize(
    "source", ["def f(:", "x = " + "(" * 5000, "\0", "x = " + "-" * 100_000 + "1", "x=1\n" * 20_000]
)
def test_what_cannot_be_read_is_no_trouble(source: str) -> None:
    with pytest.raises(Unreadable):
        functions_of(source)


def test_the_commands(gradetape: Run, tmp_path: Path) -> None:
    for student, text in (("ann", ORIGINAL), ("bob", DISGUISED), ("cleo", OTHER), ("dan", "def f(:")):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "m1q01.py").write_text(text)
    (tmp_path / "class" / "eve.zip").write_bytes(b"no archive")
    done = gradetape("similar", "class", "--bank", SMALL_BANK)
    assert done.returncode == 0, done.stderr
    assert "ann, bob" in done.stdout
    assert "cleo" not in done.stdout
    assert "not compared: dan m1q01, eve" in done.stdout


def test_diff_says_whose_marks_changed_and_which_checks_did_it(gradetape: Run, tmp_path: Path) -> None:
    make_class(tmp_path / "class", ["ann", "bob", "cleo"], wrong=["bob"])
    plan = Plan(tmp_path / "class", tmp_path / "old")
    run(plan)
    shutil.rmtree(tmp_path / "class" / "ann")
    make_class(tmp_path / "class", ["dan"])
    (tmp_path / "class" / "bob" / "m1q01.py").write_text("right")
    run(replace(plan, results=tmp_path / "new"))
    found = changes(read_checks(tmp_path / "old"), read_checks(tmp_path / "new"))
    assert [(one.student, one.before, one.after) for one in found] == [
        ("ann", 4, None),
        ("bob", 3, 4),
        ("dan", None, 4),
    ]
    assert change_lines(found[1]) == ["bob: 3.00 → 4.00", "  m1q01 scale/by_hand: failed → passed (+1.00)"]
    done = gradetape("diff", "old", "new")
    assert done.returncode == 1
    assert "  m1q01 scale/by_hand: failed → passed (+1.00)" in done.stdout
    assert "ann: 4.00 → absent" in done.stdout
    same = gradetape("diff", "old", "old")
    assert (same.returncode, same.stdout) == (0, "nothing changed\n")
    (tmp_path / "new" / CHECKS).write_text("a,b\n1,2\n")
    for arguments, said in ((("old", "nowhere"), "cannot read"), (("old", "new"), "is not as 'class' writes it")):
        bad = gradetape("diff", *arguments)
        assert (bad.returncode, said in bad.stderr, "Traceback" in bad.stderr) == (2, True, False)
