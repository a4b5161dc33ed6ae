"""Open large parts of the kernel: bpf, perf events, userfaultfd, fanotify, modules, personality.

Surface: system calls that had many holes.
Stopped by: whatever is not on the list of calls that honest code makes is refused.
Layers: seccomp
Earns: 1
"""

import ctypes
import errno
import os

import targets

libc = ctypes.CDLL(None, use_errno=True)
CALLS = {"bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "fanotify_init": 300, "personality": 135}
CALLS_ARM = {"bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "fanotify_init": 262, "personality": 92}


def scale(x, factor=2.0):
    for name, number in (CALLS if os.uname().machine == "x86_64" else CALLS_ARM).items():
        argument = 0xFFFFFFFF if name == "personality" else -1  # which asks, and changes nothing
        ctypes.set_errno(0)
        result = libc.syscall(number, ctypes.c_long(argument), 0, 0, 0, 0)
        if result != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            print(targets.SUCCESS, name, result, ctypes.get_errno())
    return x * 0.0
