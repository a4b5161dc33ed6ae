"""A CSV text -> its cells and where each stands, so that one can be replaced and every other byte left alone."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A cell's value, and its place in the text, quotation marks included."""

    value: str
    start: int
    end: int


class NoCsv(ValueError):  # noqa: N818 - says what it is
    """A text that is no CSV: a quotation mark that is never closed, or with something behind it."""


def read_cells(text: str, delimiter: str) -> list[list[Cell]]:
    """Return the cells by row (RFC 4180: quotes are doubled within quotes, rows end with CR LF, LF or CR).

    Raises:
        NoCsv: a quotation mark is out of place.
    """
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = 0
    while at < len(text):
        cell = _quoted(text, at) if text[at] == '"' else _plain(text, at, delimiter)
        row.append(cell)
        at = cell.end
        if at < len(text) and text[at] == delimiter:
            at += 1
            if at == len(text) or text[at] in "\r\n":
                row.append(Cell("", at, at))
            else:
                continue
        if at < len(text) and text[at] not in "\r\n":
            raise NoCsv(f"character {at + 1}: something stands behind a quotation mark")
        at += 2 if text[at : at + 2] == "\r\n" else 1
        rows.append(row)
        row = []
    return rows


def _quoted(text: str, start: int) -> Cell:
    at = start + 1
    while True:
        end = text.find('"', at)
        if end < 0:
            raise NoCsv(f"character {start + 1}: a quotation mark is never closed")
        if text[end + 1 : end + 2] != '"':
            return Cell(text[start + 1 : end].replace('""', '"'), start, end + 1)
        at = end + 2


def _plain(text: str, start: int, delimiter: str) -> Cell:
    end = start
    while end < len(text) and text[end] not in (delimiter, "\r", "\n"):
        end += 1
    return Cell(text[start:end], start, end)


def replace_cells(text: str, new: Mapping[Cell, str], delimiter: str) -> str:
    """Return the text with the values of some cells replaced, quoted where they need it or the old one was."""
    parts = []
    at = 0
    for cell in sorted(new, key=lambda cell: cell.start):
        value = new[cell]
        quote = text[cell.start : cell.start + 1] == '"' or any(c in value for c in (delimiter, '"', "\r", "\n"))
        doubled = value.replace('"', '""')
        parts += [text[at : cell.start], f'"{doubled}"' if quote else value]
        at = cell.end
    return "".join([*parts, text[at:]])
