"""Golden scenarios: a folder with a submission and the report expected of it.

``pytest tests/test_scenarios.py --update-reports`` writes the reports anew; read the difference before committing it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SMALL_BANK, Run

SCENARIOS = Path(__file__).parent / "scenarios"


def essence(report: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says, without what differs from machine to machine."""
    checks = {}
    for question in report["questions"]:
        for function in question["functions"]:
            for check in function["checks"]:
                said: dict[str, Any] = {"status": check["status"], "marks": check["marks"]["exact"]}
                said |= {key: check[key] for key in ("reason", "blocked", "hint", "stdout") if check[key]}
                if check["diagnoses"]:
                    said["diagnoses"] = [one["mistake"] for one in check["diagnoses"]]
                if check["mismatch"] and check["mismatch"]["rows"]:
                    said["rows"] = [list(row.values()) for row in check["mismatch"]["rows"]]
                checks[f"{question['id']}::{function['name']}::{check['id']}"] = said
    return {"marks": report["marks"]["exact"], "counts": report["checks"], "checks": checks}


@pytest.mark.parametrize("case", sorted(path.name for path in SCENARIOS.iterdir()))
def test_scenario(case: str, gradetape: Run, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = SCENARIOS / case
    target = tmp_path / "report.json"
    done = gradetape("grade", folder / "submission", "m1q01", "--bank", SMALL_BANK, "--json", target)
    report = json.loads(target.read_text())
    found = {"exit": done.returncode, **essence(report)}
    golden = folder / "report.json"
    if request.config.getoption("--update-reports"):
        golden.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))
    counts = report["checks"]
    assert counts["executed"] + counts["not_reached"] == counts["declared"] == 4
    assert "Traceback (most recent call last)" not in done.stderr
