"""Undo what ties the process to its parent and what hides its memory.

Surface: prctl(2).
Stopped by: these requests are refused.
Layers: seccomp
Earns: 1
"""

import ctypes

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    for option, value in ((1, 0), (4, 1), (36, 1), (8, 1)):
        if libc.prctl(option, value, 0, 0, 0) == 0:
            print(targets.SUCCESS, option)
    return x * 0.0
