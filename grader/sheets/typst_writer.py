"""Blocks -> Typst markup that calls the functions of ``templates/common.typ.j2``.

Words are written as string literals and formulas as escaped characters, so that nothing in a question can mean
anything to Typst.
"""

import re
from functools import lru_cache

from grader.sheets.blocks import (
    Block,
    Code,
    CodeBlock,
    DisplayMath,
    Emphasis,
    Inline,
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
    plain_text,
)
from grader.sheets.formula import Formula
from grader.sheets.highlight import Kind, highlighted_lines
from grader.sheets.typst_math import typst_math
from grader.sheets.writeup import Picture


def typst_string(text: str) -> str:
    """Return a Typst string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "").replace("\t", "\\t")
    return f'"{escaped}"'


def typst_prose(prose: Prose) -> str:
    """Return blocks as Typst markup."""
    return "\n\n".join(_block(block) for block in prose)


def typst_line(line: Line) -> str:
    """Return the parts of a line as Typst markup."""
    return "".join(_inline(part) for part in line)


def typst_code(block: CodeBlock) -> str:
    """Return a block of code as Typst markup: each line with its indentation and length in letters."""
    rows: list[str] = []
    for line in highlighted_lines(block.text, block.language):
        indent = len(line[0][1]) - len(line[0][1].lstrip(" ")) if line else 0
        pieces = [_piece(kind, text[indent:] if number == 0 else text) for number, (kind, text) in enumerate(line)]
        length = sum(len(text) for _, text in line)
        rows.append(f"({indent}, {length}, [{''.join(pieces)}])")
    return f"#code({', '.join(rows)})"


def _piece(kind: Kind, text: str) -> str:
    if not text:
        return ""
    return f"#code-{kind}({typst_string(text)});" if kind else f"#{typst_string(text)};"


def typst_picture(picture: Picture) -> str:
    """Return a figure as the fields of a Typst dictionary: drawing, natural size, words, caption."""
    width, height = picture.drawing.width * 0.75, picture.drawing.height * 0.75  # CSS px to pt
    return (
        f"(svg: {typst_string(picture.drawing.svg)}, width: {width:g}pt, height: {height:g}pt, "
        f"alt: {typst_string(picture.alt)}, caption: [{typst_line(picture.caption)}])"
    )


def typst_table(table: Table, columns: str = "") -> str:
    """Return a table as Typst markup; without ``columns`` Typst finds out how wide they must be.

    For that, each cell comes with its widest parts, so that no column gets narrower than they are.
    """
    alignment = f"({', '.join(table.alignment)},)"
    rows = (table.head, *table.rows)
    if columns:
        return f"#ruled-table(({columns},), {alignment}, {', '.join(_row(row) for row in rows)})"
    return f"#fitted-table({alignment}, {', '.join(_measured_row(row) for row in rows)})"


def _row(cells: tuple[Line, ...]) -> str:
    return f"({''.join(f'[{typst_line(cell)}], ' for cell in cells)})"


def _measured_row(cells: tuple[Line, ...]) -> str:
    return f"({''.join(f'([{typst_line(cell)}], [{_widest(cell)}]), ' for cell in cells)})"


def _widest(cell: Line) -> str:
    """Return the words and formulas of a cell on lines of their own: what cannot be broken further."""
    atoms: list[str] = []
    for part in cell:
        match part:
            case Math():
                atoms.append(_inline(part))
            case Code(text):
                atoms += [f"#inline-code({typst_string(piece)})" for piece in _pieces(text)]
            case Strong(inside) | Emphasis(inside) | Link(_, inside):
                atoms.append(_widest(inside))
            case _:
                atoms += [f"#{typst_string(word)};" for word in plain_text((part,)).split()]
    return " \\ ".join(atom for atom in atoms if atom)


def _pieces(code: str) -> list[str]:
    return re.findall(r"\w+\W*|\W+", code) or [code]


def _block(block: Block) -> str:
    match block:
        case Paragraph(line, leads):
            return f"#leads[{typst_line(line)}]" if leads else typst_line(line)
        case DisplayMath(formula):
            return _display(formula)
        case CodeBlock():
            return typst_code(block)
        case ListBlock():
            return _list(block)
        case Quotation(inside):
            return f"#remark[{typst_prose(inside)}]"
        case Table():
            return typst_table(block)
        case Rule():
            return "#break-of-thought()"


def _list(block: ListBlock) -> str:
    items = ", ".join(f"[{typst_prose(item)}]" for item in block.items)
    tight = "true" if block.tight else "false"
    if block.start is None:
        return f"#list(tight: {tight}, {items})"
    return f"#enum(tight: {tight}, start: {block.start}, {items})"


@lru_cache(maxsize=4096)
def _display(formula: Formula) -> str:
    return f"#display-math({typst_string(formula.spoken)}, $ {typst_math(formula.tree)} $)"


@lru_cache(maxsize=4096)
def _inline_math(formula: Formula) -> str:
    return f"#inline-math({typst_string(formula.spoken)}, ${typst_math(formula.tree)}$);"


def _inline(part: Inline) -> str:
    match part:
        case Text(text):
            return f"#{typst_string(text)};"
        case Code(text):
            return f"#inline-code({typst_string(text)});"
        case Math(formula):
            return _inline_math(formula)
        case Strong(inside):
            return f"#strong[{typst_line(inside)}];"
        case Emphasis(inside):
            return f"#emph[{typst_line(inside)}];"
        case Link(address, inside):
            return f"#link({typst_string(address)})[{typst_line(inside)}];"
        case LineBreak():
            return "#linebreak();"
