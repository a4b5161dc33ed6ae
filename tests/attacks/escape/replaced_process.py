"""Become another program, without making a process.

Surface: execve(2).
Stopped by: no program can be executed.
Layers: landlock, seccomp
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    os.execv("/bin/echo", ["echo", targets.SUCCESS])
