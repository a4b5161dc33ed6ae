"""Raise the own limits of memory, files and time.

Surface: setrlimit(2).
Stopped by: hard limits are set, which only root may raise.
Layers: privileges
Unproven: the root of many containers may not raise limits either.
Earns: 1
"""

import resource

import targets


def scale(x, factor=2.0):
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_NPROC):
        try:
            resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            print(targets.SUCCESS)
        except (OSError, ValueError):
            pass
    return x * 0.0
