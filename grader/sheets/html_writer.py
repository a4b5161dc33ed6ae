"""Blocks -> HTML. Everything that is not a tag of ours is escaped."""

import re
from collections.abc import Callable
from html import escape

from markupsafe import Markup

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
)
from grader.sheets.formula import Formula
from grader.sheets.highlight import highlight
from grader.sheets.writeup import Picture


def as_mathml(formula: Formula) -> str:
    """Return a formula as browsers set it.

    A prime of the math font is raised already; as a superscript browsers would raise it twice.
    """
    prime = r'<mrow>\1<mo form="postfix" lspace="0" rspace="0">\2</mo></mrow>'
    return re.sub(r"<msup>(<mi>.</mi>)<mo>([′″])</mo></msup>", prime, formula.mathml)


class HtmlWriter:
    """Writes blocks as HTML, formulas as ``math`` has them."""

    def __init__(self, math: Callable[[Formula], str] = as_mathml) -> None:
        self._math = math

    # Every public method returns markup that was escaped piece by piece, hence the "noqa"s.

    def prose(self, prose: Prose) -> Markup:
        """Return blocks as HTML."""
        return Markup("\n".join(self._block(block) for block in prose))  # noqa: S704

    def line(self, line: Line) -> Markup:
        """Return the parts of a line as HTML."""
        return Markup("".join(self._inline(part) for part in line))  # noqa: S704

    def code(self, block: CodeBlock) -> Markup:
        """Return a block of code as HTML."""
        pieces = (
            f'<span class="{kind}">{escape(text)}</span>' if kind else escape(text)
            for kind, text in highlight(block.text, block.language)
        )
        # Reachable with the keyboard, since a long line is scrolled to.
        return Markup(f'<pre tabindex="0"><code>{"".join(pieces)}</code></pre>')  # noqa: S704

    def table(self, table: Table) -> Markup:
        """Return a table as HTML."""
        head = self._row("th", ' scope="col"', table.head, table)
        body = "".join(self._row("td", "", cells, table) for cells in table.rows)
        html = f'<div class="table"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'
        return Markup(html)  # noqa: S704

    def picture(self, picture: Picture) -> Markup:
        """Return the drawing of a figure as HTML, with its alternative text, without its caption."""
        label = f'<svg aria-label="{escape(picture.alt)}" '
        return Markup(picture.drawing.svg.replace("<svg ", label, 1))  # noqa: S704

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(line, leads):
                return f'<p class="leads">{self.line(line)}</p>' if leads else f"<p>{self.line(line)}</p>"
            case DisplayMath(formula):
                return f'<div class="formula">{self._math(formula)}</div>'
            case CodeBlock():
                return self.code(block)
            case ListBlock():
                return self._list(block)
            case Quotation(inside):
                return f"<blockquote>{self.prose(inside)}</blockquote>"
            case Table():
                return self.table(block)
            case Rule():
                return "<hr>"

    def _list(self, block: ListBlock) -> str:
        tag = "ul" if block.start is None else "ol"
        start = f' start="{block.start}"' if block.start not in (None, 1) else ""
        items = "".join(f"<li>{self._item(item, block.tight)}</li>" for item in block.items)
        return f"<{tag}{start}>{items}</{tag}>"

    def _item(self, item: Prose, tight: bool) -> str:
        if not tight:
            return self.prose(item)
        return "\n".join(
            self.line(block.line) if isinstance(block, Paragraph) else self._block(block) for block in item
        )

    def _row(self, tag: str, scope: str, cells: tuple[Line, ...], table: Table) -> str:
        sides = zip(cells, table.alignment, strict=True)
        row = "".join(f'<{tag}{scope} class="{side}">{self.line(cell)}</{tag}>' for cell, side in sides)
        return f"<tr>{row}</tr>"

    def _inline(self, part: Inline) -> str:
        match part:
            case Text(text):
                return escape(text)
            case Code(text):
                return f"<code>{_breakable(text)}</code>"
            case Math(formula):
                return self._math(formula)
            case Strong(inside):
                return f"<strong>{self.line(inside)}</strong>"
            case Emphasis(inside):
                return f"<em>{self.line(inside)}</em>"
            case Link(address, inside):
                return f'<a href="{escape(address)}">{self.line(inside)}</a>'
            case LineBreak():
                return "<br>"


def _breakable(code: str) -> str:
    """Let a long name break after its dots and underscores, where a narrow column needs it."""
    if len(code) <= 24:
        return escape(code)
    return "<wbr>".join(map(escape, breakable_pieces(code)))
