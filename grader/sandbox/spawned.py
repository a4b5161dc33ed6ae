"""Children that are fresh interpreters: slow (TensorFlow is imported anew for each), and works everywhere."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from grader.sandbox.children import POLL, ChildResult, Clock, collect, scratch_file
from grader.sandbox.environment import clean_environment, module_command
from grader.sandbox.locks.levels import Isolation, Level, isolate
from grader.sandbox.locks.limits import Limits
from grader.sandbox.locks.lockdown import available_layers
from grader.sandbox.locks.privileges import user_to_become
from grader.sandbox.locks.readable import libraries_without_answers
from grader.sandbox.workdir import private_directory

#: Importing TensorFlow comes out of the first frame's time and the processor's.
_IMPORT_SECONDS = 60


class SpawnedChildren:
    """A new interpreter for every child. See `grader.sandbox.children.Children`."""

    way = "spawn"

    def __init__(self, level: Level = "strict") -> None:
        self._level = level
        self._isolation: Isolation | None = None

    def isolation(self) -> Isolation:
        """See `grader.sandbox.children.Children.isolation`."""
        if self._isolation is None:
            uid = user_to_become() if hasattr(os, "geteuid") else None
            roots = [*libraries_without_answers().roots, Path(tempfile.gettempdir())]
            self._isolation = isolate(self._level, available_layers(uid, roots))
        return self._isolation

    def run(
        self, job: bytes, limits: Limits, seconds: list[float], loopback: bool = False, until: float | None = None
    ) -> ChildResult:
        """See `grader.sandbox.children.Children.run`."""
        limits = replace(limits, cpu_seconds=limits.cpu_seconds + _IMPORT_SECONDS)
        seconds = [seconds[0] + _IMPORT_SECONDS, *seconds[1:]]
        with ExitStack() as stack:
            workdir = stack.enter_context(private_directory())
            job_file, stdout, stderr = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            if sys.platform == "linux":
                results = stack.enter_context(scratch_file("results"))
                name, passed = str(results.fileno()), [results.fileno()]
            else:  # beside the working directory, not in it
                path = Path(stack.enter_context(private_directory())) / "results"
                results = stack.enter_context(path.open("w+b", buffering=0))
                name, passed = str(path), []
            job_file.write(job)
            job_file.flush()
            job_file.seek(0)
            policy = {
                "workdir": str(workdir),
                "limits": asdict(limits),
                "layers": self.isolation().layers,
                "loopback": loopback,
                "parent": os.getpid(),
            }
            environment = {**clean_environment(), "TMPDIR": str(workdir), "HOME": str(workdir)}
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*module_command("grader.sandbox.spawned_child"), name, json.dumps(policy)],
                pass_fds=passed,
                env=environment,
                stdin=job_file,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            timed_out = False
            try:
                timed_out = _await_end(process, Clock(seconds, results, until))
            finally:
                _end(process)
            count = len(seconds)
            return collect(job_file, results, stdout, stderr, count, process.returncode, timed_out, 0.0)

    def close(self) -> None:
        """Nothing outlives a run."""


def _await_end(process: "subprocess.Popen[bytes]", clock: Clock) -> bool:
    while True:
        try:
            process.wait(timeout=POLL)
        except subprocess.TimeoutExpired:
            if clock.expired():
                return True
        else:
            return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill the child and, where there are process groups, all that it started in its own."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    process.wait()
