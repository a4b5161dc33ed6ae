"""Records -> ``gradebook.csv``, a line a student, and ``checks.csv``, a line a check."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.bank.model import Question
from grader.classroom.cells import csv_lines, marks_cell, text_cell
from grader.classroom.records import Record
from grader.problems import GradeTapeError

GRADEBOOK, CHECKS = "gradebook.csv", "checks.csv"
_CHECK_COLUMNS = ("student", "question", "function", "check", "status", "marks", "out_of", "reason")
_MOST_REASON = 300


def gradebook_lines(records: Iterable[Record], questions: Iterable[Question]) -> Iterator[str]:
    """Yield the gradebook: who, how it went, the total, and the marks of every question.

    The total is the exact sum, rounded once, so it may differ by a hundredth from the sum of the rounded columns.
    A student who was not graded has no number where there is none to give.
    """
    ids = [question.id for question in questions]
    yield from csv_lines([["student", "name", "state", "reason", "total", "out_of", *ids]])
    for record in records:
        marks = [marks_cell(question.marks) if record.settled else "" for question in record.report.questions]
        who = [text_cell(record.student), text_cell(record.name), record.state, text_cell(record.reason)]
        total = marks_cell(record.marks) if record.settled else ""
        yield from csv_lines([[*who, total, marks_cell(record.out_of), *marks]])


def check_lines(records: Iterable[Record]) -> Iterator[str]:
    """Yield a line for every check of every student, with exact marks such as ``2/3``."""
    yield from csv_lines([_CHECK_COLUMNS])
    for record in records:
        student = text_cell(record.student)
        for question in record.report.questions:
            for function in question.functions:
                yield from csv_lines(
                    [
                        student, question.id, function.name, check.id, check.status if record.settled else "not_graded",
                        str(check.marks), str(check.out_of), text_cell(check.reason[:_MOST_REASON]),
                    ]
                    for check in function.checks
                )  # fmt: skip


@dataclass(frozen=True)
class CheckLine:
    """A line of ``checks.csv``."""

    student: str
    question: str
    check: str
    status: str
    marks: Fraction
    out_of: Fraction
    reason: str


def read_checks(results: Path) -> Iterator[CheckLine]:
    """Yield the lines of a results folder's ``checks.csv``.

    Raises:
        GradeTapeError: there is none, or it is not as it was written.
    """
    path = results / CHECKS
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                check = f"{row['function']}/{row['check']}"
                marks, out_of = Fraction(row["marks"]), Fraction(row["out_of"])
                yield CheckLine(row["student"], row["question"], check, row["status"], marks, out_of, row["reason"])
    except OSError as error:
        raise GradeTapeError(f"cannot read '{path}': {error.strerror}; name a folder that 'class' wrote") from None
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        raise GradeTapeError(f"'{path}' is not as 'class' writes it; run 'gradetape class' again") from None
