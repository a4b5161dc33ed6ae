"""The bank of samples: one question with everything that a question can hold, which changes only with the sheets."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from grader.bank.location import BankLocation, location_at
from grader.bank.model import Bank
from grader.sheets.articles import Markup, set_articles
from grader.sheets.commands import PARTS
from grader.sheets.loading import select
from grader.sheets.selection import Wanted, wanted_headings
from grader.sheets.sheet import Page, Sheet, make_sheet, sheet_html, sheet_markdown
from grader.sheets.sheet_pdf import sheet_pdf

collect_ignore = ["bank"]
SAMPLES = Path(__file__).parent / "bank"
LONG_IDS = [f"m1q{number:02d}" for number in range(1, 15)]


@pytest.fixture(scope="session")
def samples() -> Bank:
    return select(location_at(SAMPLES), Wanted())


@pytest.fixture(scope="session")
def sample_pdf(samples: Bank) -> bytes:
    return pdf_of(samples, Page())


@pytest.fixture(scope="session")
def narrow_pdf(samples: Bank) -> bytes:
    return pdf_of(samples, Page("letter", columns=2))


@pytest.fixture(scope="session")
def sample_html(samples: Bank) -> str:
    return html_of(samples)


def sheet_of(bank: Bank, markup: Markup, shown: Iterable[str] = PARTS) -> Sheet:
    headings = wanted_headings(bank.location, Wanted(ids=tuple(bank.questions)))
    articles = set_articles(bank.location, list(bank.questions), frozenset(shown), markup)
    return make_sheet(bank.spec, Wanted(), headings, articles)


def html_of(bank: Bank, shown: Iterable[str] = PARTS) -> str:
    return sheet_html(sheet_of(bank, "html", shown), bank.location, Page())


def pdf_of(bank: Bank, page: Page) -> bytes:
    return sheet_pdf(sheet_of(bank, "typ"), bank.location, page)


def markdown_of(bank: Bank, shown: Iterable[str] = PARTS) -> str:
    return sheet_markdown(sheet_of(bank, "md", shown), bank.location)


@pytest.fixture
def own_bank(tmp_path: Path) -> BankLocation:
    """Copy the samples to where a test may spoil them."""
    shutil.copytree(SAMPLES, tmp_path / "bank")
    return location_at(tmp_path / "bank")


@pytest.fixture(scope="session")
def long_bank(tmp_path_factory: pytest.TempPathFactory) -> BankLocation:
    """Make a bank of the sample question under many ids, so many that its sheet is a long one."""
    folder = tmp_path_factory.mktemp("long") / "bank"
    shutil.copytree(SAMPLES, folder)
    question = next((folder / "questions").glob("*/*.yaml"))
    reference = folder / "reference_impl" / question.parent.name / f"{question.stem}.py"
    for id_ in LONG_IDS[1:]:
        stem = f"{id_}_everything"
        text = question.read_text(encoding="utf-8").replace("id: m1q01", f"id: {id_}", 1)
        (question.parent / f"{stem}.yaml").write_text(text, encoding="utf-8")
        shutil.copy(reference, reference.parent / f"{stem}.py")
    return location_at(folder)


@pytest.fixture
def own_long_bank(long_bank: BankLocation, tmp_path: Path) -> BankLocation:
    """Copy the long bank to where a test may spoil it."""
    shutil.copytree(long_bank.questions.parent, tmp_path / "bank")
    return location_at(tmp_path / "bank")
