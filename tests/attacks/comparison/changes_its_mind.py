"""Return an object that shows other numbers each time it is asked.

Surface: __array__.
Stopped by: it is asked once; the numbers of that moment are the answer.
Layers: design
Earns: 1
"""

import numpy as np


class Fickle:
    asked = 0

    def __array__(self, dtype=None, copy=None):
        Fickle.asked += 1
        return np.full(3, float(Fickle.asked), np.float32)


def scale(x, factor=2.0):
    return Fickle()
