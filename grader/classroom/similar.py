"""Submissions -> pairs of students whose functions are alike: a list to look at, never a verdict.

A function is read as text and never run. It becomes the multiset of its subtrees, in which names of the student's own,
constants, docstrings, annotations and the order of statements and operands no longer show. What the reference has too
is taken out, since all right answers have it in common; so is what a large part of the class shares. Two functions are
as alike as the Jaccard index of what is left: |A ∩ B| / |A ∪ B| for multisets (Jaccard, "The distribution of the flora
in the alpine zone", New Phytologist 11, 1912). The idea of comparing by small pieces of normalised code is that of
MOSS (Schleimer, Wilkerson & Aiken, "Winnowing", SIGMOD 2003).
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

#: What a function must have left, once the reference's shape is taken out, to say anything.
LEAST_PIECES = 12
#: A piece that more of the class has says nothing of two.
_MOST_SHARED = 0.3
_LEAST_CLASS = 10
#: The largest syntax tree that is looked at, in nodes: no answer to a question is as long.
_MOST_NODES = 20_000

Pieces = Counter[int]

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Alike:
    """Two students' versions of a function: how alike, 0 to 1, and from how many pieces that is drawn."""

    question: str
    function: str
    first: str
    second: str
    share: float
    pieces: int


class Unreadable(Exception):  # noqa: N818 - says what it is
    """A text that is no Python."""


def functions_of(source: str) -> dict[str, Pieces]:
    """Return the pieces of every function and class at the top of a module.

    Raises:
        Unreadable: it is no Python, or too much of it.
    """
    try:
        tree = ast.parse(source)
        if sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
            raise Unreadable("too long")
        return {node.name: _pieces(node) for node in tree.body if isinstance(node, _Definition)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(type(error).__name__) from None


def _pieces(definition: _Definition) -> Pieces:
    pieces: Pieces = Counter()
    for statement in definition.body:
        if not _is_text(statement):
            _digest(statement, pieces)
    return pieces


def _is_text(node: object) -> bool:
    """Tell whether a statement is a docstring, or a text that stands for a comment."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _digest(node: ast.AST, pieces: Pieces) -> int:
    """Return a number for the shape of a subtree and count it, unless it is a leaf."""
    if isinstance(node, ast.Name | ast.arg):
        return 1
    if isinstance(node, ast.Constant):
        return 2 if not isinstance(node.value, str) else 3
    children = []
    for name, value in ast.iter_fields(node):
        if name in ("ctx", "annotation", "returns", "type_comment", "kind", "name", "type_params"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST) and not _is_text(item):
                children.append(_digest(item, pieces))
            elif isinstance(item, str) and isinstance(node, ast.Attribute | ast.keyword) and not _is_own(node):
                children.append(_number(item))  # what is called is TensorFlow's or NumPy's, not the student's
    # Sorted: a + b is b + a, and statements that change places stay what they are.
    number = _number(f"{type(node).__name__}{sorted(children)}")
    if children:
        pieces[number] += 1
    return number


def _is_own(node: ast.AST) -> bool:
    """Tell whether it is an attribute of the student's own object, which may be called anything."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def alike(question: str, function: str, versions: Mapping[str, Pieces], reference: Pieces) -> Iterator[Alike]:
    """Yield the pairs of students with anything in common, given each one's version of a function.

    Args:
        question: the question's id.
        function: the function's name.
        versions: student -> pieces.
        reference: the reference's pieces, which are taken out.
    """
    own = {student: pieces - reference for student, pieces in versions.items()}
    if len(own) >= _LEAST_CLASS:
        holders = Counter(piece for pieces in own.values() for piece in pieces)
        common = {piece for piece, count in holders.items() if count > _MOST_SHARED * len(own)}
        own = {
            student: Counter({piece: count for piece, count in pieces.items() if piece not in common})
            for student, pieces in own.items()
        }
    own = {student: pieces for student, pieces in own.items() if pieces.total() >= LEAST_PIECES}
    for first, second in sorted(_sharing(own)):
        together = (own[first] & own[second]).total()
        share = together / (own[first] | own[second]).total()
        yield Alike(question, function, first, second, share, together)


def _sharing(own: Mapping[str, Pieces]) -> set[tuple[str, str]]:
    """Return the pairs that have a piece in common; most pairs of a class have none."""
    holders: dict[int, list[str]] = {}
    for student, pieces in own.items():
        for piece in pieces:
            holders.setdefault(piece, []).append(student)
    return {pair for students in holders.values() for pair in combinations(sorted(students), 2)}


def most_alike(pairs: Iterable[Alike], least: float) -> list[Alike]:
    """Return the pairs that are at least so much alike, the most telling first."""
    kept = [pair for pair in pairs if pair.share >= least]
    return sorted(kept, key=lambda pair: (-pair.share, -pair.pieces, pair.question, pair.function, pair.first))
