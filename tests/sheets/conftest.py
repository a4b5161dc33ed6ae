"""The bank of samples: one question with everything that a question can hold, which changes only with the sheets."""

import shutil
from pathlib import Path

import pytest

from grader.bank.location import BankLocation, location_at
from grader.bank.model import Bank
from grader.sheets.selection import Wanted, select
from grader.sheets.sheet import PARTS, Page, make_sheet, sheet_html, sheet_pdf

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
    return sheet_html(make_sheet(samples, Wanted(), frozenset(PARTS)), samples, Page())


def pdf_of(bank: Bank, page: Page) -> bytes:
    return sheet_pdf(make_sheet(bank, Wanted(), frozenset(PARTS)), bank, page)


@pytest.fixture
def own_bank(tmp_path: Path) -> BankLocation:
    """Copy the samples to where a test may spoil them."""
    shutil.copytree(SAMPLES, tmp_path / "bank")
    return location_at(tmp_path / "bank")
