"""What a piece of prose is made of, once it is read: a small tree that every writer walks.

A writer (HTML, Typst, the terminal) is a function of this tree and knows nothing of Markdown or LaTeX.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.sheets.formula import Formula


@dataclass(frozen=True, slots=True)
class Text:
    """Characters as they are to be read; nothing in them is markup."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code within a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula within a line."""

    formula: Formula


@dataclass(frozen=True, slots=True)
class Strong:
    """Important words."""

    inside: "Line"


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stressed words."""

    inside: "Line"


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a web page."""

    address: str
    inside: "Line"


@dataclass(frozen=True, slots=True)
class LineBreak:
    """The next word starts a new line."""


Inline: TypeAlias = Text | Code | Math | Strong | Emphasis | Link | LineBreak
Line: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words that belong together. ``leads`` says that it introduces the next block and must not part from it."""

    line: Line
    leads: bool = False


@dataclass(frozen=True, slots=True)
class DisplayMath:
    """A formula on a line of its own."""

    formula: Formula


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of code. ``language`` is empty when it is none that is known."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list; numbered from ``start`` unless that is ``None``. ``tight``: its items are lines, not paragraphs."""

    items: tuple["Prose", ...]
    start: int | None
    tight: bool


@dataclass(frozen=True, slots=True)
class Quotation:
    """A remark set apart."""

    inside: "Prose"


Alignment = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head. Every row has as many cells as the head."""

    alignment: tuple[Alignment, ...]
    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A break between two thoughts."""


Block: TypeAlias = Paragraph | DisplayMath | CodeBlock | ListBlock | Quotation | Table | Rule
Prose: TypeAlias = tuple[Block, ...]


def breakable_pieces(code: str) -> list[str]:
    """Return the pieces of code between which a line may end: after dots, underscores and the like."""
    return re.findall(r"[^._/,(=]+[._/,(=]*|[._/,(=]+", code)


def _read_aloud(formula: Formula) -> str:
    return formula.spoken


def plain_text(line: Line, formula_text: Callable[[Formula], str] = _read_aloud) -> str:
    """Return the words of a line without their looks; a formula as it is read aloud, or as told."""
    words: list[str] = []
    for part in line:
        match part:
            case Text(text) | Code(text):
                words.append(text)
            case Math(formula):
                words.append(formula_text(formula))
            case Strong(inside) | Emphasis(inside) | Link(_, inside):
                words.append(plain_text(inside, formula_text))
            case LineBreak():
                words.append(" ")
    return "".join(words)
