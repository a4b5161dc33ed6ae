"""Closing what a child must not inherit: every descriptor but the few it is given.

A descriptor is a right that later locks do not take back: Landlock and seccomp look at the opening of a file, not
at the reading of one that is open already. So this lock comes first.
"""

import contextlib
import errno
import os
from collections.abc import Collection, Iterator

from grader.sandbox.locks.probing import tried
from grader.sandbox.locks.syscalls import call

_HIGHEST = 2**31 - 1  # descriptors are C ints


def gaps(keep: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges (first, last) of descriptors that lie between those of ``keep``."""
    first = 0
    for fd in sorted(set(keep)):
        if first < fd:
            yield first, fd - 1
        first = fd + 1
    yield first, _HIGHEST


def close_all_but(keep: Collection[int]) -> None:
    """Close every descriptor of this process that is not in ``keep``, by close_range(2), Linux 5.9.

    On an older kernel the open ones are listed and closed one by one.

    Raises:
        OSError: neither way works here.
    """
    for first, last in gaps(keep):
        try:
            call("close_range", first, last, 0)
        except OSError as error:
            if error.errno not in (errno.ENOSYS, errno.EPERM):  # EPERM: a container's filter, older than the call
                raise
            _close_listed(keep)
            return


def _close_listed(keep: Collection[int]) -> None:
    listed = [int(name) for name in os.listdir("/proc/self/fd")]
    for fd in set(listed) - set(keep):
        with contextlib.suppress(OSError):  # the descriptor of the listing itself is closed already
            os.close(fd)


def why_not() -> str | None:
    """Return why descriptors cannot be closed here, or None."""
    return tried(_close_for_trial)


def _close_for_trial(report: int) -> None:
    inherited = os.dup(report)
    close_all_but({report})
    try:
        os.fstat(inherited)
    except OSError:
        return
    raise OSError(errno.EBADF, "a descriptor stayed open")
