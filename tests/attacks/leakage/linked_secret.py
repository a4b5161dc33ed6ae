"""Make a link to a secret in the own folder and open that.

Surface: symbolic and hard links.
Stopped by: no links can be made, and one would be followed to a file that cannot be read.
Layers: landlock, seccomp
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    for make in (os.symlink, os.link):
        try:
            make(targets.SECRET_FILE, make.__name__)
            print(open(make.__name__).read())
        except OSError:
            pass
    return x * 0.0
