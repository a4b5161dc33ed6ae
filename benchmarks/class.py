"""What a class costs, beside other graders that do the same checks with the same TensorFlow. Ratios of one run.

``python benchmarks/class.py [--runs N] [--large N] [--peers DIR] [--no-peers]`` prints tables; README.md beside this
file says what it found. The other graders are installed into an environment of their own in a temporary folder (or
``--peers DIR``, which is kept), on top of the packages that are here; one that does not install is left out, and said.
"""

import argparse
import csv
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
SMALL_BANK = ROOT / "tests" / "bank"
CLASS = 24

#: The question's two functions, right, and what half of the class writes instead.
GUARD = "    if x.shape.rank != 1:\n        raise ValueError('no vector')\n"
SCALE = f"def scale(x, factor=2.0):\n{GUARD}    return factor * x\n"
NORM = "def norm(x):\n    return tf.sqrt(tf.reduce_sum(tf.square(x)))\n"
HEAD = "import tensorflow as tf\n\n\n"
WRONG = [
    HEAD + SCALE.replace("factor * x", "factor + x") + NORM,
    HEAD + SCALE + NORM.replace("tf.sqrt(", "("),
    HEAD + SCALE.replace(GUARD, "") + NORM,
]
RIGHT = HEAD + SCALE + NORM

#: The question's five checks as a course would write them elsewhere: one assertion each, the same inputs' sizes.
CHECKS = {
    "by_hand": "np.testing.assert_allclose(scale(tf.constant([1.0, 2.0, 3.0]), 2.0), [2, 4, 6], rtol=1e-5)",
    "random": "np.testing.assert_allclose(scale(tf.constant(V), -0.5), -0.5 * V, rtol=1e-5)",
    "rejects": "np.testing.assert_allclose(scale(tf.constant(V), 3.0), 3.0 * V, rtol=1e-5), raises(lambda: scale("
    "tf.zeros([2, 2]), 3.0))",
    "norm_by_hand": "np.testing.assert_allclose(norm(tf.constant([3.0, 4.0])), 5.0, rtol=1e-5)",
    "norm_random": "np.testing.assert_allclose(norm(tf.constant(V)), np.linalg.norm(V), rtol=1e-5)",
}
SET_UP = """import numpy as np
import tensorflow as tf
V = np.random.default_rng(0).normal(size=5).astype("float32")
def raises(call):
    try:
        call()
    except ValueError:
        return
    raise AssertionError("no ValueError")
"""
#: The fifth check, which the small bank lacks.
FIFTH = """      - id: random
        title: A random vector
        inputs: {x: {normal: [5]}}
        needs: {seconds: 1.5}
"""


@dataclass
class Cost:
    """Runs of one grader over one class: wall and processor seconds, and the marks that came out."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of ours, 3 unless told; the others are run once")
    parser.add_argument("--large", type=int, default=200, help="size of the large class")
    parser.add_argument("--peers", type=Path, help="keep the others' environment in this folder")
    parser.add_argument("--peer-students", type=int, default=CLASS, help="the others grade only so many of the class")
    parser.add_argument("--no-peers", action="store_true", help="only ours")
    options = parser.parse_args()
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="gradetape-bench-") as name:
        folder = Path(name)
        os.environ["GRADETAPE_CACHE"] = str(folder / "cache")
        bank = make_bank(folder / "bank")
        small, large = make_class(folder / "small", CLASS), make_class(folder / "large", options.large)
        run_ours(bank, small, folder / "warm", jobs=2)  # files' caches, the references
        ours = measured(lambda out: run_ours(bank, small, out, jobs=2), options.runs, folder)
        if not options.no_peers:
            part = make_class(folder / "part", options.peer_students)
            peers = run_peers(options.peers or folder / "peers", part, folder, console)
            console.print(beside_peers(ours, peers))
        one = measured(lambda out: run_ours(bank, small, out, jobs=1), options.runs, folder)
        console.print(by_size(bank, folder, small, large, ours, one, options.large))
        console.print(overhead(bank, large, folder))


def make_bank(folder: Path) -> Path:
    shutil.copytree(SMALL_BANK, folder)
    question = folder / "questions/m1_small/m1q01_scale.yaml"
    text = question.read_text()
    before = "    mistakes:\n      no_root:"
    assert text.count(before) == 1
    question.write_text(text.replace(before, FIFTH + before))
    return folder


def make_class(folder: Path, size: int) -> Path:
    for number in range(size):
        student = folder / f"s{number:04d}"
        student.mkdir(parents=True)
        (student / "m1q01.py").write_text(RIGHT if number % 2 else WRONG[number // 2 % len(WRONG)])
    return folder


def passed_by(number: int) -> int:
    """Return how many of the five checks a student passes: what every grader must find."""
    return 5 if number % 2 else (2, 3, 4)[number // 2 % 3]


def measured(grade: Callable[[Path], dict[str, int]], runs: int, folder: Path) -> Cost:
    cost = Cost()
    for _ in range(runs):
        output = Path(tempfile.mkdtemp(dir=folder))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        cost.marks = grade(output)
        cost.wall.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cost.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return cost


def run_ours(bank: Path, submissions: Path, output: Path, jobs: int) -> dict[str, int]:
    command = [sys.executable, "-m", "grader.cli", "class", str(submissions), "m1q01", "-o", str(output)]
    command += ["--bank", str(bank), "--jobs", str(jobs), "--quiet"]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    marks: dict[str, int] = {}
    with (output / "checks.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            marks[row["student"]] = marks.get(row["student"], 0) + (row["status"] == "passed")
    return marks


# The others. Each gets the class's folder and a folder to work in, and returns student -> checks passed.


def run_peers(environment: Path, small: Path, folder: Path, console: Console) -> dict[str, Cost | str]:
    python = make_environment(environment, console)
    graders: dict[str, tuple[str, Callable[[Path, Path, Path], dict[str, int]]]] = {
        "plain pytest, a process a student": ("pytest", with_pytest),
        "gradescope-utils": ("gradescope_utils", with_gradescope_utils),
        "nbgrader autograde": ("nbgrader", with_nbgrader),
        "otter run": ("otter", with_otter),
    }
    found: dict[str, Cost | str] = {}
    for name, (module, grade) in graders.items():
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True, cwd=folder).returncode:
            found[name] = "could not be installed"
            continue
        console.print(f"running {name}", style="dim")
        try:
            found[name] = measured(lambda out, grade=grade: grade(python, small, out), 1, folder)  # type: ignore[misc]
        except (subprocess.CalledProcessError, OSError, KeyError, ValueError) as error:
            last = (getattr(error, "stderr", b"") or b"")[-300:].decode("utf-8", "replace").strip()
            found[name] = f"failed: {type(error).__name__} {last}"
    return found


def make_environment(folder: Path, console: Console) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        console.print("installing the other graders", style="dim")
        venv.create(folder, with_pip=True)
        for package in ("pytest", "gradescope-utils", "ipykernel", "nbgrader", "otter-grader"):
            subprocess.run([python, "-m", "pip", "install", "--quiet", package], capture_output=True)
    # TensorFlow and all that is here already come after what the others brought along.
    here = [entry for entry in sys.path if entry.endswith("site-packages")]
    for site in folder.glob("lib/python*/site-packages"):
        (site / "zz_bench.pth").write_text("".join(f"{entry}\n" for entry in here))
    return python


def students_of(small: Path) -> list[Path]:
    return sorted(path for path in small.iterdir() if path.is_dir())


def quiet(python: Path) -> dict[str, str]:
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls its tools by name
    return {**os.environ, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


def with_pytest(python: Path, small: Path, work: Path) -> dict[str, int]:
    tests = "".join(f"def test_{name}():\n    {check}\n" for name, check in CHECKS.items())
    marks = {}
    for student in students_of(small):
        place = work / student.name
        shutil.copytree(student, place)
        (place / "test_checks.py").write_text(f"{SET_UP}from m1q01 import norm, scale\n{tests}")
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:gradetape", "test_checks.py"]
        done = subprocess.run(command, cwd=place, env=quiet(python), capture_output=True, text=True)
        last = done.stdout.strip().splitlines()[-1]
        marks[student.name] = int(last.partition(" passed")[0].split()[-1]) if " passed" in last else 0
    return marks


def with_gradescope_utils(python: Path, small: Path, work: Path) -> dict[str, int]:
    tests = "".join(f"    @weight(1)\n    def test_{name}(self):\n        {check}\n" for name, check in CHECKS.items())
    runner = (
        f"import unittest\nfrom gradescope_utils.autograder_utils.decorators import weight\n"
        f"from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n{SET_UP}"
        f"from m1q01 import norm, scale\nclass TestIt(unittest.TestCase):\n{tests}\n"
        "tests = unittest.defaultTestLoader.loadTestsFromTestCase(TestIt)\n"
        "with open('results.json', 'w') as f:\n    JSONTestRunner(stream=f, visibility='visible').run(tests)\n"
    )
    marks = {}
    for student in students_of(small):
        place = work / student.name
        shutil.copytree(student, place)
        (place / "run_tests.py").write_text(runner)
        subprocess.run([python, "run_tests.py"], cwd=place, env=quiet(python), capture_output=True, check=True)
        marks[student.name] = round(json.loads((place / "results.json").read_text())["score"])
    return marks


def cell(source: str, grade_id: str = "", **metadata: object) -> dict[str, object]:
    told = {"nbgrader": {"schema_version": 3, "grade_id": grade_id, "grade": False, "solution": False, "locked": False,
                         "task": False, **metadata}} if grade_id else {}  # fmt: skip
    return {
        "cell_type": "code", "id": grade_id or "head", "metadata": told, "source": source, "outputs": [],
        "execution_count": None,
    }  # fmt: skip


def notebook(cells: list[dict[str, object]]) -> str:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells})


def with_nbgrader(python: Path, small: Path, work: Path) -> dict[str, int]:
    graded = [cell(SET_UP, "setup", locked=True)] + [
        cell(check, name, grade=True, locked=True, points=1) for name, check in CHECKS.items()
    ]
    source = work / "source" / "ps1"
    source.mkdir(parents=True)
    answer = cell("### BEGIN SOLUTION\npass\n### END SOLUTION", "answer", solution=True)
    (source / "m1q01.ipynb").write_text(notebook([answer, *graded]))
    (work / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    nbgrader = [python, "-m", "nbgrader"]
    options = {"cwd": work, "env": quiet(python), "capture_output": True, "check": True}
    subprocess.run([*nbgrader, "generate_assignment", "ps1", "--create"], **options)
    for student in students_of(small):
        place = work / "submitted" / student.name / "ps1"
        place.mkdir(parents=True)
        own = cell((student / "m1q01.py").read_text(), "answer", solution=True)
        (place / "m1q01.ipynb").write_text(notebook([own, *graded]))
    subprocess.run([*nbgrader, "autograde", "ps1", "--create"], **options)
    subprocess.run([*nbgrader, "export"], **options)
    with (work / "grades.csv").open(newline="") as file:
        return {row["student_id"]: round(float(row["score"] or 0)) for row in csv.DictReader(file)}


def with_otter(python: Path, small: Path, work: Path) -> dict[str, int]:
    tests = work / "tests"
    tests.mkdir()
    for name, check in CHECKS.items():
        case = {"code": f">>> holds(lambda: ({check}))\nTrue", "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        told = {"name": name, "points": 1, "suites": [suite]}
        (tests / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {told!r}\n")
    options = {"cwd": work, "env": quiet(python), "capture_output": True, "check": True}
    subprocess.run(
        [python, "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], **options
    )
    archive = work / "autograder.zip"
    marks = {}
    for student in students_of(small):
        place = work / student.name
        place.mkdir()
        cells = [cell(SET_UP + CHECKING, ""), cell((student / "m1q01.py").read_text(), "answer")]
        cells[1]["metadata"] = {}
        (place / "m1q01.ipynb").write_text(notebook(cells))
        command = [python, "-m", "otter", "run", "-a", archive, "-o", place, "--no-logo", place / "m1q01.ipynb"]
        subprocess.run(command, **options)
        told = json.loads((place / "results.json").read_text())
        marks[student.name] = round(sum(test.get("score") or 0 for test in told["tests"]))
    return marks


#: Otter's checks are doctests: an expression and what it prints.
CHECKING = """
def holds(check):
    try:
        check()
    except Exception:
        return False
    return True
"""


# The tables.


def spread(seconds: list[float], per: int) -> str:
    each = [1000 * second / per for second in seconds]
    return f"{statistics.median(each):.0f}" + (f" ({min(each):.0f}–{max(each):.0f})" if len(each) > 1 else "")


def beside_peers(ours: Cost, peers: dict[str, Cost | str]) -> Table:
    table = Table("class of 24, five checks", "ms a student", "CPU ms a student", "times ours, wall", "CPU", "marks")
    wall, cpu = statistics.median(ours.wall) / CLASS, statistics.median(ours.cpu) / CLASS
    table.add_row(
        "gradetape class --jobs 2", spread(ours.wall, CLASS), spread(ours.cpu, CLASS), "1", "1", verdict(ours)
    )
    for name, cost in peers.items():
        if isinstance(cost, str):
            table.add_row(name, cost, "", "", "", "")
            continue
        count = len(cost.marks)
        times = f"{cost.wall[0] / count / wall:.1f}", f"{cost.cpu[0] / count / cpu:.1f}"
        table.add_row(name, spread(cost.wall, count), spread(cost.cpu, count), *times, verdict(cost))
    return table


def verdict(cost: Cost) -> str:
    wanted = {f"s{number:04d}": passed_by(number) for number in range(len(cost.marks))}
    wrong = sum(cost.marks.get(student) != passed for student, passed in wanted.items())
    return "as they should be" if cost.marks and not wrong else f"{wrong} students differ"


def by_size(bank: Path, folder: Path, small: Path, large: Path, two: Cost, one: Cost, size: int) -> Table:
    """Take a class of one off, so that what is paid once a run does not count as a student's."""
    single = make_class(folder / "single", 1)
    start = measured(lambda out: run_ours(bank, single, out, jobs=1), 3, folder)
    big = measured(lambda out: run_ours(bank, large, out, jobs=1), 1, folder)
    big_two = measured(lambda out: run_ours(bank, large, out, jobs=2), 1, folder)
    once_wall, once_cpu = statistics.median(start.wall), statistics.median(start.cpu)
    table = Table("class", "jobs", "wall s", "CPU s", "wall ms a further student", "CPU ms a further student")
    for name, count, jobs, cost in (
        ("of one", 1, 1, start), ("small", CLASS, 1, one), ("small", CLASS, 2, two), ("large", size, 1, big),
        ("large", size, 2, big_two),
    ):  # fmt: skip
        wall, cpu = statistics.median(cost.wall), statistics.median(cost.cpu)
        further = max(count - 1, 1)
        per = (f"{1000 * (wall - once_wall) / further:.0f}", f"{1000 * (cpu - once_cpu) / further:.0f}")
        table.add_row(f"{name}: {count}", str(jobs), f"{wall:.1f}", f"{cpu:.1f}", *(per if count > 1 else ("", "")))
    flat = (
        (statistics.median(big.cpu) - once_cpu) / (size - 1) / ((statistics.median(one.cpu) - once_cpu) / (CLASS - 1))
    )
    faster = statistics.median(big.wall) / statistics.median(big_two.wall)
    table.caption = (
        f"a student of the large class costs {flat:.2f} of one of the small; 2 jobs are {faster:.2f} × as quick"
    )
    return table


def overhead(bank: Path, large: Path, folder: Path) -> Table:
    """Watch one run: processor time and memory of the supervisor, of the zygotes and of their children."""
    command = [sys.executable, "-m", "grader.cli", "class", str(large), "m1q01", "-o", str(folder / "watched")]
    command += ["--bank", str(bank), "--jobs", "1", "--quiet"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, cwd=ROOT)
    peak = {"supervisor": 0.0, "zygote": 0.0}
    cpu = {"supervisor": 0.0, "zygote": 0.0}
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            for who, pid in (("supervisor", process.pid), *(("zygote", child) for child in children_of(process.pid))):
                peak[who] = max(peak[who], memory_of(pid))
                cpu[who] = max(cpu[who], time_of(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    stop.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    table = Table(f"a class of {len(students_of(large))}, one job", "peak MB", "CPU s", "share of all")
    for who in ("supervisor", "zygote"):
        table.add_row(who, f"{peak[who]:.0f}", f"{cpu[who]:.1f}", f"{cpu[who] / total:.0%}")
    children = total - sum(cpu.values())
    table.add_row("children", "", f"{children:.1f}", f"{children / total:.0%}")
    return table


def children_of(pid: int) -> list[int]:
    """Return the processes that the supervisor started: with one job, the zygote."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return found


def memory_of(pid: int) -> float:
    """Return the largest resident size so far, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def time_of(pid: int) -> float:
    """Return the processor seconds of a process itself, without its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
