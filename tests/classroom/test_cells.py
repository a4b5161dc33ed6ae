"""Cells: formulas are made harmless, numbers are exact until they are rounded once, and CSV comes back as it went."""

import csv
import io
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.cells import csv_lines, marks_cell, text_cell
from grader.classroom.exports.csv_spans import NoCsv, read_cells, replace_cells
from grader.classroom.naming import file_stem
from grader.report.inert import visible


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x"]
)
def test_formulas_are_neutralised(text: str) -> None:
    assert text_cell(text) == f"'{visible(text)}"


@given(st.text())
def test_no_text_cell_begins_like_a_formula_and_all_can_be_written(text: str) -> None:
    cell = text_cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
    cell.encode("utf-8")


@given(st.fractions(min_value=0, max_value=1000))
def test_marks_are_rounded_half_up_to_two_decimals_and_are_plain_numbers(marks: Fraction) -> None:
    cell = marks_cell(marks)
    nearest = Fraction(cell)
    assert abs(nearest - marks) <= Fraction(1, 200)
    assert nearest - marks != Fraction(-1, 200), "a half goes up"
    assert text_cell(cell) == cell, "a number is never behind an apostrophe"


def test_rounding_is_decimals_own() -> None:
    for thousandths in range(0, 3000, 5):
        exact = Decimal(thousandths) / 1000
        assert marks_cell(Fraction(thousandths, 1000)) == str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_thirds_are_rounded_once() -> None:
    third = Fraction(1, 3)
    assert marks_cell(third) == "0.33"
    assert marks_cell(third + third + third) == "1.00"


_CELL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)


@given(st.lists(st.lists(_CELL, min_size=2, max_size=4), min_size=1, max_size=4))
def test_spans_read_what_the_csv_module_reads(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(rows))
    assert [[cell.value for cell in row] for row in read_cells(text, ",")] == list(
        csv.reader(io.StringIO(text, newline=""))
    )


@given(st.lists(st.lists(_CELL, min_size=2, max_size=3), min_size=1, max_size=3), _CELL, st.data())
def test_replacing_a_cell_changes_that_cell_alone(rows: list[list[str]], new: str, data: st.DataObject) -> None:
    text = "".join(csv_lines(rows))
    cells = read_cells(text, ",")
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[at]) - 1))
    cell = cells[at][column]
    changed = replace_cells(text, {cell: new}, ",")
    assert changed.startswith(text[: cell.start])
    assert changed.endswith(text[cell.end :])
    values = [[cell.value for cell in row] for row in read_cells(changed, ",")]
    assert values == [
        [new if (row, col) == (at, column) else value for col, value in enumerate(line)]
        for row, line in enumerate(rows)
    ]


@pytest.mark.parametrize("text", ['"open', 'a,"b"c\n', '"'])
def test_what_is_no_csv_is_refused(text: str) -> None:
    with pytest.raises(NoCsv):
        read_cells(text, ",")


@given(st.text(min_size=1), st.text(min_size=1))
def test_file_names_are_safe_and_different_for_different_students(one: str, other: str) -> None:
    one, other = (name.encode("utf-8", "backslashreplace").decode() for name in (one, other))
    stem = file_stem(one)
    assert not set(stem) & set('/\\:*?"<>|\0\n\r')
    assert not stem.startswith((".", " "))
    assert not stem.endswith((".", " "))
    assert len(stem.encode()) <= 120
    assert (stem == file_stem(other)) == (one == other)


def test_a_student_called_as_a_file_of_ours_or_of_windows_gets_another_name() -> None:
    names = ["summary", "Gradebook", "con", "NUL.txt", "junit", "checks", "journal", "%73ummary"]
    stems = [file_stem(name) for name in names]
    assert all(stem.lower() != name.lower() for stem, name in zip(stems, names, strict=True))
    assert len(set(stems)) == len(names)
    assert file_stem("José van Doe-2@x.org") == "José van Doe-2@x.org"
