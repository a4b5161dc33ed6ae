"""Take memory without end, of every kind.

Surface: memory.
Stopped by: the memory of the process is limited, and kinds that the limit does not count are refused.
Layers: limits
Unproven: it would take the machine down.
Earns: 1
"""

import mmap

import numpy as np

import targets


def scale(x, factor=2.0):
    held = []
    for flags in (mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100):
        try:
            held.append(mmap.mmap(-1, 8 << 30, flags=flags))
            print(targets.SUCCESS)
        except OSError:
            pass
    while True:
        held.append(np.empty(1 << 30, np.uint8))
