"""Report -> JSON, and back. The format is documented in docs/report.md; `FORMAT` rises when a reader would break."""

import json
import math
from fractions import Fraction
from typing import Any

from grader.judge.compare import Mismatch, Row
from grader.observation import ErrorSeen
from grader.results import CheckResult, Diagnosis, FunctionResult, QuestionResult, Report
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
        "outcome": check.outcome,
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


def isolation_from_dict(told: dict[str, Any]) -> Isolation:
    """Return what `isolation_to_dict` wrote."""
    return Isolation(told["level"], tuple(told["layers"]), dict(told["missing"]))


def report_from_dict(told: dict[str, Any]) -> Report:
    """Return the report that `report_to_dict` wrote. What JSON does not carry (an error's bases) is left empty.

    Raises:
        KeyError, TypeError, ValueError: it is not such an object.
    """
    return Report(
        submission=told["submission"],
        questions=tuple(_question_from(question) for question in told["questions"]),
        seed=told["seed"],
        device=told["device"],
        sandbox=told["sandbox"],
        isolation=isolation_from_dict(told["isolation"]),
        versions=dict(told["versions"]),
    )


def _question_from(told: dict[str, Any]) -> QuestionResult:
    functions = tuple(
        FunctionResult(function["name"], tuple(_check_from(check) for check in function["checks"]))
        for function in told["functions"]
    )
    return QuestionResult(told["id"], told["title"], told["attempted"], functions, told["file"])


def _check_from(told: dict[str, Any]) -> CheckResult:
    mismatch, error = told["mismatch"], told["error"]
    return CheckResult(
        id=told["id"],
        title=told["title"],
        status=told["status"],
        out_of=Fraction(told["out_of"]["exact"]),
        reason=told["reason"],
        mismatch=_mismatch_from(mismatch) if mismatch else None,
        error=ErrorSeen(error["type"], (), error["message"], error["traceback"]) if error else None,
        diagnoses=tuple(Diagnosis(one["mistake"], one["says"]) for one in told["diagnoses"]),
        hint=told["hint"],
        stdout=told["stdout"],
        stderr=told["stderr"],
        seconds=math.nan if told["seconds"] is None else told["seconds"],
        outcome=told["outcome"],
        blocked=told["blocked"],
    )


def _mismatch_from(told: dict[str, Any]) -> Mismatch:
    rows = tuple(Row(row["index"], row["got"], row["expected"]) for row in told["rows"])
    return Mismatch(told["where"], told["what"], told["numbers"], told["got"], told["expected"], rows)
