"""Read every open descriptor from its beginning, and look for sockets among them.

Surface: descriptors that a fork inherits.
Stopped by: the child keeps its results and its output, and has read its job to the end and closed it.
Layers: design
Earns: 1
"""

import os
import stat

import targets


def scale(x, factor=2.0):
    for fd in range(1024):
        try:
            kind = os.fstat(fd).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(kind) or (stat.S_ISREG(kind) and fd > 5):
            print(targets.SUCCESS, fd, kind)
        try:
            print(os.pread(fd, 1 << 16, 0))
        except OSError:
            pass
    return x * 0.0
