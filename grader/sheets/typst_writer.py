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
    breakable_pieces,
    plain_text,
)
from grader.sheets.formula import Formula
from grader.sheets.highlight import Kind, highlighted_lines
from grader.sheets.plain_math import plain_math
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


def typst_name(name: str) -> str:
    """Return a name from code as Typst markup, which may break after its dots, underscores and brackets."""
    return "#may-break;".join(f"#raw({typst_string(piece)});" for piece in _pieces(name))


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

    For that, each column comes with the letters of its longest cell and with its widest pieces, so that it gets no
    narrower than they are.
    """
    alignment = f"({', '.join(table.alignment)},)"
    rows = (table.head, *table.rows)
    written = ", ".join(f"({''.join(f'[{typst_line(cell)}], ' for cell in row)})" for row in rows)
    if columns:
        return f"#ruled-table(({columns},), {alignment}, {written})"
    across = list(zip(*rows, strict=True))
    letters = "".join(f"{max(map(_letters, column))}, " for column in across)
    widest = "".join(f"[{_widest(column)}], " for column in across)
    return f"#fitted-table({alignment}, ({letters}), ({widest}), {written})"


def _letters(line: Line) -> int:
    """Return how many letters wide a line is, about."""
    return len(plain_text(line, lambda formula: plain_math(formula.tree)))


def _widest(column: tuple[Line, ...]) -> str:
    """Return what is widest of all that cannot be broken further in a column, on lines of its own."""
    head, *cells = column
    atoms = [*_atoms((Strong(head),)), *(atom for cell in cells for atom in _atoms(cell))]
    most = max((letters for letters, _ in atoms if letters is not None), default=0)
    # A word is never wider than one of more than twice its letters.
    wide = dict.fromkeys(markup for letters, markup in atoms if letters is None or 2 * letters >= most)
    return " \\ ".join(wide)


def _atoms(line: Line) -> Iterator[tuple[int | None, str]]:
    """Yield the words, pieces of code and formulas of a line, with their letters, which a formula does not tell."""
    for part in line:
        match part:
            case Math():
                yield None, _inline(part)
            case Code(text):
                yield from ((len(piece), typst_name(piece)) for piece in _pieces(text))
            case Strong(inside):
                yield from ((letters, f"#strong[{atom}];") for letters, atom in _atoms(inside))
            case Emphasis(inside) | Link(_, inside):
                yield from _atoms(inside)
            case _:
                yield from ((len(word), f"#{typst_string(word)};") for word in plain_text((part,)).split())


def _pieces(code: str) -> list[str]:
    """Return the pieces between which code may break where a line or a column is narrow, none too short to matter."""
    pieces = [""]
    for piece in breakable_pieces(code):
        if len(pieces[-1]) + len(piece) <= _NEVER_BROKEN:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return [piece for piece in pieces if piece]


_NEVER_BROKEN = 14  # letters


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
    return f"#math.equation(alt: {typst_string(formula.spoken)}, ${typst_math(formula.tree)}$);"


def _inline(part: Inline) -> str:
    match part:
        case Text(text):
            return f"#{typst_string(text)};"
        case Code(text):
            return typst_name(text)
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
