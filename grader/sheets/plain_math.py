"""The tree of a formula -> a line of plain Unicode, for the terminal."""

import unicodedata
from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from grader.sheets.formula import INVISIBLE, characters, fenced, rows_of

_SUPERSCRIPTS = dict(
    zip("0123456789+−=()abcdefghijklmnoprstuvwxyzTL′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᴸ′", strict=True)
)
_SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_ACCENTS = {"ˆ": "\u0302", "^": "\u0302", "¯": "\u0304", "˜": "\u0303", "~": "\u0303", "˙": "\u0307", "⃗": "\u20d7"}
_OPERATORS = frozenset("([{,;=≠<>≤≥≈≡∼∝←→+−±×⋅")
_RELATIONS = frozenset("=≠<>≤≥≈≡∼∝←→↦⇒⇔∈∉⊂⊆+−±×⊗⊙⊘∧∨∣⋅·")


def plain_math(tree: Element) -> str:
    """Return a formula as text; the lines of an aligned one as lines."""
    return "\n".join(" ".join(line.split()) for line in _row(list(tree)).splitlines())


def _row(elements: Sequence[Element]) -> str:
    parts: list[str] = []
    before = ""
    for element in elements:
        text = _set(element)
        if not text:
            continue
        if element.tag == "mo" and text in _RELATIONS:
            # A sign at the start, or after another operator, belongs to what follows it.
            is_sign = text in "+−±" and (not before or before in _OPERATORS)
            parts.append(text if is_sign else f" {text} ")
        else:
            parts.append(f"{text} " if text in (",", ";") else text)
        before = text
    return "".join(parts).replace(" ·  ·  · ", " ⋯ ").replace("...", "…").replace("  ", " ")


def _set(element: Element) -> str:
    return _SETTERS[element.tag](element)


def _token(element: Element) -> str:
    text = characters(element)
    if text in INVISIBLE:
        return ""
    return unicodedata.normalize("NFKC", text) if element.tag == "mi" and len(text) == 1 else text


def _space(element: Element) -> str:
    return "   " if float(element.get("width", "0em").removesuffix("em") or 0) >= 1 else " "


def _mrow(element: Element) -> str:
    fence = fenced(element)
    if fence is None:
        return _row(list(element))
    opening, inside, closing = fence
    if len(inside) == 1 and inside[0].tag == "mtable":
        rows = "; ".join("  ".join(_row(list(cell)) for cell in row) for row in rows_of(inside[0]))
        return f"{opening or ''}{rows}{closing or ('}' if opening == '{' else '')}"
    return f"{opening}{_row(inside)}{closing}"


def _table(element: Element) -> str:
    return "\n".join(" ".join(_row(list(cell)) for cell in row) for row in rows_of(element))


def _fraction(element: Element) -> str:
    top, bottom = (_grouped(child) for child in element)
    return f"C({top}, {bottom})" if element.get("linethickness") == "0" else f"{top}/{bottom}"


def _grouped(element: Element) -> str:
    """Set in parentheses what would not hold together without."""
    text = _set(element)
    is_fenced = element.tag == "mrow" and fenced(element) is not None
    is_word = all(c.isalnum() or unicodedata.category(c) in ("Mn", "Lm", "No") for c in text)
    return text if is_fenced or is_word else f"({text})"


def _square_root(element: Element) -> str:
    inside = _row(list(element))
    return f"√{inside}" if len(inside) == 1 else f"√({inside})"


def _root(element: Element) -> str:
    return f"{_script(_set(element[1]), _SUPERSCRIPTS, '')}√({_set(element[0])})"


def _scripts(element: Element) -> str:
    base = _set(element[0])
    match element.tag:
        case "msub" | "munder":
            return base + _script(_set(element[1]), _SUBSCRIPTS, "_")
        case "msup" | "mover":
            return base + _script(_set(element[1]), _SUPERSCRIPTS, "^")
    return base + _script(_set(element[1]), _SUBSCRIPTS, "_") + _script(_set(element[2]), _SUPERSCRIPTS, "^")


def _over_or_under(element: Element) -> str:
    mark = characters(element[1])
    if mark in _ACCENTS:
        base = _set(element[0])
        return unicodedata.normalize("NFC", base + _ACCENTS[mark]) if len(base) == 1 else f"({base}){_ACCENTS[mark]}"
    if mark in ("⏟", "⏞", "_", "‾"):
        return _set(element[0])
    return _scripts(element)


def _script(text: str, letters: dict[str, str], sign: str) -> str:
    text = text.replace(" ", "")
    if text in ("′", "″", "∗"):
        return text
    if text and all(letter in letters for letter in text):
        return "".join(letters[letter] for letter in text)
    return f"{sign}{text}" if len(text) == 1 or text.isalnum() else f"{sign}{{{text}}}"


def _nothing(element: Element) -> str:
    return ""


_SETTERS: dict[str, Callable[[Element], str]] = {
    "mi": _token,
    "mn": _token,
    "mtext": _token,
    "mo": _token,
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
    "menclose": _mrow,
    "mphantom": _nothing,
}
