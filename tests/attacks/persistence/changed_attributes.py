"""Change what Landlock does not look at: the mode, the owner, the times and the attributes of a file outside.

Surface: chmod, chown, utime, setxattr.
Stopped by: these calls are refused.
Layers: seccomp
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    path = targets.SECRET_FILE
    attempts = (
        lambda: os.chmod(path, 0o777),
        lambda: os.utime(path, (0, 0)),
        lambda: os.setxattr(path, "user.spoilt", b"1"),
    )
    for attempt in attempts:
        try:
            attempt()
        except OSError:
            pass
    return x * 0.0
