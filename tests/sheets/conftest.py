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
from grader.sheets.sheet import Page, Sheet, make_sheet, sheet_html, sheet_markdown, sheet_pdf

collect_ignore = ["bank"]
SAMPLES = Path(__file__).parent / "bank"


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
