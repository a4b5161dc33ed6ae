"""Who is in the class: a CSV of the instructor's, or the gradebook that Canvas exports."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from grader.classroom.entries import Entry
from grader.problems import GradeTapeError

#: A roster's columns and what else they may be called; the first is required.
_COLUMNS = {
    "student": ("student", "id", "username", "login"),
    "name": ("name", "full name"),
    "email": ("email", "email address", "e-mail"),
    "canvas_id": ("canvas id", "canvas_id"),
    "sis_user_id": ("sis user id", "sis_user_id", "id number"),
    "sis_login_id": ("sis login id", "sis_login_id"),
    "section": ("section",),
}


@dataclass(frozen=True)
class Person:
    """A student as the roster has them, or as the entry's name tells where there is none.

    ``student`` names them in the results; the other fields serve the exports.
    """

    student: str
    name: str = ""
    email: str = ""
    canvas_id: str = ""
    sis_user_id: str = ""
    sis_login_id: str = ""
    section: str = ""


@dataclass(frozen=True)
class Expected:
    """A student and what was handed in under their name: nothing, one entry, or several."""

    person: Person
    entries: tuple[Entry, ...] = ()
    on_roster: bool = True


def read_roster(path: Path) -> list[Person]:
    """Read a roster with a header: ``student`` and, if known, name, email, SIS columns and section.

    A gradebook exported from Canvas serves as it is: the students are then called by their Canvas ``ID``.

    Raises:
        GradeTapeError: it cannot be read, has no such header, or names a student twice or not at all.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise GradeTapeError(f"--roster: '{path}' cannot be read: {error.strerror}; name a CSV file") from None
    except UnicodeDecodeError as error:
        raise GradeTapeError(f"--roster: '{path}' is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    lines = text.splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not rows:
        raise GradeTapeError(f"--roster: '{path}' is empty; its first line should name the columns, such as student")
    header = [cell.strip() for cell in rows[0]]
    canvas = header[:2] == ["Student", "ID"] and "Section" in header
    people = [
        (number, _person(header, row, canvas))
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row) and not (canvas and _is_no_student(row))
    ]
    if not canvas and not any(name.lower() in _COLUMNS["student"] for name in header):
        raise GradeTapeError(f"--roster: '{path}' has no column 'student' (it has: {', '.join(header)}); rename one")
    return _checked(path, people)


def _person(header: list[str], row: list[str], canvas: bool) -> Person:
    cells = {name.lower(): cell.strip() for name, cell in zip(header, row, strict=False)}
    if canvas:
        cells = {**cells, "name": cells.get("student", ""), "canvas id": cells.get("id", ""), "student": cells["id"]}
    fields = {}
    for field, names in _COLUMNS.items():
        fields[field] = next((cells[name] for name in names if cells.get(name)), "")
    return Person(**fields)


def _is_no_student(row: list[str]) -> bool:
    """Tell whether a row of Canvas's is the points row or the one about muted assignments."""
    return "Points Possible" in row[0] or not row[0].strip()


def _checked(path: Path, people: list[tuple[int, Person]]) -> list[Person]:
    lines: dict[str, int] = {}
    for number, person in people:
        if not person.student:
            raise GradeTapeError(f"--roster: {path}:{number}: the student is not named; fill in the column 'student'")
        before = lines.setdefault(person.student.casefold(), number)
        if before != number:
            raise GradeTapeError(
                f"--roster: {path}:{number}: '{person.student}' stands in line {before} already; remove one"
            )
    if not people:
        raise GradeTapeError(f"--roster: '{path}' names no student; add a line for each")
    return [person for _, person in people]


def expected_students(entries: Iterable[Entry], roster: Iterable[Person] | None) -> list[Expected]:
    """Return everybody who is on the roster or handed in, in the order of their names in the results.

    An entry belongs to the person whose student, Canvas id, SIS id, login or e-mail address it is called by.
    """
    people = {} if roster is None else {person.student.casefold(): person for person in roster}
    by_name = _names(people.values())
    found: dict[str, list[Entry]] = {key: [] for key in people}
    strangers: dict[str, list[Entry]] = {}
    for entry in entries:
        key = by_name.get(entry.student.casefold())
        (found[key] if key else strangers.setdefault(entry.student.casefold(), [])).append(entry)
    known = [Expected(_named(people[key], own), tuple(own)) for key, own in found.items()]
    others = [Expected(_stranger(own[0]), tuple(own), on_roster=roster is None) for own in strangers.values()]
    return sorted([*known, *others], key=lambda one: (one.person.student.casefold(), one.person.student))


def _names(people: Iterable[Person]) -> dict[str, str]:
    """Return every name that means exactly one person; a student's own name goes before all others."""
    meant: dict[str, set[str]] = {}
    people = list(people)
    for person in people:
        for name in (person.canvas_id, person.sis_user_id, person.sis_login_id, person.email):
            if name:
                meant.setdefault(name.casefold(), set()).add(person.student.casefold())
    names = {name: next(iter(keys)) for name, keys in meant.items() if len(keys) == 1}
    return names | {person.student.casefold(): person.student.casefold() for person in people}


def _named(person: Person, entries: list[Entry]) -> Person:
    if person.name or not entries:
        return person
    return replace(person, name=entries[0].name)


def _stranger(entry: Entry) -> Person:
    canvas_id = entry.student if entry.layout == "canvas" else ""
    return Person(entry.student, name=entry.name, canvas_id=canvas_id)
