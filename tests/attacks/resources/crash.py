"""Crash the process by a wild pointer, or abort it.

Surface: graders that share a process.
Stopped by: the child crashes alone.
Layers: design
Earns: 1
"""

import ctypes
import os


def scale(x, factor=2.0):
    if factor == 2.0:
        ctypes.string_at(0)
    os.abort()
