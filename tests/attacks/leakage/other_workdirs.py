"""Look for the private folders of other children.

Surface: the file system.
Stopped by: the folder above one's own cannot be listed.
Layers: landlock
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    os.listdir(os.path.dirname(os.getcwd()))
    print(targets.SUCCESS)
    return x * 0.0
