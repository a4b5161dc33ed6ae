r"""``$…$`` and ``$$…$$`` for markdown-it: two rules that cut formulas out before anything in them can be Markdown.

A single dollar sign opens a formula if no space follows it and the next dollar sign has no space before it. ``\$``
is the sign itself, outside formulas and within. A sign that opens nothing stays text.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_INLINE = re.compile(r"\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$", re.DOTALL)
_DISPLAYED = re.compile(r"\$\$((?:\\.|[^\\$])+?)\$\$", re.DOTALL)
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def dollar_math(parser: MarkdownIt) -> None:
    """Add the tokens ``math_inline``, ``math_displayed`` (within a paragraph) and ``math_block``."""
    parser.inline.ruler.before("escape", "dollar_math", _inline)
    # A displayed formula is a block of its own, or a line of it that starts with "+" would be a list.
    parser.block.ruler.before("fence", "dollar_math_block", _block, _INTERRUPTS)


def _inline(state: StateInline, silent: bool) -> bool:
    found = _DISPLAYED.match(state.src, state.pos, state.posMax) or _INLINE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("math_displayed" if found[0].startswith("$$") else "math_inline", "math", 0)
        token.content = found[1]
    state.pos = found.end()
    return True


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take whole lines from ``$$`` to ``$$``; a formula that shares its lines with words is left to the paragraph."""
    if state.is_code_block(start) or not _line(state, start).startswith("$$"):
        return False
    lines: list[str] = []
    for number in range(start, end):
        if number > start and (state.isEmpty(number) or state.sCount[number] < state.blkIndent):
            return False
        lines.append(_line(state, number))
        found = _DISPLAYED.match("\n".join(lines))
        if found is None:
            continue
        if found[0] != "\n".join(lines):
            return False
        if silent:
            return True
        token = state.push("math_block", "math", 0)
        token.content, token.block, token.map = found[1], True, [start, number + 1]
        state.line = number + 1
        return True
    return False


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()
