"""Fill the disk's table of files with small ones.

Surface: the disk.
Stopped by: the private folder is a file system of its own that holds few files.
Layers: mounts
Earns: 1
"""

import os

import targets

made = 0


def scale(x, factor=2.0):
    global made
    for _ in range(900):  # a check has little time, but the folder is the same in the next
        os.close(os.open(str(made), os.O_CREAT | os.O_WRONLY))
        made += 1
    if made > 2_600:
        print(targets.SUCCESS)
    return x * 0.0
