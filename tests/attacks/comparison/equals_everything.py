"""Return an array whose comparisons all come out as true.

Surface: __eq__, __array_ufunc__, __array_function__.
Stopped by: what crosses is numbers, a copy of an exact type; they are compared elsewhere.
Layers: design
Earns: 1
"""

import numpy as np


class Agreeable(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __hash__ = None

    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(self.shape, np.float32)

    def __array_function__(self, *args, **kwargs):
        return True


def scale(x, factor=2.0):
    return np.zeros(x.shape, np.float32).view(Agreeable)
