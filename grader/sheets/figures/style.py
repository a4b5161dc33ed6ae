"""One style for all drawings: sizes in CSS px, line widths, colours and how wide letters are.

A drawing is shown at its natural size: 605 px are the 16 cm between the margins of an A4 page, and 13 px are 9.75 pt.

The PDF writer's renderer knows no CSS variables but does know ``currentColor``, so that is what lines and letters are
made of; a page in dark mode need only set ``color``. Tints are translucent for the same reason. Accents are dark enough
for 3:1 on white and light enough for 3:1 on near-black, and never carry meaning alone: what is coloured is also dashed,
labelled or shaped differently, since sheets are printed in black and white.
"""

import unicodedata
from itertools import chain

FONT = "'Libertinus Serif', 'STIX Two Text', 'Times New Roman', 'Liberation Serif', Times, serif"

PAGE_WIDTH = 605.0  #: what fits between the margins of an A4 page

TEXT = 13.0
SMALL = 11.5
TINY = 10.0

HAIR = 0.6
THIN = 0.8
LINE = 1.1

INK = "currentColor"
GREY = "#7b7b7b"
BLUE = "#2f6fb0"
RED = "#c4502e"
GREEN = "#3f8653"
OCHRE = "#a8781e"

#: How strong a tint is: visible in print, and text on it still stands out.
TINT = 0.16
PALE = 0.08

DASHED = "5 3"
DOTTED = "1.5 3"

#: Height of capitals and depth of descenders, in em, over the fonts of ``FONT``.
ASCENT = 0.72
DESCENT = 0.26
#: From the middle of a line of text down to its base line, in em.
MIDDLE = 0.31
SUBSCRIPT_SIZE = 0.72
SUBSCRIPT_DROP = 0.20
SUPERSCRIPT_RISE = 0.38

# The width of letters in thousandths of an em: the larger of Libertinus Serif (in the PDF) and Liberation Serif (which
# has the widths of Times, in a browser), upright and for letters italic too, rounded up to the next 20.
_PLAIN = {
    200: "'",
    220: "|",
    260: " ,.·′",
    280: ":;ijl‖",
    300: "\\ι",
    320: "t²³",
    340: "!()-/If‘’∥",
    360: "[]∘⟨⟩",
    400: "`rs°",
    420: '"ε″',
    440: "ẑ",
    460: "?Jcezζξςτ“”",
    480: "{}νℓ",
    500: "#$*0123456789_abgvxδθυ∧∨↑↓",
    520: "^dkopqyβγκχ∂∈ŷ",
    540: "huηλμρ∼",
    560: "Sn~≥≤≠≈–±",
    580: "+<=>απσΓϕ−×√⊕⊗",
    600: "φΣ∇¬",
    620: "EFLPTZ",
    640: "ψℝ",
    660: "ΔΞ",
    680: "BCR",
    720: "ω∑",
    740: "ADGHKNOQUVXYΘΛΠΨ",
    760: "wΩ½",
    780: "&Φ",
    800: "m∞",
    840: "%∏",
    900: "M",
    940: "@",
    960: "W",
    1000: "…—",
    1140: "→←",
}
_BOLD = {
    220: "|",
    260: " ,.·",
    280: "'‖",
    300: "′",
    320: "/\\",
    340: "!():;jl‘’²³∥",
    360: "-iι∘",
    380: "t⟨⟩",
    400: "I[]`f{}°",
    440: "sℓ",
    460: "crzεςẑ",
    480: "τ",
    500: "*?J_eζξ∂↑↓“”",
    520: "#$0123456789~∈",
    540: "gvδν–∼",
    560: '"Saboyλυ≥≤≠≈±ŷ″',
    580: "+<=>dqxβθρσχ¬−×⊕⊗",
    600: "^pκμπ",
    620: "Phkn√",
    640: "γηΓϕ",
    660: "uαΣ",
    680: "BEFLTZφΞ∧∨ℝ",
    700: "ψΔ∇",
    720: "Λ∑",
    740: "ACDNRUVXY",
    760: "ω½",
    780: "GKOQwΘΠ",
    800: "Ψ",
    820: "HΩ∞",
    840: "&Φ∏",
    920: "m",
    960: "M",
    1000: "%@…—",
    1040: "W",
    1160: "→←",
}


def _by_character(widths: dict[int, str]) -> dict[str, float]:
    return dict(chain.from_iterable(((letter, width / 1000) for letter in row) for width, row in widths.items()))


_WIDTHS = {False: _by_character(_PLAIN), True: _by_character(_BOLD)}


def letters_width(letters: str, *, bold: bool = False) -> float:
    """Return how wide ``letters`` are at most, in em."""
    widths = _WIDTHS[bold]
    return sum(widths[letter] if letter in widths else _accented_width(letter, widths) for letter in letters)


def has_letter(letter: str) -> bool:
    """Say whether the PDF's font has a letter; one that it lacks would spoil the whole label there."""
    return letter in _WIDTHS[False] or "\u00a1" <= letter <= "\u017f"


def _accented_width(letter: str, widths: dict[str, float]) -> float:
    """Return the width of the letter without its accent, and some more for carons that stand beside it."""
    bare = unicodedata.normalize("NFD", letter)[0]
    return widths[bare] + 0.1 if bare in widths else 1.0
