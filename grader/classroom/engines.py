"""Many tasks -> records as they come, by processes of this machine. `cluster` does the same on other machines."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import SimpleQueue

from grader.bank.model import Question
from grader.classroom.records import Record, Task
from grader.classroom.work import grade_student
from grader.grade import Setting

Opener = Callable[[], AbstractContextManager[Setting]]


@dataclass(frozen=True)
class _Stopped:
    """A worker that has ended, and of what, if not of having nothing left to do."""

    error: BaseException | None = None


def grade_here(
    tasks: Iterable[Task],
    questions: Mapping[str, Question],
    open_setting: Opener,
    jobs: int,
    ends: float | None = None,
) -> Iterator[Record]:
    """Grade ``jobs`` students at a time and yield each record when it is there.

    A job is a thread with a process of TensorFlow of its own. A thread suffices, since it spends nearly all of its
    time waiting for a child; a process of TensorFlow for each keeps one student's faults from another's.

    Args:
        tasks: what to do. Read one by one, so that only the files of the students in work are in memory.
        questions: the questions of the run.
        open_setting: starts the children of one job.
        jobs: how many at a time.
        ends: when no further task may begin, by `time.monotonic`.

    Raises:
        GradeTapeError: the tasks cannot be read, or a process of TensorFlow cannot be started.
    """
    waiting = iter(tasks)
    turn, stop = threading.Lock(), threading.Event()
    done: SimpleQueue[Record | _Stopped] = SimpleQueue()

    def next_task() -> Task | None:
        with turn:
            return None if stop.is_set() or (ends is not None and time.monotonic() > ends) else next(waiting, None)

    def work() -> None:
        try:
            task = next_task()  # before TensorFlow is started: there may be fewer students than jobs
            if task is not None:
                with open_setting() as setting:
                    while task is not None:
                        done.put(grade_student(task, questions, setting, ends))
                        task = next_task()
        except BaseException as error:  # told to the main thread, which raises it
            done.put(_Stopped(error))
        else:
            done.put(_Stopped())

    # Daemons: when the run fails or is interrupted, the program ends without waiting for the students in work.
    # Their processes notice its end and go.
    for number in range(jobs):
        threading.Thread(target=work, name=f"job-{number}", daemon=True).start()
    running = jobs
    try:
        while running:
            came = done.get()
            if isinstance(came, Record):
                yield came
                continue
            running -= 1
            if came.error is not None:
                raise came.error
    finally:
        stop.set()
