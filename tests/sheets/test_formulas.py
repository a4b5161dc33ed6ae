"""Formulas: one parse, three readings of it. What a formula says aloud is held to what a lecturer would say."""

import re
from xml.etree.ElementTree import fromstring

import pytest

from grader.bank.location import default_location
from grader.sheets.blocks import DisplayMath, Math
from grader.sheets.formula import Formula, FormulaError, parse_formula
from grader.sheets.html_writer import as_mathml
from grader.sheets.loading import select
from grader.sheets.pdf import compile_pdf
from grader.sheets.selection import Wanted
from grader.sheets.typst_writer import typst_line, typst_prose
from grader.sheets.writeup import write_up
from tests.sheets.blocks_of import formulas_of
from tests.sheets.preamble import preamble

SPOKEN = {
    r"w_{i,j} \leftarrow w_{i,j} + \eta (y_j - \hat{y}_j) x_i":
        "w sub i, j becomes w sub i, j plus eta open parenthesis y sub j minus y hat sub j close parenthesis x sub i",
    r"\frac{1}{2}": "1 over 2",
    r"\frac{1}{1 + e^{-z}}": "the fraction 1, over 1 plus e to the power minus z, end fraction",
    r"\frac{\partial J}{\partial w}": "the partial derivative of J with respect to w",
    r"\mathbf{W}^\top": "bold capital W transpose",
    r"x^2 + y^3": "x squared plus y cubed",
    r"\sum_{i=1}^{n} x_i": "the sum from i equals 1 to n of x sub i",
    r"J = \sum y": "J equals the sum of y",
    r"\nabla J": "the gradient of J",
    r"\sqrt{x}": "the square root of x",
    r"\sqrt{x + 1} - 1": "the square root of x plus 1, end root, minus 1",
    r"\frac{a + b}{c}": "the fraction a plus b, over c, end fraction",
    r"e^{a + b} + c": "e to the power a plus b, end power, plus c",
    r"x_{i-1}": "x sub i minus 1, end subscript",
    r"\mathbf{x} \in \mathbb{R}^n": "bold x in the real numbers to the power n",
    r"\max(0, z)": "max of open parenthesis 0, z close parenthesis",
    r"f(x)": "f of x",
    r"\|\mathbf{w}\|_2": "the norm of bold w end norm sub 2",
    r"|x|": "the absolute value of x end absolute value",
    r"\nabla_\theta J": "the gradient with respect to theta of J",
    r"A \land \lnot B": "A and not B",
    r"x_1, \ldots, x_n": "x sub 1, and so on, x sub n",
    r"\begin{cases} 0 & z < 0 \\ 1 & z \ge 0 \end{cases}":
        "cases: 0, z is less than 0; 1, z is greater than or equal to 0, end cases",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}": "the 2 by 2 matrix: row 1: 1, 2; row 2: 3, 4; end matrix",
    r"p(x \mid y)": "p of open parenthesis x given y close parenthesis",
}  # fmt: skip


@pytest.mark.parametrize("latex", SPOKEN)
def test_a_formula_is_read_aloud_in_words(latex: str) -> None:
    spoken = parse_formula(latex, display=False).spoken.replace("capital J", "J")
    assert spoken.replace("capital A", "A").replace("capital B", "B") == SPOKEN[latex]


@pytest.mark.parametrize(
    ("latex", "offset"),
    [
        (r"\foobar", 0),
        (r"x + \frac{1}{2", None),
        ("}", 0),
        (r"\left( x", None),
        ("a & b", 2),
        (r"\textcolor{red}{x}", 0),
    ],
)
def test_a_formula_that_does_not_parse_says_where(latex: str, offset: int | None) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(latex, display=False)
    assert caught.value.what
    assert offset is None or caught.value.offset == offset


@pytest.fixture(scope="module")
def bank_formulas() -> list[Formula]:
    bank = select(default_location(), Wanted())
    found = [formula for writeup in write_up(bank.questions.values()) for formula in formulas_of(writeup)]
    return list({(formula.latex, formula.display): formula for formula in found}.values())


def test_every_formula_of_the_bank_is_mathml(bank_formulas: list[Formula]) -> None:
    assert len(bank_formulas) > 50
    for formula in bank_formulas:
        tree = fromstring(as_mathml(formula).replace("&ApplyFunction;", ""))
        assert tree.tag == "math"
        assert not [one for one in tree.iter() if one.tag in ("merror", "annotation")], formula.latex


def test_every_formula_of_the_bank_can_be_printed(bank_formulas: list[Formula]) -> None:
    parts = [
        typst_prose((DisplayMath(formula),)) if formula.display else typst_line((Math(formula),))
        for formula in bank_formulas
    ]
    assert compile_pdf(preamble() + "\n\n".join(parts), "test").startswith(b"%PDF")


def test_every_formula_of_the_bank_is_spoken_in_words(bank_formulas: list[Formula]) -> None:
    for formula in bank_formulas:
        assert formula.spoken, formula.latex
        assert not re.search(r"[\\{}^_$=<>∑∂∇]", formula.spoken), (formula.latex, formula.spoken)
