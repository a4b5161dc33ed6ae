"""Return a view of one number that says it has 10¹¹ elements.

Surface: copies of what a student returns.
Stopped by: the copy is made in the child, within its limit of memory.
Layers: design
Earns: 1
"""

import numpy as np


def scale(x, factor=2.0):
    return np.broadcast_to(np.float32(0), (100_000, 1_000_000))
