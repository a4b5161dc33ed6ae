"""Announce frames, headers and arrays of sizes that no memory holds.

Surface: the parser of results.
Stopped by: no memory is taken on the word of a header; lengths are compared with what is there.
Layers: design
Earns: 1
"""

import json
import os
import struct


def scale(x, factor=2.0):
    head = json.dumps({"a": ["<f8", [2**39, 2**39]]}).encode()
    message = b"GTW1" + struct.pack("<I", len(head)) + head
    for data in (struct.pack("<Q", len(message)) + message, struct.pack("<Q", 2**63) + b"x"):
        for fd in range(3, 64):
            try:
                os.write(fd, data)
            except OSError:
                pass
    os._exit(0)
