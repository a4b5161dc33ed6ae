"""Trying a lock for real without locking oneself: in a child that is thrown away.

What a kernel's version or a file in /proc promises, a container's filter may still refuse. Only trying tells.
"""

import os
import signal
import warnings
from collections.abc import Callable


def tried(action: Callable[[int], object]) -> str | None:
    """Run ``action`` in a forked child and return why it failed, or None if it did not.

    It is given the descriptor through which the child reports, for actions that close all others. May be called
    from a process that has TensorFlow loaded: the child runs nothing of it.
    """
    if not hasattr(os, "fork"):
        return "this system cannot fork"
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # The child only makes system calls, which is sound also while other threads run.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _try(action, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == 0:
        return None
    if said:
        return said
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _try(action: Callable[[int], object], report: int) -> None:
    code = 1
    try:
        action(report)
        code = 0
    except BaseException as error:
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        os.write(report, (text or type(error).__name__).encode("utf-8", "replace"))
    finally:
        os._exit(code)
