"""Namespaces: a network, message queues and mounts of the child's own, where the machine allows them.

A new network namespace has only a loopback, and that is down; a new IPC namespace has no shared memory or queues of
others; a new UTS namespace keeps the host's name out of reach; in a new mount namespace the child's folders can be
arranged (`grader.sandbox.locks.mounts`) without anybody else seeing it. They must be entered before the user is
changed: it takes CAP_SYS_ADMIN, which an ordinary user has only inside a user namespace of its own. That one counts
the child's threads apart from the user's other ones, too, so RLIMIT_NPROC should be set after it.

Process numbers stay visible: a PID namespace would hold only for children of this process, of which it has none.
Many machines refuse user namespaces (containers' default filters, Ubuntu's AppArmor); so these locks are extra ones.

Constants: ``include/uapi/linux/sched.h``, unshare(2), namespaces(7), user_namespaces(7); the loopback:
netdevice(7), ``include/uapi/linux/if.h``.
"""

import os
import socket
import struct
import sys
from pathlib import Path

from grader.sandbox.locks.probing import tried
from grader.sandbox.locks.syscalls import call, prctl

if sys.platform != "win32":
    import fcntl

NETWORK = 0x40000000  # CLONE_NEWNET
IPC = 0x08000000 | 0x04000000  # CLONE_NEWIPC, CLONE_NEWUTS
MOUNTS = 0x00020000  # CLONE_NEWNS
_USER = 0x10000000  # CLONE_NEWUSER

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4
_SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x8913, 0x8914
_IFF_UP = 1


def enter(kinds: int) -> None:
    """Move this process into new namespaces of ``kinds`` (`NETWORK` | `IPC` | `MOUNTS`).

    An ordinary user enters a user namespace with them and has all capabilities inside until they are dropped.

    Raises:
        OSError: EPERM where namespaces are not allowed, ENOSPC where their number is limited, EINVAL where the kernel
            lacks a kind or this process has several threads.
    """
    if os.geteuid() == 0:
        call("unshare", kinds)
        return
    uid, gid = os.getuid(), os.getgid()
    # While a process is not dumpable its /proc entries belong to root, the maps among them; see proc(5).
    dumpable = prctl(_PR_GET_DUMPABLE)
    prctl(_PR_SET_DUMPABLE, 1)
    try:
        call("unshare", kinds | _USER)
        # An unprivileged process may map only itself, and its group only once setgroups(2) is given up.
        Path("/proc/self/setgroups").write_bytes(b"deny")
        Path("/proc/self/uid_map").write_bytes(b"%d %d 1" % (uid, uid))
        Path("/proc/self/gid_map").write_bytes(b"%d %d 1" % (gid, gid))
    finally:
        prctl(_PR_SET_DUMPABLE, dumpable)


def raise_loopback() -> None:
    """Bring up the loopback of this network namespace: 127.0.0.1 and ::1.

    Raises:
        OSError: no CAP_NET_ADMIN over this namespace.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)  # struct ifreq: a name and, of its union, the flags
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


def why_not(kinds: int) -> str | None:
    """Return why namespaces of ``kinds`` cannot be had here, or None."""
    reason = tried(lambda _: _enter_for_trial(kinds))
    if reason is None:
        return None
    return f"{reason} (not allowed to this user or in this container)"


def _enter_for_trial(kinds: int) -> None:
    enter(kinds)
    if kinds & NETWORK:
        raise_loopback()
        _listen_on_loopback()


def _listen_on_loopback() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind((b"127.0.0.1", 0))  # bytes: a str would be looked up, for which Python loads a codec
        server.listen()
        client.settimeout(5)
        client.connect((b"127.0.0.1", server.getsockname()[1]))
