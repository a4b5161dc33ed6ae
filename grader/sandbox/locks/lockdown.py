"""All locks of one child, in their order, before a byte of the student's is read.

The order matters. Descriptors first, for an open one passes every later lock. Namespaces while there is still the
privilege to enter them; limits after, for a user namespace counts threads anew. The user next, so that Landlock's
rules are opened with that user's rights. Seccomp last: it refuses what the others need.

Nothing is done by halves: a layer that was asked for and fails is an error, and the child must end. Which layers to ask
for is decided beforehand, from `available_layers`.
"""

import mmap
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grader.sandbox.locks import descriptors, landlock, mounts, namespaces, privileges, seccomp
from grader.sandbox.locks.limits import Limits, apply_limits
from grader.sandbox.locks.probing import tried
from grader.sandbox.locks.readable import FOR_LOOPBACK, OF_ITSELF, Readable
from grader.sandbox.locks.syscalls import prctl

#: In the order in which they are applied.
LAYERS = (
    "descriptors",
    "parent",
    "network",
    "ipc",
    "mounts",
    "limits",
    "privileges",
    "landlock",
    "seccomp",
)
#: Those that take namespaces, which many machines do not allow.
NAMESPACES = frozenset({"network", "ipc", "mounts"})

_KINDS = {"network": namespaces.NETWORK, "ipc": namespaces.IPC, "mounts": namespaces.MOUNTS}
_PR_SET_PDEATHSIG, _PR_GET_DUMPABLE = 1, 3  # include/uapi/linux/prctl.h
_LIMITS = frozenset(f"RLIMIT_{name}" for name in ("CORE", "DATA", "CPU", "FSIZE", "NOFILE", "NPROC"))


class LockError(Exception):
    """A layer that was asked for could not be applied; the process must not go on to run anything of a student's."""

    def __init__(self, layer: str, reason: str) -> None:
        super().__init__(f"{layer}: {reason}")
        self.layer = layer
        self.reason = reason


@dataclass(frozen=True)
class Lockdown:
    """How one child is to be locked.

    Attributes:
        workdir: its private folder, the only one it may write to. Becomes its working directory.
        limits: what it may use.
        readable: what else it may read; see `grader.sandbox.locks.readable`.
        keep: the descriptors it keeps.
        parent: the process that it must not outlive, normally the zygote.
        uid: for root, the user and group to become; see `grader.sandbox.locks.privileges`.
        loopback: whether it may use the network, which is then a loopback of its own. Needs the layer "network".
        tmpfs_bytes: the size of the private folder, if the layer "mounts" is on.
        tmpfs_files: how many files and folders it may hold then.
        layers: what to apply, all of it required.
    """

    workdir: Path
    limits: Limits
    readable: Readable
    parent: int
    keep: frozenset[int] = frozenset({0, 1, 2})
    uid: int | None = None
    loopback: bool = False
    tmpfs_bytes: int = 64 << 20
    tmpfs_files: int = 2048
    layers: frozenset[str] = field(default=frozenset(LAYERS))


def lock(policy: Lockdown) -> tuple[str, ...]:
    """Lock this process, which must have a single thread, for good, and return the layers now active, in order.

    Raises:
        LockError: a layer failed. Some of the others may be active by then.
    """
    steps: dict[str, Callable[[Lockdown], None]] = {
        "descriptors": lambda policy: descriptors.close_all_but(policy.keep),
        "parent": _tie_to_parent,
        "limits": lambda policy: _apply_all(policy.limits),
        "privileges": _give_up_privileges,
        "landlock": _restrict_files,
        "seccomp": _filter_calls,
    }
    _refuse_nonsense(policy)
    for layer in LAYERS:
        if layer == "network":  # the first of three that are entered together
            _enter_namespaces(policy)
        elif layer in policy.layers and layer in steps:
            with _named(layer):
                steps[layer](policy)
    return tuple(layer for layer in LAYERS if layer in policy.layers)


@contextmanager
def _named(layer: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into an error of ``layer``: then nothing is taken for locked that is not."""
    try:
        yield
    except LockError:
        raise
    except Exception as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise LockError(layer, reason or str(error) or type(error).__name__) from error


def _refuse_nonsense(policy: Lockdown) -> None:
    unknown = policy.layers - set(LAYERS)
    if unknown:
        raise LockError(min(unknown), "there is no such layer")
    if policy.loopback and "network" not in policy.layers:
        raise LockError("network", "a child that may use its loopback needs a network of its own")
    with _named("threads"):
        count = len(os.listdir("/proc/self/task"))
    if count != 1:  # the locks would not hold for the others
        raise LockError("threads", f"this process has {count} threads, and locks hold for the calling one")


def _tie_to_parent(policy: Lockdown) -> None:
    os.umask(0o077)
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != policy.parent:  # it may have ended before this process was tied to it
        raise ProcessLookupError("the parent is gone")


def _enter_namespaces(policy: Lockdown) -> None:
    wanted = [layer for layer in _KINDS if layer in policy.layers]
    if not wanted:
        return
    # Before a user namespace is entered, which maps nobody else.
    owner = policy.uid if policy.uid is not None else os.getuid()
    with _named(" and ".join(wanted)):
        namespaces.enter(sum(_KINDS[layer] for layer in wanted))
    if policy.loopback:
        with _named("network"):
            namespaces.raise_loopback()
    if "mounts" in policy.layers:
        with _named("mounts"):
            mounts.keep_to_oneself()
            if os.geteuid() == 0:
                mounts.bring_in_reach([*policy.readable.roots, policy.workdir], owner, owner)
            mounts.cover(policy.readable.excluded)
            mounts.private_tmpfs(policy.workdir, policy.tmpfs_bytes, policy.tmpfs_files, owner, owner)


def _apply_all(limits: Limits) -> None:
    missing = _LIMITS - set(apply_limits(limits))
    if missing:
        raise OSError(f"not limited: {', '.join(sorted(missing))}")


def _give_up_privileges(policy: Lockdown) -> None:
    if policy.uid is not None and "mounts" not in policy.layers:
        os.chown(policy.workdir, policy.uid, policy.uid)
    os.chdir(policy.workdir)
    privileges.apply(policy.uid)
    if "parent" in policy.layers:
        _tie_to_parent(policy)  # the kernel forgets it when a process changes its user
    _refuse_unreachable(policy.readable.roots)


def _refuse_unreachable(paths: Iterable[Path]) -> None:
    for path in paths:
        if not os.access(path, os.R_OK):
            raise PermissionError(f"{path} cannot be read by user {os.getuid()}: install it where every user may read")


def _restrict_files(policy: Lockdown) -> None:
    os.chdir(policy.workdir)
    landlock.apply(_rules(policy), refuse_tcp=not policy.loopback)


def _rules(policy: Lockdown) -> Iterator[landlock.Rule]:
    yield str(policy.workdir), landlock.OWN
    yield os.devnull, landlock.READ | landlock.WRITE
    for path in policy.readable.listed:
        yield path, landlock.LIST
    for path in policy.readable.whole:
        yield path, landlock.READ
    for name in (*OF_ITSELF, *(FOR_LOOPBACK if policy.loopback else ())):
        yield name, landlock.READ


def _filter_calls(policy: Lockdown) -> None:
    seccomp.apply(seccomp.build(policy.loopback))


def prepare() -> None:
    """Work out what is the same for every child. To be called once by the process that forks them; else each does it.

    Raises:
        LockError: nothing can be locked here: not Linux, or an unknown processor.
    """
    with _named("seccomp"):
        for loopback in (False, True):
            seccomp.build(loopback)
    with _named("parent"):
        prctl(_PR_GET_DUMPABLE)  # loads the C library


def available_layers(uid: int | None = None, roots: Iterable[Path] = ()) -> dict[str, str | None]:
    """Try every layer in a child that is thrown away: layer -> None, or why it is not available here.

    Args:
        uid: for root, the user that children are to become.
        roots: folders that this user must be able to read, where mounts cannot bring them in reach.
    """
    mounted = mounts.why_not()
    reached = [] if mounted is None else list(roots)
    return {
        "descriptors": descriptors.why_not(),
        "parent": tried(lambda _: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)),
        "network": namespaces.why_not(namespaces.NETWORK),
        "ipc": namespaces.why_not(namespaces.IPC),
        "mounts": mounted,
        "limits": tried(lambda _: _limit_for_trial()),
        "privileges": tried(lambda _: _give_up_for_trial(uid, reached)),
        "landlock": landlock.why_not(),
        "seccomp": seccomp.why_not(),
    }


def _give_up_for_trial(uid: int | None, paths: Iterable[Path]) -> None:
    privileges.apply(uid)
    _refuse_unreachable(paths)


def _limit_for_trial() -> None:
    limits = Limits(memory_bytes=1 << 30, cpu_seconds=60)
    _apply_all(limits)
    try:
        mmap.mmap(-1, 2 * limits.memory_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError:
        return
    raise OSError("the limit of memory does not hold")
