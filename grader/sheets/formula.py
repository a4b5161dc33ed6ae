"""LaTeX -> a formula that every writer can use: parsed once, strictly, by math-core into MathML.

HTML takes the MathML as it is; ``typst_math``, ``speech`` and ``plain_math`` walk the same tree. What one of
them could not set is refused here, so that the outputs cannot disagree.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from xml.etree.ElementTree import Element, fromstring

import math_core

from grader.problems import GradeTapeError

_CONVERTER = math_core.LatexToMathML(fancy_error=False)

_ELEMENTS = frozenset((
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder",
    "mover", "munderover", "mtable", "mtr", "mtd", "menclose", "mphantom", "mpadded",
))  # fmt: skip
_ROWS = frozenset(("math", "mrow", "mtd", "msqrt", "menclose", "mphantom", "mpadded"))  # of any number of children
#: MathML's name of an invisible operator, which HTML knows and XML does not.
_APPLY_ENTITY, APPLY = "&ApplyFunction;", "\u2061"
INVISIBLE = frozenset("\u200b\u2061\u2062\u2063\u2064")

# math-core writes a bar over or under a group with the combining low line, for which no font has a stretched form.
_LOW_LINE, _OVERLINE, _UNDERLINE = "\u0332", "\u203e", "_"


class FormulaError(GradeTapeError):
    """LaTeX that cannot be set: ``what`` is wrong, at ``offset`` characters from the start."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(what)
        self.what = what
        self.offset = offset


@dataclass(frozen=True)
class Formula:
    """A formula that parsed. Make it with ``parse_formula``."""

    latex: str
    display: bool
    mathml: str

    @cached_property
    def tree(self) -> Element:
        """The ``math`` element, without wrappers and spacers that mean nothing."""
        return _simplified(fromstring(_as_xml(self.mathml)))  # noqa: S314  (our own converter's output)

    @cached_property
    def spoken(self) -> str:
        """The formula as it is read aloud."""
        from grader.sheets.speech import speak  # it walks this tree, so it cannot be imported first

        return speak(self.tree)


@lru_cache(maxsize=4096)
def parse_formula(latex: str, *, display: bool) -> Formula:
    """Parse LaTeX math.

    Raises:
        FormulaError: it is not LaTeX that math-core knows, or uses what cannot be set in every output.
    """
    try:
        mathml = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except math_core.LatexError as error:
        offset, _, what = str(error).partition(": ")
        raise FormulaError(what.rstrip("."), int(offset) if offset.isdigit() else 0) from None
    if not latex.strip():
        raise FormulaError("the formula is empty", 0)
    mathml = re.sub(f"{_LOW_LINE}</mo></mover>", f"{_OVERLINE}</mo></mover>", mathml)
    mathml = re.sub(f"{_LOW_LINE}</mo></munder>", f"{_UNDERLINE}</mo></munder>", mathml)
    formula = Formula(latex, display, mathml)
    _refuse_unsettable(formula.tree)
    return formula


def characters(element: Element) -> str:
    """Return the characters of a token element, without variation selectors."""
    return (element.text or "").replace("\ufe00", "")


def is_fence(element: Element) -> bool:
    """Say whether the element is a delimiter that grows with what it encloses."""
    return element.tag == "mo" and element.get("stretchy") != "false" and element.get("minsize") is None


def fenced(row: Element) -> tuple[str, list[Element], str] | None:
    r"""Return opening, inside and closing of a row made with ``\left`` and ``\right``; "" is no delimiter.

    A row that starts or ends with an operator of another kind is not fenced, and gives ``None``.
    """
    children = list(row)
    if len(children) < 2 or not (is_fence(children[0]) and is_fence(children[-1])):
        return None
    opening, closing = characters(children[0]), characters(children[-1])
    if opening not in _OPENING or closing not in _CLOSING:
        return None
    return opening.strip("\u2063"), children[1:-1], closing.strip("\u2063")


_OPENING = frozenset("([{⌊⌈⟨|‖∥⟦\u2063")
_CLOSING = frozenset(")]}⌋⌉⟩|‖∥⟧\u2063")


def rows_of(table: Element) -> list[list[Element]]:
    """Return the cells of a table, row by row."""
    return [list(row) for row in table]


def cell_alignment(cell: Element) -> str:
    """Return left, center or right."""
    found = re.search(r"text-align: (left|right)", cell.get("style", ""))
    return found[1] if found else "center"


def _as_xml(mathml: str) -> str:
    return mathml.replace(_APPLY_ENTITY, APPLY)


def _simplified(element: Element) -> Element:
    """Return the tree without empty spacers and without rows that group nothing."""
    copy = Element(element.tag, element.attrib)
    copy.text = element.text
    for child in element:
        if child.tag == "mspace" and not child.get("width"):
            continue
        simple = _simplified(child)
        if simple.tag == "mrow" and len(simple) == 1 and not simple.attrib:
            simple = simple[0]
        if _ends_open(simple) and copy.tag in _ROWS:
            copy.extend(simple)
        else:
            copy.append(simple)
    return copy


def _ends_open(row: Element) -> bool:
    r"""Say whether a row stops at an opening parenthesis, as math-core writes the "exp(" of ``\exp(-z)``."""
    return row.tag == "mrow" and len(row) > 1 and characters(row[-1]) in ("(", "[", "{")


def _refuse_unsettable(tree: Element) -> None:
    for element in tree.iter():
        if element.tag not in _ELEMENTS:
            raise FormulaError(_UNSETTABLE.get(element.tag, f"<{element.tag}> cannot be set in every output"), 0)
        style = element.get("style", "")
        if element.tag == "menclose" and element.get("notation") != "box":
            raise FormulaError("of all enclosures only \\boxed can be set in every output", 0)
        if "color" in style:
            raise FormulaError("a formula has no colours of its own", 0)
        if "width: 100%" in style:
            raise FormulaError("numbered equations are not supported; use aligned", 0)


_UNSETTABLE = {
    "b": "bold text within \\text cannot be set in every output; use \\mathbf",
    "i": "italic text within \\text cannot be set in every output; use \\mathit",
}
