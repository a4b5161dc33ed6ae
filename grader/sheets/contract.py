"""A reference module -> pieces to print: each function's contract as prose, its code without the docstring.

The contract of a function is its docstring, in Google's style. On paper it reads better as text than as green code,
and takes half the room.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from grader.bank.source import FunctionSource, ModuleSource
from grader.sheets.blocks import Block, CodeBlock, Line, ListBlock, Paragraph, Prose, Strong, Text
from grader.sheets.markdown import read_line


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
    """Return a docstring as blocks: the name and what it does, then each section, arguments as a list.

    The last paragraph leads, so that it does not part from the code.
    """
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", f"**`{function.name}`.** {function.docstring}"):
        title, separator, rest = paragraph.partition("\n")
        if separator and re.fullmatch(r"[A-Z]\w+:", title):
            blocks.extend(_section(title.removesuffix(":"), rest))
        elif re.match(r"[-*] ", paragraph):
            blocks.append(_list(re.split(r"\n[-*] ", f"\n{paragraph}")))
        else:
            blocks.append(Paragraph(_line(paragraph)))
    if isinstance(blocks[-1], Paragraph):
        blocks[-1] = replace(blocks[-1], leads=True)
    return tuple(blocks)


def _list(entries: Iterable[str]) -> ListBlock:
    return ListBlock(tuple((Paragraph(_line(entry)),) for entry in entries if entry.strip()), start=None, tight=True)


def _section(title: str, body: str) -> Iterator[Block]:
    entries = re.split(r"\n(?=    \S)", f"\n{body}")
    if title in ("Args", "Attributes", "Raises"):
        yield Paragraph((Strong((Text(title),)),), leads=True)
        yield _list(re.sub(r"\s*(\*{0,2}[\w.]+(, \w+)*)(?=:)", r"`\1`", entry, count=1) for entry in entries)
    else:
        yield Paragraph((Strong((Text(title),)), Text("  "), *_line(" ".join(entries))))


def _line(text: str) -> Line:
    """Read a docstring's words as Markdown, or as they are where they are none."""
    line, faults = read_line(text)
    return (Text(" ".join(text.split())),) if faults else line
