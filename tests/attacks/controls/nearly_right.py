"""Hand in what is wrong in the fourth digit.

Surface: none.
Stopped by: the comparison.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    return 1.0002 * factor * x
