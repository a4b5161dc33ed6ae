"""The tree of a formula -> the words in which it is read aloud.

The words are what a lecturer would say: "w sub i, j becomes w sub i, j plus eta …". What is short is said without
ceremony; what is long ends with its name ("end fraction"), so that a listener knows where they are.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from grader.sheets.formula import APPLY, INVISIBLE, characters, fenced, rows_of

_OPERATORS = {
    "=": "equals", "≠": "is not equal to", "<": "is less than", ">": "is greater than",
    "≤": "is less than or equal to", "≥": "is greater than or equal to", "≪": "is much less than",
    "≫": "is much greater than", "≈": "is approximately", "≡": "is identical to", "∝": "is proportional to",
    "∼": "is distributed as", ":=": "is defined as", "≔": "is defined as",
    "+": "plus", "−": "minus", "-": "minus", "±": "plus or minus", "×": "times", "·": "dot", "⋅": "dot",
    "/": "divided by", "÷": "divided by", "∗": "star", "*": "star", "∘": "composed with",
    "⊗": "circled times", "⊙": "circled dot", "⊘": "circled divided by", "⊕": "circled plus",
    "←": "becomes", "→": "to", "↦": "maps to", "⇒": "implies", "⟹": "implies", "⇔": "if and only if",
    "⟺": "if and only if", "⇐": "follows from", "↔": "corresponds to",
    "∈": "in", "∉": "not in", "⊂": "is a subset of", "⊆": "is a subset of", "∪": "union", "∩": "intersection",
    "∧": "and", "∨": "or", "¬": "not", "∀": "for all", "∃": "there is", "∣": "given", "|": "given",
    "∑": "the sum", "∏": "the product", "∫": "the integral", "⋃": "the union", "⋂": "the intersection",
    "∂": "partial", "∇": "the gradient of", "∞": "infinity", "ℓ": "l", "⊤": "top", "⊥": "is perpendicular to",
    "′": "prime", "″": "double prime", "!": "factorial", "%": "percent", "°": "degrees",
    "…": "and so on", "⋯": "and so on", "⋮": "and so on", "⋱": "and so on",
    "(": "open parenthesis", ")": "close parenthesis", "[": "open bracket", "]": "close bracket",
    "{": "open brace", "}": "close brace", "⟨": "open angle bracket", "⟩": "close angle bracket",
    "⌊": "the floor of", "⌋": "end floor", "⌈": "the ceiling of", "⌉": "end ceiling",
    ",": ",", ";": ";", ":": ":", ".": "",
}  # fmt: skip
_ACCENTS = {
    "ˆ": "hat", "^": "hat", "¯": "bar", "‾": "bar", "˜": "tilde", "~": "tilde",
    "⃗": "with an arrow", "→": "with an arrow", "˙": "dot", "¨": "double dot", "ˇ": "check",
    "˘": "breve", "´": "acute", "`": "grave", "_": "underlined", "⏞": "", "⏟": "",
}  # fmt: skip
_SETS = {"ℝ": "the real numbers", "ℕ": "the natural numbers", "ℤ": "the integers", "ℚ": "the rational numbers"}
_STYLES = (("BOLD ITALIC", "bold "), ("BOLD", "bold "), ("DOUBLE-STRUCK", "double-struck "), ("SCRIPT", "script "))
#: Letters that name functions, so that what follows in parentheses is their argument.
_FUNCTION_LETTERS = frozenset("fghJLσφϕψpqPQ")
_SUMS = frozenset("∑∏∫⋃⋂⨁⨂")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_NORM = ("the norm of", "end norm")
_BARS = {"|": ("the absolute value of", "end absolute value"), "‖": _NORM, "∥": _NORM}


def speak(tree: Element) -> str:
    """Return a formula in words."""
    return _tidy(_row(list(tree))) or _names("".join(tree.itertext()).strip()) or "a space"


def _names(text: str) -> str:
    """Name characters that are silent elsewhere, such as a comma that is all there is."""
    return " ".join(unicodedata.name(character, "").lower() for character in text).strip()


def _tidy(words: str) -> str:
    words = re.sub(r"\s+", " ", words)
    words = re.sub(r"\s+([,;:.])", r"\1", words)
    words = re.sub(r"[,;:](?: ?[,;])+", lambda marks: ";" if ";" in marks[0] else ",", words)
    words = re.sub(r"(and so on) dot|dot dot dot", r"\1and so on", words)
    return re.sub(r"(?:and so on ?){2,}", "and so on ", words).strip(" ,;")


def _row(elements: Sequence[Element]) -> str:
    words: list[str] = []
    open_bars: list[str] = []
    previous: Element | None = None
    queue = _without_long_dots(elements)
    while queue:
        element, *queue = queue
        bar = characters(_base(element)) if _base(element).tag == "mo" else ""
        if bar in _BARS:
            words.append(_bar(element, bar, previous, open_bars))
        elif previous is not None and _is_function(previous) and _opens_parenthesis(element):
            words.append("of")
            if len(queue) > 1 and _is_short(queue[0]) and characters(queue[1]) == ")":
                words.append(_say(queue[0]))  # f(x) needs no parentheses to be understood
                element, *queue = queue[1:]
            else:
                words.append(_say(element))
        else:
            words.append(_say(element))
        previous = element
    return " ".join(word for word in words if word)


def _opens_parenthesis(element: Element) -> bool:
    fence = fenced(element) if element.tag == "mrow" else None
    return characters(element) == "(" or (fence is not None and fence[0] == "(")


def _without_long_dots(elements: Sequence[Element]) -> list[Element]:
    r"""math-core writes ``\dots`` as three dots; they are one word."""
    kept: list[Element] = []
    for element in elements:
        dots = [characters(one) for one in kept[-2:]] + [characters(element)]
        if len(dots) == 3 and element.tag == "mo" and len(set(dots)) == 1 and dots[0] in ("·", "."):
            ellipsis = Element("mo")
            ellipsis.text = "…"
            kept[-2:] = [ellipsis]
        else:
            kept.append(element)
    return kept


def _bar(element: Element, bar: str, previous: Element | None, open_bars: list[str]) -> str:
    """Say a bar, which opens, closes, or parts a condition from what it is a condition of."""
    opening, closing = _BARS[bar]
    if bar in open_bars:
        open_bars.remove(bar)
        return f"{closing} {_scripts_of(element)},"
    starts = previous is None or (previous.tag == "mo" and characters(previous) not in _CLOSE)
    if bar == "|" and not starts and previous is not None and previous.tag != "mspace":
        return f"{_OPERATORS[bar]} {_scripts_of(element)}"
    open_bars.append(bar)
    return opening


def _base(element: Element) -> Element:
    while element.tag in ("msub", "msup", "msubsup", "munder", "mover", "munderover"):
        element = element[0]
    return element


def _is_function(element: Element) -> bool:
    text = characters(_base(element))
    is_name = text in _FUNCTION_LETTERS or (len(text) > 1 and text.isalpha())
    return _base(element).tag in ("mi", "mtext", "mo") and is_name


def _say(element: Element) -> str:
    return _SPEAKERS[element.tag](element)


def _identifier(element: Element) -> str:
    text = characters(element)
    return _letter(text) if len(text) == 1 else unicodedata.normalize("NFKC", text)


def _letter(letter: str) -> str:
    if letter in _SETS:
        return _SETS[letter]
    if letter in _OPERATORS:
        return _OPERATORS[letter]
    name = unicodedata.name(letter, "")
    style = next((words for mark, words in _STYLES if mark in name and letter != "ℓ"), "")
    plain = unicodedata.normalize("NFKC", letter)
    if len(plain) != 1:  # such as the fraction ¼
        return name.lower()
    name = unicodedata.name(plain, plain)
    greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)|GREEK (\w+) SYMBOL", name)
    if greek:
        spelt = (greek[2] or greek[3]).lower().replace("lamda", "lambda")
        return f"{style}{'capital ' if greek[1] == 'CAPITAL' else ''}{spelt}"
    if plain.isupper():
        return f"{style}capital {plain}"
    return f"{style}{plain}"


def _operator(element: Element) -> str:
    text = characters(element)
    if text in INVISIBLE:
        return "of" if text == APPLY else ""
    if text in _SUMS and text in _OPERATORS:
        return f"{_OPERATORS[text]} of"
    if text in _OPERATORS:
        return _OPERATORS[text]
    if text.isalpha():
        return text
    return " ".join(_OPERATORS.get(c) or unicodedata.name(c, c).lower() for c in text)


def _text(element: Element) -> str:
    return characters(element).strip()


def _space(element: Element) -> str:
    # A quad separates two formulas; smaller spaces are for the eye.
    return "," if float(element.get("width", "0em").removesuffix("em") or 0) >= 1 else ""


def _mrow(element: Element) -> str:
    fence = fenced(element)
    if fence is None:
        return _row(list(element))
    opening, inside, closing = fence
    if len(inside) == 1 and inside[0].tag == "mtable":
        if opening == "{" and not closing:
            return f"cases: {_cases(inside[0])}, end cases,"
        return _matrix(inside[0])
    if len(inside) == 1 and inside[0].get("linethickness") == "0":
        return _fraction(inside[0])
    if (opening, closing) in (("‖", "‖"), ("|", "|")):
        before, after = _BARS[opening]
        return f"{before} {_row(inside)}, {after},"
    if opening == "" and closing == "|":
        return f"{_row(inside)}, evaluated"
    return f"{_OPERATORS.get(opening, '')} {_row(inside)} {_OPERATORS.get(closing, '')}"


def _cases(table: Element) -> str:
    return "; ".join(", ".join(_row(list(cell)) for cell in row) for row in rows_of(table))


def _matrix(table: Element) -> str:
    rows = rows_of(table)
    spoken = "; ".join(
        f"row {number}: {', '.join(_row(list(cell)) for cell in row)}" for number, row in enumerate(rows, start=1)
    )
    return f"the {len(rows)} by {max(map(len, rows))} matrix: {spoken}; end matrix,"


def _table(element: Element) -> str:
    rows = rows_of(element)
    spoken = [" ".join(_row(list(cell)) for cell in row) for row in rows]
    if len(spoken) == 1:
        return spoken[0]
    return "; ".join(f"line {number}: {words}" for number, words in enumerate(spoken, start=1))


def _fraction(element: Element) -> str:
    top, bottom = element
    if element.get("linethickness") == "0":
        return f"{_say(top)} choose {_say(bottom)}"
    derivative = _derivative(top, bottom)
    if derivative:
        return derivative
    if _is_short(top) and _is_short(bottom):
        return f"{_say(top)} over {_say(bottom)}"
    return f"the fraction {_say(top)}, over {_say(bottom)}, end fraction,"


def _derivative(top: Element, bottom: Element) -> str:
    """Say ∂E/∂w as a derivative, when both parts start with the same sign."""
    if top.tag != "mrow" or bottom.tag != "mrow":
        return ""
    sign = characters(top[0])
    if sign not in ("∂", "d") or characters(bottom[0]) != sign:
        return ""
    kind = "the partial derivative" if sign == "∂" else "the derivative"
    return f"{kind} of {_row(top[1:])} with respect to {_row(bottom[1:])},"


def _root(element: Element) -> str:
    index = _say(element[1])
    name = {"3": "cube"}.get(index, f"{index}-th")
    return f"the {name} root of {_ended(element[0], 'root')}"


def _square_root(element: Element) -> str:
    inside = element[0] if len(element) == 1 else element
    spoken = _say(inside) if inside is not element else _row(list(element))
    end = "" if inside.tag != "mrow" and inside is not element and _is_short(inside) else ", end root,"
    return f"the square root of {spoken}{end}"


def _ended(element: Element, name: str) -> str:
    if element.tag == "mrow" and characters(element[0]) == "(" and characters(element[-1]) == ")":
        return f"{_row(element[1:-1])} in parentheses"
    return _say(element) if _is_short(element) else f"{_say(element)}, end {name},"


def _is_short(element: Element) -> bool:
    """Say whether it is plain where the element ends without being told."""
    if element.tag in ("mi", "mn", "mtext", "mo"):
        return True
    if element.tag in ("msub", "msup", "msubsup", "mover"):
        return all(_is_short(child) for child in element)
    if element.tag == "mrow":
        # A list of indices such as i, j; a sign and a number; an index in parentheses. Not a sum, which might go on.
        signs = [characters(child) for child in element[1:] if child.tag == "mo"]
        is_plain = all(child.tag in ("mi", "mn", "mo", "mtext") for child in element)
        return len(element) <= 3 and is_plain and all(sign in (",", ")", *INVISIBLE) for sign in signs)
    return False


def _scripts(element: Element) -> str:
    base = element[0]
    if characters(base) in _SUMS:
        return _sum(element)
    if characters(base) == "∇" and element.tag == "msub":
        return f"the gradient with respect to {_ended(element[1], 'subscript')} of"
    return f"{_say(base)} {_scripts_of(element)}"


def _scripts_of(element: Element) -> str:
    """Say what hangs on a base."""
    match element.tag:
        case "msub" | "munder":
            return _subscript(element[1])
        case "msup" | "mover":
            return _superscript(element[1], element[0])
        case "msubsup" | "munderover":
            return f"{_subscript(element[1])} {_superscript(element[2], element[0])}"
    return ""


def _sum(element: Element) -> str:
    name = _OPERATORS.get(characters(element[0]), "the operator")
    under = _say(element[1]) if element.tag in ("msub", "munder", "msubsup", "munderover") else ""
    over = _say(element[-1]) if element.tag in ("msup", "mover", "msubsup", "munderover") else ""
    if under and over:
        return f"{name} from {under} to {over} of"
    return f"{name} {'over' if under else 'up to'} {under or over} of"


def _subscript(script: Element) -> str:
    return f"sub {_ended(script, 'subscript')}"


def _superscript(script: Element, base: Element) -> str:
    text = characters(script)
    if text in ("′", "″", "∗", "*"):
        return _OPERATORS[text]
    if text in ("T", "⊤") and _is_matrix(base):
        return "transpose"
    if text in ("2", "3"):
        return {"2": "squared", "3": "cubed"}[text]
    if script.tag == "mtext":
        return f"superscript {_say(script)}"
    if script.tag == "mrow" and characters(script[0]) == "(" and characters(script[-1]) == ")":
        return f"superscript {_ended(script, 'superscript')}"
    if _is_inverse(script) and _is_matrix(base):
        return "inverse"
    return f"to the power {_ended(script, 'power')}"


def _is_matrix(base: Element) -> bool:
    """Say whether a letter names a vector or a matrix: it is bold or a capital, or a closing bracket."""
    letter = characters(_base(base))
    if base.tag == "mo":
        return letter in _CLOSE
    name = unicodedata.name(letter, "") if len(letter) == 1 else ""
    return "BOLD" in name or "CAPITAL" in name


def _is_inverse(script: Element) -> bool:
    return [characters(child) for child in script] in (["−", "1"], ["-", "1"])


def _over_or_under(element: Element) -> str:
    base = element[0]
    mark = characters(element[1])
    if element.tag != "munderover" and mark in _ACCENTS:
        return f"{_say(base)} {_ACCENTS[mark]}"
    if len(base) > 1 and characters(base[1]) in ("⏟", "⏞"):
        where = "under" if element.tag == "munder" else "over"
        return f"{_say(base[0])}, with {_say(element[1])} {where} a brace,"
    if characters(base) in _SUMS:
        return _sum(element)
    if _base(base).tag in ("mi", "mtext") and element.tag == "munder":
        return f"{_say(base)} over {_ended(element[1], 'subscript')}"
    if element.tag == "mover":
        return f"{_say(base)}, with {_row(_label(element[1]))} above,"
    if element.tag == "munder":
        return f"{_say(base)}, with {_row(_label(element[1]))} below,"
    if element[1].tag == "munder":
        return f"{_say(base)}, with {_row(_label(element[1]))} below and {_row(_label(element[2]))} above,"
    return f"{_say(base)} from {_say(element[1])} to {_say(element[2])}"


def _label(script: Element) -> Sequence[Element]:
    # math-core pads the label of an arrow with a row of its own.
    return [part for part in script[0] if part.tag != "mspace"] if script.tag in ("mover", "munder") else [script]


def _nothing(element: Element) -> str:
    return ""


_SPEAKERS: dict[str, Callable[[Element], str]] = {
    "mi": _identifier,
    "mn": _text,
    "mtext": _text,
    "mo": _operator,
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
