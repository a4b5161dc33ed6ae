"""Return whole numbers of ten thousand digits, which overflow whatever compares them.

Surface: integers without bounds.
Stopped by: integers of too many digits cannot be written; others are no floats.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    return 10 ** (10_000 if factor == 2.0 else 900)
