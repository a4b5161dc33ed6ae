"""Landlock: which files a process may touch, and that it may not reach out by TCP, signals or abstract sockets.

Landlock (kernel 5.13) only ever grants: everything that a ruleset handles is refused unless a rule allows it, and a
rule for a folder holds for all that lies beneath. It works without any privilege, for root too, cannot be undone,
and is inherited by threads started later. It looks at the opening of a file, so descriptors that are open already
stay usable.

What it does not cover: stat(2), chdir(2) and other questions about a path whose name is known; chmod, chown, utime
and extended attributes; UDP; Unix sockets that have a path (before ABI 9); prlimit and the scheduler's calls on other
processes; before ABI 3 truncate(2). Seccomp refuses what of these changes anything or leaves the process.

Constants and structures: ``include/uapi/linux/landlock.h``; meaning: landlock(7),
``Documentation/userspace-api/landlock.rst``.
"""

import errno
import os
import stat
import struct
from collections.abc import Iterable

from grader.sandbox.locks.probing import tried
from grader.sandbox.locks.syscalls import call, prctl

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << bit for bit in range(6))
_MAKE_CHAR, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM = (1 << bit for bit in range(6, 13))
_REFER = 1 << 13  # ABI 2
_TRUNCATE = 1 << 14  # ABI 3
_IOCTL_DEV = 1 << 15  # ABI 5
_OF_ANY_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

#: List a folder, and all folders beneath.
LIST = _READ_DIR
#: Read files and list folders.
READ = _READ_FILE | _READ_DIR
#: Write to one existing file, a device such as /dev/null.
WRITE = _WRITE_FILE | _TRUNCATE
#: Do all that an own folder is for. Making links, sockets, pipes and devices is not part of it.
#: REFER is: TensorFlow's checkpoints are written in one folder and moved into another.
OWN = READ | WRITE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER

_BIND_TCP, _CONNECT_TCP = 1, 2  # ABI 4
_ABSTRACT_UNIX_SOCKET, _SIGNAL = 1, 2  # scopes, ABI 6
_LOG_SAME_EXEC_OFF = 1  # a flag of restrict_self, ABI 7
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

#: The newest ABI whose rights are known here. A newer kernel grants this one as well.
NEWEST_ABI = 7

Rule = tuple[str, int]


def kernel_abi() -> int:
    """Return the version of Landlock that the kernel offers.

    Raises:
        OSError: ENOSYS if the kernel has none, EOPNOTSUPP if it was switched off at boot.
    """
    return call("landlock_create_ruleset", None, 0, _CREATE_RULESET_VERSION)


def handled_rights(abi: int) -> int:
    """Return all rights to files that a ruleset of this ABI refuses unless granted."""
    rights = (1 << 13) - 1
    if abi >= 2:
        rights |= _REFER
    if abi >= 3:
        rights |= _TRUNCATE
    if abi >= 5:
        rights |= _IOCTL_DEV
    return rights


def ruleset_attributes(abi: int, refuse_tcp: bool) -> bytes:
    """Return ``struct landlock_ruleset_attr`` as long as this ABI knows it: rights to files, to TCP, scopes."""
    tcp = _BIND_TCP | _CONNECT_TCP if refuse_tcp else 0
    fields = [handled_rights(abi)]
    if abi >= 4:
        fields.append(tcp)
    if abi >= 6:
        fields.append(_ABSTRACT_UNIX_SOCKET | _SIGNAL)
    return struct.pack(f"={len(fields)}Q", *fields)


def apply(rules: Iterable[Rule], refuse_tcp: bool = True, most_abi: int = NEWEST_ABI) -> int:
    """Refuse this process all files but those of ``rules``, for good, and return the ABI applied.

    Args:
        rules: (path, rights). Rights add up where rules overlap. Those whose path is absent or out of reach are left
            out: there is nothing then that they could grant.
        refuse_tcp: refuse binding and connecting TCP sockets too (ABI 4).
        most_abi: apply an older version than the kernel offers, for tests.

    Raises:
        OSError: there is no Landlock here, or a rule was refused.
    """
    abi = min(kernel_abi(), most_abi, NEWEST_ABI)
    attributes = ruleset_attributes(abi, refuse_tcp)
    ruleset = call("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        handled = handled_rights(abi)
        for path, rights in rules:
            _add_rule(ruleset, path, rights & handled)
        prctl(_PR_SET_NO_NEW_PRIVS, 1)  # the kernel asks for it
        call("landlock_restrict_self", ruleset, _LOG_SAME_EXEC_OFF if abi >= 7 else 0)
    finally:
        os.close(ruleset)
    return abi


def _add_rule(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        _add_rule_of(ruleset, fd, rights)
    except OSError as error:
        if error.errno != errno.EINVAL or stat.S_ISDIR(os.fstat(fd).st_mode):
            raise
        _add_rule_of(ruleset, fd, rights & _OF_ANY_FILE)  # a file cannot be given the rights of a folder
    finally:
        os.close(fd)


def _add_rule_of(ruleset: int, fd: int, rights: int) -> None:
    # struct landlock_path_beneath_attr is packed: __u64 allowed_access, __s32 parent_fd.
    call("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, fd), 0)


def why_not() -> str | None:
    """Return why Landlock is not available here, or None."""
    return tried(_restrict_for_trial)


def _restrict_for_trial(_: int) -> None:
    try:
        apply([])
    except OSError as error:
        if error.errno == errno.ENOSYS:
            reason = "the kernel has no Landlock (Linux 5.13 has), or a container's filter hides it"
            raise OSError(errno.ENOSYS, reason) from None
        if error.errno == errno.EOPNOTSUPP:
            raise OSError(errno.EOPNOTSUPP, "Landlock is off; name it in the kernel's lsm= parameter") from None
        raise
    try:
        os.listdir("/")
    except PermissionError:
        return
    raise OSError(errno.EPERM, "Landlock was applied and refused nothing")
