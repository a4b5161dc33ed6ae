"""Blocks -> the terminal, by rich. Formulas are set in plain Unicode."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as TerminalRule
from rich.syntax import Syntax
from rich.table import Table as TerminalTable
from rich.text import Text as TerminalText

from grader.sheets.blocks import (
    Alignment,
    Block,
    Code,
    CodeBlock,
    DisplayMath,
    Emphasis,
    Line,
    LineBreak,
    Link,
    ListBlock,
    Math,
    Paragraph,
    Prose,
    Quotation,
    Rule,
    Strong,
    Table,
    Text,
)
from grader.sheets.markdown import read_line, read_prose
from grader.sheets.plain_math import plain_math


def terminal_markdown(source: str) -> RenderableType:
    """Return Markdown as the terminal shows it; what cannot be set is shown as it is written."""
    prose, faults = read_prose(source)
    return TerminalText(source) if faults else terminal_prose(prose)


def terminal_line(source: str) -> TerminalText:
    """Return Markdown within a line as the terminal shows it; what cannot be set is shown as it is written."""
    line, faults = read_line(source)
    return TerminalText(source) if faults else _line(line)


def terminal_prose(prose: Prose) -> RenderableType:
    """Return blocks, an empty line between them."""
    parts: list[RenderableType] = []
    for block in prose:
        if parts:
            parts.append(TerminalText())
        parts.append(_block(block))
    return Group(*parts)


def _block(block: Block) -> RenderableType:
    match block:
        case Paragraph(line):
            return _line(line)
        case DisplayMath(formula):
            return Padding(TerminalText(plain_math(formula.tree)), (0, 0, 0, 4))
        case CodeBlock(text, language):
            return Padding(Syntax(text, language or "text", background_color="default", word_wrap=True), (0, 0, 0, 4))
        case ListBlock():
            return _list(block)
        case Quotation(inside):
            return Padding(terminal_prose(inside), (0, 0, 0, 4))
        case Table():
            return _table(block)
        case Rule():
            return TerminalRule()


def _list(block: ListBlock) -> RenderableType:
    grid = TerminalTable.grid(padding=(0, 1, 0 if block.tight else 1, 0))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column()
    for number, item in enumerate(block.items, start=block.start or 0):
        sign = " •" if block.start is None else f" {number}."
        inside = [_block(one) for one in item]
        grid.add_row(sign, Group(*inside))
    return grid


def _table(table: Table) -> RenderableType:
    drawn = TerminalTable(box=None, padding=(0, 2), header_style="bold")
    for cell, side in zip(table.head, table.alignment, strict=True):
        justify: Alignment = side
        drawn.add_column(_line(cell), justify=justify)
    for row in table.rows:
        drawn.add_row(*(_line(cell) for cell in row))
    return drawn


def _line(line: Line) -> TerminalText:
    text = TerminalText()
    for part in line:
        match part:
            case Text(words):
                text.append(words)
            case Code(words):
                text.append(words, style="cyan")
            case Math(formula):
                text.append(plain_math(formula.tree), style="italic")
            case Strong(inside):
                text.append_text(_styled(inside, "bold"))
            case Emphasis(inside):
                text.append_text(_styled(inside, "italic"))
            case Link(address, inside):
                text.append_text(_styled(inside, f"link {address}"))
            case LineBreak():
                text.append("\n")
    return text


def _styled(line: Line, style: str) -> TerminalText:
    text = _line(line)
    text.stylize(style)
    return text
