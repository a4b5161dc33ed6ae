"""A run: nobody is dropped, nothing is graded twice, and what is killed goes on to the same gradebook."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.records import Record
from grader.classroom.run import Plan, Watch
from grader.problems import GradeTapeError
from tests.classroom.samples import fake_engine, make_class, run, small_bank
from tests.conftest import ROOT

STUDENTS = [f"s{number:02d}" for number in range(12)]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    make_class(tmp_path / "class", STUDENTS, wrong=STUDENTS[::3])
    return Plan(tmp_path / "class", tmp_path / "results")


def rows(results: Path, name: str = "gradebook.csv") -> list[dict[str, str]]:
    with (results / name).open(newline="") as file:
        return list(csv.DictReader(file))


class Counting(Watch):
    def __init__(self) -> None:
        self.graded_students: list[str] = []

    def graded(self, record: Record) -> None:
        self.graded_students.append(record.student)


def graded_in(plan: Plan) -> list[str]:
    watch = Counting()
    run(plan, watch=watch)
    return watch.graded_students


def test_everybody_every_question_and_every_check_appear(plan: Plan, tmp_path: Path) -> None:
    (plan.submissions / "s03" / "m1q01.py").unlink()
    (plan.submissions / "s04.zip").write_bytes(b"no archive")
    (plan.submissions / "stranger.py").write_text("right")
    (tmp_path / "roster.csv").write_text("student,name\n" + "".join(f"{s},Name {s}\n" for s in [*STUDENTS, "absent"]))
    plan = replace(plan, roster=tmp_path / "roster.csv")
    bank = small_bank()
    states = run(plan, bank, fake_engine(bank, broken=["s05"]))
    assert states == {"graded": 10, "refused": 2, "no submission": 1, "grading broke": 1}
    book = {row["student"]: row for row in rows(plan.results)}
    assert list(book) == sorted([*STUDENTS, "absent", "stranger"])
    assert (book["absent"]["state"], book["absent"]["total"]) == ("no submission", "0.00")
    assert book["s03"]["reason"] == "there is no Python file in it"
    assert book["s04"]["reason"] == "there are several submissions under one name: s04, s04.zip"
    assert (book["s05"]["state"], book["s05"]["total"], book["s05"]["m1q01"]) == ("grading broke", "", "")
    assert book["stranger"]["reason"] == "not on the roster"
    assert (book["s00"]["total"], book["s01"]["total"], book["s01"]["name"]) == ("3.00", "4.00", "Name s01")
    checks = rows(plan.results, "checks.csv")
    assert len(checks) == len(book) * 4
    for student in book:
        told = json.loads((plan.results / f"{student}.json").read_text())
        assert told["checks"]["declared"] == 4
        assert told["state"] == book[student]["state"]
        assert (plan.results / f"{student}.html").is_file()
    summary = (plan.results / "summary.html").read_text()
    assert "<script" not in summary
    assert all(student in summary for student in book)


def test_only_what_changed_is_graded_again(plan: Plan) -> None:
    assert graded_in(plan) == STUDENTS
    before = {path: path.stat().st_mtime_ns for path in plan.results.glob("*.html") if path.name != "summary.html"}
    assert graded_in(plan) == []
    assert all(path.stat().st_mtime_ns == then for path, then in before.items()), "nothing was written anew"
    (plan.submissions / "s02" / "m1q01.py").write_text("wrong")
    (plan.submissions / "new.py").write_text("right")
    assert graded_in(plan) == ["new", "s02"]
    assert {row["student"]: row["total"] for row in rows(plan.results)}["s02"] == "3.00"
    assert graded_in(replace(plan, fresh=True)) == ["new", *STUDENTS]
    assert graded_in(replace(plan, seed=1)) == ["new", *STUDENTS]
    assert graded_in(replace(plan, seed=1, level="standard")) == ["new", *STUDENTS]


def test_what_broke_is_tried_again(plan: Plan) -> None:
    bank = small_bank()
    run(plan, bank, fake_engine(bank, broken=["s05"]))
    assert graded_in(plan) == ["s05"]
    assert {row["state"] for row in rows(plan.results)} == {"graded"}


def test_a_student_mended_or_gone_follows(plan: Plan) -> None:
    (plan.submissions / "bad.zip").write_bytes(b"no archive")
    run(plan)
    shutil.rmtree(plan.submissions / "s00")
    (plan.submissions / "bad.zip").unlink()
    (plan.submissions / "bad.py").write_text("right")
    run(plan)
    book = {row["student"]: row["state"] for row in rows(plan.results)}
    assert "s00" not in book
    assert book["bad"] == "graded"


def test_a_budget_leaves_the_rest_for_the_next_run(plan: Plan) -> None:
    bank = small_bank()
    states = run(replace(plan, budget=0.5), bank, fake_engine(bank, seconds=0.15))
    assert states["graded"] < len(STUDENTS)
    assert states["graded"] + states["not graded"] == len(STUDENTS)
    late = [row for row in rows(plan.results) if row["state"] == "not graded"]
    assert {(row["total"], row["reason"]) for row in late} == {("", "the run's time (--budget) was used up")}
    assert graded_in(plan) == [row["student"] for row in late]


def test_feedback_is_withheld_from_students_and_kept_in_the_journal(plan: Plan) -> None:
    run(replace(plan, feedback="score"))
    told = json.loads((plan.results / "s00.json").read_text())
    assert told["questions"][0]["functions"][0]["checks"][0]["diagnoses"] == []
    assert "The factor was added" not in (plan.results / "s00.html").read_text()
    assert "The factor was added" in (plan.results / "summary.html").read_text()
    assert graded_in(replace(plan, feedback="full")) == []
    told = json.loads((plan.results / "s00.json").read_text())
    assert told["questions"][0]["functions"][0]["checks"][0]["diagnoses"][0]["mistake"] == "adds"
    assert "The factor was added" in (plan.results / "s00.html").read_text()


_DRIVER = """
import sys
from pathlib import Path
from grader.classroom.run import Plan
from tests.classroom.samples import fake_engine, run, small_bank
bank = small_bank()
plan = Plan(Path(sys.argv[1]), Path(sys.argv[2]))
print("ready", flush=True)
run(plan, bank, fake_engine(bank, seconds=0.02))
"""


def essence(results: Path) -> dict[str, object]:
    """Every output, without times."""
    found: dict[str, object] = {}
    for path in sorted(results.iterdir()):
        text = path.read_text()
        if path.suffix == ".csv":
            found[path.name] = text
        elif path.suffix == ".json":
            found[path.name] = {key: value for key, value in json.loads(text).items() if key != "took"}
        elif path.name not in ("junit.xml", "summary.html", "journal.jsonl"):
            found[path.name] = text
    return found


def test_killed_at_any_moment_a_run_goes_on_to_the_same_gradebook(plan: Plan, tmp_path: Path) -> None:
    undisturbed = replace(plan, results=tmp_path / "undisturbed")
    run(undisturbed)
    chance = random.Random(20240)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _DRIVER, str(plan.submissions), str(plan.results)]
    killed = 0
    for _ in range(12):
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.35))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
        for path in plan.results.glob("*.json"):
            json.loads(path.read_text())  # whole, at every moment
    assert killed >= 3
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=120)
    assert essence(plan.results) == essence(undisturbed.results)


@pytest.mark.parametrize("room", [3_000, 20_000, 500_000])
def test_a_full_disk_stops_the_run_with_one_message_and_loses_nothing(plan: Plan, tmp_path: Path, room: int) -> None:
    """A limit on the size of files stands for the disk: the journal, or a page, meets it."""
    driver = _DRIVER.replace("run(plan", "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, resource.RLIM_INFINITY))\n"
        "from grader.problems import GradeTapeError\n"
        "try: run(plan").replace("seconds=0.02))", "seconds=0.0))\nexcept GradeTapeError as error: sys.exit(str(error))")  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", driver, str(plan.submissions), str(plan.results)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if room < 500_000:
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "cannot write" in done.stderr
    again = graded_in(plan)
    if room == 3_000:
        assert 0 < len(again) <= len(STUDENTS)
    undisturbed = replace(plan, results=tmp_path / "undisturbed")
    run(undisturbed)
    assert essence(plan.results) == essence(undisturbed.results)


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_graded(plan: Plan) -> None:
    with pytest.raises(GradeTapeError, match=r"cannot write '/proc/no/journal.jsonl'.*choose another folder"):
        run(replace(plan, results=Path("/proc/no")))
