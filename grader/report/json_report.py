"""Report -> JSON. The format is documented in docs/report.md; `FORMAT` rises when a reader would break."""

import json
import math
from fractions import Fraction
from typing import Any

from grader.judge.compare import Mismatch
from grader.observation import ErrorSeen
from grader.results import CheckResult, QuestionResult, Report
from grader.sandbox.locks.levels import Isolation

FORMAT = 1


def report_to_dict(report: Report) -> dict[str, Any]:
    """Return the report as JSON's own types."""
    checks = [check for question in report.questions for check in question.checks()]
    not_reached = sum(check.status == "not_reached" for check in checks)
    return {
        "format": FORMAT,
        "submission": report.submission,
        "seed": report.seed,
        "device": report.device,
        "sandbox": report.sandbox,
        "isolation": isolation_to_dict(report.isolation),
        "versions": report.versions,
        "marks": exact(report.marks),
        "out_of": exact(report.out_of),
        "checks": {
            "declared": len(checks),
            "executed": len(checks) - not_reached,
            "not_reached": not_reached,
            "passed": sum(check.status == "passed" for check in checks),
        },
        "questions": [_question(question) for question in report.questions],
    }


def report_to_json(report: Report) -> str:
    """Return the report as JSON text: valid whatever a student printed, with no NaN in it."""
    return json.dumps(report_to_dict(report), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def isolation_to_dict(isolation: Isolation) -> dict[str, Any]:
    """Return what held the student's code as JSON's own types."""
    return {"level": isolation.level, "layers": list(isolation.layers), "missing": dict(isolation.missing)}


def exact(marks: Fraction) -> dict[str, Any]:
    """Return marks as the exact fraction and as the nearest number."""
    return {"exact": str(marks), "value": float(marks)}


def _question(question: QuestionResult) -> dict[str, Any]:
    return {
        "id": question.id,
        "title": question.title,
        "attempted": question.attempted,
        "file": question.file,
        "marks": exact(question.marks),
        "out_of": exact(question.out_of),
        "functions": [
            {
                "name": function.name,
                "marks": exact(function.marks),
                "out_of": exact(function.out_of),
                "checks": [check_to_dict(check) for check in function.checks],
            }
            for function in question.functions
        ],
    }


def check_to_dict(check: CheckResult) -> dict[str, Any]:
    """Return one check as JSON's own types."""
    return {
        "id": check.id,
        "title": check.title,
        "status": check.status,
        "marks": exact(check.marks),
        "out_of": exact(check.out_of),
        "reason": check.reason,
        "blocked": check.blocked,
        "mismatch": _mismatch(check.mismatch),
        "error": _error(check.error),
        "diagnoses": [{"mistake": one.mistake, "says": one.says} for one in check.diagnoses],
        "hint": check.hint,
        "stdout": check.stdout,
        "stderr": check.stderr,
        "seconds": round(check.seconds, 4) if math.isfinite(check.seconds) else None,
    }


def _mismatch(mismatch: Mismatch | None) -> dict[str, Any] | None:
    if mismatch is None:
        return None
    return {
        "where": mismatch.where,
        "what": mismatch.what,
        "numbers": mismatch.numbers,
        "got": mismatch.got,
        "expected": mismatch.expected,
        "rows": [{"index": row.index, "got": row.got, "expected": row.expected} for row in mismatch.rows],
    }


def _error(error: ErrorSeen | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"type": error.type_name, "message": error.message, "traceback": error.traceback}
