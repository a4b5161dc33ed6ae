"""Return dicts whose keys are no strings, are equal as text, or answer strangely.

Surface: dict keys.
Stopped by: keys cross as text, and of two with the same text one is left.
Layers: design
Earns: 1
"""


class Key:
    def __str__(self):
        return "value"


def scale(x, factor=2.0):
    return {1: 2.0, "1": 4.0} if factor == 2.0 else {Key(): 1.0, "value": x}
