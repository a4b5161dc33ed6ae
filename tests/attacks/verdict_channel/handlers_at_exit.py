"""Leave handlers that rewrite the results when the interpreter ends.

Surface: atexit, threads, finalisers.
Stopped by: the child ends without running handlers; what they write would be values.
Layers: design
Earns: 1
"""

import atexit
import threading
import weakref


class Last:
    pass


def rewrite():
    import os

    for fd in range(3, 64):
        try:
            os.ftruncate(fd, 0)
        except OSError:
            pass


def scale(x, factor=2.0):
    atexit.register(rewrite)
    threading._register_atexit(rewrite)
    weakref.finalize(Last, rewrite)
    return x * 0.0
