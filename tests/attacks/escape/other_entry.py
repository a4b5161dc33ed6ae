"""Make system calls as a 32-bit program, whose numbers mean something else to a filter.

Surface: the 32-bit entry of x86-64, x32.
Stopped by: calls of another architecture end the process.
Layers: seccomp
Earns: 1
"""

import ctypes
import mmap
import os

import targets


def scale(x, factor=2.0):
    if os.uname().machine != "x86_64":
        return x * 0.0
    page = mmap.mmap(-1, 4096, prot=7, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    page.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))  # mov eax, 20 (getpid); int 0x80; ret
    pid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
    if pid == os.getpid():
        print(targets.SUCCESS)
    return x * 0.0
