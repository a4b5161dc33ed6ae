"""A folder of submissions -> who handed in, and where their files lie. Nothing is opened yet.

Three layouts are known: one entry a student (a folder, a ``.zip`` or a ``.py``), named as the student is; what Moodle
gives on "Download all submissions"; and what Canvas gives on "Download submissions".
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.problems import GradeTapeError

Layout = Literal["plain", "moodle", "canvas"]

#: ``Jane Doe_1234_assignsubmission_file_`` (a folder; newer versions leave out the last underscore), or with the
#: student's own file name behind it where Moodle was told not to make folders.
_MOODLE = re.compile(r"(?P<name>.*)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
#: ``doejane_LATE_1234_5678_m1q03-1.py``: name, user, attachment and the student's own file name.
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)

#: What a teacher keeps beside the submissions: no student's.
_ASIDE = {".csv", ".tsv", ".txt", ".md", ".html", ".pdf", ".xlsx", ".ods", ".json", ".xml", ".yaml", ".toml", ".log"}


@dataclass(frozen=True)
class Source:
    """A file or folder that a student handed in, and the name that the student gave it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Entry:
    """One student's hand-in.

    Attributes:
        student: what the student is called in the results: the entry's name, or the number that Moodle or Canvas has.
        name: the name as far as the layout tells it.
        sources: where the files lie.
        layout: how the entry was recognised.
    """

    student: str
    name: str
    sources: tuple[Source, ...]
    layout: Layout = "plain"


def list_entries(folder: Path) -> tuple[list[Entry], list[str]]:
    """Return the entries of ``folder`` in the order of their students, and the names of the files left aside.

    Raises:
        GradeTapeError: it is no folder, cannot be read, or holds no submission.
    """
    if not folder.exists():
        raise GradeTapeError(f"'{folder}' does not exist; name the folder of submissions")
    if not folder.is_dir():
        raise GradeTapeError(f"'{folder}' is no folder; unpack it and name the folder of submissions")
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
    except OSError as error:
        raise GradeTapeError(f"'{folder}' cannot be read: {error.strerror}; mend its permissions") from None
    aside = [path for path in paths if _is_aside(path)]
    kept = [path for path in paths if path not in aside]
    if not kept:
        raise GradeTapeError(f"'{folder}' holds no submission; it should have a folder, a .zip or a .py a student")
    entries = sorted(_gather(kept, _layout_of(kept)), key=lambda entry: entry.student)
    return entries, [readable(path.name) for path in aside]


def _is_aside(path: Path) -> bool:
    # A file of Moodle's or Canvas's making is a student's whatever its ending.
    named = _MOODLE.fullmatch(path.name) or _CANVAS.fullmatch(path.name)
    return path.suffix.lower() in _ASIDE and not named and not path.is_symlink() and not path.is_dir()


def _layout_of(paths: list[Path]) -> Layout:
    if any(_MOODLE.fullmatch(path.name) for path in paths):
        return "moodle"
    return "canvas" if all(_CANVAS.fullmatch(path.name) and not path.is_dir() for path in paths) else "plain"


def _gather(paths: Iterable[Path], layout: Layout) -> Iterator[Entry]:
    if layout == "plain":
        # Two entries of one student stay two here, so that the collision can be told.
        for path in paths:
            stem = path.name if path.is_dir() else path.stem
            yield Entry(readable(stem), "", (Source(path, path.name),))
        return
    pattern = _MOODLE if layout == "moodle" else _CANVAS
    found: dict[str, tuple[str, list[Source]]] = {}
    for path in paths:
        match = pattern.fullmatch(path.name)
        if match is None:
            yield Entry(readable(path.stem), "", (Source(path, path.name),), layout)
            continue
        _, sources = found.setdefault(match["id"], (readable(match["name"]), []))
        if match.groupdict().get("kind") not in ("onlinetext", "comments"):
            sources.append(Source(path, match["file"] or path.name))
    for student, (name, sources) in found.items():
        yield Entry(student, name, tuple(sources), layout)


def readable(name: str) -> str:
    """Return a file's name as text that can be written anywhere, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
