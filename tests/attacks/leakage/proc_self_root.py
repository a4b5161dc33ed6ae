"""Reach a file by detours: /proc/self/root, /proc/self/cwd, dots, a doubled slash.

Surface: names of files.
Stopped by: access is decided by the file, not by its name.
Layers: landlock
Earns: 1
"""

import targets


def scale(x, factor=2.0):
    for way in ("/proc/self/root", "/proc/thread-self/root", "/" + "../" * 40, "//"):
        try:
            print(open(way + targets.SECRET_FILE).read())
        except OSError:
            pass
    return x * 0.0
