"""Sleep, deaf to every signal that can be ignored.

Surface: time-outs by signals.
Stopped by: the supervisor's clock and SIGKILL.
Layers: design
Earns: 3
"""

import signal
import time


def scale(x, factor=2.0):
    if float(factor) == 2.0:
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        time.sleep(60)
    if x.shape.rank != 1:
        raise ValueError("a vector is needed")
    return factor * x
