"""Open the descriptors of the parent by /proc: its control socket's neighbours, results of others.

Surface: /proc/<pid>/fd.
Stopped by: no file of another process can be opened; it is another user's.
Layers: landlock, privileges
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    for pid in (os.getppid(), targets.SUPERVISOR):
        try:
            for name in os.listdir(f"/proc/{pid}/fd"):
                print(targets.SUCCESS, os.readlink(f"/proc/{pid}/fd/{name}"))
        except OSError:
            pass
    return x * 0.0
