"""Loosen the own bonds by /proc/self: out-of-memory score, memory by /proc/self/mem, maps of user ids.

Surface: /proc/self.
Stopped by: of /proc/self, only what tells of the process can be opened, for reading; the rest is root's.
Layers: landlock, privileges
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    for name in ("oom_score_adj", "mem", "coredump_filter", "clear_refs", "comm"):
        try:
            os.close(os.open(f"/proc/self/{name}", os.O_RDWR))
            print(targets.SUCCESS, name)
        except OSError:
            pass
    return x * 0.0
