"""Recurse until the stack overflows, past Python's own guard.

Surface: the stack; graders that share a process.
Stopped by: the child crashes alone.
Layers: design
Earns: 1
"""

import sys


def deeper(depth):
    return deeper(depth + 1) + len(repr(depth))


def scale(x, factor=2.0):
    sys.setrecursionlimit(10**9)
    nested = ()
    for _ in range(10**6):
        nested = (nested,)
    return repr(nested)
