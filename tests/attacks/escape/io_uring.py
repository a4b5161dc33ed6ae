"""Make system calls by io_uring, past a filter of system calls.

Surface: io_uring_setup(2).
Stopped by: the call is said not to exist.
Layers: seccomp
Earns: 1
"""

import ctypes
import os

import targets


def scale(x, factor=2.0):
    parameters = ctypes.create_string_buffer(120)
    fd = ctypes.CDLL(None).syscall(425, 1, ctypes.byref(parameters))
    if fd >= 0:
        os.close(fd)
        print(targets.SUCCESS)
    return x * 0.0
