"""Read the memory of the parent process, which forked all children.

Surface: /proc.
Stopped by: no file of another process can be opened; it is another user's, and marked as not to be looked at.
Layers: landlock, privileges
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    pid = os.getppid()
    for line in open(f"/proc/{pid}/maps"):
        bounds, permissions, *_ = line.split()
        if permissions.startswith("rw"):
            with open(f"/proc/{pid}/mem", "rb") as memory:
                memory.seek(int(bounds.split("-")[0], 16))
                print(targets.SUCCESS, len(memory.read(4096)))
            break
    return x * 0.0
