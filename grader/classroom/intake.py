"""One student's entry -> the files to grade, as bytes; or the reason why it is refused.

Everything here was made by somebody who may wish harm: links that lead elsewhere, archives that unpack to more than a
disk holds, two files for one question. Nothing is ever unpacked to disk and no link is followed; a name decides only
which question a file answers.
"""

import os
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from grader.classroom.entries import Entry, Source, readable
from grader.submissions import MOST_BYTES

#: Bounds on one student's entry.
MOST_MEMBERS = 2_000
MOST_ARCHIVE_BYTES = 10 << 20
MOST_UNPACKED_BYTES = 200 << 20
_MOST_NAMED = 5

#: A file that is meant for a question, be it none of those that are graded.
_QUESTION = re.compile(r"m\d+q\d+")
_SKIPPED = {"__MACOSX", "__pycache__"}
#: What Canvas (``-1``) and browsers (`` (1)``) put behind a name that was there already.
_COPY_MARK = re.compile(r"(?:-\d+| ?\(\d+\))$")


class Refused(Exception):  # noqa: N818 - says what happened
    """An entry that is not graded; the text says why."""


@dataclass(frozen=True)
class HandedIn:
    """A file that answers a question. One longer than a file may be is cut one byte after that."""

    name: str
    data: bytes


@dataclass(frozen=True)
class _Member:
    """A Python file of an entry, not read yet."""

    name: str
    path: Path | None = None
    archive: zipfile.ZipFile | None = None
    info: zipfile.ZipInfo | None = None


def read_entry(entry: Entry, question_ids: Mapping[str, list[str]]) -> dict[str, HandedIn]:
    """Return the file of each question.

    A file belongs to the question whose id its name starts with (``m1q03.py``, ``m1q03_perceptron.py``), in whatever
    folder of the entry. When a single question is graded, an entry's only Python file is its answer.

    Args:
        entry: the student's entry.
        question_ids: question -> the other numbers that it answers.

    Raises:
        Refused: it holds what no submission may hold, cannot be read, or has no file for any question.
    """
    owners = {name: question for question, others in question_ids.items() for name in (question, *others)}
    found: dict[str, _Member] = {}
    others: list[_Member] = []
    try:
        with ExitStack() as opened:
            for member in _members(entry, opened):
                question = owners.get(_leading_id(member.name, entry.layout))
                if question is None:
                    others.append(member)
                elif question in found:
                    names = " and ".join(sorted({found[question].name, member.name}))
                    raise Refused(f"there are two files for {question}: {names}; one must go")
                else:
                    found[question] = member
            if not found and len(question_ids) == 1:
                only = [one for one in others if not _QUESTION.fullmatch(_leading_id(one.name, entry.layout))]
                found = {next(iter(question_ids)): only[0]} if len(only) == 1 else {}
            if not found:
                raise Refused(_nothing_found(entry, others, question_ids))
            return {question: HandedIn(_base(member.name), _read(member)) for question, member in found.items()}
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror or error}") from None


def _nothing_found(entry: Entry, others: list[_Member], question_ids: Mapping[str, list[str]]) -> str:
    if not entry.sources:
        return "only text was handed in, no file"
    if not others:
        return "there is no Python file in it"
    names = ", ".join(member.name for member in others[:_MOST_NAMED])
    return f"no file is named after a question, such as {next(iter(question_ids))}.py; there are: {names}"


def _leading_id(name: str, layout: str) -> str:
    stem = PurePosixPath(name).stem
    if layout != "plain":
        stem = _COPY_MARK.sub("", stem)
    return stem.partition("_")[0].lower()


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _members(entry: Entry, opened: ExitStack) -> Iterator[_Member]:
    """Yield the Python files of an entry, those in its zip archives too."""
    for source in entry.sources:
        mode = source.path.lstat().st_mode
        if stat.S_ISDIR(mode):
            yield from _in_folder(source, opened)
        else:
            yield from _in_file(source, mode, opened)


def _in_folder(source: Source, opened: ExitStack) -> Iterator[_Member]:
    count = 0
    for folder, folders, files in os.walk(source.path, onerror=_raise, followlinks=False):
        for name in sorted([*folders, *files]):
            count += 1
            if count > MOST_MEMBERS:
                raise Refused(f"it holds more than {MOST_MEMBERS} files; code only, please")
            path = Path(folder) / name
            if not _is_skipped(name) and stat.S_ISLNK(path.lstat().st_mode):
                raise Refused(f"it holds a symbolic link, '{readable(name)}'; plain files only")
        folders[:] = sorted(name for name in folders if not _is_skipped(name))
        for name in sorted(files):
            if not _is_skipped(name):
                path = Path(folder) / name
                inner = Source(path, readable(path.relative_to(source.path).as_posix()))
                yield from _in_file(inner, path.lstat().st_mode, opened, strict=False)


def _raise(error: OSError) -> None:
    raise error


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED


def _in_file(source: Source, mode: int, opened: ExitStack, strict: bool = True) -> Iterator[_Member]:
    ending = PurePosixPath(source.name).suffix.lower()
    if stat.S_ISLNK(mode):
        raise Refused(f"'{source.name}' is a symbolic link; plain files only")
    if ending == ".py":
        if not stat.S_ISREG(mode):
            raise Refused(f"'{source.name}' is no plain file")
        yield _Member(source.name, path=source.path)
    elif ending == ".zip" and stat.S_ISREG(mode):
        yield from _in_archive(source, opened)
    elif strict:
        raise Refused(f"'{source.name}' is not understood; a folder, a .zip or a .py is")


def _in_archive(source: Source, opened: ExitStack) -> Iterator[_Member]:
    archive = _open_archive(source, opened)
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise Refused(f"'{source.name}' holds more than {MOST_MEMBERS} files; code only, please")
    if sum(info.file_size for info in infos) > MOST_UNPACKED_BYTES:
        raise Refused(f"'{source.name}' unpacks to more than {MOST_UNPACKED_BYTES >> 20} MB; code only, please")
    seen: set[str] = set()
    for info in infos:
        # `filename` is already made harmless by zipfile; what the archive says is in `orig_filename`.
        name = info.orig_filename.replace("\\", "/")
        shown = name.encode("utf-8", "backslashreplace").decode()
        _refuse_member(info, name, shown)
        if name.casefold() in seen:
            raise Refused(f"'{source.name}' holds '{shown}' twice")
        seen.add(name.casefold())
        parts = PurePosixPath(name).parts
        if not info.is_dir() and name.lower().endswith(".py") and not any(map(_is_skipped, parts)):
            yield _Member(shown, archive=archive, info=info)


def _open_archive(source: Source, opened: ExitStack) -> zipfile.ZipFile:
    if source.path.lstat().st_size > MOST_ARCHIVE_BYTES:
        raise Refused(f"'{source.name}' is larger than {MOST_ARCHIVE_BYTES >> 20} MB; code only, please")
    try:
        return opened.enter_context(zipfile.ZipFile(opened.enter_context(_open(source.path))))
    except OSError:
        raise
    except Exception as error:  # the bytes are the student's: whatever they break is the archive's fault
        raise Refused(f"'{source.name}' cannot be read as a zip archive ({error})") from None


def _refuse_member(info: zipfile.ZipInfo, name: str, shown: str) -> None:
    outside = PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in PurePosixPath(name).parts
    if outside or "\0" in name:
        raise Refused(f"its member '{shown}' leaves the archive's folder")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise Refused(f"its member '{shown}' is a symbolic link; plain files only")
    if info.flag_bits & 0x1:
        raise Refused(f"its member '{shown}' is encrypted")


def _read(member: _Member) -> bytes:
    """Read one byte more than a file may have, so that one that is too long shows."""
    if member.path is not None:
        with _open(member.path) as file:
            return file.read(MOST_BYTES + 1)
    assert member.archive is not None
    assert member.info is not None
    try:
        with member.archive.open(member.info) as packed:
            return packed.read(MOST_BYTES + 1)
    except Exception as error:  # a spoilt or unknown compression, a wrong checksum
        raise Refused(f"its member '{member.name}' cannot be unpacked ({error})") from None


def _open(path: Path) -> IO[bytes]:
    """Open a plain file: neither through a link put there since it was looked at, nor waiting for a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags), "rb")
