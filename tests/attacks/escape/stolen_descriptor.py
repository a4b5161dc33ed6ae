"""Take the control socket out of the parent by pidfd_getfd.

Surface: pidfd_getfd(2).
Stopped by: the calls are refused, and the parent may not be looked into.
Layers: landlock, seccomp, privileges
Earns: 1
"""

import ctypes
import os

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    pidfd = os.pidfd_open(os.getppid())
    for fd in range(20):
        if libc.syscall(438, pidfd, fd, 0) >= 0:
            print(targets.SUCCESS, fd)
    return x * 0.0
