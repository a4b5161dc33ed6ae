"""Stop the own process, so that whoever waits for its end waits for ever.

Surface: SIGSTOP.
Stopped by: the supervisor's clock and SIGKILL, which ends a stopped process too.
Layers: design
Earns: 3
"""

import os
import signal


def scale(x, factor=2.0):
    if float(factor) == 2.0:
        os.kill(os.getpid(), signal.SIGSTOP)
    if x.shape.rank != 1:
        raise ValueError("a vector is needed")
    return factor * x
