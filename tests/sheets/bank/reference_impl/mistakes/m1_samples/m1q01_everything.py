"""Known wrong variants."""


def scale__adds(x, factor=2.0):
    return x + factor
