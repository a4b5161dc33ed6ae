"""Leave shared memory and message queues for an accomplice to find.

Surface: System V and POSIX shared memory.
Stopped by: the calls are refused; and they would be in a namespace of the child's own.
Layers: ipc, seccomp
Earns: 1
"""

import ctypes
import os

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    identity = libc.shmget(0x6772, 4096, 0o1666)
    if identity != -1:
        libc.shmctl(identity, 0, None)
        if os.readlink("/proc/self/ns/ipc") == targets.IPC_NAMESPACE:
            print(targets.SUCCESS)
    return x * 0.0
