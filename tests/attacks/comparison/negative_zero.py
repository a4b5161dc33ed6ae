"""Return negative zeros, the signs of which get lost in many comparisons.

Surface: signed zeros, relative errors at zero.
Stopped by: zero is compared as the number that it is: right only where zero is right.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    return x * -0.0
