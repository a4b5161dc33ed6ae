"""Return infinities, whose differences are NaN and whose relative errors vanish.

Surface: arithmetic with infinities.
Stopped by: an infinity equals only the same infinity.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    return x * float("inf")
