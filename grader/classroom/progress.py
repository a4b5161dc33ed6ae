"""How a run goes, on standard error: a bar on a terminal, a line now and then in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from grader.classroom.records import Record
from grader.classroom.run import Watch

#: How often a log gets a line, in seconds.
_EVERY = 10.0


@contextmanager
def watching(quiet: bool) -> Iterator[Watch]:
    """Give what fits where standard error goes."""
    console = Console(stderr=True)
    if quiet:
        yield Watch()
    elif not console.is_terminal:
        yield _Log(console)
    else:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            yield _Bar(progress)


def pace(done: int, left: int, seconds: float) -> str:
    """Say how quick it goes and how long it will still take: ``2.5 students/s, 1:20 left``."""
    if not done or seconds <= 0:
        return ""
    rate = done / seconds
    speed = f"{rate:.1f} students/s" if rate >= 1 else f"{1 / rate:.1f} s a student"
    remaining = round(left / rate)
    return f"{speed}, {remaining // 60}:{remaining % 60:02d} left"


def opening(total: int, known: int, aside: list[str]) -> str:
    """Say what there is to do."""
    told = f"{total} students, {known} of them settled already, {total - known} to grade"
    return f"{told}; left aside: {', '.join(aside)}" if aside else told


class _Paced(Watch):
    """Counts, and keeps the time since the first student was begun."""

    def begin(self, total: int, known: int, aside: list[str]) -> None:
        self.left = total - known
        self.done = 0
        self.started = time.monotonic()

    def graded(self, record: Record) -> None:
        self.done += 1
        self.left -= 1

    def pace(self) -> str:
        return pace(self.done, self.left, time.monotonic() - self.started)


class _Log(_Paced):
    def __init__(self, console: Console) -> None:
        self._console = console
        self._said = time.monotonic()

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def begin(self, total: int, known: int, aside: list[str]) -> None:
        super().begin(total, known, aside)
        self._say(opening(total, known, aside))

    def graded(self, record: Record) -> None:
        super().graded(record)
        if not record.settled:
            self._say(f"{record.student}: {record.state}: {record.reason}")
        if time.monotonic() - self._said >= _EVERY or not self.left:
            self._said = time.monotonic()
            self._say(f"{self.done} graded, {self.left} to go, {self.pace()}")

    def writing(self) -> None:
        self._say("writing the results")


class _Bar(_Paced):
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, total: int, known: int, aside: list[str]) -> None:
        super().begin(total, known, aside)
        self._progress.console.print(opening(total, known, aside), markup=False, highlight=False)
        self._task = self._progress.add_task("grading", total=total, completed=known, pace="starting TensorFlow")

    def graded(self, record: Record) -> None:
        super().graded(record)
        if not record.settled:
            told = f"{record.student}: {record.state}: {record.reason}"
            self._progress.console.print(told, markup=False, highlight=False)
        assert self._task is not None
        self._progress.update(self._task, advance=1, pace=self.pace())

    def writing(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, pace="writing the results")
