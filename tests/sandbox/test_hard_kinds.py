"""The questions that need most of a child, graded over and over at once: nothing leaks from one to the next.

Servers on a loopback, logical devices, trainings, environments, graphs: the five questions that have them are graded in
random order, two at a time, each time with the same marks; and when it is over nothing is left and nothing has grown.
It takes minutes: ``GRADETAPE_ROUNDS=20 pytest tests/sandbox/test_hard_kinds.py`` (`make soak`).
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.bank.model import Question
from grader.grade import Setting, grade_question
from grader.known import mistake_submission, reference_submission
from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.submission import Submission
from grader.vocabulary import known_words

ROUNDS = int(os.environ.get("GRADETAPE_ROUNDS", "0"))
IDS = ("m3q02", "m3q10", "m4q03", "m4q05", "m5q04")
JOBS = 2

pytestmark = [
    pytest.mark.skipif(not can_fork(), reason="this system cannot fork after importing TensorFlow"),
    pytest.mark.skipif(ROUNDS < 2, reason="for the nightly target: GRADETAPE_ROUNDS=20"),
]

Job = tuple[Question, str, Submission]


def test_five_hard_questions_many_times_over_leave_nothing_behind(scratch: Path, tmp_path: Path) -> None:
    bank = load_bank(default_location(), known_words(), IDS)
    jobs = [job for question in bank.questions.values() for job in _answers(question)]
    zygotes = [ForkedChildren("strict") for _ in range(JOBS)]
    settings = [Setting(zygote, device="cpu", cache=tmp_path) for zygote in zygotes]
    try:
        marks = _graded(jobs, settings, seed=0)  # once, so that what is kept (references, mistakes) is there
        first = _state(zygotes, scratch)
        before = [zygote._process.pid for zygote in zygotes]
        for number in range(1, ROUNDS):
            assert _graded(jobs, settings, number) == marks, f"round {number}"
        last = _state(zygotes, scratch)
        assert [zygote._process.pid for zygote in zygotes] == before, "no zygote was lost on the way"
    finally:
        for zygote in zygotes:
            zygote.close()
    for (id_, kind), earned in marks.items():
        full = bank.questions[id_].spec.marks
        assert earned == full if kind == "right" else earned < full, (id_, kind, earned)
    grown = last.pop("memory"), first.pop("memory")
    assert last == first
    # Pages that the zygote writes to between two forks, not what any job has left there.
    assert max(after - earlier for after, earlier in zip(*grown, strict=True)) < 2, f"MB: {grown}"


def _answers(question: Question) -> Iterator[Job]:
    """Yield a right answer and one in which the first function that has a mistake is wrong."""
    yield question, "right", reference_submission(question)
    function = question.spec.functions[0]
    mistake = next(name for name, entry in function.mistakes.items() if not entry.hangs)
    yield question, mistake, mistake_submission(question, function.name, mistake)


def _graded(jobs: list[Job], settings: list[Setting], seed: int) -> dict[tuple[str, str], Fraction]:
    """Grade all jobs in an order that the seed shuffles, as many at a time as there are settings."""
    waiting: SimpleQueue[Job] = SimpleQueue()
    for job in random.Random(seed).sample(jobs, len(jobs)):
        waiting.put(job)
    marks: dict[tuple[str, str], Fraction] = {}

    def work(setting: Setting) -> None:
        while True:
            try:
                question, kind, submission = waiting.get_nowait()
            except Empty:
                return
            marks[question.id, kind] = grade_question(question, submission, setting).marks

    threads = [threading.Thread(target=work, args=[setting]) for setting in settings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(marks) == len(jobs), "every job was done"
    return marks


def _state(zygotes: list[ForkedChildren], scratch: Path) -> dict[str, object]:
    """Return what could leak: processes, ports that are listened on, descriptors, files; and the zygotes' memory in MB."""
    pids = [zygote._process.pid for zygote in zygotes]
    return {
        "processes": sorted(_descendants(os.getpid())),
        "ports": sorted(_listening()),
        "descriptors": Counter(_kind(link) for pid in ["self", *pids] for link in Path(f"/proc/{pid}/fd").iterdir()),
        "files": sorted(str(path) for path in scratch.rglob("*")),
        "memory": [_own_memory(pid) for pid in pids],
    }


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from _descendants(child)


def _listening() -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            rows = (row.split() for row in Path(table).read_text().splitlines()[1:])
            yield from (row[1] for row in rows if row[3] == "0A")


def _kind(link: Path) -> str:
    try:
        return str(link.readlink()).partition(":")[0]
    except OSError:  # the descriptor by which the folder is read
        return ""


def _own_memory(pid: int) -> float:
    """Return the memory that is the process's own, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon"))
