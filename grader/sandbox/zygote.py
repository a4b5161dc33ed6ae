"""The zygote: imports TensorFlow once, executes no operation, and forks a child for each job.

Started by `grader.sandbox.forked` with a control socket; it never sees a job's content, only its descriptors:
the child reads the job itself, or one student's source would lie in the memory of all later children.

An operation executed here would start TensorFlow's threads, which a fork does not copy: the children's traced
functions would then wait for them for ever. `assert_forkable` guards that before every fork.
"""

import array
import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from grader.sandbox.locks.limits import Limits
from grader.sandbox.locks.lockdown import Lockdown, available_layers, lock, prepare
from grader.sandbox.locks.privileges import user_to_become
from grader.sandbox.locks.process import adopt_orphans, die_with_parent, hide_memory
from grader.sandbox.locks.readable import Readable, libraries_without_answers
from grader.sandbox.workdir import remove_tree

#: Sent by the supervisor to end the running child.
KILL = b"kill"

_MOST_FDS = 8
_MOST_MESSAGE = 1 << 16


def main() -> None:
    """Serve until the supervisor goes away; its end closes the control socket, however it comes.

    Says first which locks can be had, tried where they will be used, and then that it is ready.
    """
    hide_memory()
    adopt_orphans()
    control = socket.socket(fileno=int(sys.argv[1]))
    readable = libraries_without_answers()
    found = available_layers(user_to_become(), [*readable.roots, Path(tempfile.gettempdir())])
    control.send(json.dumps(found).encode())
    prepare()
    _import_everything()
    control.send(b"ready")
    while True:
        message, fds = _receive(control)
        if not message:
            return
        if message == KILL:  # it crossed with the end of the child that it was meant for
            continue
        assert_forkable()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_child(json.loads(message), fds, readable, parent)
        for fd in fds:
            os.close(fd)
        status, usage, alone = _await(pid, control)
        _end_leftovers()
        if alone:  # the supervisor was killed and cannot tidy up
            remove_tree(Path(json.loads(message)["workdir"]))
            return
        report = {"status": status, "cpu": usage.ru_utime + usage.ru_stime, "maxrss": usage.ru_maxrss}
        control.send(json.dumps(report).encode())


def _import_everything() -> None:
    """Import what children use, so that each finds it ready, and put it beyond the garbage collector.

    Freezing keeps the collector from writing to (and so copying) the pages that all children share.
    """
    import gymnasium  # noqa: F401
    import tensorflow as tf
    from tensorflow.python.data.ops import dataset_ops  # noqa: F401 - lazy inside TensorFlow, 0.1 s a child

    import grader.probes
    import grader.sandbox.child

    grader.probes.import_all()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    gc.collect()
    gc.freeze()


def assert_forkable() -> None:
    """Check that nothing has executed an operation: one thread, no eager context.

    Raises:
        RuntimeError: children of this process would deadlock.
    """
    from tensorflow.python.eager import context

    threads = len(list(Path("/proc/self/task").iterdir()))
    live = context._context is not None and context._context._initialized
    if threads != 1 or live:
        raise RuntimeError(f"the zygote has {threads} threads, eager context {'live' if live else 'not live'}")


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    message, ancillary, _, _ = control.recvmsg(_MOST_MESSAGE, socket.CMSG_SPACE(4 * _MOST_FDS))
    fds = array.array("i")
    for _, _, data in ancillary:
        fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return message, list(fds)


def _await(pid: int, control: socket.socket) -> tuple[int, Any, bool]:
    """Wait for the child to end; kill it when the supervisor says so or goes away, which is returned last."""
    alone = False
    pidfd = os.pidfd_open(pid)
    try:
        watching = [pidfd, control.fileno()]
        while True:
            ready, _, _ = select.select(watching, [], [])
            if pidfd in ready:
                break
            if not control.recv(_MOST_MESSAGE):  # end of file: the supervisor is gone
                watching.remove(control.fileno())
                alone = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    finally:
        os.close(pidfd)
    # The group is killed before the child is reaped, while its number cannot be another's.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), usage, alone


def _end_leftovers() -> None:
    """Kill and reap whatever the child left behind: only its descendants can be children of this process now."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG) != (0, 0):
                continue
        except ChildProcessError:
            return
        for pid in own.read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


def _become_child(policy: dict[str, Any], fds: list[int], readable: Readable, parent: int) -> NoReturn:
    """Turn this fork into the child of one job. Never returns, and never unwinds into the zygote's frames."""
    code = 70  # EX_SOFTWARE: the harness failed before the student's code was reached
    try:
        job_fd, result_fd, stdout_fd, stderr_fd = fds
        os.setsid()
        die_with_parent()  # if the zygote is killed, so is its child
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (stdout_fd, 1), (stderr_fd, 2)):
            os.dup2(source, target)
        for fd in (null, stdout_fd, stderr_fd):
            os.close(fd)
        os.environ.update(TMPDIR=policy["workdir"], HOME=policy["workdir"])
        tempfile.tempdir = policy["workdir"]  # settled in the zygote, when the imports first asked for it
        sys.argv = ["submission"]
        from grader.sandbox.child import run_job

        lock(
            Lockdown(
                workdir=Path(policy["workdir"]),
                limits=Limits(**policy["limits"]),
                readable=readable,
                parent=parent,
                keep=frozenset({0, 1, 2, job_fd, result_fd}),
                uid=user_to_become(),
                loopback=policy["loopback"],
                layers=frozenset(policy["layers"]),
            )
        )
        os.chdir(policy["workdir"])
        run_job(job_fd, result_fd)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
