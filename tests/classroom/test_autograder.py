"""Gradescope's autograder, run as its container would: what the archive holds, what it writes, what it leaves."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from grader.classroom.exports.autograder import autograder_zip, requirements
from tests.classroom.samples import small_bank
from tests.classroom.test_outputs import read_as_gradescope
from tests.conftest import SMALL_BANK, Run

SETTINGS = {"seed": 5, "feedback": "full", "seconds": 60.0, "hidden": False, "level": "strict", "bubblewrap": False}
RIGHT = (Path(__file__).parent.parent / "scenarios/perfect/submission/m1q01_scale.py").read_text()


def container(tmp_path: Path, files: dict[str, str], **settings: object) -> Path:
    """What Gradescope makes: /autograder with the archive unpacked as source, and the submission."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    data = autograder_zip(small_bank(), {**SETTINGS, **settings})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(root / "source")
    for name, text in files.items():
        (root / "submission" / name).write_text(text)
    return root


def start(root: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(root / "source" / "program")}
    command = [sys.executable, "-m", "grader.classroom.autograder", str(root)]
    return subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True)


def results(root: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((root / "results" / "results.json").read_text())
    return told


def test_the_archive_is_complete_and_repeatable(gradetape: Run, tmp_path: Path) -> None:
    done = gradetape("export", "gradescope", "m1q01", "-o", "a.zip", "--bank", SMALL_BANK, "--seed", 5)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = set(archive.namelist())
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        for script in ("setup.sh", "run_autograder", "grade"):
            assert modes[script] == 0o755
            subprocess.run(["bash", "-n"], input=archive.read(script), check=True)
        assert json.loads(archive.read("settings.json"))["seed"] == 5
    assert {"bank/questions/bank.yaml", "bank/reference_impl/m1_small/m1q01_scale.py", "program/grader/cli.py"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith(("program/questions", "/"))]
    assert autograder_zip(small_bank(), SETTINGS) == autograder_zip(small_bank(), SETTINGS)
    assert any(line.startswith("tensorflow==") for line in requirements())
    bad = gradetape("export", "gradescope", "-o", "/proc/no/a.zip", "--bank", SMALL_BANK)
    assert (bad.returncode, "cannot write" in bad.stderr) == (2, True)


def test_a_submission_is_graded(tmp_path: Path) -> None:
    wrong = RIGHT.replace("return", "return 1 +", 1)
    root = container(tmp_path, {"m1q01.py": wrong})
    process = start(root)
    assert process.wait(120) == 0, process.stderr and process.stderr.read()
    told = results(root)
    assert 0 < read_as_gradescope(told) < 4
    assert "seed" not in json.dumps(told["extra_data"])


def test_a_container_that_is_stopped_shows_what_it_came_to(tmp_path: Path) -> None:
    root = container(tmp_path, {"m1q01.py": "import time\ntime.sleep(60)\n"})
    process = start(root)
    until = time.monotonic() + 60
    while not (root / "results" / "results.json").exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    told = results(root)
    assert read_as_gradescope(told) == 0
    assert all("stopped before" in test["output"] for test in told["tests"])  # type: ignore[attr-defined]


def test_time_is_up_before_gradescope_says_so(tmp_path: Path) -> None:
    root = container(tmp_path, {"m1q01.py": "import time\ntime.sleep(60)\n"}, seconds=8.0)
    started = time.monotonic()
    assert start(root).wait(60) == 0
    assert time.monotonic() - started < 30
    assert read_as_gradescope(results(root)) == 0


@pytest.mark.parametrize(("files", "said"), [({}, "there is no Python file"), ({"main.txt": "x"}, "no Python file")])
def test_what_cannot_be_graded_says_why(tmp_path: Path, files: dict[str, str], said: str) -> None:
    root = container(tmp_path, files)
    assert start(root).wait(60) == 0
    told = results(root)
    assert said in str(told["output"])
    assert read_as_gradescope(told) == 0


def test_when_the_grader_fails_there_is_no_mark(tmp_path: Path) -> None:
    root = container(tmp_path, {"m1q01.py": RIGHT})
    shutil.rmtree(root / "source" / "bank" / "questions")
    (root / "results" / "results.json").write_text("{}")
    process = start(root)
    assert process.wait(60) == 2
    assert process.stderr is not None
    assert "no bank in" in process.stderr.read()
    assert not (root / "results" / "results.json").exists()
