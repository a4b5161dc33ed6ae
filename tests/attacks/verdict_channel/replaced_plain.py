"""Make the function that turns values into plain data return an object that equals everything.

Surface: the harness in the same process.
Stopped by: only exact plain types can be written, whoever made them.
Layers: design
Earns: 0
"""

import sys


class Agreeable(float):
    def __eq__(self, other):
        return True

    __hash__ = None


def scale(x, factor=2.0):
    frame = sys._getframe()
    while frame.f_code.co_name != "_observe":
        frame = frame.f_back
    frame.f_globals["plain"] = lambda value, depth=0: Agreeable(0)
    return x * 0.0
