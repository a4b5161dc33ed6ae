"""Take over another process of the same user by ptrace.

Surface: ptrace(2), process_vm_readv(2), process_vm_writev(2).
Stopped by: the calls are refused; processes outside may not be looked into.
Layers: landlock, seccomp
Earns: 1
"""

import ctypes
import struct

import targets

libc = ctypes.CDLL(None, use_errno=True)


def scale(x, factor=2.0):
    if libc.ptrace(0x4206, targets.VICTIM, None, None) == 0:  # PTRACE_SEIZE
        print(targets.SUCCESS)
    here = ctypes.create_string_buffer(8)
    local = struct.pack("PN", ctypes.addressof(here), 8)
    remote = struct.pack("PN", 16, 8)
    # An address that is not mapped gives EFAULT, after the permission was looked at.
    if libc.process_vm_readv(targets.VICTIM, local, 1, remote, 1, 0) == 8 or ctypes.get_errno() == 14:
        print(targets.SUCCESS)
    return x * 0.0
