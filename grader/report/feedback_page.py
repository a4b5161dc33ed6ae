"""Report -> one self-contained HTML page for the student.

Whatever a student controls (names, messages, what their code printed) is cut and escaped: the page shows it and never
runs it. Questions and explanations are the bank's Markdown, set as on its sheets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.bank.model import Bank
from grader.judge.compare import Mismatch
from grader.results import CheckResult, QuestionResult, Report, marks_text
from grader.sheets.blocks import Line, Paragraph, Prose, Text
from grader.sheets.markdown import read_line, read_prose
from grader.sheets.rendering import render_template
from grader.sheets.sheet import Page

_MOST_LINES = 20
_MOST_WIDTH = 400
_STATUS_WORDS = {"passed": "passed", "failed": "failed", "not_reached": "not reached"}


@dataclass(frozen=True)
class CheckShown:
    """A check as the page shows it."""

    title: Line
    status: str
    words: str
    marks: str
    reason: str
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
        "versions": ", ".join(f"{name} {version}" for name, version in report.versions.items()),
        "page": Page(),
        "inert": inert,
    }
    return render_template(bank.location, "feedback.html.j2", values)


def inert(text: str, last: bool = False) -> str:
    """Cut a student's text to what can be read, its end if ``last``, with every control character made visible.

    That includes the marks that turn the direction of writing, with which text could be made to read as another.
    """
    lines = text.strip("\n").splitlines()
    if len(lines) > _MOST_LINES:
        lines = ["…", *lines[-_MOST_LINES:]] if last else [*lines[:_MOST_LINES], "…"]
    cut = (line if len(line) <= _MOST_WIDTH else f"{line[:_MOST_WIDTH]}…" for line in lines)
    return "\n".join("".join(c if c.isprintable() or c == "\t" else f"\\u{ord(c):04x}" for c in line) for line in cut)


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
        mismatch=check.mismatch if failed else None,
        traceback=inert(error.traceback, last=True) if failed and error else "",
        diagnoses=tuple(_diagnoses(check, said)) if failed else (),
        hint=_line(check.hint) if failed and check.hint and not check.diagnoses else (),
        outputs=tuple(
            (name, inert(text)) for name, text in (("Printed", check.stdout), ("Standard error", check.stderr))
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
