"""Set the variables that steer interpreters and linkers, the working directory, the mask and the limits.

Surface: what processes inherit.
Stopped by: every submission has a child of its own, which nobody inherits from.
Layers: design
Earns: 1
"""

import os
import resource
import sys


def scale(x, factor=2.0):
    os.environ.update(LD_PRELOAD="/tmp/evil.so", PYTHONPATH="/tmp", TF_XLA_FLAGS="--evil", PYTEST_ADDOPTS="-p evil")
    os.umask(0)
    os.chdir("/")
    sys.path.insert(0, "/tmp")
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    return x * 0.0
