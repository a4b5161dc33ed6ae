"""What is kept of one student: how it went, and the whole report. Plain data on its way to and from JSON."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from grader.report.json_report import report_from_dict, report_to_dict
from grader.results import Report

State = Literal[
    "graded",  # every check was run, or stopped for a fault of the submission's own
    "no submission",  # on the roster, and nothing was handed in
    "refused",  # what was handed in cannot be graded; the reason says why
    "grading broke",  # the grader's own failure: no mark may come of it
    "not graded",  # the run's time was used up before
]
STATES: tuple[State, ...] = get_args(State)
#: How a student was dealt with for good; others are tried again by the next run.
FINAL: frozenset[State] = frozenset({"graded", "no submission", "refused"})


@dataclass(frozen=True)
class Record:
    """One student of the class. Every question and every check is in ``report``, whatever the state.

    Attributes:
        student: what the student is called in the results.
        name: the person's name, as far as it is known.
        state: how it went.
        reason: why, where that needs saying.
        report: the report in full, with nothing withheld.
        seconds: how long grading took, as the wall clock has it.
        key: a hash of all that the result depends on.
    """

    student: str
    name: str
    state: State
    reason: str
    report: Report
    seconds: float = 0.0
    key: str = ""

    @property
    def settled(self) -> bool:
        """Whether there is a mark to enter, be it nought."""
        return self.state in FINAL

    @property
    def marks(self) -> Fraction:
        """Marks earned, exact."""
        return self.report.marks

    @property
    def out_of(self) -> Fraction:
        """Marks to be had, exact."""
        return self.report.out_of


@dataclass(frozen=True)
class Task:
    """One student to be graded: plain data, so that it can be sent to another machine.

    Attributes:
        student: what the student is called.
        name: the person's name.
        key: a hash of all that the result depends on.
        files: question -> the file's name and its bytes.
        seconds: how long all of it may take.
    """

    student: str
    name: str
    key: str
    files: dict[str, tuple[str, bytes]] = field(repr=False)
    seconds: float = 600.0


def record_to_dict(record: Record) -> dict[str, Any]:
    """Return the record as JSON's own types: who and how, then the report as `report_to_dict` has it."""
    return {
        "student": record.student,
        "name": record.name,
        "state": record.state,
        "reason": record.reason,
        "took": round(record.seconds, 3),
        "key": record.key,
        **report_to_dict(record.report),
    }


def record_from_dict(told: dict[str, Any]) -> Record:
    """Return the record that `record_to_dict` wrote.

    Raises:
        KeyError, TypeError, ValueError: it is not such an object.
    """
    if told["state"] not in STATES:
        raise ValueError(told["state"])
    report = report_from_dict(told)
    return Record(told["student"], told["name"], told["state"], told["reason"], report, told["took"], told["key"])
