"""Privileges: an unprivileged user instead of root, no capabilities, and none to be gained.

Root cannot be held by permissions or by RLIMIT_NPROC; so a child of root becomes a user that owns nothing. An ordinary
user stays who it is, with its supplementary groups, and only loses what capabilities it had, above all those that came
with a user namespace. Unreachable for this lock: files that the same user may open anyway.

See capabilities(7), setresuid(2), ``include/uapi/linux/capability.h``, ``include/uapi/linux/prctl.h``.
"""

import errno
import os
import struct

from grader.sandbox.locks.syscalls import buffer, call, prctl

#: The user and group of nobody in particular, where the caller has no better one.
NOBODY = 65534

_PR_CAPBSET_DROP = 24
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPABILITY_VERSION_3 = 0x20080522


def user_to_become() -> int | None:
    """Return the user that a child of this process is to become: nobody if this one is root, else none other."""
    return NOBODY if os.geteuid() == 0 else None


def apply(uid: int | None) -> None:
    """Give up all privileges of this process for good, and hide its memory from others of the same user.

    Args:
        uid: for root, the user and group to become. None for an ordinary user.

    Raises:
        PermissionError: root has no one to become, or something is left that should be gone.
        OSError: see setresuid(2); EINVAL if ``uid`` is not mapped in this user namespace.
    """
    if os.geteuid() == 0 and not uid:
        raise PermissionError(errno.EPERM, "root needs an unprivileged user to become")
    _empty_bounding_set()
    if uid is not None and os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    call("capset", _header(), struct.pack("=6I", *[0] * 6))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_DUMPABLE, 0)
    _verify(uid)


def _empty_bounding_set() -> None:
    """Drop from the bounding set what can be dropped: all of it with CAP_SETPCAP, else none, and none is needed.

    The set bounds what executing a file may bring, and no_new_privs forbids that altogether.
    """
    for capability in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError:  # EINVAL: the kernel knows no more; EPERM: no CAP_SETPCAP
            return


def capabilities() -> tuple[int, int, int]:
    """Return this process's effective, permitted and inheritable capabilities as bit masks."""
    sets = buffer(24)
    call("capget", _header(), sets)
    low_effective, low_permitted, low_inheritable, *high = struct.unpack("=6I", sets.raw)
    return (low_effective | high[0] << 32, low_permitted | high[1] << 32, low_inheritable | high[2] << 32)


def _header() -> bytes:
    return struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)  # struct __user_cap_header_struct; 0 is this process


def _verify(uid: int | None) -> None:
    if any(capabilities()):
        raise PermissionError(errno.EPERM, "capabilities are left")
    if uid is not None and (set(os.getresuid()) != {uid} or set(os.getresgid()) != {uid} or os.getgroups()):
        raise PermissionError(errno.EPERM, "a part of the old identity is left")
