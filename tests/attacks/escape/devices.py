"""Open devices and the kernel's switches: memory, disks, sysrq, core patterns.

Surface: /dev, /proc/sys, /sys.
Stopped by: of these, only randomness and what tells of the processor can be opened, for reading.
Layers: landlock, privileges
Earns: 1
"""

import os

import targets

FILES = ("/dev/mem", "/dev/kmsg", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches")


def scale(x, factor=2.0):
    for name in FILES:
        try:
            os.close(os.open(name, os.O_WRONLY))
            print(targets.SUCCESS, name)
        except OSError:
            pass
    return x * 0.0
