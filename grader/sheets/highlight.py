"""Python source -> coloured pieces, by one regular expression.

A sheet of the whole bank has thousands of lines of code; a general highlighter takes longer over them than all the
rest of the program, and the little that a reader needs to see stands out with six colours.
"""

import builtins
import keyword
import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["comment", "string", "keyword", "definition", "builtin", "number", ""]

_LONG = r"""\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}"""
_SHORT = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
_STRING = rf"[rbfuRBFU]{{0,2}}(?:{_LONG}|{_SHORT})"
_BUILTINS = [name for name in dir(builtins) if not name.startswith("_") and name not in keyword.kwlist]
_TOKENS = re.compile(
    rf"(?P<comment>\#[^\n]*)|(?P<string>{_STRING})"
    r"|(?<=\bdef )(?P<def>\w+)|(?<=\bclass )(?P<class>\w+)|(?P<decorator>^[ ]*@[\w.]+)"
    rf"|(?<![\w.])(?P<keyword>{'|'.join(keyword.kwlist)})\b"
    rf"|(?<![\w.])(?P<builtin>{'|'.join(_BUILTINS)})\b(?!\s*=[^=])"
    r"|(?<![\w.])(?P<number>(?:0[xX][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?)[jJ]?)"
    r"|(?P<word>[^\W\d]\w*)",
    re.DOTALL | re.MULTILINE,
)
_KINDS: dict[str, Kind] = {
    "comment": "comment",
    "string": "string",
    "def": "definition",
    "class": "definition",
    "decorator": "definition",
    "keyword": "keyword",
    "builtin": "builtin",
    "number": "number",
    "word": "",
}


def highlight(code: str, language: str) -> Iterator[tuple[Kind, str]]:
    """Yield the pieces of ``code`` with their kinds; together they are ``code``. Only Python has kinds."""
    if language not in ("python", "py"):
        yield "", code
        return
    end = 0
    for match in _TOKENS.finditer(code):
        kind = _KINDS[match.lastgroup or "word"]
        if not kind:
            continue
        if match.start() > end:
            yield "", code[end : match.start()]
        yield kind, match[0]
        end = match.end()
    if end < len(code):
        yield "", code[end:]


def highlighted_lines(code: str, language: str) -> list[list[tuple[Kind, str]]]:
    """Return the pieces line by line; a piece that runs over several lines is one in each."""
    lines: list[list[tuple[Kind, str]]] = [[]]
    for kind, text in highlight(code, language):
        first, *others = text.split("\n")
        lines[-1].append((kind, first))
        lines.extend([(kind, other)] for other in others)
    return [[(kind, text) for kind, text in line if text] for line in lines]
