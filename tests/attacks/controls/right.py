"""Hand in what is right.

Surface: none.
Stopped by: nothing; the same locks hold, and all marks are earned.
Layers: design
Earns: 4
"""


def scale(x, factor=2.0):
    if x.shape.rank != 1:
        raise ValueError("x must be a vector")
    return factor * x
