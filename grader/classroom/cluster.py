"""Many tasks -> records as they come, by the workers of a Dask cluster that is there already.

Every worker gets the questions as files and starts its own process of TensorFlow, once. Submissions go out as bytes and
results come back as plain data. Dask gives what a lost worker had to another; a submission that has lost it several
workers (``distributed.scheduler.allowed-failures``) is given up, and its student listed as one whose grading broke.

A worker grades one student at a time: start workers with ``--nthreads 1``, one for each processor.
"""

import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.bank.load import load_bank
from grader.bank.location import location_at
from grader.bank.model import Bank
from grader.classroom.carrying import bank_files
from grader.classroom.keys import grading_code
from grader.classroom.records import Record, Task, record_from_dict, record_to_dict
from grader.classroom.run import Engine, Plan, open_for_class
from grader.classroom.work import grade_student, ungraded
from grader.grade import Setting
from grader.problems import GradeTapeError
from grader.sandbox.machine import versions
from grader.vocabulary import known_words

try:
    from distributed import Client, Future, KilledWorker, WorkerPlugin, get_worker, wait
except ImportError:
    raise GradeTapeError("--engine dask needs Dask; install it with: pip install 'gradetape[dask]'") from None

_CONNECT_SECONDS = 15
#: How long a cluster may be without any worker.
_PATIENCE = 60.0
#: How many tasks lie ready for each worker, so that none waits for the next.
_READY = 2


class Grader(WorkerPlugin):  # type: ignore[misc]  # Dask is not typed
    """Lives in every worker of the cluster and grades there.

    It travels as plain data; what it opens, it opens on the worker when the first student comes.
    """

    def __init__(self, files: dict[str, bytes], plan: Plan) -> None:
        self.files = files
        self.plan = replace(plan, submissions=Path(), results=Path(), roster=None)
        self.code, self.versions = grading_code(), versions()
        self.name = f"gradetape-{time.time_ns():x}"

    def setup(self, worker: Any) -> None:
        """Make ready; called by Dask on the worker."""
        self._turn = threading.Lock()
        self._stack = ExitStack()
        self._opened: tuple[Bank, Setting] | None = None

    def teardown(self, worker: Any) -> None:
        """End this worker's processes; called by Dask on the worker."""
        with self._turn:
            self._stack.close()
            self._opened = None

    def grade(self, task: Task, left: float | None) -> dict[str, Any]:
        """Grade one student, with ``left`` seconds of the run's time.

        Raises:
            GradeTapeError: this worker is not fit to grade.
        """
        with self._turn:
            bank, setting = self._open()
            ends = None if left is None else time.monotonic() + left
            return record_to_dict(grade_student(task, bank.questions, setting, ends))

    def _open(self) -> tuple[Bank, Setting]:
        if self._opened is None:
            self._check()
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="gradetape-bank-")))
            for name, data in self.files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            bank = load_bank(location_at(folder), known_words())
            self._opened = bank, self._stack.enter_context(open_for_class(self.plan))
        return self._opened

    def _check(self) -> None:
        """Marks must not depend on which worker gave them."""
        own = versions()
        other = [
            f"{name} {own.get(name)}, not {wanted}" for name, wanted in self.versions.items() if own.get(name) != wanted
        ]
        if self.code != grading_code():
            other.append("another version of GradeTape")
        if other:
            raise GradeTapeError(f"a worker has {'; '.join(other)}; install the same everywhere")


def _grade_on_worker(name: str, task: Task, left: float | None) -> dict[str, Any]:
    try:
        told: dict[str, Any] = get_worker().plugins[name].grade(task, left)
    except GradeTapeError as error:
        return {"fault": str(error)}
    return told


def dask_engine(plan: Plan, bank: Bank, scheduler: str) -> Engine:
    """Return the engine of the cluster whose scheduler is at ``scheduler``."""

    def grade(tasks: Iterable[Task], ends: float | None) -> Iterator[Record]:
        grader = Grader({name: path.read_bytes() for name, path in bank_files(bank)}, plan)
        try:
            client = Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise GradeTapeError(f"no Dask scheduler answers at '{scheduler}' ({error}); start one there") from None
        with client:
            client.register_plugin(grader)
            try:
                yield from _grade_on(client, grader.name, iter(tasks), bank, ends)
            finally:
                # A worker that was lost a moment ago does not answer, and has nothing left to be ended.
                with suppress(OSError):
                    client.unregister_worker_plugin(grader.name)

    return grade


def _grade_on(client: Any, name: str, tasks: Iterator[Task], bank: Bank, ends: float | None) -> Iterator[Record]:
    under_way: dict[Any, Task] = {}
    # Who waited on a worker that was lost is suspected like who ended it; graded alone, each answers for themselves.
    suspects: list[Task] = []
    alone: set[str] = set()
    seen = time.monotonic()

    def send(task: Task, left: float | None) -> None:
        # Never pure: the same bytes are graded anew when they are asked for anew.
        under_way[client.submit(_grade_on_worker, name, task, left, pure=False)] = task

    while True:
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        now = time.monotonic()
        seen = now if workers else seen
        if now - seen > _PATIENCE:
            raise GradeTapeError("the Dask cluster has no workers; start some, then run the same command again")
        if ends is not None and now > ends:
            client.cancel(list(under_way))
            return
        left = None if ends is None else ends - now
        while len(under_way) < _READY * workers and (task := next(tasks, None)) is not None:
            send(task, left)
        if not under_way and workers:
            if not suspects:
                return
            suspect = suspects.pop()
            alone.add(suspect.key)
            send(suspect, left)
        for future in _finished(client, under_way):
            task = under_way.pop(future)
            if task.key not in alone and _lost_its_workers(future):
                suspects.append(task)
                continue
            yield _record_of(future, task, bank)


def _lost_its_workers(future: "Future") -> bool:
    return future.status == "error" and isinstance(future.exception(), KilledWorker)


def _finished(client: Any, under_way: dict[Any, Task]) -> list[Any]:
    """Wait for a moment and return what is done."""
    if not under_way:
        time.sleep(0.2)
        return []
    try:
        with client.as_current():
            return list(wait(list(under_way), timeout=1.0, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return []


def _record_of(future: "Future", task: Task, bank: Bank) -> Record:
    try:
        told = future.result()
    except KilledWorker:
        reason = "it was being graded when several workers of the cluster were lost, one after the other"
        return ungraded(task, bank.questions, "grading broke", reason)
    except Exception as error:  # whatever Dask has to say of one task, the others go on
        return ungraded(task, bank.questions, "grading broke", f"{type(error).__name__}: {error}")
    if "fault" in told:
        raise GradeTapeError(told["fault"])
    return record_from_dict(told)
