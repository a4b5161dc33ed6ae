"""The journal of a class: a file that is only ever added to, one line a result, on disk before the next is begun.

A line is a JSON object with the record and its own hash. A line that was cut when the machine went down, or spoilt
since, counts as never written: its student is graded again. The last whole line of a student is the one that counts.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from grader.classroom.records import Record, record_from_dict, record_to_dict
from grader.problems import GradeTapeError

try:
    import fcntl
except ImportError:  # Windows: two runs on one folder are then the user's to avoid
    fcntl = None  # type: ignore[assignment]

NAME = "journal.jsonl"
_HEAD, _MIDDLE, _TAIL = b'{"sha256":"', b'","record":', b"}"
_RECORD_AT = len(_HEAD) + 64 + len(_MIDDLE)


class Journal:
    """The records of a results folder. Only where each lies is kept in memory."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file
        self._places: dict[str, tuple[int, int, str]] = {}
        self._read_places()

    def _read_places(self) -> None:
        at, line = 0, b"\n"
        with self._path.open("rb") as lines:
            for line in lines:
                record = _record_of(line)
                if record is not None:
                    self._places[record.student] = (at, len(line), record.key)
                at += len(line)
        self._whole = line.endswith(b"\n")

    def key_of(self, student: str) -> str | None:
        """Return the key of the student's last record."""
        place = self._places.get(student)
        return place[2] if place else None

    def read(self, student: str) -> Record:
        """Return the student's last record.

        Raises:
            KeyError: there is none.
            GradeTapeError: the file was changed under us.
        """
        at, length, _ = self._places[student]
        self._file.seek(at)
        record = _record_of(self._file.read(length))
        if record is None:
            raise GradeTapeError(f"'{self._path}' was changed while it was in use; run the same command again")
        return record

    def append(self, record: Record) -> None:
        """Add a record and wait until the disk has it.

        Raises:
            GradeTapeError: it cannot be written. What was written before stays.
        """
        line = _line(record)
        try:
            if not self._whole:  # a line that was cut stays as it is; the next begins on its own
                self._write(b"\n")
            at = self._file.seek(0, os.SEEK_END)
            self._whole = False
            self._write(line)
            os.fsync(self._file.fileno())
            self._whole = True
        except OSError as error:
            raise GradeTapeError(
                f"cannot write '{self._path}': {error.strerror}; what was graded so far is kept: make room or mend "
                "the permissions, then run the same command again"
            ) from None
        self._places[record.student] = (at, len(line), record.key)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:  # a disk that is nearly full takes a part, and says so at the next
            view = view[self._file.write(view) :]


@contextmanager
def open_journal(results: Path) -> Iterator[Journal]:
    """Open the journal of a results folder, which is made if need be, for this process alone.

    Raises:
        GradeTapeError: it cannot be written there, or another process has it open.
    """
    path = results / NAME
    try:
        results.mkdir(parents=True, exist_ok=True)
        # Without a buffer nothing is written by halves later, when the program has long given up.
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o644), "r+b", buffering=0)
    except OSError as error:
        raise GradeTapeError(f"cannot write '{path}': {error.strerror}; choose another folder with -o") from None
    with file:
        if fcntl is not None:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GradeTapeError(f"'{results}' is in use by another run; wait for its end") from None
        yield Journal(path, file)


_BINARY = getattr(os, "O_BINARY", 0)


def _line(record: Record) -> bytes:
    text = json.dumps(record_to_dict(record), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
    return b"".join([_HEAD, hashlib.sha256(text).hexdigest().encode("ascii"), _MIDDLE, text, _TAIL, b"\n"])


def _record_of(line: bytes) -> Record | None:
    """Return the record of a line, or ``None`` when the line is not as it was written."""
    line = line.removesuffix(b"\n")
    text = line[_RECORD_AT : -len(_TAIL)]
    if line[: len(_HEAD)] != _HEAD or line[-len(_TAIL) :] != _TAIL:
        return None
    if line[len(_HEAD) : len(_HEAD) + 64] != hashlib.sha256(text).hexdigest().encode("ascii"):
        return None
    try:
        return record_from_dict(json.loads(text))
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return None
