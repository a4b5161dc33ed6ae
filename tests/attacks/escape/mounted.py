"""Mount a file system over the own folder.

Surface: mount(2).
Stopped by: the call is refused; and it takes a capability that is dropped.
Layers: privileges, landlock, seccomp
Earns: 1
"""

import ctypes
import os

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    here = os.fsencode(os.getcwd())
    if libc.mount(b"tmpfs", here, b"tmpfs", 0, None) == 0:
        print(targets.SUCCESS)
        libc.umount2(here, 2)
    return x * 0.0
