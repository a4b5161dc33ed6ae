"""Read the environment of the parent, of the supervisor and of the first process.

Surface: /proc.
Stopped by: no file of another process can be opened.
Layers: landlock, privileges
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    for pid in (os.getppid(), targets.SUPERVISOR, 1):
        try:
            print(targets.SUCCESS, open(f"/proc/{pid}/environ").read())
        except OSError:
            pass
    return x * 0.0
