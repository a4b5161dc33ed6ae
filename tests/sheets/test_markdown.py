"""What Markdown may be in a question, what it becomes, and what is refused with its place and reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sheets.blocks import (
    Code,
    CodeBlock,
    DisplayMath,
    Emphasis,
    Link,
    ListBlock,
    Math,
    Paragraph,
    Quotation,
    Rule,
    Strong,
    Table,
    Text,
)
from grader.sheets.html_writer import HtmlWriter
from grader.sheets.markdown import read_line, read_prose
from grader.sheets.pdf import compile_pdf
from grader.sheets.terminal import terminal_markdown
from grader.sheets.typst_writer import typst_prose
from tests.sheets.preamble import preamble


def test_every_construct_becomes_its_block() -> None:
    source = """Some **bold** and *stressed* `code`, a [link](https://example.org) and $x^2$:

1. one
2. two

> said

```python
pass
```

| a | b |
|---|--:|
| 1 | 2 |

---

$$
a
= b
$$
"""
    prose, faults = read_prose(source)
    assert faults == []
    assert [type(block) for block in prose] == [Paragraph, ListBlock, Quotation, CodeBlock, Table, Rule, DisplayMath]
    assert isinstance(prose[0], Paragraph)
    assert {type(part) for part in prose[0].line} == {Text, Strong, Emphasis, Code, Link, Math}
    assert prose[0].leads, "what ends with a colon stays with what it introduces"
    assert isinstance(prose[4], Table)
    assert prose[4].alignment == ("left", "right")


@pytest.mark.parametrize("line", ["+ c", "- c", "> 0", "# c", "1. c", "---", "| a | b |", "    c"])
def test_no_line_of_a_displayed_formula_is_taken_for_markdown(line: str) -> None:
    prose, _ = read_prose(f"before\n$$\na\n{line}\n$$\nafter")
    kinds = [type(block) for block in prose]
    assert kinds in ([Paragraph, DisplayMath, Paragraph], [Paragraph, Paragraph]), "a formula, or refused as one"


def test_a_displayed_formula_parts_its_paragraph() -> None:
    prose, faults = read_prose("so that $$x = 1$$ holds")
    assert ([type(block) for block in prose], faults) == ([Paragraph, DisplayMath, Paragraph], [])


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("$x$ and $y$", ["x", "y"]),
        (r"\$5 and \$6", []),
        (r"$a \$ b$", [r"a \$ b"]),
        ("`$x$`", []),
        ("**$x$**", ["x"]),
        ("$x_1$, $x_2$", ["x_1", "x_2"]),
        ("$a * b$ and $c * d$", ["a * b", "c * d"]),
    ],
)
def test_dollar_signs_open_formulas_and_nothing_else(source: str, formulas: list[str]) -> None:
    from tests.sheets.blocks_of import formulas_in_line

    line, faults = read_line(source)
    assert (faults, [formula.latex for formula in formulas_in_line(line)]) == ([], formulas)


@pytest.mark.parametrize(
    ("source", "row", "what"),
    [
        ("fine\n\n# A heading", 2, "a heading is not supported"),
        ("fine\n\n![a picture](picture.png)", 2, "an image is not supported"),
        ("~~gone~~", 0, "struck-out text is not supported"),
        ("[here](javascript:alert(1))", None, None),
        ("[here](page.html)", 0, "a link to 'page.html'"),
        ("fine\n\n| | b |\n|---|---|\n| c | d |", 2, "a column of a table without a heading"),
        ("costs $5", 0, "a '$' that opens no formula"),
        ("$x $", 0, "a '$' that opens no formula"),
        ("one\ntwo $\\foo$", 0, "Unknown command"),
        ("$\\frac{1}{2$", 0, "the formula"),
        ("$$\n\\foo\n$$", 0, "Unknown command"),
        ("$\\color{red} x$", 0, "colour"),
        ("$$ $$", 0, "empty"),
    ],
)
def test_what_cannot_be_set_is_refused_with_its_place(source: str, row: int | None, what: str | None) -> None:
    _, faults = read_prose(source)
    if what is None:  # markdown-it takes such a link for words
        assert faults == []
        return
    assert [fault.row for fault in faults] == [row]
    assert what in faults[0].what
    assert faults[0].mend


def test_all_faults_are_found_at_once() -> None:
    _, faults = read_prose("# no\n\n$\\foo$ and $\\bar$\n\n![no](x.png)")
    assert len(faults) == 4


def test_html_is_text() -> None:
    source = "<script>alert(1)</script> <img src=x onerror=alert(1)> &lt; <b>\n\n<div>\nblock\n</div>"
    prose, faults = read_prose(source)
    assert faults == []
    html = str(HtmlWriter().prose(prose))
    assert "<script" not in html
    assert "<img" not in html
    assert "<div" not in html
    assert "&lt;script&gt;" in html


MARKUP = st.lists(
    st.sampled_from(
        ["$", "$$", "\\", "{", "}", "_", "^", "*", "**", "`", "```", "\n", "\n\n", "- ", "1. ", "> ", "|", "|--|", "#", " ",
         "[", "](https://a.b)", "<b>", "&amp;", "~~", "x", "word", "\\frac", "\\alpha", "\\begin{cases}", "\\end{cases}",
         "\\left(", "\\right)", "&", "\\\\", "\\hat", "\\sqrt", "\\text{", "\"", "'", "#let", "@", "\t", "é", "∑", "\u202e", "\u0000"]
    ) | st.text(st.characters(codec="latin-1"), max_size=3),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(MARKUP)
def test_any_text_is_read_or_refused_and_never_crashes_html_or_terminal(source: str) -> None:
    prose, faults = read_prose(source)
    terminal_markdown(source)
    read_line(source)
    if not faults:
        HtmlWriter().prose(prose)


@settings(max_examples=25, deadline=None)
@given(st.lists(MARKUP, min_size=10, max_size=20))
def test_any_text_that_is_read_can_be_set_by_typst(sources: list[str]) -> None:
    read = [read_prose(source) for source in sources]
    text = "\n\n".join(typst_prose(prose) for prose, faults in read if not faults)
    assert compile_pdf(preamble() + text, "test").startswith(b"%PDF")


LATEX = st.recursive(
    st.sampled_from(
        [r"x", r"y_i", r"12", r"1.5", r"\alpha", r"\Gamma", r"+", r"-", r"=", r"\cdot", r"\le", r"\sum_{i=1}^n", r"\nabla", r"\|", r"|", r",", r"\ldots", r"\mathbf{W}", r"\mathbb{R}", r"\mathcal{L}", r"\text{if}", r"\max", r"\operatorname{sgn}", r"\quad", r"\qquad", r"\to", r"'", r"\partial", r"\infty", r"(", r")", r"[", r"]", r"\{", r"\}", r"/", r"\;", r"\prime", r"\top", r"\odot", r"!", r"\%", r"\#"]
    ),
    lambda inside: st.one_of(
        st.tuples(inside, inside).map(" ".join),
        st.tuples(inside, inside).map(lambda p: f"\\frac{{{p[0]}}}{{{p[1]}}}"),
        st.tuples(inside, inside).map(lambda p: f"{{{p[0]}}}_{{{p[1]}}}"),
        st.tuples(inside, inside).map(lambda p: f"{{{p[0]}}}^{{{p[1]}}}"),
        st.tuples(inside, inside).map(lambda p: f"\\begin{{cases}} {p[0]} & {p[1]} \\\\ 0 \\end{{cases}}"),
        st.tuples(inside, inside).map(lambda p: f"\\begin{{bmatrix}} {p[0]} & {p[1]} \\end{{bmatrix}}"),
        st.tuples(inside, inside).map(lambda p: f"\\begin{{aligned}} {p[0]} &= {p[1]} \\\\ &= 1 \\end{{aligned}}"),
        st.tuples(st.sampled_from(["hat", "bar", "tilde", "dot", "vec", "overline", "underline", "sqrt", "boxed"]), inside).map(
            lambda p: f"\\{p[0]}{{{p[1]}}}"
        ),
        st.tuples(inside, inside).map(lambda p: f"\\underbrace{{{p[0]}}}_{{{p[1]}}}"),
        st.tuples(inside, inside).map(lambda p: f"\\xrightarrow{{{p[0]}}} {p[1]}"),
        inside.map(lambda one: f"\\left( {one} \\right]"),
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(LATEX, min_size=10, max_size=25))
def test_any_formula_that_parses_can_be_set_and_spoken(formulas: list[str]) -> None:
    parts = []
    for latex in formulas:
        for source in (f"${latex}$", f"$${latex}$$"):
            prose, faults = read_prose(source)
            if not faults:
                HtmlWriter().prose(prose)
                parts.append(typst_prose(prose))
    assert compile_pdf(preamble() + "\n\n".join(parts), "test").startswith(b"%PDF")
