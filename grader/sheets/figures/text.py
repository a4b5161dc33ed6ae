r"""The text of labels: plain words, and between dollars the small part of LaTeX that a label needs.

``"weights $w_{1,2}$"`` becomes runs of letters of one kind each, ready to be measured and drawn. A formula knows
letters (italic), digits, operators, ``_`` and ``^`` with one level, ``\mathbf``, ``\mathrm``, ``\hat`` and the names
below; spaces in it are set by the operators, as in LaTeX.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from grader.problems import suggestion
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.style import SUBSCRIPT_DROP, SUBSCRIPT_SIZE, SUPERSCRIPT_RISE, has_letter, letters_width

Level = Literal[-1, 0, 1]

_NAMES = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "varphi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Delta": "Δ",
    "Theta": "Θ",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Omega": "Ω",
    "sum": "Σ",
    "partial": "∂",
    "nabla": "∇",
    "infty": "∞",
    "ell": "ℓ",
    "lnot": "¬",
    "neg": "¬",
    "ldots": "…",
    "dots": "…",
    "max": "max",
    "min": "min",
    "log": "log",
    "ln": "ln",
    "exp": "exp",
    "tanh": "tanh",
}
_OPERATORS = {
    "cdot": "·",
    "times": "×",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "neq": "≠",
    "approx": "≈",
    "in": "∈",
    "land": "∧",
    "lor": "∨",
    "otimes": "⊗",
    "oplus": "⊕",
    "pm": "±",
    "leftarrow": "←",
    "gets": "←",
    "to": "→",
    "rightarrow": "→",
}
_SPACES = {",": " ", ";": " ", " ": " ", "quad": "  "}
_SPACED = frozenset("=<>+−←→") | frozenset(_OPERATORS.values())
_HATS = dict(zip("aceghijosuwyz", "âĉêĝĥîĵôŝûŵŷẑ", strict=True))
_COMMANDS = {*_NAMES, *_OPERATORS, "mathbf", "mathrm", "hat", "quad"}

_TOKEN = re.compile(r"\\([A-Za-z]+|[,; ])|(\s+)|(.)", re.DOTALL)


@dataclass(frozen=True)
class Run:
    """Letters of one kind: italic or upright, bold or not, on the line, below it (-1) or above it (1)."""

    letters: str
    italic: bool = False
    bold: bool = False
    level: Level = 0


@lru_cache(maxsize=4096)
def runs(text: str) -> tuple[Run, ...]:
    """Return the runs of a label.

    Raises:
        FigureError: an odd number of dollars, or a formula beyond what labels know.
    """
    parts = text.split("$")
    missing = next((letter for letter in text if not has_letter(letter)), None)
    if missing is not None:
        raise FigureError(f"the figures' font has no {missing!r}, used in '{text}'", "write it with other characters")
    if len(parts) % 2 == 0:
        raise FigureError(f"the formula in '{text}' does not end", "put a $ before and after it")
    found: list[Run] = []
    for index, part in enumerate(parts):
        found.extend(_formula(part) if index % 2 else [Run(part)] if part else [])
    return tuple(_joined(found))


def run_width(run: Run) -> float:
    """Return how wide a run is at most, in em of the label."""
    return letters_width(run.letters, bold=run.bold) * (SUBSCRIPT_SIZE if run.level else 1.0)


def run_shift(run: Run) -> float:
    """Return how far below the base line a run stands, in em of the label."""
    return {-1: SUBSCRIPT_DROP, 0: 0.0, 1: -SUPERSCRIPT_RISE}[run.level]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a label is at most, in px."""
    return sum(run_width(bolder(run) if bold else run) for run in runs(text)) * size


def bolder(run: Run) -> Run:
    """Return the run in bold."""
    return Run(run.letters, run.italic, True, run.level)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return the label in lines of at most ``width`` px where its words allow, of as even a length as possible.

    Raises:
        FigureError: as ``runs`` does.
    """
    runs(text)  # a formula that does not end cannot be split into words
    words = _words(text)
    if not words:
        return [""]
    fewest = len(_filled(words, width, size))
    # The narrowest measure that still takes the fewest lines leaves no lonely last word.
    narrowest = max(text_width(word, size) for word in words)
    measure = width
    while measure - 4 >= narrowest and len(_filled(words, measure - 4, size)) == fewest:
        measure -= 4
    return _filled(words, measure, size)


def _words(text: str) -> list[str]:
    """Split at spaces outside formulas."""
    return re.findall(r"(?:\$[^$]*\$|[^\s$])+", text)


def _filled(words: list[str], width: float, size: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _joined(parts: list[Run]) -> Iterator[Run]:
    """Merge neighbours of one kind."""
    waiting: Run | None = None
    for part in parts:
        if waiting and (waiting.italic, waiting.bold, waiting.level) == (part.italic, part.bold, part.level):
            waiting = Run(waiting.letters + part.letters, part.italic, part.bold, part.level)
            continue
        if waiting:
            yield waiting
        waiting = part
    if waiting:
        yield waiting


def _formula(source: str) -> list[Run]:
    signs = [match.group() for match in _TOKEN.finditer(source) if not match.group(2)]
    found, rest = _sequence(signs, 0)
    if rest:
        raise FigureError(f"the formula '{source}' has a }} too many", "close each { once")
    return found


def _sequence(signs: list[str], level: Level) -> tuple[list[Run], list[str]]:
    """Read up to the end or an unopened brace; return the runs and the signs from there on."""
    found: list[Run] = []
    after_operator = True  # so a first + or − is a sign, not an operator
    while signs and signs[0] != "}":
        sign, signs = signs[0], signs[1:]
        if sign in "_^":
            if level:
                raise FigureError("a label has one level of subscripts and superscripts", "write it on one level")
            inner, signs = _argument(signs, -1 if sign == "_" else 1)
            found.extend(inner)
        elif sign == "{":
            inner, signs = _braced(signs, level)
            found.extend(inner)
        elif sign in ("\\mathbf", "\\mathrm", "\\hat"):
            inner, signs = _argument(signs, level)
            found.extend(_restyled(sign, inner))
        else:
            run = _symbol(sign, level)
            operator = run.letters in _SPACED
            if operator and not level and not (after_operator and run.letters in "+−"):
                # Relations and operators stand apart, on the line only.
                run = Run(f" {run.letters} ")
            found.append(run)
            after_operator = operator or run.letters in "(,"
            continue
        after_operator = False
    return found, signs


def _argument(signs: list[str], level: Level) -> tuple[list[Run], list[str]]:
    if not signs or signs[0] in "}_^":
        raise FigureError("a formula ends where something must follow", "give what belongs after _, ^ or the command")
    if signs[0] == "{":
        return _braced(signs[1:], level)
    return [_symbol(signs[0], level)], signs[1:]


def _braced(signs: list[str], level: Level) -> tuple[list[Run], list[str]]:
    inner, rest = _sequence(signs, level)
    if not rest:
        raise FigureError("a { in a formula is not closed", "close each { once")
    return inner, rest[1:]


def _restyled(command: str, inner: list[Run]) -> list[Run]:
    if command == "\\mathbf":
        return [Run(run.letters, False, True, run.level) for run in inner]
    if command == "\\mathrm":
        return [Run(run.letters, False, run.bold, run.level) for run in inner]
    if len(inner) != 1 or inner[0].letters not in _HATS:
        raise FigureError("no hat fits on that in a label", f"put \\hat on one of {', '.join(_HATS)}")
    return [Run(_HATS[inner[0].letters], inner[0].italic, inner[0].bold, inner[0].level)]


def _symbol(sign: str, level: Level) -> Run:
    if not sign.startswith("\\"):
        letter = {"-": "−", "'": "′"}.get(sign, sign)
        # The italic J of the PDF's font has a bar across its top and reads as another letter.
        italic = letter.isalpha() and letter != "J"
        return Run(f"{letter} " if letter == "," and not level else letter, italic, False, level)
    name = sign[1:]
    if name in _SPACES:
        return Run(_SPACES[name], level=level)
    if name in _OPERATORS:
        return Run(_OPERATORS[name], level=level)
    if name in _NAMES:
        letters = _NAMES[name]
        return Run(letters, len(letters) == 1 and letters.isalpha() and letters.islower(), False, level)
    raise FigureError(f"labels do not know '{sign}'", suggestion(name, _COMMANDS))
