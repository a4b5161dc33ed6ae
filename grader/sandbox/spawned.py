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

from grader.sandbox.children import POLL, ChildResult, Clock, collect
from grader.sandbox.environment import clean_environment, python_command
from grader.sandbox.locks.limits import Limits
from grader.sandbox.workdir import private_directory

#: Importing TensorFlow comes out of the first frame's time and the processor's.
_IMPORT_SECONDS = 60


class SpawnedChildren:
    """A new interpreter for every child. See `grader.sandbox.children.Children`."""

    way = "spawn"

    def run(self, job: bytes, limits: Limits, seconds: list[float], until: float | None = None) -> ChildResult:
        """See `grader.sandbox.children.Children.run`."""
        limits = replace(limits, cpu_seconds=limits.cpu_seconds + _IMPORT_SECONDS)
        seconds = [seconds[0] + _IMPORT_SECONDS, *seconds[1:]]
        with ExitStack() as stack:
            workdir = stack.enter_context(private_directory())
            # The results lie beside the working directory, not in it, and under a name the child is given.
            outside = stack.enter_context(private_directory())
            result_path = Path(outside) / "results"
            results = stack.enter_context(result_path.open("w+b", buffering=0))
            job_file, stdout, stderr = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            job_file.write(job)
            job_file.flush()
            job_file.seek(0)
            policy = {"workdir": str(workdir), "limits": asdict(limits)}
            environment = {**clean_environment(), "TMPDIR": str(workdir), "HOME": str(workdir)}
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*python_command("grader.sandbox.spawned_child"), str(result_path), json.dumps(policy)],
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
            return collect(results, stdout, stderr, process.returncode, timed_out, 0.0)

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
