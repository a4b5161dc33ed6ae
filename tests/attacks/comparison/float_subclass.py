"""Return floats and dicts of own classes that write down another value than they hold.

Surface: methods of subclasses.
Stopped by: types are looked at exactly; a subclass crosses as its name.
Layers: design
Earns: 1
"""


class Evil(float):
    def hex(self):
        return "0x1p+1"

    def __eq__(self, other):
        return True

    __hash__ = None


class Bag(dict):
    def __eq__(self, other):
        return True

    __hash__ = None


def scale(x, factor=2.0):
    return Evil(0) if factor == 2.0 else Bag(value=Evil(0))
