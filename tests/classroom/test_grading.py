"""A class graded in earnest: real submissions in real children, by every engine, stopped and gone on with."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest

from grader.classroom import work
from grader.classroom.engines import grade_here
from grader.classroom.records import Record, Task
from grader.classroom.work import MOST_PRINTED, grade_student
from grader.grade import Setting
from grader.problems import GradeTapeError
from grader.sandbox.locks.levels import Isolation
from tests.classroom.samples import small_bank
from tests.conftest import SMALL_BANK, Run

SCENARIOS = Path(__file__).parent.parent / "scenarios"
BANK = small_bank()
RIGHT = (SCENARIOS / "perfect/submission/m1q01_scale.py").read_bytes()
SLEEPS = RIGHT + b"\nimport time\ndef norm(x):\n    time.sleep(30)\n"


def task(data: bytes, seconds: float = 60.0, student: str = "alice") -> Task:
    return Task(student, "", "key", {"m1q01": ("m1q01.py", data)}, seconds)


def outcome(record: Record) -> dict[str, str]:
    return {f"{f.name}/{c.id}": c.status for q in record.report.questions for f in q.functions for c in f.checks}


def test_marks_are_those_of_grade(setting: Setting) -> None:
    """The golden scenarios again, through the class."""
    for folder in sorted(SCENARIOS.iterdir()):
        files = list((folder / "submission").glob("m1q01*.py"))
        if files and folder.name != "hanging":
            record = grade_student(task(files[0].read_bytes()), BANK.questions, setting)
            assert record.state == "graded"
            assert record.marks == Fraction(json.loads((folder / "report.json").read_text())["marks"]), folder.name


def test_a_student_whose_time_is_up_keeps_what_was_earned(setting: Setting) -> None:
    slow = (
        RIGHT
        + b"\nimport time\nfirst = scale\ndef scale(x, factor=2.0):\n    time.sleep(1.0)\n    return first(x, factor)\n"
    )
    started = time.monotonic()
    record = grade_student(task(slow, seconds=2.0), BANK.questions, setting)
    assert time.monotonic() - started < 6
    assert record.state == "graded"
    assert record.reason == "stopped after 2 s, the time for one student"
    checks = {f"{f.name}/{c.id}": c for q in record.report.questions for f in q.functions for c in f.checks}
    assert checks["scale/by_hand"].status == "passed"
    assert "all that this submission may take was used up" in checks["norm/by_hand"].reason
    assert record.marks < record.out_of


def test_time_can_be_up_before_the_first_check(setting: Setting) -> None:
    record = grade_student(task(b"import time\ntime.sleep(30)\n", seconds=0.3), BANK.questions, setting)
    assert record.state == "graded"
    assert set(outcome(record).values()) == {"failed"}
    assert grade_student(task(RIGHT), BANK.questions, setting).marks == 4, "the next student has none of it"


def test_a_run_that_is_over_gives_no_mark(setting: Setting) -> None:
    record = grade_student(task(SLEEPS), BANK.questions, setting, ends=time.monotonic() + 0.3)
    assert (record.state, record.key) == ("not graded", "key")
    assert set(outcome(record).values()) == {"not_reached"}


def test_a_file_that_cannot_be_read_fails_its_question_and_no_more(setting: Setting) -> None:
    record = grade_student(task("é".encode("latin-1")), BANK.questions, setting)
    assert record.state == "graded"
    assert "is not UTF-8" in record.report.questions[0].functions[0].checks[0].reason
    assert set(outcome(record).values()) == {"not_reached"}
    assert "larger than 1 MB" in str(grade_student(task(b"#" * (2 << 20)), BANK.questions, setting).report)


def test_printing_without_end_is_cut(setting: Setting) -> None:
    record = grade_student(
        task(RIGHT + b"\nprint('x' * 500_000)\ndef norm(x):\n    print('y' * 500_000)\n"), BANK.questions, setting
    )
    (check,) = record.report.questions[0].functions[1].checks
    assert len(check.stdout) < MOST_PRINTED + 50
    assert check.stdout.endswith("more characters)")


class BrokenChildren:
    """A machine that fails for one student."""

    way = "fork"

    def isolation(self) -> Isolation:
        return Isolation("strict")

    def run(self, *arguments: object) -> None:
        raise GradeTapeError("the process that holds TensorFlow ended, twice in a row")


def test_what_breaks_is_that_students_and_gives_no_mark() -> None:
    broken = Setting(BrokenChildren(), device="cpu")  # type: ignore[arg-type]
    record = grade_student(task(RIGHT), BANK.questions, broken)
    assert (record.state, record.reason) == ("grading broke", "the process that holds TensorFlow ended, twice in a row")
    assert set(outcome(record).values()) == {"not_reached"}


def test_the_local_engine_grades_all_with_any_number_of_jobs(setting: Setting) -> None:
    @contextmanager
    def opened() -> Iterator[Setting]:
        yield setting

    tasks = [task(RIGHT if n % 2 else b"", student=f"s{n}") for n in range(4)]
    records = list(grade_here(iter(tasks), BANK.questions, opened, jobs=1))
    assert {record.student: str(record.marks) for record in records} == {"s0": "0", "s1": "4", "s2": "0", "s3": "4"}


def test_an_engine_that_cannot_start_says_so() -> None:
    @contextmanager
    def opened() -> Iterator[Setting]:
        raise GradeTapeError("TensorFlow could not be started")
        yield

    with pytest.raises(GradeTapeError, match="could not be started"):
        list(grade_here([task(RIGHT)], BANK.questions, opened, jobs=2))


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    for case in ("perfect", "partly_wrong", "crashing", "exiting", "syntax_error", "wrong_shape"):
        shutil.copytree(SCENARIOS / case / "submission", folder / case)
    return folder


def book(results: Path) -> list[dict[str, str]]:
    with (results / "gradebook.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_killed_and_run_again(gradetape: Run, submissions: Path, tmp_path: Path) -> None:
    whole = gradetape("class", submissions, "-o", "whole", "m1q01", "--bank", SMALL_BANK, "--jobs", 2)
    assert whole.returncode == 0, whole.stderr
    assert "6 students, 0 of them settled already, 6 to grade" in whole.stderr
    assert "6 graded" in whole.stdout
    command = [sys.executable, "-m", "grader.cli", "class", str(submissions), "m1q01", "-o", "killed"]
    command += ["--bank", str(SMALL_BANK), "--jobs", "1"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL, env=dict(os.environ))
    journal = tmp_path / "killed" / "journal.jsonl"
    until = time.monotonic() + 60
    while not (journal.is_file() and journal.stat().st_size) and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "killed" / "gradebook.csv").exists()
    again = gradetape("class", submissions, "m1q01", "-o", "killed", "--bank", SMALL_BANK, "--jobs", 2)
    assert again.returncode == 0, again.stderr
    assert " 0 of them settled" not in again.stderr
    for name in ("gradebook.csv", "checks.csv"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    for row in book(tmp_path / "whole"):
        report = json.loads((SCENARIOS / row["student"] / "report.json").read_text())
        assert Fraction(row["total"]) == Fraction(report["marks"])


def test_a_settled_class_starts_no_tensorflow(gradetape: Run, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "alice.zip").write_bytes(b"no archive")
    (tmp_path / "roster.csv").write_text("student\nalice\nbob\n")
    done = gradetape(
        "class", "class", "-o", "out", "--bank", SMALL_BANK, "--roster", "roster.csv", "--quiet",
        env={**os.environ, "PATH": "/nowhere"},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [row["state"] for row in book(tmp_path / "out")] == ["refused", "no submission"]


BAD = [
    (["nowhere", "-o", "out"], "'nowhere' does not exist"),
    (["class", "-o", "class/out"], "'class/out' lies among the submissions"),
    (["class", "-o", "out", "m1q01", "--jbos", "2"], "unrecognized arguments: --jbos"),
    (["class", "-o", "out", "m1q98"], "there is no question 'm1q98'"),
    (["class"], "the following arguments are required: -o"),
    (["class", "-o", "/proc/no"], "cannot write '/proc/no/journal.jsonl'"),
    (["class", "m1q99", "-o", "out"], "there is no question 'm1q99'"),
    (["class", "-o", "out", "--roster", "nowhere.csv"], "--roster: 'nowhere.csv' cannot be read"),
    (["class", "-o", "out", "--moodle", "nowhere.csv"], "--moodle: 'nowhere.csv' cannot be read"),
    (["class", "-o", "out", "--canvas", "c.csv", "--title", "Final Score"], "--title: 'Final Score'"),
    (["class", "-o", "out", "--deadline", "0"], "'0' is no number of seconds"),
    (["class", "-o", "out", "--jobs", "none"], "'none' is not a whole number"),
    (["class", "-o", "out", "--engine", "dask"], "needs --scheduler ADDRESS"),
    (["class", "-o", "out", "--scheduler", "tcp://x:1"], "--scheduler is for --engine dask"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_bad_input_gets_one_message(gradetape: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "alice.py").write_text("")
    done = gradetape("class", *arguments, "--bank", SMALL_BANK)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_running_the_reference_takes_nobodys_time(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = work.judge_question
    hours: list[float] = []

    class Time:
        @staticmethod
        def monotonic() -> float:
            return time.monotonic() + 3600 * len(hours)

    def slowly(*arguments: object) -> object:  # as when the reference and the mistakes are not in the cache
        hours.append(1)
        return judged(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "judge_question", slowly)
    monkeypatch.setattr(work, "time", Time)
    questions = dict.fromkeys(("m1q01", "again"), BANK.questions["m1q01"])
    one = Task("alice", "", "key", dict.fromkeys(questions, ("m1q01.py", RIGHT)), seconds=60.0)
    record = grade_student(one, questions, setting)
    assert (record.marks, record.reason) == (8, "")
    assert record.seconds < 60
