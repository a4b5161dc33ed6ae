"""Print without end, to both outputs and past Python.

Surface: the memory of whoever reads the output.
Stopped by: the output is a file of limited size, read after the end and cut.
Layers: limits
Unproven: it would take the machine down.
Earns: 1
"""

import os
import sys


def scale(x, factor=2.0):
    while True:
        os.write(1, b"flood " * 100_000)
        os.write(2, b"flood " * 100_000)
        sys.stdout.write("flood" * 100_000)
