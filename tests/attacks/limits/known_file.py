"""Ask whether a file exists, and how large it is, whose whole name is known.

Surface: stat(2), which Landlock does not cover.
Stopped by: nothing, unless the child's mounts cover the folder. Contents and listings stay closed.
Layers: none
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    if os.stat(targets.SECRET_FILE).st_size:
        print("exists")
    return x * 0.0
