"""The statistics of a class, against NumPy and against small cases worked by hand."""

import random
from fractions import Fraction

import numpy as np
import pytest

from grader.classroom.progress import opening, pace, watching
from grader.classroom.statistics import class_statistics, correlation, histogram
from grader.classroom.summary import bars, verdict
from tests.classroom.samples import ADDS, failed, question_result, record, sample_records, small_bank

BANK = small_bank()
QUESTION = BANK.questions["m1q01"]


def test_correlation_is_pearsons() -> None:
    chance = random.Random(3)
    for _ in range(20):
        first = [chance.random() for _ in range(9)]
        second = [chance.random() + a for a in first]
        assert correlation(first, second) == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert correlation([0.1] * 10, list(range(10))) is None, "0.1 ten times does not add up to 1"
    assert correlation([], []) is None


def test_point_biserial_by_hand() -> None:
    """r = (M1 - M0) / s * sqrt(p q) with s the population's deviation: the textbook's other form."""
    passed, rest = [1, 1, 0, 0, 1], [5.0, 7.0, 2.0, 4.0, 6.0]
    ones = [r for p, r in zip(passed, rest, strict=True) if p]
    noughts = [r for p, r in zip(passed, rest, strict=True) if not p]
    expected = (np.mean(ones) - np.mean(noughts)) / np.std(rest) * np.sqrt(0.6 * 0.4)
    assert correlation([float(p) for p in passed], rest) == pytest.approx(expected)


def test_a_class_by_hand() -> None:
    wrong = {"scale/by_hand": failed("x", diagnoses=(ADDS,)), "scale/random": failed("x", diagnoses=(ADDS,))}
    records = [
        record("a", question_result(QUESTION, {})),
        record("b", question_result(QUESTION, wrong)),
        record("c", question_result(QUESTION, {**wrong, "norm/by_hand": failed("y", outcome="timed_out")})),
        *sample_records(BANK)[3:],  # refused, no submission, broke: no part in the numbers
    ]
    found = class_statistics(records)
    assert found.states == {"graded": 3, "refused": 1, "no submission": 1, "grading broke": 1}
    assert found.mean == pytest.approx((4 + 2 + 1) / 12)
    assert found.median == 0.5
    assert found.deviation == pytest.approx(np.std([1, 0.5, 0.25]))
    assert found.bins == [0, 0, 1, 0, 1, 0, 0, 0, 0, 1]
    checks = {item.name: item for item in found.checks}
    assert checks["m1q01 scale/by_hand"].difficulty == pytest.approx(1 / 3)
    assert checks["m1q01 scale/rejects"].discrimination is None
    assert checks["m1q01 norm/by_hand"].discrimination == pytest.approx(np.corrcoef([1, 1, 0], [3, 1, 1])[0, 1])
    assert found.questions[0].discrimination is None, "with one question there is no rest"
    assert [(one.mistake, one.students) for one in found.mistakes] == [("adds", 2)], "once a student"
    assert found.ended_badly == [("c", "m1q01 norm/by_hand", "y")]


def test_an_empty_class_has_no_numbers() -> None:
    found = class_statistics([])
    assert (found.mean, found.bins, found.questions) == (None, [0] * 10, [])


def test_every_share_falls_in_one_bin() -> None:
    shares = [Fraction(n, 40) for n in range(41)]
    assert sum(histogram(shares)) == 41
    assert histogram([Fraction(0), Fraction(1, 10), Fraction(1001, 10000), Fraction(1)]) == [2, 1] + [0] * 7 + [1]
    assert max(bar.height for bar in bars([3, 0, 6] + [0] * 7)) == 120


def test_verdicts_are_withheld_for_a_small_class() -> None:
    from grader.classroom.statistics import ItemStatistics

    assert verdict(ItemStatistics("x", "x", 0.5, -0.3, 9)) == ""
    assert "worse here" in verdict(ItemStatistics("x", "x", 0.5, -0.3, 10))
    assert "poorly" in verdict(ItemStatistics("x", "x", 0.5, 0.1, 10))
    assert verdict(ItemStatistics("x", "x", 0.5, 0.4, 10)) == ""


def test_a_bar_on_a_terminal_and_lines_in_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = sample_records(BANK)
    for terminal in (True, False):
        monkeypatch.setenv("FORCE_COLOR" if terminal else "TERM", "1" if terminal else "dumb")
        with watching(quiet=False) as watch:
            watch.begin(8, 2, [])
            for one in records:
                watch.graded(one)
            if not terminal:
                watch.writing()
        monkeypatch.undo()
        shown = capsys.readouterr().err
        assert "8 students, 2 of them settled already, 6 to grade" in shown
        assert "erin: grading broke: the grader broke" in shown
        assert "alice" not in shown
        assert ("\x1b[" in shown) == terminal
        assert "students/s, 0:00 left" in shown
    with watching(quiet=True) as watch:
        watch.begin(8, 2, [])
        watch.graded(records[0])
    assert capsys.readouterr().err == ""


def test_pace_in_words() -> None:
    assert pace(0, 10, 0) == ""
    assert pace(20, 100, 10) == "2.0 students/s, 0:50 left"
    assert pace(2, 10, 30) == "15.0 s a student, 2:30 left"
    assert opening(10, 4, ["notes.txt"]) == "10 students, 4 of them settled already, 6 to grade; left aside: notes.txt"
