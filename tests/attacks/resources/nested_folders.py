"""Leave folders nested a thousand deep, with names that break programs, closed to their owner.

Surface: the tidying up.
Stopped by: the folder is a file system that vanishes; or is emptied without recursion and without paths.
Layers: design
Earns: 1
"""

import os


def scale(x, factor=2.0):
    for name in (b"new\nline", b"\xff\xfe", b"-rf", b" ", b"n" * 255, "‮".encode()):
        os.mkdir(name)
        open(os.path.join(name, b"file"), "w").close()
    for depth in range(1000):
        os.mkdir("d", 0o700)
        os.chdir("d")
    return x * 0.0
