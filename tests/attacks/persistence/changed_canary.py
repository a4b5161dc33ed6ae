"""Change a file outside whose owner the child is: append, truncate, rename, remove, link over.

Surface: the file system.
Stopped by: no file outside of the own folder can be opened for writing, moved or removed.
Layers: landlock
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    path = targets.SECRET_FILE
    open("mine", "w").write("spoilt")
    attempts = (
        lambda: open(path, "a").write("spoilt"),
        lambda: os.truncate(path, 0),
        lambda: os.rename(path, path + ".moved"),
        lambda: os.rename("mine", path),
        lambda: os.unlink(path),
        lambda: os.rmdir(os.path.dirname(path)),
    )
    for attempt in attempts:
        try:
            attempt()
        except OSError:
            pass
    return x * 0.0
