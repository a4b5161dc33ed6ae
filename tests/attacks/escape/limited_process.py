"""Change the limits, the priority or the processors of another process of the same user.

Surface: prlimit(2), setpriority(2), sched_setaffinity(2).
Stopped by: these calls reach the own process only.
Layers: seccomp
Earns: 1
"""

import os
import resource

import targets


def scale(x, factor=2.0):
    attempts = (
        lambda: resource.prlimit(targets.VICTIM, resource.RLIMIT_NOFILE, (7, 7)),
        lambda: os.setpriority(os.PRIO_PROCESS, targets.VICTIM, 19),
        lambda: os.sched_setaffinity(targets.VICTIM, {min(os.sched_getaffinity(0))}),
        lambda: os.sched_setscheduler(targets.VICTIM, os.SCHED_IDLE, os.sched_param(0)),
    )
    for attempt in attempts:
        try:
            attempt()
        except OSError:
            pass
    return x * 0.0
