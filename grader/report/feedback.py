"""How much a report tells: everything, the diagnosis without the numbers, or the score alone."""

from dataclasses import replace
from typing import Literal, get_args

from grader.results import CheckResult, Report

Feedback = Literal["full", "diagnosis", "score"]
LEVELS: tuple[str, ...] = get_args(Feedback)


def limit_feedback(report: Report, level: Feedback) -> Report:
    """Return the report with what ``level`` withholds taken out, so that no writer can show it.

    "diagnosis" keeps what failed, why in words, the known mistake and the student's own output; the expected
    numbers and the mismatch table go. "score" keeps titles, statuses and marks.
    """
    if level == "full":
        return report
    strip = _without_numbers if level == "diagnosis" else _score_only
    questions = tuple(
        replace(
            question,
            functions=tuple(
                replace(function, checks=tuple(strip(check) for check in function.checks))
                for function in question.functions
            ),
        )
        for question in report.questions
    )
    return replace(report, questions=questions)


def _without_numbers(check: CheckResult) -> CheckResult:
    return replace(check, mismatch=None)


def _score_only(check: CheckResult) -> CheckResult:
    return CheckResult(check.id, check.title, check.status, check.out_of)
