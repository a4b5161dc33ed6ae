"""Return a list that contains itself many times.

Surface: recursion over values.
Stopped by: depth is bounded, and the time to walk it is the check's own.
Layers: design
Earns: 3
"""


def scale(x, factor=2.0):
    if float(factor) == 2.0:
        endless = []
        endless += [endless] * 10
        return endless
    if x.shape.rank != 1:
        raise ValueError("a vector is needed")
    return factor * x
