"""End or stop another process of the same user.

Surface: signals.
Stopped by: only the own process can be signalled.
Layers: landlock, seccomp
Earns: 1
"""

import os
import signal

import targets


def scale(x, factor=2.0):
    for number in (signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(targets.VICTIM, number)
        except OSError:
            pass
    return x * 0.0
