"""The pytest plugin as an instructor uses it: processes, selections, reports, and a submission that would break in."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SMALL_BANK

SCENARIOS = Path(__file__).parent.parent / "scenarios"
QUESTIONS = SMALL_BANK / "questions" / "m1_small"

Pytest = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run_pytest(tmp_path: Path) -> Pytest:
    def run(*arguments: object, cwd: Path = tmp_path) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(QUESTIONS), "--rootdir", str(tmp_path)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        return subprocess.run(
            [*command, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=300, env=environment
        )

    return run


def submission(case: str) -> Path:
    return SCENARIOS / case / "submission"


def test_the_bank_tests_itself(run_pytest: Pytest) -> None:
    done = run_pytest("-v")
    assert done.returncode == 0, done.stdout
    assert "m1q01::scale::by_hand PASSED" in done.stdout
    assert "total  4 of 4" in done.stdout


def test_a_submission_is_graded_check_by_check(run_pytest: Pytest, tmp_path: Path) -> None:
    report, junit = tmp_path / "out.json", tmp_path / "junit.xml"
    done = run_pytest(
        "--submission",
        submission("partly_wrong"),
        "--gradetape-json",
        report,
        f"--junitxml={junit}",
        "-o",
        "junit_family=xunit1",
    )
    assert done.returncode == 1
    assert "The factor was added; scaling multiplies." in done.stdout
    assert "m1q01  1 of 4" in done.stdout
    written = json.loads(report.read_text())
    assert written["marks"] == {"exact": "1", "value": 1.0}
    assert written["checks"]["m1q01::scale::by_hand"]["diagnoses"][0]["mistake"] == "adds"
    properties = [p.attrib for p in ET.parse(junit).iter("property")]
    assert {"name": "marks", "value": "0"} in properties
    assert {"name": "out_of", "value": "1"} in properties


def test_selecting_and_stopping_work(run_pytest: Pytest) -> None:
    selected = run_pytest("-k", "norm")
    assert "1 passed, 3 deselected" in selected.stdout
    stopped = run_pytest("--submission", submission("partly_wrong"), "-x")
    assert "1 failed" in stopped.stdout
    assert "passed" not in stopped.stdout.splitlines()[-1]


@pytest.mark.parametrize("jobs", [[], ["-n", "2"]])
def test_what_cannot_be_graded_ends_with_2(run_pytest: Pytest, tmp_path: Path, jobs: list[str]) -> None:
    done = run_pytest("--gradetape-device", "gpu:99", "--tb=line", *jobs)
    assert done.returncode == 2
    assert "could not be graded: TensorFlow sees no 'gpu:99' here" in done.stdout
    assert "4 failed" in done.stdout, "no check is left out"
    (tmp_path / "file").touch()
    done = run_pytest("--gradetape-json", tmp_path / "file" / "report.json", *jobs)
    assert done.returncode == 2
    assert "cannot write '" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("option", "said"), [("--gradetape-seed=-3", "'-3' is no seed"), ("--gradetape-device=tpu", "'tpu' is no device")]
)
def test_a_bad_option_is_refused_before_anything_runs(run_pytest: Pytest, option: str, said: str) -> None:
    done = run_pytest(option)
    assert done.returncode == 4, "pytest's own code for usage"
    assert said in done.stderr


def test_last_failed_runs_what_failed(tmp_path: Path) -> None:
    def run(*arguments: object) -> str:
        command = [sys.executable, "-m", "pytest", str(QUESTIONS), "--rootdir", str(tmp_path), "-c", "/dev/null"]
        command += ["-o", f"cache_dir={tmp_path / 'cache'}", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300).stdout

    assert "3 failed, 1 passed" in run("--submission", submission("partly_wrong"))
    assert "3 failed" in run("--submission", submission("partly_wrong"), "--lf").splitlines()[-1]


def test_two_workers_give_the_same_marks(run_pytest: Pytest, tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    report = tmp_path / "out.json"
    done = run_pytest("--submission", submission("partly_wrong"), "-n", 2, "--gradetape-json", report)
    assert "3 failed, 1 passed" in done.stdout
    written = json.loads(report.read_text())
    assert written["marks"]["exact"] == "1"
    assert written["isolation"]["level"] == "strict", "the default for a submission"
    assert "level strict: locked in by" in done.stdout
    assert "total  1 of 4" in done.stdout


def test_nothing_of_the_submissions_folder_is_loaded(run_pytest: Pytest) -> None:
    done = run_pytest("--submission", submission("shadowing"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_a_file_that_does_not_load_fails_every_check(run_pytest: Pytest) -> None:
    done = run_pytest("--submission", submission("syntax_error"))
    assert "4 failed" in done.stdout
    assert "SyntaxError" in done.stdout


def test_skipping_is_no_way_out(run_pytest: Pytest) -> None:
    done = run_pytest("--submission", submission("skips"))
    assert "4 failed" in done.stdout
    assert "skipped" not in done.stdout


def test_a_submission_that_is_not_there_is_a_usage_error(run_pytest: Pytest) -> None:
    done = run_pytest("--submission", "nowhere")
    assert done.returncode == 4
    assert "'nowhere' does not exist" in done.stderr


def test_a_broken_question_is_an_error_with_its_line(tmp_path: Path) -> None:
    import shutil

    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    question = bank / "questions/m1_small/m1q01_scale.yaml"
    question.write_text(question.read_text().replace("probe: rejects", "probe: reject"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(question), "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "m1q01_scale.yaml:26: unknown probe 'reject'; did you mean 'rejects'?" in done.stdout
    assert "Traceback" not in done.stdout


def test_other_yaml_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("a: 1\n")
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert "1 passed" in done.stdout
