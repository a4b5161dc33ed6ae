"""Return numbers as text, alone and in an array of text.

Surface: parsing on comparison.
Stopped by: text is no number.
Layers: design
Earns: 1
"""

import numpy as np


def scale(x, factor=2.0):
    numbers = [str(float(element) * factor) for element in x]
    return np.array(numbers) if factor == 2.0 else ", ".join(numbers)
