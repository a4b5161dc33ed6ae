"""Set the input to zero where it lies in memory, so that a reference run after it gives zero as well.

Surface: inputs shared with the reference.
Stopped by: the reference has inputs of its own, in a process of its own.
Layers: design
Earns: 1
"""

import ctypes

import numpy as np


def scale(x, factor=2.0):
    view = np.asarray(memoryview(x))
    ctypes.memset(view.ctypes.data, 0, view.nbytes)
    return x * factor
