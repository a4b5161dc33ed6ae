"""The PDF of a revision sheet: accessible, the same on every run, nothing beyond a margin, and as it looked before.

The golden pages show the bank of samples. After a change of the layout that is meant: look at the new pages, then
``pytest tests/sheets --update-reports``.
"""

import gzip
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from grader.bank.location import default_location
from grader.bank.model import Bank
from grader.sheets.loading import select
from grader.sheets.selection import Wanted
from grader.sheets.sheet import Page
from grader.sheets.writeup import write_up
from tests.sheets.blocks_of import formulas_of
from tests.sheets.conftest import pdf_of

GOLDEN = Path(__file__).parent / "golden"
needs_poppler = pytest.mark.skipif(
    not (shutil.which("pdftotext") and shutil.which("pdftoppm")),
    reason="poppler (pdftotext, pdftoppm) is not installed",
)


# --- what a screen reader finds ---


@dataclass(frozen=True)
class Tag:
    kind: str
    alt: str


def tags(pdf: bytes) -> list[Tag]:
    return list(_walk(PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]


def _walk(node: object) -> Iterator[Tag]:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, ArrayObject):
        for child in node:
            yield from _walk(child)
    elif isinstance(node, DictionaryObject):
        if isinstance(node.get("/S"), NameObject):
            yield Tag(str(node["/S"]).removeprefix("/"), str(node.get("/Alt", "")))
        if "/K" in node:
            yield from _walk(node["/K"])


def test_every_formula_and_figure_says_what_it_is(sample_pdf: bytes, samples: Bank) -> None:
    found = tags(sample_pdf)
    formulas = [tag.alt for tag in found if tag.kind == "Formula"]
    figures = [tag.alt for tag in found if tag.kind == "Figure"]
    (writeup,) = write_up(samples.questions.values())
    assert {formula.spoken for formula in formulas_of(writeup) if "qquad" not in formula.latex} <= set(formulas)
    assert all(formulas), "no formula is silent"
    assert not [alt for alt in formulas if re.search(r"[\\{}^_]", alt)], "formulas are spoken in words"
    assert figures == [picture.alt for picture in writeup.pictures]
    kinds = {tag.kind for tag in found}
    assert {"H1", "H2", "H3", "P", "L", "LI", "Table", "TH", "TD", "Link"} <= kinds


def test_every_heading_is_in_the_outline() -> None:
    bank = select(default_location(), Wanted(ids=("m1q01", "m1q02")))
    pdf = PdfReader(io.BytesIO(pdf_of(bank, Page())))

    def flat(entries: list[object]) -> Iterator[str]:
        for entry in entries:
            if isinstance(entry, list):
                yield from flat(entry)
            else:
                yield entry["/Title"]  # type: ignore[index]

    outline = list(flat(pdf.outline))
    for question in bank.questions.values():
        assert question.spec.title in outline
    for heading in ("Contents", "Module 1: Artificial neurons", "Model answer", "Reference code"):
        assert heading in outline
    assert len(outline) == sum(re.fullmatch("H[1-6]", tag.kind) is not None for tag in tags(pdf_of(bank, Page())))


def test_it_declares_what_it_is(sample_pdf: bytes) -> None:
    pdf = PdfReader(io.BytesIO(sample_pdf))
    root = pdf.trailer["/Root"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "A course of samples"
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()  # type: ignore[index]
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert any(key.startswith("/FontFile") for key in inner["/FontDescriptor"]), "every font is embedded"


def test_it_is_the_same_on_every_run(sample_pdf: bytes, samples: Bank) -> None:
    assert pdf_of(samples, Page()) == sample_pdf


# --- what the eye finds ---


@dataclass(frozen=True)
class Word:
    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str


def words(pdf: bytes, tmp_path: Path) -> tuple[float, list[Word]]:
    """Return the width of a page and its words in points."""
    file = tmp_path / "sheet.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True)
    found: list[Word] = []
    page, width = 0, 0.0
    for line in done.stdout.splitlines():
        if start := re.search(r'<page width="([\d.]+)"', line):
            page, width = page + 1, float(start[1])
        if word := re.search(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', line):
            found.append(Word(page, *(float(word[number]) for number in range(1, 5)), word[5]))
    return width, found


@needs_poppler
@pytest.mark.parametrize(
    ("page", "margin"),
    [(Page(), 25 / 25.4 * 72), (Page("letter", columns=2), 15 / 25.4 * 72)],
    ids=["a4", "letter, 2 columns"],
)
def test_nothing_of_the_bank_stands_beyond_a_margin_or_on_something_else(
    page: Page, margin: float, tmp_path: Path
) -> None:
    bank = select(default_location(), Wanted())
    width, found = words(pdf_of(bank, page), tmp_path)
    beyond = [word for word in found if word.left < margin - 2 or word.right > width - margin + 2]
    assert beyond == []
    wide = [word for word in found if len(word.text) > 3]
    clashes = [
        (one, other)
        for number in {word.page for word in wide}
        for row in [sorted((word for word in wide if word.page == number), key=lambda word: word.top)]
        for place, one in enumerate(row)
        for other in row[place + 1 : place + 12]
        if min(one.right, other.right) - max(one.left, other.left) > 4
        and min(one.bottom, other.bottom) - max(one.top, other.top) > 0.6 * (one.bottom - one.top)
    ]
    assert clashes == []


@needs_poppler
def test_no_heading_stands_at_the_foot_of_a_page(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    bank = select(default_location(), Wanted())
    headings = {"Model answer", "Marking scheme", "Common mistakes", "Reference code", "From TensorFlow 1 to 2"}
    headings |= {"Where the course notes are wrong", *(one.spec.title for one in bank.questions.values())}
    file.write_bytes(pdf_of(bank, Page()))
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    for page in text.split("\f"):
        lines = [line.strip() for line in page.splitlines() if line.strip()][:-1]  # the last is the footer
        assert not lines or lines[-1] not in headings


@needs_poppler
@pytest.mark.parametrize("name", ["a4", "letter-2-columns"])
def test_it_reads_and_looks_as_before(
    name: str, sample_pdf: bytes, narrow_pdf: bytes, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(sample_pdf if name == "a4" else narrow_pdf)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    text = re.sub(r" +", " ", text)
    golden = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-reports"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")

    subprocess.run(["pdftoppm", "-r", "40", "-gray", file, tmp_path / "page"], check=True, capture_output=True)
    pages = sorted(tmp_path.glob("page-*.pgm"))
    for number, page in enumerate(pages, start=1):
        picture = GOLDEN / f"{name}-{number}.pgm.gz"
        if request.config.getoption("--update-reports"):
            picture.write_bytes(gzip.compress(page.read_bytes(), mtime=0))
        seen, expected = _grey(page.read_bytes()), _grey(gzip.decompress(picture.read_bytes()))
        assert seen.shape == expected.shape
        # Another version of poppler smooths edges otherwise; a moved line changes whole letters.
        assert np.mean(np.abs(_blurred(seen) - _blurred(expected)) > 40) < 0.002
    assert not (GOLDEN / f"{name}-{len(pages) + 1}.pgm.gz").exists()


def _grey(pgm: bytes) -> np.ndarray:
    header = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", pgm)
    assert header is not None
    return np.frombuffer(pgm[header.end() :], np.uint8).reshape(int(header[2]), int(header[1])).astype(float)


def _blurred(grey: np.ndarray) -> np.ndarray:
    return (grey[:-1, :-1] + grey[1:, :-1] + grey[:-1, 1:] + grey[1:, 1:]) / 4
