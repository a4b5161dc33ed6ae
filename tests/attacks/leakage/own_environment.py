"""Look for secrets in the own environment and arguments.

Surface: what processes inherit.
Stopped by: the environment is made anew, from a short list.
Layers: design
Earns: 1
"""

import ctypes
import os
import sys


def scale(x, factor=2.0):
    print(dict(os.environ), sys.argv, sys.orig_argv)
    ctypes.CDLL(None).getenv.restype = ctypes.c_char_p
    print(ctypes.CDLL(None).getenv(b"GRADETAPE_SECRET"), ctypes.CDLL(None).getenv(b"GRADETAPE_CACHE"))
    print(open("/proc/self/environ").read())
    return x * 0.0
