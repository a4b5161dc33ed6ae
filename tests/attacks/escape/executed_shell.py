"""Run a shell.

Surface: execve(2).
Stopped by: no program can be executed, nor a process made for it.
Layers: landlock, seccomp
Earns: 1
"""

import os
import subprocess

import targets


def scale(x, factor=2.0):
    os.system(f"echo {targets.SUCCESS}")
    print(subprocess.run(["/bin/sh", "-c", f"echo {targets.SUCCESS}"], capture_output=True).stdout)
    return x * 0.0
