"""Raise an exception whose text never comes.

Surface: the reporting of errors.
Stopped by: the text is made in the child, in the check's own time.
Layers: design
Earns: 3
"""


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def scale(x, factor=2.0):
    if float(factor) == 2.0:
        raise Endless
    if x.shape.rank != 1:
        raise ValueError("a vector is needed")
    return factor * x
