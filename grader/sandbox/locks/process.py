"""Tying a process to its parent and hiding its memory, by Linux's prctl(2). Elsewhere nothing is done."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    done: int = libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)
    return done == 0


def die_with_parent() -> bool:
    """Have the kernel kill this process when its parent ends, however it ends."""
    return _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def hide_memory() -> bool:
    """Forbid other processes of the same user to read this one's memory, environment and descriptors."""
    return _prctl(_PR_SET_DUMPABLE, 0)


def adopt_orphans() -> bool:
    """Become the parent of whatever a child leaves behind, so that it can be found and ended."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)
