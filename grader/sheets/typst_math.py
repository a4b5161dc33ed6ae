"""The tree of a formula -> Typst math.

Literal Unicode throughout: Typst renames its symbols now and then, and characters have no versions. What stands
for itself is escaped, so that no character of a formula can mean something to Typst.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from xml.etree.ElementTree import Element

from grader.sheets.formula import APPLY, INVISIBLE, cell_alignment, characters, fenced, rows_of

# Combining forms of the accents that math-core writes as characters of their own.
_ACCENTS = {
    "ˆ": "\u0302", "^": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "⃗": "\u20d7", "→": "\u20d7",
    "˙": "\u0307", "¨": "\u0308", "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300",
}  # fmt: skip
_LINES = frozenset("\u203e_")
_BRACES = {"⏟": "underbrace", "⏞": "overbrace"}
_LARGE_OPERATORS = frozenset("∑∏∐⋃⋂⨁⨂⨆")
_BARS = frozenset("|‖∥")
_ARROWS = frozenset("→←⇒⇐↔⇔")
_CALLIGRAPHIC = "ℬℰℱℋℐℒℳℛ"


def typst_math(tree: Element) -> str:
    """Return what stands between the dollar signs."""
    children = list(tree)
    if len(children) == 1 and children[0].tag == "mtable":
        return _aligned_rows(children[0])
    return _row(children)


def _row(elements: Sequence[Element]) -> str:
    """Set elements side by side."""
    parts: list[str] = []
    for index, element in enumerate(elements):
        applied = index + 1 < len(elements) and characters(elements[index + 1]) == APPLY
        part = _operator_name(element) if applied else _set(element)
        if not part:
            continue
        # Typst sets a space wherever the source has one beside a quoted text, so there is none.
        quoted = parts and (parts[-1].endswith('"') or part.startswith('"'))
        if parts and not quoted:
            parts.append(" ")
        parts.append(part)
    return _joined_dots("".join(parts))


def _joined_dots(text: str) -> str:
    r"""Three dots in a row, as math-core writes ``\dots``, are one ellipsis."""
    return text.replace("· · ·", "⋯").replace("\\. \\. \\.", "…")


def _group(element: Element) -> str:
    """Set an element where Typst wants an argument; an empty one needs to be something."""
    return _set(element) or '""'


def _set(element: Element) -> str:
    return _SETTERS[element.tag](element)


def _operator_name(element: Element) -> str:
    """Set the name of a function before its argument, such as max or log₂: upright, with its own spacing."""
    if element.tag in ("msub", "msup", "msubsup", "munder", "mover", "munderover"):
        return _with_scripts(element, _operator_name(element[0]))
    if element.tag in ("mi", "mtext"):
        return f"op({_quoted(characters(element))})"
    return _set(element)


def _identifier(element: Element) -> str:
    text = characters(element)
    if len(text) != 1:
        return _quoted(text)
    if text in _CALLIGRAPHIC or "\U0001d49c" <= text <= "\U0001d4cf":
        return f"cal({unicodedata.normalize('NFKC', text)})"
    if element.get("mathvariant") == "normal":
        return f"upright({_escaped(text)})"
    return _escaped(text)


def _number(element: Element) -> str:
    text = characters(element)
    return text if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else _quoted(text)


def _text(element: Element) -> str:
    return _quoted(characters(element).replace("\u00a0", " "))


def _operator(element: Element) -> str:
    text = characters(element)
    if text in INVISIBLE or not text:
        return ""
    size = element.get("minsize")
    if size:
        return f"lr(size: #{float(size.removesuffix('em')) * 100:.0f}%, {_escaped(text)})"
    if len(text) > 1 and text.isalpha():
        return f"op({_quoted(text)})"
    if text in _BARS:
        if element.get("stretchy") == "true":
            return f"mid({_escaped(text)})"
        form = {"prefix": "opening", "postfix": "closing"}.get(element.get("form", ""), "normal")
        return f'class("{form}", {_escaped(text)})'
    return " ".join(_escaped(character) for character in text)


def _space(element: Element) -> str:
    width = element.get("width", "0em").removesuffix("em")
    return f"#h({float(width):g}em)" if float(width) else ""


def _mrow(element: Element) -> str:
    fence = fenced(element)
    if fence is None:
        return _row(list(element))
    opening, inside, closing = fence
    if len(inside) == 1 and inside[0].tag == "mtable":
        return _fenced_table(opening, inside[0], closing)
    if len(inside) == 1 and inside[0].get("linethickness") == "0":
        return f"binom({_group(inside[0][0])}, {_group(inside[0][1])})"
    return f"lr({_escaped(opening)} {_row(inside)} {_escaped(closing)})"


def _fenced_table(opening: str, table: Element, closing: str) -> str:
    if all(cell_alignment(cell) == "center" for row in rows_of(table) for cell in row):
        return _matrix(table, opening, closing)
    rows = ", ".join(_aligned_cells(row) for row in rows_of(table))
    if opening == "{" and not closing:
        return f"cases({rows})"
    return f"lr({_escaped(opening)} cases(delim: #none, {rows}) {_escaped(closing)})"


def _matrix(table: Element, opening: str, closing: str) -> str:
    delimiters = f"({_delimiter(opening)}, {_delimiter(closing)})"
    rows = "; ".join(", ".join(_row(list(cell)) or '""' for cell in row) for row in rows_of(table))
    return f"mat(delim: #{delimiters}, {rows})"


def _delimiter(text: str) -> str:
    return _quoted(text) if text else "none"


def _table(element: Element) -> str:
    if all(cell_alignment(cell) == "center" for row in rows_of(element) for cell in row):
        return _matrix(element, "", "")
    return f"cases(delim: #none, {', '.join(_aligned_cells(row) for row in rows_of(element))})"


def _aligned_rows(table: Element) -> str:
    return " \\ ".join(_aligned_cells(row) for row in rows_of(table))


def _aligned_cells(cells: Iterable[Element]) -> str:
    """Set a row whose columns line up.

    Typst's columns are flush right and flush left by turns, so a cell that should be the other way has an empty one
    before it.
    """
    slots: list[str] = []
    space_before = 0.0
    for number, cell in enumerate(cells):
        flush_right = len(slots) % 2 == 0
        if flush_right != (cell_alignment(cell) == "right"):
            slots.append("")
        before, after = _padding(cell)
        gap = space_before + before if number else 0
        slots.append((f"#h({gap:g}em) " if gap else "") + _row(list(cell)))
        space_before = after
    return " & ".join(slots)


def _padding(cell: Element) -> tuple[float, float]:
    """Return the space before and after a cell in em; MathML's own is half an em on either side."""
    sides = dict(re.findall(r"padding-(left|right): ?([0-9.]+)", cell.get("style", "")))
    return float(sides.get("left", 0.5)), float(sides.get("right", 0.5))


def _fraction(element: Element) -> str:
    top, bottom = _group(element[0]), _group(element[1])
    fraction = f"binom({top}, {bottom})" if element.get("linethickness") == "0" else f"frac({top}, {bottom})"
    style = {"true": "display", "false": "inline"}.get(element.get("displaystyle", ""))
    return f"{style}({fraction})" if style else fraction


def _root(element: Element) -> str:
    return f"root({_group(element[1])}, {_group(element[0])})"


def _square_root(element: Element) -> str:
    return f"sqrt({_row(list(element)) or _quoted('')})"


def _scripts(element: Element) -> str:
    return _with_scripts(element, _group(element[0]))


def _with_scripts(element: Element, base: str) -> str:
    if element.tag in ("munder", "mover", "munderover") and not _takes_limits(element[0]):
        base = f"limits({base})"
    sides = {"msub": "b", "msup": "t", "msubsup": "bt", "munder": "b", "mover": "t", "munderover": "bt"}[element.tag]
    scripts = ", ".join(f"{side}: {_group(script)}" for side, script in zip(sides, element[1:], strict=True))
    return f"attach({base}, {scripts})"


def _takes_limits(base: Element) -> bool:
    return base.tag == "mo" and characters(base) in _LARGE_OPERATORS


def _over_or_under(element: Element) -> str:
    """Set what stands above or below: an accent, a line, a brace, the label of an arrow, limits."""
    base = element[0]
    mark = characters(element[1]) if element[1].tag == "mo" else ""
    if element.tag != "munderover":
        if mark in _LINES:
            return f"{'overline' if element.tag == 'mover' else 'underline'}({_group(base)})"
        if mark in _BRACES:
            return f"{_BRACES[mark]}({_group(base)})"
        if element.tag == "mover" and mark in _ACCENTS:
            return f'accent({_group(base)}, "{_ACCENTS[mark]}")'
        if len(base) > 1 and characters(base[1]) in _BRACES:
            return f"{_BRACES[characters(base[1])]}({_group(base[0])}, {_group(element[1])})"
    if characters(base) in _ARROWS:
        return _labelled_arrow(element)
    return _scripts(element)


def _labelled_arrow(element: Element) -> str:
    sides = {"munder": "b", "mover": "t", "munderover": "bt"}[element.tag]
    labels = ", ".join(f"{side}: {_label(script)}" for side, script in zip(sides, element[1:], strict=True))
    return f"attach(stretch({characters(element[0])}, size: #(100% + 1em)), {labels})"


def _label(script: Element) -> str:
    # math-core pads the label of an arrow with a row of its own.
    return _group(script[0]) if script.tag in ("mover", "munder") else _group(script)


def _box(element: Element) -> str:
    return f"#box(stroke: 0.5pt, inset: 0.3em, baseline: 0.3em, $ {_row(list(element))} $)"


def _hidden(element: Element) -> str:
    return f"#hide($ {_row(list(element))} $)"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and not c.isspace() else c for c in text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_SETTERS: dict[str, Callable[[Element], str]] = {
    "mi": _identifier,
    "mn": _number,
    "mtext": _text,
    "mo": _operator,
    "mspace": _space,
    "mrow": _mrow,
    "mpadded": _mrow,
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "msub": _scripts,
    "msup": _scripts,
    "msubsup": _scripts,
    "munder": _over_or_under,
    "mover": _over_or_under,
    "munderover": _over_or_under,
    "mtable": _table,
    "menclose": _box,
    "mphantom": _hidden,
}
