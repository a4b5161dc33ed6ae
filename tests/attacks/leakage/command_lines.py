"""Read what runs on the machine and how it was started: names of students, seeds.

Surface: /proc.
Stopped by: processes' folders cannot be listed nor their files opened.
Layers: landlock
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    print(targets.SUCCESS, open(f"/proc/{targets.SUPERVISOR}/cmdline").read(), os.listdir("/proc"))
    return x * 0.0
