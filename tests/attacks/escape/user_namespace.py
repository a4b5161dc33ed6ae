"""Enter a user namespace, to be root inside and reach the parts of the kernel that only root does.

Surface: unshare(2).
Stopped by: the call is refused.
Layers: seccomp
Earns: 1
"""

import ctypes

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    import os

    number = 272 if os.uname().machine == "x86_64" else 97
    if libc.syscall(number, 0x00020000 | 0x10000000) == 0 or libc.syscall(number, 0x10000000) == 0:
        print(targets.SUCCESS)
    return x * 0.0
