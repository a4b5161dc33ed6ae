"""Markdown with LaTeX math -> blocks, or everything that is wrong with it.

CommonMark with tables, ``$…$`` and ``$$…$$``. What a sheet has no place for is refused with the reason, never dropped;
HTML is text like any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from grader.sheets.blocks import (
    Alignment,
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
)
from grader.sheets.dollar_math import dollar_math
from grader.sheets.formula import FormulaError, parse_formula

_UNSUPPORTED = {
    "image": ("an image", "declare a figure under 'figures'"),
    "heading": ("a heading", "start the paragraph with **bold words.**"),
    "s": ("struck-out text", "leave the words out"),
}


@dataclass(frozen=True)
class Fault:
    """Something that cannot be set. ``row`` (from 0) and the characters ``near`` it say where it stands."""

    row: int
    near: str
    what: str
    mend: str


def read_prose(source: str) -> tuple[Prose, list[Fault]]:
    """Return the blocks of a text, and all that is wrong with it; with faults the blocks are not fit to print."""
    faults = _unprintable(source)
    root = SyntaxTreeNode(_parser().parse(_UNPRINTABLE.sub("\ufffd", source)))
    return _Reader(faults).blocks(root.children), faults


def read_line(source: str) -> tuple[Line, list[Fault]]:
    """Return the parts of a text within a line, such as a title, and all that is wrong with it."""
    source = " ".join(source.split())
    if not _SPECIAL.search(source):
        return (Text(source),), []  # most lines are plain words, and there are thousands
    faults = _unprintable(source)
    root = SyntaxTreeNode(_parser().parseInline(_UNPRINTABLE.sub("\ufffd", source)))
    return _Reader(faults).line(root.children), faults


# Control characters, and the marks that turn the direction of writing, with which text can be made to read as another.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile(rf"""[\\`*_$\[\]<>&!~'"]|https?:|{_UNPRINTABLE.pattern}""")


def _unprintable(source: str) -> list[Fault]:
    return [
        Fault(source.count("\n", 0, found.start()), found[0], f"the character U+{ord(found[0]):04X}", "take it out")
        for found in _UNPRINTABLE.finditer(source)
    ]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    parser.enable(["table", "strikethrough", "smartquotes"])
    parser.disable(["html_inline", "html_block"])
    # Escapes stay apart from text, so that \$ can be told from a dollar sign that should have been math.
    parser.disable("text_join")
    return parser.use(dollar_math)


class _Reader:
    """Turns markdown-it's tree into blocks, noting faults on the way."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.row = 0

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> Prose:
        found: list[Block] = []
        for node in nodes:
            found.extend(self._block(node))
        return tuple(_leading(found))

    def _block(self, node: SyntaxTreeNode) -> Iterator[Block]:
        if node.map:
            self.row = node.map[0]
        match node.type:
            case "paragraph":
                yield from self._paragraph(node)
            case "math_block":
                yield from self._display(node.content)
            case "fence" | "code_block":
                yield CodeBlock(node.content.rstrip("\n"), (node.info.split() or [""])[0])
            case "bullet_list" | "ordered_list":
                yield self._list(node)
            case "blockquote":
                yield Quotation(self.blocks(node.children))
            case "table":
                yield self._table(node)
            case "hr":
                yield Rule()
            case _:
                self._refuse(node)

    def _paragraph(self, node: SyntaxTreeNode) -> Iterator[Block]:
        """A displayed formula in the midst of a paragraph is a block between two halves of it."""
        line: list[Inline] = []
        for child in node.children[0].children:
            if child.type == "math_displayed":
                if _merged(line):
                    yield Paragraph(_merged(line))
                line = []
                yield from self._display(child.content)
            else:
                line.extend(self._inline(child))
        if _merged(line):
            yield Paragraph(_merged(line))

    def _list(self, node: SyntaxTreeNode) -> ListBlock:
        start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
        return ListBlock(tuple(self.blocks(item.children) for item in node.children), start, tight)

    def _table(self, node: SyntaxTreeNode) -> Table:
        rows = [row for section in node.children for row in section.children]
        cells = [tuple(self.line(cell.children) for cell in row.children) for row in rows]
        if not all(cells[0]):  # read aloud, every cell is told with its column's heading
            self._fault("|", "a column of a table without a heading", "name every column, such as 'aspect'")
        return Table(tuple(_cell_alignment(cell) for cell in rows[0].children), cells[0], tuple(cells[1:]))

    def line(self, nodes: Sequence[SyntaxTreeNode]) -> Line:
        return _merged([part for node in nodes for part in self._inline(node)])

    def _inline(self, node: SyntaxTreeNode) -> Iterator[Inline]:
        match node.type:
            case "inline":
                yield from self.line(node.children)
            case "text" | "text_special":
                if node.type == "text" and "$" in node.content:
                    mend = "write $…$ without spaces inside, or \\$ for the sign"
                    self._fault("$", "a '$' that opens no formula", mend)
                yield Text(node.content)
            case "softbreak":
                yield Text(" ")
            case "hardbreak":
                yield LineBreak()
            case "code_inline":
                yield Code(node.content)
            case "math_inline" | "math_displayed":
                yield from self._math(node.content)
            case "strong":
                yield Strong(self.line(node.children))
            case "em":
                yield Emphasis(self.line(node.children))
            case "link":
                yield from self._link(node)
            case _:
                self._refuse(node)

    def _link(self, node: SyntaxTreeNode) -> Iterator[Inline]:
        address = str(node.attrs["href"])
        if not re.match(r"https?://", address):
            self._fault(address[:20], f"a link to '{address}'", "link to a web page by its full address, or not at all")
        yield Link(address, self.line(node.children))

    def _display(self, latex: str) -> Iterator[Block]:
        try:
            yield DisplayMath(parse_formula(latex.strip(), display=True))
        except FormulaError as error:
            self._bad_formula(latex, error)

    def _math(self, latex: str) -> Iterator[Inline]:
        try:
            yield Math(parse_formula(latex.strip(), display=False))
        except FormulaError as error:
            self._bad_formula(latex, error)

    def _bad_formula(self, latex: str, error: FormulaError) -> None:
        latex = latex.strip()
        before = latex[: error.offset]
        line = latex.splitlines()[before.count("\n")] if latex else "$"
        shown = latex if len(latex) <= 60 else f"{latex[:57]}…"
        shown = " ".join(shown.split())
        self._fault(line.strip(), f"the formula '{shown}': {error.what}", "mend the LaTeX")

    def _refuse(self, node: SyntaxTreeNode) -> None:
        what, mend = _UNSUPPORTED.get(node.type, (f"the Markdown construct '{node.type}'", "write it another way"))
        self._fault(_first_words(node), f"{what} is not supported in a question", mend)

    def _fault(self, near: str, what: str, mend: str) -> None:
        self.faults.append(Fault(self.row, near, what, mend))


def _first_words(node: SyntaxTreeNode) -> str:
    for child in node.walk():
        if child.type == "text" and child.content.strip():
            return child.content.strip()[:20]
    return ""


def _leading(blocks: list[Block]) -> Iterator[Block]:
    """Mark the paragraphs that introduce what follows: a formula, code, a table, or anything after a colon."""
    for block, following in zip_longest(blocks, blocks[1:]):
        if isinstance(block, Paragraph) and following is not None:
            introduces = isinstance(following, DisplayMath | CodeBlock | Table) or _ends_with_colon(block.line)
            yield replace(block, leads=introduces)
        else:
            yield block


def _ends_with_colon(line: Line) -> bool:
    last = line[-1] if line else None
    return isinstance(last, Text) and last.text.rstrip().endswith(":")


def _merged(parts: Sequence[Inline]) -> Line:
    """Join neighbouring texts and trim the ends."""
    line: list[Inline] = []
    for part in parts:
        if isinstance(part, Text) and line and isinstance(line[-1], Text):
            line[-1] = Text(line[-1].text + part.text)
        else:
            line.append(part)
    if line and isinstance(line[0], Text):
        line[0] = Text(line[0].text.lstrip())
    if line and isinstance(line[-1], Text):
        line[-1] = Text(line[-1].text.rstrip())
    return tuple(part for part in line if not isinstance(part, Text) or part.text)


def _cell_alignment(cell: SyntaxTreeNode) -> Alignment:
    style = str(cell.attrs.get("style", ""))
    return "right" if "right" in style else "center" if "center" in style else "left"
