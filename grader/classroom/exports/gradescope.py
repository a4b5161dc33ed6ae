"""A report -> the ``results.json`` that Gradescope shows: a test a check.

Facts from Gradescope's documentation: a score at the top overrides the sum of the tests; ``status`` is "passed" or
"failed" and nothing else; every output is cut at 100,000 characters; text is shown as text unless told otherwise.
"""

from typing import Any

from grader.classroom.cells import marks_cell
from grader.report.inert import visible
from grader.results import CheckResult, Report

MOST_OUTPUT = 100_000


def results_json(report: Report, message: str = "", hidden: bool = False) -> dict[str, Any]:
    """Return Gradescope's object.

    Args:
        report: already limited to what the student may know.
        message: shown above the tests.
        hidden: whether students see nothing of it until the instructor publishes grades.
    """
    visibility = "after_published" if hidden else "visible"
    tests = [
        _test(f"{number}.{function_number}.{check_number}", f"{question.id} {function.name}: {check.title}", check)
        for number, question in enumerate(report.questions, start=1)
        for function_number, function in enumerate(question.functions, start=1)
        for check_number, check in enumerate(function.checks, start=1)
    ]
    return {
        # The exact sum, rounded once: rounded tests need not add up to it.
        "score": float(marks_cell(report.marks)),
        "output": _cut(message),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "extra_data": {"seed": report.seed, "exact": f"{report.marks} of {report.out_of}"},
        "tests": tests,
    }


def _test(number: str, name: str, check: CheckResult) -> dict[str, Any]:
    return {
        "number": number,
        "name": name,
        "score": float(marks_cell(check.marks)),
        "max_score": float(marks_cell(check.out_of)),
        "status": "passed" if check.status == "passed" else "failed",
        "output": _cut(explanation(check)),
    }


def explanation(check: CheckResult) -> str:
    """Return all that is to be said of a check as plain text."""
    lines = [check.reason] if check.reason else []
    mismatch = check.mismatch
    if mismatch is not None:
        if mismatch.got != mismatch.expected:
            lines.append(f"got {mismatch.got}, expected {mismatch.expected}")
        lines += [mismatch.numbers] if mismatch.numbers else []
        lines += [f"{row.index}: got {row.got}, expected {row.expected}" for row in mismatch.rows]
    if check.error is not None and check.error.traceback:
        lines.append(check.error.traceback.rstrip())
    lines += [f"→ {one.says}" for one in check.diagnoses]
    if check.hint and not check.diagnoses:
        lines.append(f"hint: {check.hint}")
    for what, printed in (("printed", check.stdout), ("stderr", check.stderr)):
        if printed.strip():
            lines.append(f"{what}: {printed.rstrip()}")
    return "\n".join(visible(line) for line in lines)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_OUTPUT else f"{text[: MOST_OUTPUT - 20]}… (cut)"
