"""Answer a check under its true id with many values, hoping that the best one counts.

Surface: the results file.
Stopped by: answers count in the order of the questions, the first of each id; what comes after it breaks the order.
Layers: design
Earns: 0
"""

import json
import os
import struct
import sys


def scale(x, factor=2.0):
    frame = sys._getframe()
    while "job" not in frame.f_locals:
        frame = frame.f_back
    for guess in (0, 1, 2, 6):
        for call in frame.f_locals["job"]["calls"]:
            head = json.dumps({"d": [["id", call["id"]], ["outcome", "returned"], ["value", guess]]}).encode()
            message = b"GTW1" + struct.pack("<I", len(head)) + head
            for fd in range(3, 64):
                try:
                    os.write(fd, struct.pack("<Q", len(message)) + message)
                except OSError:
                    pass
    return x * 0.0
