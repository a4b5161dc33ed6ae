"""Write well-formed answers under guessed ids to every descriptor, then leave before the real ones come.

Surface: the results file.
Stopped by: an answer counts only under the id awaited, which is random, and is a value, not a verdict.
Layers: design
Earns: 1
"""

import json
import os
import struct


def scale(x, factor=2.0):
    for identity in ("0", "m1q01", "scale/by_hand"):
        record = {"d": [["id", identity], ["outcome", "passed"], ["value", True], ["marks", 3]]}
        head = json.dumps(record).encode()
        message = b"GTW1" + struct.pack("<I", len(head)) + head
        for fd in range(3, 64):
            try:
                os.write(fd, struct.pack("<Q", len(message)) + message)
            except OSError:
                pass
    os._exit(0)
