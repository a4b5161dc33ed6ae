"""What goes into a cell of a CSV file: numbers rounded once, text that no spreadsheet runs as a formula."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from grader.report.inert import visible

#: What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"): full-width forms included.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def text_cell(text: str) -> str:
    """Return the text, behind an apostrophe where a spreadsheet would take it for a formula.

    Characters that cannot be seen, among them those that no UTF-8 file may hold or that command a terminal, are shown
    as their numbers.
    """
    told = visible(text)
    # With spaces before it, some take it for one all the same.
    return f"'{told}" if told.lstrip().startswith(_STARTS) or text.startswith(_STARTS) else told


def marks_cell(marks: Fraction) -> str:
    """Return marks to two decimals, halves rounded up: the one place where an exact mark is rounded."""
    hundredths = math.floor(marks * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield each row as a line of CSV, quoted where need be (RFC 4180)."""
    for row in rows:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\r\n").writerow(row)
        yield buffer.getvalue()
