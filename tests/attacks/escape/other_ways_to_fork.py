"""Make a process by the calls beneath fork: clone, vfork, clone3.

Surface: clone(2), clone3(2).
Stopped by: clone makes threads only, clone3 is said not to exist.
Layers: seccomp
Earns: 1
"""

import ctypes
import os
import signal

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    calls = [(56 if os.uname().machine == "x86_64" else 220, signal.SIGCHLD, 0)]
    arguments = ctypes.create_string_buffer(64)
    ctypes.c_uint64.from_buffer(arguments, 32).value = signal.SIGCHLD
    calls.append((435, ctypes.addressof(arguments), 64))
    for number, first, second in calls:
        pid = libc.syscall(ctypes.c_long(number), ctypes.c_long(first), ctypes.c_long(second), 0, 0, 0)
        if pid == 0:
            os._exit(0)
        if pid > 0:
            os.waitpid(pid, 0)
            print(targets.SUCCESS)
    return x * 0.0
