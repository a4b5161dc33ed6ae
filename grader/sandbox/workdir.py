"""The private working directory of a child, removed whatever the child put into it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_directory(within: Path | None = None) -> Iterator[Path]:
    """Make an empty directory that only this user may enter, and remove it with all that is in it."""
    path = Path(tempfile.mkdtemp(prefix="gradetape-", dir=within))
    try:
        yield path
    finally:
        remove_tree(path)


def remove_tree(root: Path) -> None:
    """Remove a directory of any depth, names and permissions.

    Directories are emptied by moving their subdirectories up to ``root``, so neither recursion nor the length
    of a path grows with the depth. The process that made the tree must be gone.
    """
    if not hasattr(os, "O_DIRECTORY"):  # Windows: no descriptors of directories
        shutil.rmtree(root, ignore_errors=True)
        return
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    moved = 0
    try:
        while names := os.listdir(top):
            for name in names:
                moved = _remove_entry(top, name, moved)
    finally:
        os.close(top)
    root.rmdir()


def _remove_entry(top: int, name: str, moved: int) -> int:
    try:
        os.unlink(name, dir_fd=top)
    except (IsADirectoryError, PermissionError):
        pass
    else:
        return moved
    os.chmod(name, 0o700, dir_fd=top)
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
    try:
        for child in os.listdir(inner):
            moved += 1
            os.rename(child, f"{name[:32]}.{moved}.moved", src_dir_fd=inner, dst_dir_fd=top)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=top)
    return moved
