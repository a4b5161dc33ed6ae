"""Fill the disk with one file.

Surface: the disk.
Stopped by: the size of a file is limited; the private folder holds little and is removed.
Layers: limits, mounts
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    with open("large", "wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
    print(targets.SUCCESS, os.path.getsize("large"))
    return x * 0.0
