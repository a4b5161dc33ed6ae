"""Never end, keeping the processor busy.

Surface: time.
Stopped by: the supervisor's clock; the process is killed and only this check lost.
Layers: design
Earns: 3
"""


def scale(x, factor=2.0):
    while float(factor) == 2.0:
        pass
    if x.shape.rank != 1:
        raise ValueError("a vector is needed")
    return factor * x
