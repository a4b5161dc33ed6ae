"""Children forked from a zygote: the quick way, on Linux."""

import array
import json
import os
import signal
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from grader.problems import GradeTapeError
from grader.sandbox.bubblewrap import bubblewrapped
from grader.sandbox.children import POLL, ChildrenLost, ChildResult, Clock, collect, scratch_file
from grader.sandbox.environment import clean_environment, module_command
from grader.sandbox.locks.levels import Isolation, Level, isolate
from grader.sandbox.locks.limits import Limits
from grader.sandbox.locks.lockdown import LAYERS
from grader.sandbox.workdir import private_directory
from grader.sandbox.zygote import KILL

_START_SECONDS = 120.0
_MOST_MESSAGE = 1 << 16


class ForkedChildren:
    """A zygote and the children it forks, one at a time. See `grader.sandbox.children.Children`.

    The zygote starts in the background when this is made; the first job waits for it.
    """

    way = "fork"

    def __init__(self, level: Level = "strict", bubblewrap: bool = False) -> None:
        self._level = level
        self._outer = ExitStack()
        self._scratch: Path | None = None
        if bubblewrap:
            self._scratch = self._outer.enter_context(private_directory())
            self._scratch.chmod(0o711)  # the user that children become must pass through
        self._start()

    def _start(self) -> None:
        command = module_command("grader.sandbox.zygote")
        if self._scratch:
            command = bubblewrapped(command, self._scratch)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the zygote
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, str(theirs.fileno())],
            env=clean_environment(),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to handle
        )
        theirs.close()
        self._isolation: Isolation | None = None
        self._ready = False

    def isolation(self) -> Isolation:
        """See `grader.sandbox.children.Children.isolation`."""
        if self._isolation is None:
            given = isolate(self._level, json.loads(self._await_word()))
            outer = ("bubblewrap",) if self._scratch else ()
            self._isolation = replace(given, layers=(*outer, *given.layers))
        return self._isolation

    def _await_ready(self) -> None:
        self.isolation()  # said first
        if not self._ready:
            self._await_word()
            self._ready = True

    def _await_word(self) -> bytes:
        """Wait for the next that a starting zygote says."""
        self._control.settimeout(_START_SECONDS)
        try:
            word = self._control.recv(_MOST_MESSAGE)
        except (TimeoutError, ConnectionResetError):
            word = b""
        if not word:
            self._process.kill()
            self._process.wait()
            self._log.seek(0)
            last = self._log.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            reason = last[0] if last else f"exit code {self._process.returncode}"
            raise GradeTapeError(f"TensorFlow could not be started: {reason}; run 'gradetape doctor'")
        return word

    def run(
        self, job: bytes, limits: Limits, seconds: list[float], loopback: bool = False, until: float | None = None
    ) -> ChildResult:
        """See `grader.sandbox.children.Children.run`."""
        self._await_ready()
        with ExitStack() as stack:
            workdir = stack.enter_context(private_directory(self._scratch))
            job_file, results, stdout, stderr = (
                stack.enter_context(scratch_file(name)) for name in ("job", "results", "stdout", "stderr")
            )
            job_file.write(job)
            job_file.seek(0)
            policy = {
                "workdir": str(workdir),
                "limits": asdict(limits),
                "layers": [layer for layer in self.isolation().layers if layer in LAYERS],
                "loopback": loopback,
            }
            try:
                self._send(json.dumps(policy).encode(), [f.fileno() for f in (job_file, results, stdout, stderr)])
                report, timed_out = self._await_end(Clock(seconds, results, until))
            except OSError:
                raise self._lost() from None
            count = len(seconds)
            return collect(job_file, results, stdout, stderr, count, report["status"], timed_out, report["cpu"])

    def _send(self, message: bytes, fds: list[int]) -> None:
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
        self._control.sendmsg([message], [rights])

    def _await_end(self, clock: Clock) -> tuple[dict[str, Any], bool]:
        self._control.settimeout(POLL)
        timed_out = False
        while True:
            try:
                message = self._control.recv(_MOST_MESSAGE)
            except TimeoutError:
                if not timed_out and clock.expired():
                    timed_out = True
                    self._control.send(KILL)
                continue
            if not message:
                raise ConnectionResetError("the zygote is gone")
            return json.loads(message), timed_out

    def _lost(self) -> ChildrenLost:
        self._end()
        self._start()
        return ChildrenLost("the process that holds TensorFlow ended")

    def close(self) -> None:
        """End the zygote; its child dies with it."""
        self._end()
        self._outer.close()

    def _end(self) -> None:
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def can_fork() -> bool:
    """Tell whether this system has what the zygote stands on."""
    return all(
        (hasattr(os, "fork"), hasattr(os, "pidfd_open"), hasattr(os, "memfd_create"), hasattr(signal, "SIGKILL"))
    )
