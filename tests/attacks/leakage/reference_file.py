"""Open the reference implementation where the bank keeps it.

Surface: the file system.
Stopped by: the child may read Python and its libraries, nothing of the bank.
Layers: landlock
Earns: 1
"""

from pathlib import Path

import targets


def scale(x, factor=2.0):
    print(Path(targets.REFERENCE_FILE).read_text())
    return x * 0.0
