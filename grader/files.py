"""Writing files so that a reader sees the whole or nothing."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from grader.problems import GradeTapeError

#: Ends the name of a file that is being written.
_PARTIAL = ".partial"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write beside the file, then rename. Whatever stood at ``path`` stays until the new file is complete.

    Raises:
        GradeTapeError: it cannot be written there.
    """
    write_pieces(path, [content])


def write_pieces(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Write a file that is too large for memory piece by piece, and like `write_whole` all or nothing.

    Raises:
        GradeTapeError: it cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_PARTIAL)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    file.write(piece.encode("utf-8") if isinstance(piece, str) else piece)
            Path(beside).chmod(0o644)
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GradeTapeError(f"cannot write '{path}': {error.strerror}; choose another place") from None


def remove_partial(folder: Path) -> None:
    """Remove what writers that were killed left half-written in ``folder``. No other may be writing there."""
    for path in folder.glob(f".*{_PARTIAL}"):
        path.unlink(missing_ok=True)
