"""A reference module -> pieces to print: each function's contract as prose, its code without the docstring.

The contract of a function is its docstring, in Google's style. On paper it reads better as text than as green code,
and takes half the room.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from grader.bank.source import FunctionSource, ModuleSource
from grader.sheets.blocks import Block, Code, CodeBlock, Inline, Line, ListBlock, Paragraph, Prose, Strong, Text


@dataclass(frozen=True)
class CodePiece:
    """Code that stands by itself. ``contract`` is empty for what is no function that students write."""

    contract: Prose
    code: CodeBlock


def code_pieces(module: ModuleSource, contracts_of: Collection[str]) -> tuple[CodePiece, ...]:
    """Return a module without its docstring, cut where two blank lines part its functions."""
    body = re.sub(r'\A\s*("""|\'\'\').*?\1\s*', "", module.text, count=1, flags=re.DOTALL)
    return tuple(
        _piece(piece.strip("\n"), module, contracts_of) for piece in re.split(r"\n\n\n(?=\S)", body) if piece.strip()
    )


def _piece(text: str, module: ModuleSource, contracts_of: Collection[str]) -> CodePiece:
    name = re.match(r"def (\w+)", text)
    if name is None or name[1] not in contracts_of:
        return CodePiece((), CodeBlock(text, "python"))
    function = module.functions[name[1]]
    return CodePiece(contract(function), CodeBlock(_without_docstring(text, function), "python"))


def _without_docstring(text: str, function: FunctionSource) -> str:
    if not function.docstring:
        return text
    return re.sub(r'\n *[rR]?("""|\'\'\').*?(?<!\\)\1 *(?=\n)', "", text, count=1, flags=re.DOTALL)


def contract(function: FunctionSource) -> Prose:
    """Return a docstring as blocks: paragraphs, then each section, arguments as a list."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", function.docstring):
        title, separator, rest = paragraph.partition("\n")
        if separator and re.fullmatch(r"[A-Z]\w+:", title):
            blocks.extend(_section(title.removesuffix(":"), rest))
        elif paragraph.strip():
            blocks.append(Paragraph(_line(paragraph)))
    return tuple(blocks)


def _section(title: str, body: str) -> Iterator[Block]:
    entries = [" ".join(entry.split()) for entry in re.split(r"\n(?=    \S)", f"\n{body}") if entry.strip()]
    if title in ("Args", "Attributes", "Raises"):
        yield Paragraph((Strong((Text(title),)),), leads=True)
        yield ListBlock(tuple((Paragraph(_entry(entry)),) for entry in entries), start=None, tight=True)
    else:
        yield Paragraph((Strong((Text(title),)), Text("  "), *_line(" ".join(entries))))


def _entry(entry: str) -> Line:
    """Set the name before the colon as code."""
    name = re.match(r"\*{0,2}[\w.]+(, \w+)*(?=:)", entry)
    return (Code(name[0]), *_line(entry[name.end() :])) if name else _line(entry)


def _line(text: str) -> Line:
    parts: list[Inline] = []
    for number, piece in enumerate(re.split(r"`{1,2}([^`]+)`{1,2}", re.sub(r"\s+", " ", text))):
        if piece:
            parts.append(Code(piece) if number % 2 else Text(piece))
    return tuple(parts)
