"""What goes into a cell of a CSV file: numbers rounded once, text that no spreadsheet runs as a formula."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

#: What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"): full-width forms included.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def text_cell(text: str) -> str:
    """Return the text, behind an apostrophe where a spreadsheet would take it for a formula.

    Characters that cannot stand in a UTF-8 file, that end a cell early for some readers or that command a terminal
    are made visible.
    """
    told = "".join(c if c.isprintable() or c in "\t\n\r" else f"\\u{ord(c):04x}" for c in text)
    return f"'{told}" if told.startswith(_STARTS) else told


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
