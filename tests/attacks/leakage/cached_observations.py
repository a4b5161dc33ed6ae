"""Read the expected values from the cache of the reference's observations.

Surface: the file system.
Stopped by: the cache cannot be listed or read; root's files are not nobody's.
Layers: landlock, privileges
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    for folder, _, names in os.walk(targets.CACHE_FOLDER):
        for name in names:
            print(targets.SUCCESS, len(open(os.path.join(folder, name), "rb").read()))
    return x * 0.0
