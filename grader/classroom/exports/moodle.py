"""Records + the teacher's own grading worksheet -> the same worksheet, filled in.

Moodle's worksheet (Assignment, "Download grading worksheet") has headers in the site's language, so its columns are
known by what is in them, in the order that Moodle writes them: the identifier comes first ("Participant 12345"), the
grade stands right before the maximum grade, which is the same number in every row, and the feedback comments come last.
Everything else, down to the line ends, is left as it is, the date of the last change above all: Moodle refuses a row
whose date is older than what it has.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from grader.classroom.cells import marks_cell, text_cell
from grader.classroom.exports.csv_spans import Cell, NoCsv, read_cells, replace_cells
from grader.classroom.records import Record
from grader.classroom.roster import Person

_IDENTIFIER = re.compile(r"\D*?(\d+)\s*")
#: What says that a last column that is filled already is the feedback comments, in the languages we know it in.
_FEEDBACK_WORDS = (
    "feedback comments", "feedback als kommentar", "kommentar", "commentaires", "comentarios", "commenti",
    "comentários", "feedbackopmerkingen", "opmerkingen",
)  # fmt: skip


class NoWorksheet(ValueError):  # noqa: N818 - says what it is
    """A file that is no grading worksheet; the text says why."""


@dataclass(frozen=True)
class Filled:
    """The worksheet filled in, and who is missing where.

    Attributes:
        data: the file's new bytes.
        filled: how many rows were.
        left: identifiers of the worksheet's rows that stay as they were.
        homeless: students of the class who have no row.
    """

    data: bytes
    filled: int
    left: list[str]
    homeless: list[str]


@dataclass(frozen=True)
class _Columns:
    grade: int
    maximum: int
    feedback: int | None


def fill_worksheet(
    data: bytes, records: Iterable[Record], people: Mapping[str, Person], comment: Callable[[Record], str]
) -> Filled:
    """Fill the grade, and the feedback where the worksheet has that column.

    The grade is the share of the marks times the worksheet's maximum grade, rounded once, with the decimal sign that
    the maximum has. A student's row is the one with their number in its identifier, or else the only one in which
    their name in the class, e-mail address, ID number or full name stands as a cell.

    Args:
        data: the worksheet's bytes.
        records: the class.
        people: what the roster knows of each, by student.
        comment: says what stands in the feedback column of a student.

    Raises:
        NoWorksheet: it is not such a file, or its columns cannot be told.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoWorksheet(f"it is not UTF-8 (byte {error.start})") from None
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=head.count)
    body = text[1:] if text.startswith("\ufeff") else text
    try:
        header, *rows = [row for row in read_cells(body, delimiter) if row != [Cell("", row[0].start, row[0].start)]]
    except NoCsv as error:
        raise NoWorksheet(str(error)) from None
    except ValueError:
        raise NoWorksheet("it is empty") from None
    if not rows or any(len(row) != len(header) for row in rows):
        raise NoWorksheet("it has no rows" if not rows else "its rows are not all as long as its header")
    columns = _find_columns([cell.value for cell in header], rows)
    identifiers = [_identifier(row[0].value) for row in rows]
    finder = _row_finder(rows, identifiers)
    new: dict[Cell, str] = {}
    homeless, taken = [], set()
    for record in records:
        number = finder(record, people.get(record.student, Person(record.student, name=record.name)))
        if number is None:
            homeless.append(record.student)
            continue
        taken.add(number)
        if record.settled:
            new |= _cells_of(rows[number], columns, record, comment)
    left = [row[0].value for number, row in enumerate(rows) if number not in taken]
    filled = replace_cells(body, new, delimiter)
    mark = "\ufeff" if body is not text else ""
    return Filled((mark + filled).encode("utf-8"), len(taken), left, homeless)


def _cells_of(row: list[Cell], columns: _Columns, record: Record, comment: Callable[[Record], str]) -> dict[Cell, str]:
    maximum = row[columns.maximum].value
    grade = record.marks / record.out_of * _number(maximum) if record.out_of else Fraction(0)
    written = marks_cell(grade)
    new = {row[columns.grade]: written.replace(".", ",") if "," in maximum else written}
    if columns.feedback is not None:
        new[row[columns.feedback]] = text_cell(comment(record))
    return new


def _find_columns(header: list[str], rows: list[list[Cell]]) -> _Columns:
    if any(_identifier(row[0].value) is None for row in rows):
        raise NoWorksheet("its first column is not the identifier ('Participant 123'); download it from Moodle anew")
    found = [
        column
        for column in range(2, len(header))
        if _is_maximum([row[column].value for row in rows]) and _are_grades([row[column - 1].value for row in rows])
    ]
    if len(found) != 1:
        raise NoWorksheet("it has no column of one maximum grade right after one of grades; is the grade a scale?")
    (maximum,) = found
    last = len(header) - 1
    # At the least "can be changed" and "last modified (grade)" stand between the maximum and the feedback.
    empty = all(not row[last].value for row in rows)
    known = any(word in header[last].lower() for word in _FEEDBACK_WORDS)
    feedback = last if last >= maximum + 3 and (empty or known) else None
    return _Columns(maximum - 1, maximum, feedback)


def _identifier(value: str) -> str | None:
    match = _IDENTIFIER.fullmatch(value)
    return match[1] if match else None


def _is_maximum(values: list[str]) -> bool:
    number = _number_or_none(values[0])
    return number is not None and number > 0 and all(value == values[0] for value in values)


def _are_grades(values: list[str]) -> bool:
    return all(value.strip() in ("", "-") or _number_or_none(value) is not None for value in values)


def _number_or_none(value: str) -> Fraction | None:
    try:
        number = Decimal(value.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return Fraction(number) if number.is_finite() else None


def _number(value: str) -> Fraction:
    number = _number_or_none(value)
    assert number is not None
    return number


def _row_finder(rows: list[list[Cell]], identifiers: list[str | None]) -> Callable[[Record, Person], int | None]:
    """Return what finds the row of a student: by the identifier, else by the only row that has a cell of theirs."""
    by_number = {number: index for index, number in enumerate(identifiers) if number}
    cells = [(cell.value.strip().casefold(), index) for index, row in enumerate(rows) for cell in row[1:]]
    often = Counter(value for value, _ in set(cells))
    by_cell = {value: index for value, index in cells if value and often[value] == 1}

    def find(record: Record, person: Person) -> int | None:
        if record.student in by_number:
            return by_number[record.student]
        for value in (record.student, person.email, person.sis_user_id, person.name):
            if value and value.casefold() in by_cell:
                return by_cell[value.casefold()]
        return None

    return find


def short_comment(record: Record) -> str:
    """Return a few lines for the feedback column: the marks by question, and what was the matter."""
    lines = [f"{marks_cell(record.marks)} of {marks_cell(record.out_of)} marks"]
    if record.reason:
        lines.append(record.reason)
    for question in record.report.questions:
        lines.append(f"{question.id}: {marks_cell(question.marks)} of {marks_cell(question.out_of)}")
        said = {one.says for function in question.functions for check in function.checks for one in check.diagnoses}
        lines += [f"- {says}" for says in sorted(said)]
    return "\n".join(lines)
