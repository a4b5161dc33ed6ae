"""The HTML page of a revision sheet, read as text; ``tests/browser`` opens it in a browser."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from grader.bank.location import default_location
from grader.bank.model import Bank
from grader.sheets.commands import PARTS
from grader.sheets.loading import select
from grader.sheets.selection import Wanted
from tests.sheets.conftest import html_of, markdown_of

_VOID = {"meta", "link", "br", "hr", "input", "img", "wbr", "mspace", "path", "line", "circle", "rect", "polyline"}


class Elements(HTMLParser):
    """Notes every element with its attributes, and what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def elements(sample_html: str) -> Elements:
    return Elements(sample_html)


def test_every_element_is_closed(elements: Elements) -> None:
    assert elements.open == []


def test_nothing_comes_from_the_network(sample_html: str, elements: Elements) -> None:
    for tag, attributes in elements.found:
        for name in ("src", "href", "data", "action", "srcset", "xlink:href"):
            address = attributes.get(name) or ""
            assert not re.match(r"(https?:)?//", address) or tag == "a"
    assert not re.findall(r"url\([^)]{0,9}(?!data:)//", sample_html)
    assert "@import" not in sample_html
    policy = next(attributes["content"] for tag, attributes in elements.found if "http-equiv" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe-eval" not in policy


def test_no_script_is_needed_to_read_it(sample_html: str) -> None:
    page = re.sub(r"<script>.*?</script>", "", sample_html, flags=re.DOTALL)
    assert "Explain the <strong>logistic function</strong>" in page
    assert "<details><summary>" in page
    assert re.search(r'<form class="filter"[^>]* hidden>', page) or "<form" not in page, "no script, no dead filter"


def test_everything_has_words_and_headings_come_in_order(elements: Elements) -> None:
    drawings = [attributes for tag, attributes in elements.found if tag == "svg"]
    assert drawings
    assert all(drawing.get("aria-label") and drawing.get("role") == "img" for drawing in drawings)
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_formulas_are_mathml_and_the_math_font_is_in_the_page(sample_html: str) -> None:
    assert sample_html.count("<math") > 10
    assert "$" not in re.sub(r"<(script|style)>.*?</\1>", "", sample_html, flags=re.DOTALL).replace("$5", "").replace(
        "$not$", ""
    )
    assert re.search(r'src: url\("data:font/woff2;base64,d09GM', sample_html), "wOF2 in base64"
    assert "SIL Open Font License" in sample_html


def test_a_questions_angle_brackets_are_text(sample_html: str) -> None:
    assert "&lt;b&gt;Not HTML&lt;/b&gt;" in sample_html
    assert "&lt;angles&gt;" in sample_html


@pytest.mark.parametrize(
    "rule", ["prefers-color-scheme: dark", "@media print", "details::details-content", "@page { size: a4"]
)
def test_it_has_a_dark_mode_and_prints(sample_html: str, rule: str) -> None:
    assert rule in sample_html


def test_the_filter_knows_modules_and_sittings_of_several_questions() -> None:
    bank = select(default_location(), Wanted(ids=("m1q01", "m1q03")))
    page = html_of(bank)
    articles = [attributes for tag, attributes in Elements(page).found if tag == "article"]
    assert [article["id"] for article in articles] == ["m1q01", "m1q03"]
    assert [article["data-sittings"] for article in articles] == ["", "2023-07"]
    assert '<option value="2023-07">July 2023</option>' in page


@pytest.mark.parametrize("part", PARTS)
def test_each_part_can_be_had_by_itself(part: str, samples: Bank) -> None:
    titles = {
        "answers": "Model answer", "marking": "Marking scheme", "errata": "Where the course notes are wrong",
        "mistakes": "Common mistakes", "code": "Reference code",
    }  # fmt: skip
    for text in (html_of(samples, [part]), markdown_of(samples, [part])):
        assert [title for title in titles.values() if title in text] == [titles[part]]


def test_the_markdown_keeps_what_the_author_wrote(samples: Bank) -> None:
    text = markdown_of(samples)
    spec = next(iter(samples.questions.values())).spec
    assert spec.prompt.strip() in text
    assert spec.answer.strip() in text
    assert "def scale(" in text
    assert "rises from 0 to 1" in text, "a figure is told in words"
