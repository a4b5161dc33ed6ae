"""Print and raise lines of a million characters, and a million lines.

Surface: the size of reports.
Stopped by: what is shown is cut to a few lines of a few hundred characters, and kept to a limit.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    print("x" * (1 << 19))
    print("\n" * (1 << 18))
    raise ValueError("y" * (1 << 21))
