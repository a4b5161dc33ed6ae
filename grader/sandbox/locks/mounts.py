"""What the file system looks like to one child, arranged in a mount namespace of its own.

Three arrangements: the private working directory is a small tmpfs, so that neither the number nor the size of files
matters to anyone else and nothing of them is left; folders that must not be seen are covered by an empty one, which
also closes what Landlock leaves open (stat, names); and folders that must be read, but lie below one that only root may
enter, are brought in reach of the unprivileged user.

To be called after `grader.sandbox.locks.namespaces.enter` with ``MOUNTS``, before capabilities are dropped. See
mount(2), tmpfs(5), mount_namespaces(7), ``include/uapi/linux/mount.h``.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from grader.sandbox.locks import namespaces
from grader.sandbox.locks.probing import tried
from grader.sandbox.locks.syscalls import call

_READ_ONLY, _NO_SETUID, _NO_DEVICES, _NO_EXEC = 1, 2, 4, 8
_REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 32, 4096, 16384, 1 << 18


def keep_to_oneself() -> None:
    """Stop what is mounted here from showing anywhere else. To be called first.

    Raises:
        OSError: no CAP_SYS_ADMIN over this mount namespace.
    """
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)


def private_tmpfs(folder: Path, size: int, files: int, uid: int, gid: int) -> None:
    """Mount an empty tmpfs on ``folder``, of at most ``size`` bytes and ``files`` files and folders.

    Raises:
        OSError: see mount(2).
    """
    options = f"size={size},nr_inodes={files + 1},mode=0700,uid={uid},gid={gid}"  # the root folder counts
    _mount("tmpfs", str(folder), "tmpfs", _NO_SETUID | _NO_DEVICES | _NO_EXEC, options)


def cover(folders: Iterable[Path]) -> None:
    """Mount an empty folder, closed to all, on each of ``folders`` that exists.

    Raises:
        OSError: see mount(2).
    """
    for folder in folders:
        if folder.is_dir():
            flags = _READ_ONLY | _NO_SETUID | _NO_DEVICES | _NO_EXEC
            _mount("tmpfs", str(folder), "tmpfs", flags, "size=4096,nr_inodes=1,mode=0000")


def bring_in_reach(paths: Iterable[Path], uid: int, gid: int) -> None:
    """Make ``paths`` reachable for a user who may not enter one of the folders above them, such as /root.

    The topmost such folder is covered by a new one that holds nothing but the way to those paths. What is beneath them
    keeps its permissions.

    Raises:
        OSError: see mount(2).
    """
    behind: dict[str, list[str]] = {}
    enterable: dict[str, bool] = {}
    for path in map(os.fspath, paths):
        for folder in _folders_above(path):
            if folder not in enterable:
                enterable[folder] = _may_enter(folder, uid, gid)
            if not enterable[folder]:
                behind.setdefault(folder, []).append(path)
                break
    for folder, wanted in behind.items():
        _replace(Path(folder), _without_nested(map(Path, wanted)))


def _folders_above(path: str) -> Iterator[str]:
    """Yield the folders on the way to an absolute path, from the root on."""
    yield "/"
    at = path.find("/", 1)
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _may_enter(folder: str, uid: int, gid: int) -> bool:
    """Tell by its permission bits whether a user of one group may enter a folder."""
    status = os.stat(folder)  # noqa: PTH116 - many a child; a Path costs four times the call
    bit = stat.S_IXUSR if status.st_uid == uid else stat.S_IXGRP if status.st_gid == gid else stat.S_IXOTH
    return bool(status.st_mode & bit)


def _without_nested(paths: Iterable[Path]) -> list[Path]:
    kept: list[Path] = []
    for path in sorted(paths):
        if not kept or not path.is_relative_to(kept[-1]):
            kept.append(path)
    return kept


def _replace(folder: Path, wanted: Iterable[Path]) -> None:
    flags = _NO_SETUID | _NO_DEVICES | _NO_EXEC
    with ExitStack() as stack:
        # Held open, because their names lead nowhere once the folder is covered.
        held = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in wanted]
        for _, fd in held:
            stack.callback(os.close, fd)
        umask = os.umask(0o022)
        stack.callback(os.umask, umask)
        _mount("tmpfs", str(folder), "tmpfs", flags, "size=64k,mode=0755")
        for path, fd in held:
            if stat.S_ISDIR(os.fstat(fd).st_mode):
                path.mkdir(parents=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            _mount(f"/proc/self/fd/{fd}", str(path), None, _BIND | _RECURSIVE)
        _mount(None, str(folder), None, _REMOUNT | _BIND | _READ_ONLY | flags)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    try:
        call("mount", texts[0], texts[1], texts[2], flags, texts[3])
    except OSError as error:
        raise OSError(error.errno, f"mounting on {target}: {os.strerror(error.errno or 0)}") from None


def why_not() -> str | None:
    """Return why a child cannot have mounts of its own here, or None."""
    with tempfile.TemporaryDirectory() as folder:
        reason = tried(lambda _: _mount_for_trial(Path(folder)))
    return reason and f"{reason} (not allowed to this user or in this container)"


def _mount_for_trial(folder: Path) -> None:
    namespaces.enter(namespaces.MOUNTS)
    keep_to_oneself()
    private_tmpfs(folder, 1 << 16, 1, os.geteuid(), os.getegid())
    (folder / "one").touch()
    try:
        (folder / "two").touch()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return
        raise
    raise OSError(errno.EINVAL, "a tmpfs was mounted without its limits")
