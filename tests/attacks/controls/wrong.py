"""Hand in what is wrong.

Surface: none.
Stopped by: the comparison.
Layers: design
Earns: 0
"""


def scale(x, factor=2.0):
    return x + factor


def norm(x):
    return 0.0
