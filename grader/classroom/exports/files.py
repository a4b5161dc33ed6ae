"""What the instructor asked to have exported: checked before anything is graded, written after everything is."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.classroom.exports.canvas import canvas_lines, fault_in_title
from grader.classroom.exports.gradescope import results_json
from grader.classroom.exports.moodle import Filled, NoWorksheet, fill_worksheet, short_comment
from grader.classroom.naming import file_stem
from grader.classroom.records import Record
from grader.classroom.roster import Person
from grader.files import write_pieces, write_whole
from grader.problems import GradeTapeError
from grader.report.feedback import Feedback, limit_feedback

MOODLE = "moodle.csv"


@dataclass(frozen=True)
class Exports:
    """The exports wanted.

    Attributes:
        canvas: the CSV to write for Canvas.
        title: what the assignment is called there.
        moodle: the worksheet that the teacher downloaded; it is filled in as ``moodle.csv`` of the results.
        gradescope: the folder for a ``results.json`` a student.
    """

    canvas: Path | None = None
    title: str = "GradeTape"
    moodle: Path | None = None
    gradescope: Path | None = None


def check_exports(exports: Exports) -> None:
    """Refuse what could not be exported in the end.

    Raises:
        GradeTapeError: the title or the worksheet will not do.
    """
    fault = fault_in_title(exports.title) if exports.canvas else None
    if fault:
        raise GradeTapeError(f"--title: {fault}; choose another, such as 'Exam (1234)'")
    if exports.moodle:
        _fill(exports.moodle, [], {}, short_comment)


def write_exports(
    exports: Exports,
    records: Iterable[Record],
    people: Mapping[str, Person],
    points: Fraction,
    results: Path,
    feedback: Feedback,
) -> list[str]:
    """Write the exports and return what is to be said of them.

    Raises:
        GradeTapeError: one cannot be written.
    """
    said = []
    if exports.canvas:
        write_pieces(exports.canvas, canvas_lines(records, people, exports.title, points))
        said.append(f"Canvas: import {exports.canvas}")
    if exports.moodle:
        said += _write_moodle(exports.moodle, records, people, results, feedback)
    if exports.gradescope:
        for record in records:
            told = results_json(limit_feedback(record.report, feedback), record.reason)
            path = exports.gradescope / file_stem(record.student) / "results.json"
            write_whole(path, json.dumps(told, indent=2, ensure_ascii=True, allow_nan=False) + "\n")
        said.append(f"Gradescope: a results.json each in {exports.gradescope}")
    return said


def _write_moodle(
    worksheet: Path, records: Iterable[Record], people: Mapping[str, Person], results: Path, feedback: Feedback
) -> list[str]:
    def comment(record: Record) -> str:
        report = limit_feedback(record.report, feedback)
        return short_comment(Record(record.student, record.name, record.state, record.reason, report))

    filled = _fill(worksheet, records, people, comment)
    path = results / MOODLE
    write_whole(path, filled.data)
    said = [f"Moodle: upload {path} as the grading worksheet; {filled.filled} rows filled"]
    if filled.left:
        said.append(f"  left as they were, for no such student is in the class: {', '.join(filled.left)}")
    if filled.homeless:
        said.append(f"  without a row in the worksheet: {', '.join(filled.homeless)}")
    return said


def _fill(
    worksheet: Path, records: Iterable[Record], people: Mapping[str, Person], comment: Callable[[Record], str]
) -> Filled:
    try:
        return fill_worksheet(worksheet.read_bytes(), records, people, comment)
    except OSError as error:
        raise GradeTapeError(f"--moodle: '{worksheet}' cannot be read: {error.strerror}; name the worksheet") from None
    except NoWorksheet as fault:
        raise GradeTapeError(
            f"--moodle: '{worksheet}' is no grading worksheet of Moodle's: {fault}; download it with "
            "'Download grading worksheet'"
        ) from None
