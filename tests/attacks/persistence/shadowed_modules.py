"""Leave modules with the names of packages in the working directory, for a later import to find.

Surface: the import path.
Stopped by: the working directory is not on the path, is the child's own and is removed.
Layers: design
Earns: 1
"""

import os

import targets

SHADOW = "raise SystemExit(0)\n"


def scale(x, factor=2.0):
    for name in ("numpy", "tensorflow", "sitecustomize", "usercustomize", "conftest", "pytest", "json"):
        with open(f"{name}.py", "w") as file:
            file.write(SHADOW)
    import plistlib  # noqa: F401 - something that is not imported yet

    import wave  # noqa: F401

    if os.getcwd() in __import__("sys").path:
        print(targets.SUCCESS)
    return x * 0.0
