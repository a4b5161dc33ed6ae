"""Flashcards: what is on them, that they fit, and that Anki knows them again."""

import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.bank.location import default_location
from grader.cli import main
from grader.sheets.anki import as_mathjax, cards_apkg
from grader.sheets.blocks import CodeBlock, ListBlock, Paragraph, Prose, Text
from grader.sheets.cards import COLUMNS, Card, _pieces, make_cards, mirrored
from grader.sheets.formula import parse_formula
from grader.sheets.loading import select
from grader.sheets.selection import Wanted

NEEDS_POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is missing")


@pytest.fixture(scope="module")
def cards() -> list[Card]:
    return make_cards(select(default_location(), Wanted()))


def test_every_card_has_a_question_an_answer_and_an_id_of_its_own(cards: list[Card]) -> None:
    assert not [id_ for id_, count in Counter(card.id for card in cards).items() if count > 1]
    assert all(card.front and (card.back or card.picture) for card in cards)


def test_every_part_of_a_question_is_on_a_card(cards: list[Card]) -> None:
    bank = select(default_location(), Wanted())
    for question in bank.questions.values():
        kinds = Counter(card.id.split("/")[1] for card in cards if card.question == question.id)
        assert kinds["whole"] == 1
        assert kinds["answer"] >= 1
        assert kinds["figure"] == len(question.spec.figures)
        assert kinds["erratum"] == len(question.spec.errata)
        assert kinds["tf1"] == len(question.spec.tf1)


def test_a_long_list_is_cut_between_its_items_and_keeps_its_numbers() -> None:
    items = tuple((Paragraph((Text("word " * 90),)),) for _ in range(4))
    prose: Prose = (Paragraph((Text("It has four parts:"),), leads=True), ListBlock(items, start=1, tight=True))
    pieces = _pieces(prose)
    assert len(pieces) > 1
    lists = [block for piece in pieces for block in piece if isinstance(block, ListBlock)]
    assert [block.start for block in lists] == [1, 2, 3, 4]
    assert isinstance(pieces[0][0], Paragraph)
    assert isinstance(pieces[0][1], ListBlock), "what leads to the list stays with its first item"


def test_what_leads_goes_to_the_next_card_with_what_it_leads_to() -> None:
    code = CodeBlock("x = 1\n" * 18, "python")
    prose: Prose = (code, Paragraph((Text("And then:"),), leads=True), code)
    assert [len(piece) for piece in _pieces(prose)] == [1, 2]


def test_backs_are_mirrored_row_by_row() -> None:
    """Turned over its long edge, a sheet shows the left column at the right."""
    assert mirrored(["a", "b", "c", "d", "e", None, None, None]) == ["b", "a", "d", "c", None, "e", None, None]  # type: ignore[list-item]


@pytest.fixture(scope="module", params=["a4", "letter"])
def words(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ElementTree.Element:
    """The words of the PDF and where they stand."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is missing")
    path = tmp_path_factory.mktemp("cards") / "cards.pdf"
    assert main(["cards", "--paper", request.param, "-o", str(path)]) == 0
    done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True)
    text = re.sub(r"[\x00-\x08\x0b-\x1f]", "", done.stdout.replace("\x0c", ""))
    return ElementTree.fromstring(text)


def _cell(word: ElementTree.Element, page: ElementTree.Element, edge: str) -> tuple[int, int]:
    margin = 8 / 25.4 * 72
    width = (float(page.get("width", 0)) - 2 * margin) / COLUMNS
    height = (float(page.get("height", 0)) - 2 * margin) / 4
    column, row = ((float(word.get(axis + edge, 0)) - margin) / size for axis, size in (("x", width), ("y", height)))
    assert 0 < column < COLUMNS
    assert 0 < row < 4
    return int(column), int(row)


def test_nothing_leaves_its_card_and_all_can_be_read(words: ElementTree.Element) -> None:
    tag = "{http://www.w3.org/1999/xhtml}"
    pages = list(words.iter(f"{tag}page"))
    heights = []
    for page in pages:
        for word in page.iter(f"{tag}word"):
            assert _cell(word, page, "Min") == _cell(word, page, "Max"), word.text
            if re.fullmatch(r"[a-z]{5,}", word.text or ""):
                heights.append(float(word.get("yMax", 0)) - float(word.get("yMin", 0)))
    assert len(heights) > 1000
    # A line of 6.5-point type is 6.5 to 9 points high; the small labels of figures are fewer than one word in ten.
    assert sum(height < 6 for height in heights) < 0.1 * len(heights)


def test_fronts_and_backs_are_behind_each_other(words: ElementTree.Element) -> None:
    """The question's id at the top of each card is the same on both sides, in the mirrored column."""
    tag = "{http://www.w3.org/1999/xhtml}"
    pages = list(words.iter(f"{tag}page"))
    assert len(pages) % 2 == 0

    def ids(page: ElementTree.Element) -> list[tuple[int, int, str]]:
        found = [
            (*_cell(word, page, "Min"), word.text or "")
            for word in page.iter(f"{tag}word")
            if re.fullmatch(r"m\dq\d\d", word.text or "")
        ]
        return sorted(found)

    for front, back in zip(pages[::2], pages[1::2], strict=True):
        assert sorted((COLUMNS - 1 - column, row, id_) for column, row, id_ in ids(back)) == ids(front)


def test_the_pdf_has_the_same_bytes_on_every_run(tmp_path: Path) -> None:
    paths = [tmp_path / "one.pdf", tmp_path / "two.pdf"]
    for path in paths:
        assert main(["cards", "m1q03", "-o", str(path)]) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def notes_in(package: bytes, folder: Path) -> dict[str, tuple[str, int]]:
    """Return each note's fields and time of change by its id."""
    (folder / "package.apkg").write_bytes(package)
    with zipfile.ZipFile(folder / "package.apkg") as archive:
        archive.extractall(folder)
    with sqlite3.connect(folder / "collection.anki2") as database:
        return {
            guid: (fields, changed) for guid, fields, changed in database.execute("SELECT guid, flds, mod FROM notes")
        }


def test_anki_knows_a_card_again_and_takes_its_new_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = select(default_location(), Wanted(ids=("m1q03",)))
    cards = make_cards(bank)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    before = notes_in(cards_apkg(cards, bank), tmp_path)
    first = cards[0]
    changed = [Card(first.id, first.question, first.topic, (Paragraph((Text("New words"),)),), first.back), *cards[1:]]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700009999")
    after = notes_in(cards_apkg(changed, bank), tmp_path)
    assert len(before) == len(cards)
    assert before.keys() == after.keys()
    assert all(after[guid][1] > before[guid][1] for guid in before), "Anki skips what is not newer"
    assert sum("New words" in fields for fields, _ in after.values()) == 1


def test_the_package_has_the_same_bytes_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = select(default_location(), Wanted(ids=("m1q03",)))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert cards_apkg(make_cards(bank), bank) == cards_apkg(make_cards(bank), bank)


def test_formulas_are_for_ankis_mathjax_and_figures_travel_along(tmp_path: Path, cards: list[Card]) -> None:
    notes = notes_in(cards_apkg(cards, select(default_location(), Wanted())), tmp_path)
    text = "".join(fields for fields, _ in notes.values())
    assert text.count("\\(") == text.count("\\)") > 20
    assert text.count("\\[") == text.count("\\]") > 5
    assert "<math" not in text
    assert "<svg" not in text
    images = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', text)
    assert len(images) == sum(card.picture is not None for card in cards)
    carried = set((tmp_path / "media").read_text("utf-8").split('"')) & {name for name, _ in images}
    assert carried == {name for name, _ in images}


def test_a_formula_cannot_break_out_of_its_html() -> None:
    formula = parse_formula(r"a < b \land b > c", display=False)
    assert as_mathjax(formula) == r"\(a &lt; b \land b &gt; c\)"


def test_an_unknown_kind_of_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cards", "-o", str(tmp_path / "cards.txt")]) == 2
    assert "let its name end in .pdf or .apkg" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
