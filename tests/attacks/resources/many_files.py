"""Fill the disk's table of files with small ones.

Surface: the disk.
Stopped by: the private folder is a file system of its own that holds few files.
Layers: mounts
Earns: 1
"""

import targets


def scale(x, factor=2.0):
    for number in range(20_000):
        open(f"{number}", "w").close()
    print(targets.SUCCESS)
    return x * 0.0
