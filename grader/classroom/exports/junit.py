"""Records -> JUnit XML: a suite a student, a case a check, as continuous integration reads it."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from grader.classroom.exports.gradescope import explanation
from grader.classroom.records import Record
from grader.report.inert import visible
from grader.results import CheckResult


def junit_lines(records: Iterable[Record]) -> Iterator[str]:
    """Yield the document piece by piece.

    A check that failed is a ``failure``; one that was not reached is one too, since it earns nothing; all checks of a
    student whom the grader could not grade are an ``error``.
    """
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="gradetape">\n'
    for record in records:
        yield from _suite(record)
    yield "</testsuites>\n"


def _suite(record: Record) -> Iterator[str]:
    checks = [check for question in record.report.questions for check in question.checks()]
    not_passed = sum(check.status != "passed" for check in checks)
    failures, errors = (not_passed, 0) if record.settled else (0, len(checks))
    yield (
        f'<testsuite name={_attribute(record.student)} tests="{len(checks)}" failures="{failures}" errors="{errors}" '
        f'skipped="0" time="{record.seconds:.3f}">\n'
    )
    yield _properties({"state": record.state, "reason": record.reason, "marks": str(record.marks),
                       "out_of": str(record.out_of)})  # fmt: skip
    for question in record.report.questions:
        for function in question.functions:
            for check in function.checks:
                yield from _case(f"{record.student}.{question.id}.{function.name}", check, record)
    yield "</testsuite>\n"


def _case(place: str, check: CheckResult, record: Record) -> Iterator[str]:
    yield f'<testcase classname={_attribute(place)} name={_attribute(check.id)} time="{check.seconds or 0:.4f}">\n'
    yield _properties({"marks": str(check.marks), "out_of": str(check.out_of)})
    if not record.settled:
        yield f"<error message={_attribute(record.reason)}/>\n"
    elif check.status != "passed":
        text = escape(visible(explanation(check)))
        yield f"<failure type={_attribute(check.status)} message={_attribute(check.reason)}>{text}</failure>\n"
    yield "</testcase>\n"


def _properties(values: dict[str, str]) -> str:
    items = "".join(f"<property name={quoteattr(key)} value={_attribute(value)}/>" for key, value in values.items())
    return f"<properties>{items}</properties>\n"


def _attribute(text: str) -> str:
    return quoteattr(visible(text), {"\n": "&#10;"})
