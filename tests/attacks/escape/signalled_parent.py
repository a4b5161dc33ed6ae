"""Signal the parent, the supervisor, the group and everybody: to end them, or to make them take the child for done.

Surface: signals.
Stopped by: only the own process can be signalled; root's processes are not nobody's.
Layers: landlock, seccomp, privileges
Earns: 1
"""

import os
import signal

import targets


def scale(x, factor=2.0):
    for pid in (os.getppid(), targets.SUPERVISOR):
        for number in (0, signal.SIGCHLD, signal.SIGCONT):
            try:
                os.kill(pid, number)
                print(targets.SUCCESS, pid, number)
            except OSError:
                pass
    return x * 0.0
