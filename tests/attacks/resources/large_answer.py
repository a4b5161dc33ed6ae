"""Return more data than anybody wants to compare.

Surface: the memory of the supervisor.
Stopped by: the size of a message is limited, where it is written and where it is read.
Layers: design
Earns: 1
"""

import numpy as np


def scale(x, factor=2.0):
    return np.zeros(100 << 20, np.uint8)
