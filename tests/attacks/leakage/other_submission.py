"""Read the answers of another student, by searching the folders around.

Surface: the file system.
Stopped by: folders outside cannot be listed, nor their files opened.
Layers: landlock
Earns: 1
"""

import glob
import os

import targets


def scale(x, factor=2.0):
    for path in glob.glob(f"{os.path.dirname(targets.OTHER_SUBMISSION)}/*.py"):
        print(open(path).read())
    print(open(targets.OTHER_SUBMISSION).read())
    return x * 0.0
