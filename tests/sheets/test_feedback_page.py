"""The feedback page: what a student controls is shown and never run, what the bank says is set as on its sheets."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader.bank.model import Bank
from grader.judge.compare import Mismatch, Row
from grader.observation import ErrorSeen
from grader.report.feedback import limit_feedback
from grader.report.feedback_page import feedback_page, inert
from grader.results import CheckResult, Diagnosis, FunctionResult, QuestionResult, Report
from tests.conftest import SMALL_BANK, Run
from tests.sheets.test_sheet_html import Elements

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}\x1b[2J\x00\u202ekcab</style></textarea>"
PARTLY_WRONG = Path(__file__).parent.parent / "scenarios" / "partly_wrong" / "submission"


def report(text: str) -> Report:
    """Return a report in which everything that a student controls is ``text``."""
    seen = Mismatch(
        where=text, what=text, numbers=text, got=text, expected="shape (2,)", rows=(Row(text, text, "1.0"),)
    )
    failed = CheckResult(
        "by_hand", "Twice $x_i$", "failed", Fraction(1), reason=text, mismatch=seen,
        error=ErrorSeen(text, (text,), text, traceback=text),
        diagnoses=(Diagnosis("adds", "The factor was added, $x_i + f$; **multiply**."),), stdout=text, stderr=text,
    )  # fmt: skip
    passed = CheckResult("random", "Random", "passed", Fraction(1))
    left = CheckResult("late", "Late", "not_reached", Fraction(1), reason=text, hint="Look at `x`.")
    functions = (FunctionResult("scale", (failed, passed, left)),)
    question = QuestionResult("m1q01", "Everything, $\\sigma(z)$", True, functions, file=text)
    other = QuestionResult("m1q02", "Another", False, ())
    return Report(text, (question, other), 7, "cpu", "forked", {"python": "3.11"})


@pytest.fixture(scope="module")
def hostile(samples: Bank) -> str:
    return feedback_page(report(EVIL), samples)


def test_what_a_student_controls_is_text(hostile: str) -> None:
    elements = Elements(hostile)
    assert [tag for tag, _ in elements.found if tag in ("img", "textarea", "iframe")] == []
    assert [tag for tag, _ in elements.found].count("script") == 1, "ours"
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert elements.open == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile
    assert "{{ 7 * 7 }}" in hostile
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", hostile)
    assert "\\x1b[2J\\x00\\u202e" in hostile, "control characters are shown"


def test_the_page_has_the_same_elements_whatever_the_student_wrote(samples: Bank, hostile: str) -> None:
    plain = Elements(feedback_page(report("plain"), samples))
    assert [tag for tag, _ in Elements(hostile).found] == [tag for tag, _ in plain.found]


def test_what_the_bank_says_is_set(hostile: str) -> None:
    assert hostile.count("<math") == 5
    assert "<strong>multiply</strong>" in hostile
    assert "Explain the <strong>logistic function</strong>" in hostile
    assert "Hint: Look at <code>x</code>." in hostile
    assert "Not attempted" in hostile


@pytest.mark.parametrize("level", ["diagnosis", "score"])
def test_what_is_withheld_is_not_in_the_page(level: str, samples: Bank) -> None:
    page = feedback_page(limit_feedback(report("secret 12345"), level), samples)  # type: ignore[arg-type]
    assert "<td><code>1.0</code></td>" not in page
    assert ("multiply" in page) == (level == "diagnosis")


def test_a_long_output_is_cut() -> None:
    assert len(inert("x" * 10_000)) < 500
    assert inert("\n".join(map(str, range(1000)))).splitlines()[-1] == "…"
    assert inert("\n".join(map(str, range(1000))), last=True).splitlines()[-1] == "999"


def test_a_bank_that_cannot_be_set_still_gives_marks(samples: Bank) -> None:
    broken = report("plain")
    question = replace(broken.questions[0], title="A $\\foo$ title")
    assert "A $\\foo$ title" in feedback_page(replace(broken, questions=(question,)), samples)


def test_grade_writes_the_page(gradetape: Run, tmp_path: Path) -> None:
    done = gradetape("grade", PARTLY_WRONG, "--bank", SMALL_BANK, "--html", "feedback.html")
    assert done.returncode == 1, done.stderr
    page = (tmp_path / "feedback.html").read_text(encoding="utf-8")
    assert Elements(page).open == []
    assert "Scaling a vector" in page
    assert "of 4 marks" in page


def test_a_place_that_cannot_be_written_is_refused(gradetape: Run, tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    done = gradetape("grade", PARTLY_WRONG, "--bank", SMALL_BANK, "--html", "folder.html")
    assert done.returncode == 2
    assert "folder.html" in done.stderr
    assert "Traceback" not in done.stderr
