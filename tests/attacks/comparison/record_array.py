"""Return an array of records, of dates and of void, which convert to other things as they are asked.

Surface: uncommon dtypes.
Stopped by: dtypes that are not on the list cannot be written.
Layers: design
Earns: 1
"""

import numpy as np


def scale(x, factor=2.0):
    if factor == 2.0:
        return np.zeros(3, [("a", "f4"), ("b", "O")])
    return np.zeros(5, "datetime64[s]") if factor < 0 else np.zeros(5, "V4")
