"""Return complex numbers with the right real part and NaN beside it.

Surface: conversions that drop a part.
Stopped by: kinds of numbers must be the same; nothing is converted.
Layers: design
Earns: 1
"""

import numpy as np


def scale(x, factor=2.0):
    return np.asarray(x) * factor + 1j * np.nan
