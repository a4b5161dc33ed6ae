"""Blocks -> Typst markup that calls the functions of ``templates/common.typ.j2``.

Words are written as string literals and formulas as escaped characters, so that nothing in a question can mean
anything to Typst.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from xml.etree.ElementTree import Element

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
from grader.sheets.speech import speak
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
        text = "".join(piece for _, piece in line)
        indent = len(text) - len(text.lstrip(" "))
        rows.append(f"({indent}, {len(text)}, [{''.join(_code_pieces(line, indent, _break_places(text)))}])")
    return f"#code({', '.join(rows)})"


def _break_places(line: str) -> set[int]:
    """Return where a run of letters may be broken that has no space for so long that a narrow column needs a break."""
    if len(line) <= _ALWAYS_FITS:
        return set()
    runs = (run for run in re.finditer(r"\S+", line) if len(run[0]) > _ALWAYS_FITS // 2)
    return {run.start() + sign.end() for run in runs for sign in re.finditer(r"[.,(=\[_]+(?=\w)", run[0])}


_ALWAYS_FITS = 48  # letters in the narrowest column, less some indentation


def _code_pieces(line: list[tuple[Kind, str]], indent: int, breaks: set[int]) -> Iterator[str]:
    start = 0
    for kind, text in line:
        end = start + len(text)
        cuts = [max(start, indent), *sorted(place for place in breaks if start < place < end), end]
        for first, last in pairwise(cuts):
            yield ("#may-break;" if first in breaks else "") + _piece(kind, text[first - start : last - start])
        start = end


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

    For that, each cell comes with its widest parts, so that no column gets narrower than they are; and the table with
    the letters of its longest cells, since most tables are so short that nothing has to be found out.
    """
    alignment = f"({', '.join(table.alignment)},)"
    rows = (table.head, *table.rows)
    if columns:
        return f"#ruled-table(({columns},), {alignment}, {', '.join(_row(row) for row in rows)})"
    letters = sum(max(len(plain_text(cell)) for cell in column) for column in zip(*rows, strict=True))
    return f"#fitted-table({alignment}, {letters}, {', '.join(_measured_row(row) for row in rows)})"


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
    """Return the pieces between which the template lets code break."""
    return [code] if len(code) <= 14 else re.findall(r"[^._/,(=]+[._/,(=]*|[._/,(=]+", code)


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
    parts = (f"({typst_string(speak(part))}, $ {typst_math(part)} $)" for part in _parts(formula.tree))
    return f"#display-math({', '.join(parts)})"


def _parts(tree: Element) -> Iterator[Element]:
    """Cut a formula where two quads part it, since it may be too wide for one line."""
    for is_gap, children in groupby(tree, lambda child: child.tag == "mspace" and child.get("width") == "2em"):
        if not is_gap:
            part = Element(tree.tag, tree.attrib)
            part.extend(children)
            yield part


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
