"""Become root again: setuid, setresuid, capabilities, a program with the setuid bit.

Surface: user ids, capset(2).
Stopped by: all ids were changed and all capabilities dropped, and the calls are refused.
Layers: privileges, seccomp
Earns: 1
"""

import ctypes
import os

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    for attempt in (lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0]), lambda: os.setresgid(0, 0, 0)):
        try:
            attempt()
            print(targets.SUCCESS)
        except OSError:
            pass
    return x * 0.0
