"""The same class on a Dask cluster of several processes, one of which is killed on the way."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

distributed = pytest.importorskip("distributed")

from grader.classroom import cluster  # noqa: E402
from grader.classroom.cluster import dask_engine  # noqa: E402
from grader.classroom.records import Record, Task  # noqa: E402
from grader.classroom.run import Plan, local_engine  # noqa: E402
from grader.problems import GradeTapeError  # noqa: E402
from tests.classroom.samples import small_bank  # noqa: E402

SCENARIOS = Path(__file__).parent.parent / "scenarios"
BANK = small_bank()
PLAN = Plan(Path(), Path(), seed=3, device="cpu", jobs=1)
CASES = ("perfect", "partly_wrong", "crashing", "syntax_error")
KILLS_ITS_MAKER = b"import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as running:
        yield running


def tasks(copies: int = 2, poison: bool = False) -> list[Task]:
    files = {case: next((SCENARIOS / case / "submission").glob("m1q01*.py")).read_bytes() for case in CASES}
    if poison:
        files["poison"] = KILLS_ITS_MAKER
    return [
        Task(f"{case}{copy}", "", f"key {case}{copy}", {"m1q01": ("m1q01.py", data)})
        for copy in range(copies) for case, data in files.items()
    ]  # fmt: skip


def outcome(record: Record) -> object:
    checks = [
        (c.id, c.status, c.reason, [d.mistake for d in c.diagnoses])
        for q in record.report.questions
        for c in q.checks()
    ]
    return record.student, record.key, record.state, record.marks, checks


def test_marks_are_those_of_this_machine_with_a_worker_killed_and_a_poison_on_the_way(scheduler: Any) -> None:
    wanted = sorted(map(outcome, local_engine(PLAN, BANK)(tasks(), None)), key=str)
    victim = next(iter(scheduler.workers.values()))
    killed = victim.pid
    found = []
    for number, record in enumerate(dask_engine(PLAN, BANK, scheduler.scheduler_address)(tasks(poison=True), None)):
        found.append(record)
        if number == 1:
            os.kill(killed, signal.SIGKILL)
    assert victim.pid != killed, "the worker was lost, and came back as another process"
    poisoned = [record for record in found if record.student.startswith("poison")]
    assert {record.marks for record in poisoned} == {0}
    rest = [outcome(record) for record in found if record not in poisoned]
    assert sorted(rest, key=str) == wanted


class Lethal(cluster.Grader):
    """Loses the worker over one student."""

    def grade(self, task: Task, left: float | None) -> dict[str, Any]:
        if task.student == "syntax_error0":
            time.sleep(2)  # Dask starts no worker again that ends before its nanny knows that it began
            os._exit(1)
        return super().grade(task, left)


def test_who_loses_worker_after_worker_is_given_up_and_the_class_goes_on(
    scheduler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "Grader", Lethal)
    found = {record.student: record for record in dask_engine(PLAN, BANK, scheduler.scheduler_address)(tasks(1), None)}
    lost = found.pop("syntax_error0")
    assert (lost.state, lost.report.questions[0].functions[0].checks[0].status) == ("grading broke", "not_reached")
    assert "several workers of the cluster were lost" in lost.reason
    assert {student: record.state for student, record in found.items()} == {
        "perfect0": "graded", "partly_wrong0": "graded", "crashing0": "graded",
    }  # fmt: skip


def test_a_worker_lost_while_the_cluster_is_tidied_up_costs_nothing(
    scheduler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = distributed.Client.unregister_worker_plugin

    def lost(client: Any, name: str) -> None:
        really(client, name)
        raise distributed.comm.CommClosedError("Stream is closed")

    monkeypatch.setattr(distributed.Client, "unregister_worker_plugin", lost)
    found = list(dask_engine(PLAN, BANK, scheduler.scheduler_address)(tasks(1), None))
    assert {record.state for record in found} == {"graded"}


def test_a_worker_of_another_version_is_refused(scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "versions", lambda: {"tensorflow": "1.0"})
    with pytest.raises(GradeTapeError, match=r"a worker has tensorflow .*, not 1\.0; install the same everywhere"):
        list(dask_engine(PLAN, BANK, scheduler.scheduler_address)(tasks(1), None))


def test_a_run_that_is_over_comes_back_with_what_there_is(scheduler: Any) -> None:
    engine = dask_engine(PLAN, BANK, scheduler.scheduler_address)
    assert list(engine(tasks(1), time.monotonic() - 1)) == []


def test_no_scheduler_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    with pytest.raises(GradeTapeError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        list(dask_engine(PLAN, BANK, "tcp://127.0.0.1:9")(tasks(1), None))
