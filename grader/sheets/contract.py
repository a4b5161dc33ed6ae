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
    name = re.match(r"(?:def|class) (\w+)", text)
    if name is None or name[1] not in contracts_of:
        return CodePiece((), CodeBlock(text, "python"))
    function = module.definitions[name[1]]
    for one in (function, *function.methods):
        text = _without_docstring(text, one)
    return CodePiece(contract(function), CodeBlock(text, "python"))


def _without_docstring(text: str, function: FunctionSource) -> str:
    """Take a function's docstring out of a text, or a class's with the empty line below."""
    if not function.docstring:
        return text
    head = re.search(rf"^ *(?:def|class) {function.name}\b", text, flags=re.MULTILINE)
    start = head.start() if head else 0
    below = r"\n?" if function.is_class else ""
    docstring = rf'\n *[rR]?("""|\'\'\').*?(?<!\\)\1 *{below}(?=\n)'
    return text[:start] + re.sub(docstring, "", text[start:], count=1, flags=re.DOTALL)


def contract(function: FunctionSource) -> Prose:
    """Return a docstring as blocks: the name and what it does, then each section, arguments as a list.

    After that of a class come its methods'. The last paragraph leads, so that it does not part from the code.
    """
    blocks = _blocks(function.name, function.docstring)
    for method in function.methods:
        if method.docstring:
            blocks += _blocks(f"{function.name}.{method.name}", method.docstring)
    if isinstance(blocks[-1], Paragraph):
        blocks[-1] = replace(blocks[-1], leads=True)
    return tuple(blocks)


def _blocks(name: str, docstring: str) -> list[Block]:
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", f"**`{name}`.** {docstring}"):
        title, separator, rest = paragraph.partition("\n")
        if separator and re.fullmatch(r"[A-Z]\w+:", title):
            blocks.extend(_section(title.removesuffix(":"), rest))
        elif re.match(r"[-*] ", paragraph):
            blocks.append(_list(re.split(r"\n[-*] ", f"\n{paragraph}")))
        else:
            blocks.append(Paragraph(_line(paragraph)))
    return blocks


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
