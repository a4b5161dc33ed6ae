"""What the locks kept a submission from, in plain words: from the error that its code was given.

The error is the child's own word, so this is for messages and never for marks.
"""

import errno

from grader.observation import ErrorSeen
from grader.sandbox.locks.limits import Limits

_REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS)
#: Modules that raise errors of the network (negative numbers: a name was not found) and of processes.
_NETWORK = ("socket", "ssl", "_socket")
_PROCESSES = ("subprocess", "process", "synchronize", "popen_fork", "popen_spawn_posix", "util", "pty")


def what_was_blocked(error: ErrorSeen | None, memory_mb: int) -> str:
    """Return what the code tried that it may not, to follow "your code", or nothing."""
    if error is None:
        return ""
    if "MemoryError" in error.bases or "ResourceExhaustedError" in error.bases:
        return f"used more than {_size(memory_mb)}"
    if error.number == errno.EFBIG:
        return f"printed or wrote more than {Limits.file_bytes >> 20} MB"
    if error.number == errno.ENOSPC:
        return "wrote more than its folder holds"
    if error.origin in _NETWORK and error.number is not None and (error.number in _REFUSALS or error.number < 0):
        return "tried to use the network"
    if error.outside and error.number in (*_REFUSALS, errno.ENOENT):
        return f"tried to open a file outside its folder ({error.outside})"
    if error.number in _REFUSALS and error.origin in _PROCESSES:
        return "tried to start another process"
    if error.number == errno.EPERM:
        return "tried what code that is graded may not: to start, to reach or to change something outside itself"
    return ""


def _size(megabytes: int) -> str:
    return f"{megabytes / 1024:g} GB" if megabytes >= 1024 else f"{megabytes} MB"
