"""Report -> one self-contained HTML page for the student.

Whatever a student controls (names, messages, what their code printed) is cut and escaped: the page shows it and never
runs it. Questions and explanations are the bank's Markdown, set as on its sheets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from grader.bank.model import Bank
from grader.judge.compare import Mismatch
from grader.report.inert import inert
from grader.results import CheckResult, QuestionResult, Report, isolation_text, marks_text
from grader.sheets.blocks import Line, Paragraph, Prose, Text
from grader.sheets.markdown import read_line, read_prose
from grader.sheets.rendering import render_template
from grader.sheets.sheet import Page

_MOST_LINES = 20
_STATUS_WORDS = {"passed": "passed", "failed": "failed", "not_reached": "not reached"}


@dataclass(frozen=True)
class CheckShown:
    """A check as the page shows it."""

    title: Line
    status: str
    words: str
    marks: str
    reason: str
    blocked: str
    mismatch: Mismatch | None
    traceback: str
    diagnoses: tuple[Line, ...]
    hint: Line
    outputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FunctionShown:
    """A function as the page shows it."""

    name: str
    marks: str
    checks: tuple[CheckShown, ...]


@dataclass(frozen=True)
class QuestionShown:
    """A question as the page shows it."""

    id: str
    title: Line
    file: str
    attempted: bool
    complete: bool
    marks: str
    prompt: Prose
    functions: tuple[FunctionShown, ...]


def feedback_page(report: Report, bank: Bank) -> str:
    """Return the page. ``bank`` lends its questions' texts and its templates.

    Raises:
        GradeTapeError: a template is broken.
    """
    values: dict[str, Any] = {
        "title": f"{marks_text(report.marks)} of {marks_text(report.out_of)} marks",
        "submission": inert(report.submission),
        "questions": [_question(question, bank) for question in report.questions],
        "seed": report.seed,
        "device": report.device,
        "isolation": isolation_text(report.isolation),
        "versions": ", ".join(f"{name} {version}" for name, version in report.versions.items()),
        "page": Page(),
        "inert": inert,
    }
    return render_template(bank.location, "feedback.html.j2", values)


def _question(question: QuestionResult, bank: Bank) -> QuestionShown:
    known = bank.questions.get(question.id)
    said: set[str] = set()
    return QuestionShown(
        id=question.id,
        title=_line(question.title),
        file=inert(question.file),
        attempted=question.attempted,
        complete=question.marks == question.out_of,
        marks=f"{marks_text(question.marks)} of {marks_text(question.out_of)} marks",
        prompt=_prose(known.spec.prompt) if known else (),
        functions=tuple(
            FunctionShown(
                function.name,
                f"{marks_text(function.marks)} of {marks_text(function.out_of)}",
                tuple(_check(check, said) for check in function.checks),
            )
            for function in question.functions
        ),
    )


def _check(check: CheckResult, said: set[str]) -> CheckShown:
    failed = check.status != "passed"
    error = check.error
    return CheckShown(
        title=_line(check.title),
        status=check.status,
        words=_STATUS_WORDS[check.status],
        marks=f"{marks_text(check.marks)} of {marks_text(check.out_of)}",
        reason=inert(check.reason) if failed else "",
        blocked=inert(check.blocked) if failed else "",
        mismatch=check.mismatch if failed else None,
        traceback=inert(dedent(error.traceback), _MOST_LINES, last=True) if failed and error else "",
        diagnoses=tuple(_diagnoses(check, said)) if failed else (),
        hint=_line(check.hint) if failed and check.hint and not check.diagnoses else (),
        outputs=tuple(
            (name, inert(text, _MOST_LINES))
            for name, text in (("Printed", check.stdout), ("Standard error", check.stderr))
            if failed and text.strip()
        ),
    )  # fmt: skip


def _diagnoses(check: CheckResult, said: set[str]) -> Iterator[Line]:
    """Yield what is to be said of each mistake, at length only the first time."""
    for one in check.diagnoses:
        yield (Text("The same mistake as above."),) if one.mistake in said else _line(one.says)
        said.add(one.mistake)


def _line(source: str) -> Line:
    """Read a line of the bank's; one that cannot be set is shown as it is, since marks matter more than its looks."""
    line, faults = read_line(source)
    return (Text(source),) if faults else line


def _prose(source: str) -> Prose:
    prose, faults = read_prose(source)
    return (Paragraph((Text(source),)),) if faults else prose
