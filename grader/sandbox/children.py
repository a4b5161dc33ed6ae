"""What the supervisor gets of a child, whichever way the child is made."""

import os
import tempfile
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Protocol

from grader.observation import Tree
from grader.sandbox import wire
from grader.sandbox.locks.levels import Isolation
from grader.sandbox.locks.limits import Limits

#: How often the supervisor looks whether a check has ended, in seconds.
POLL = 0.05
#: How long a child may take to get ready for the submission, in seconds.
READY_SECONDS = 20.0
#: How long loading a submission may take, first operations of TensorFlow included, in seconds.
LOAD_SECONDS = 20.0
#: The most of a child's stdout and of its stderr that is kept, in bytes.
MOST_PRINTED = 1 << 20


class ChildrenLost(Exception):  # noqa: N818 - says what happened
    """The process that makes children is gone. Nothing is known of the child that ran."""


@dataclass(frozen=True)
class ChildResult:
    """A child that is gone.

    Attributes:
        records: what it wrote, in order, as far as it can be read.
        malformed: what was wrong with the first frame that could not be read.
        ready: whether it got as far as the submission, which it says by emptying its job: a sign that is given before
            any student code runs, by a descriptor that is closed then, so that no student can give it or take it back.
        exit_code: as of `os.waitstatus_to_exitcode`: negative for a signal.
        timed_out: whether the supervisor ended it.
        stdout: what it printed, cut.
        stderr: what it printed to standard error, cut.
        cpu_seconds: processor time of the child.
    """

    records: list[Tree]
    malformed: str | None
    ready: bool
    exit_code: int
    timed_out: bool
    stdout: bytes
    stderr: bytes
    cpu_seconds: float


class Children(Protocol):
    """Makes children, one at a time."""

    #: "fork" or "spawn", for `doctor` and reports.
    way: str

    def isolation(self) -> Isolation:
        """Return what holds the children.

        Raises:
            GradeTapeError: this machine cannot give the level asked for.
        """

    def run(self, job: bytes, limits: Limits, seconds: list[float], loopback: bool = False) -> ChildResult:
        """Run a job in a child of its own and wait for its end.

        Args:
            job: the message that the child reads.
            limits: what the child may use.
            seconds: how long each frame may take to come, one after the other.
            loopback: whether the child may use a network, which is then a loopback of its own. Only where the layer
                "network" is active.

        Raises:
            ChildrenLost: the maker of children died; it has been started anew, and the job may be tried again.
        """

    def close(self) -> None:
        """End every process of it."""


@dataclass
class Clock:
    """The wall clock of a child: each frame has its own time, counted from the frame before."""

    seconds: list[float]
    results: IO[bytes]
    started: float = field(default_factory=time.monotonic)
    _seen: int = 0
    _at: int = 0

    def expired(self) -> bool:
        """Look for new frames and tell whether the one awaited is late."""
        if self._count_new():
            self.started = time.monotonic()
        allowed = self.seconds[min(self._seen, len(self.seconds) - 1)]
        return time.monotonic() - self.started > allowed

    def _count_new(self) -> int:
        """Count the frames that came since the last look, by their lengths only."""
        size = os.fstat(self.results.fileno()).st_size
        new = 0
        # A frame's length may be a lie; then the count stays and the clock runs out.
        while self._at + 8 <= size and self._seen + new < len(self.seconds):
            end = self._at + 8 + int.from_bytes(self._read_at(self._at, 8), "little")
            if end > size:
                break
            self._at = end
            new += 1
        self._seen += new
        return new

    def _read_at(self, position: int, count: int) -> bytes:
        """Read without moving the position in the file, which a forked child's writes share."""
        if hasattr(os, "pread"):
            return os.pread(self.results.fileno(), count, position)
        self.results.seek(position)  # Windows: the child has opened the file for itself
        return self.results.read(count)


def scratch_file(name: str) -> IO[bytes]:
    """Return an empty file without a name on disk where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def collect(
    job: IO[bytes],
    results: IO[bytes],
    stdout: IO[bytes],
    stderr: IO[bytes],
    most_records: int,
    exit_code: int,
    timed_out: bool,
    cpu_seconds: float,
) -> ChildResult:
    """Read what a child left, after its end. Frames past ``most_records`` answer nothing and are not looked at."""
    records: list[Tree] = []
    malformed = None
    size = os.fstat(results.fileno()).st_size
    if size > 2 * wire.MOST_BYTES:
        malformed = "more output than a child may write"
    else:
        results.seek(0)
        try:
            messages = islice(wire.frames(memoryview(results.read())), most_records)
            records.extend(wire.decode(message) for message in messages)
        except wire.Malformed as error:
            malformed = str(error)
    ready = os.fstat(job.fileno()).st_size == 0
    return ChildResult(records, malformed, ready, exit_code, timed_out, _head(stdout), _head(stderr), cpu_seconds)


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(MOST_PRINTED)
