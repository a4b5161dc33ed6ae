"""Records -> the CSV that Canvas's gradebook imports.

What Canvas looks for (its ``gradebook_importer.rb``): a header that begins with Student and ID and whose last column
on students is Section; a row whose first cell says ``Points Possible``; then a row a student, whom it finds by ID,
else by SIS User ID, else by SIS Login ID, else by name. It compares grades to two decimals. A title of the form
``Exam (123)`` is the assignment with that number; for any other Canvas offers to make a new one.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from grader.classroom.cells import csv_lines, marks_cell, text_cell
from grader.classroom.records import Record
from grader.classroom.roster import Person

HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
#: Titles that Canvas keeps for its own totals, and never imports (with or without "Unposted" before them).
_RESERVED = {f"{which} {what}" for which in ("Current", "Final") for what in ("Score", "Points", "Grade")}
_RESERVED |= {"Override Score", "Override Grade", "Override Status"}


def canvas_lines(
    records: Iterable[Record], people: Mapping[str, Person], title: str, points: Fraction
) -> Iterator[str]:
    """Yield the file line by line.

    A student who was not graded has an empty cell, which changes nothing in Canvas.

    Args:
        records: the class.
        people: what the roster knows of each, by student.
        title: of the assignment.
        points: what can be earned.
    """
    yield from csv_lines([[*HEADER, title], ["    Points Possible", "", "", "", "", marks_cell(points)]])
    for record in records:
        person = people.get(record.student, Person(record.student))
        # Without any number of Canvas's, the best guess is that students are called by their login.
        known = person.canvas_id or person.sis_user_id or person.sis_login_id
        ids = [person.canvas_id, person.sis_user_id, person.sis_login_id if known else person.student]
        name = person.name or person.student
        mark = marks_cell(record.marks) if record.settled else ""
        yield from csv_lines([[text_cell(cell) for cell in (name, *ids, person.section)] + [mark]])


def fault_in_title(title: str) -> str | None:
    """Say why Canvas would not import a column of this title."""
    plain = title.removeprefix("Unposted ")
    if plain in _RESERVED:
        return f"'{title}' is a column that Canvas keeps for itself"
    return None if title.strip() and text_cell(title) == title else f"'{title}' is no title for a column"
