"""Leave the folder by chroot and pivot_root.

Surface: chroot(2).
Stopped by: the call is refused; and it takes a capability that is dropped.
Layers: privileges, seccomp
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    os.mkdir("inside")
    os.chroot("inside")
    print(targets.SUCCESS)
    return x * 0.0
