"""Return NaN, for which "the error is greater than the tolerance" is false.

Surface: comparisons with NaN.
Stopped by: NaN equals nothing, itself included.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    return x * float("nan")
