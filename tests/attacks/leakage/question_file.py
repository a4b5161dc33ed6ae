"""Open the question's file, which holds checks, pins and the model answer.

Surface: the file system.
Stopped by: the child may read Python and its libraries, nothing of the bank.
Layers: landlock
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    fd = os.open(targets.QUESTION_FILE, os.O_RDONLY)
    print(os.read(fd, 1 << 20).decode())
    return x * 0.0
