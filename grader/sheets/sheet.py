"""The revision sheet: a selection of questions as one document, written as HTML, PDF or Markdown."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from grader.bank.model import Bank
from grader.bank.schema import Module
from grader.sheets.pdf import compile_pdf
from grader.sheets.rendering import render_template
from grader.sheets.selection import Wanted
from grader.sheets.wording import sitting_words
from grader.sheets.writeup import WriteUp, write_up

#: What can be shown of a question beside what it asks.
PARTS = ("answers", "marking", "errata", "mistakes", "code")


@dataclass(frozen=True)
class Page:
    """The paper that a sheet is for."""

    paper: str = "a4"
    columns: int = 1

    @property
    def typst_paper(self) -> str:
        """Typst's name of the paper."""
        return {"a4": "a4", "letter": "us-letter"}[self.paper]


@dataclass(frozen=True)
class Section:
    """A module and what is shown of it."""

    module: Module
    writeups: tuple[WriteUp, ...]


@dataclass(frozen=True)
class Sheet:
    """A revision sheet, ready to be laid out."""

    title: str
    subtitle: str
    author: str
    sections: tuple[Section, ...]
    shown: Set[str]


def make_sheet(bank: Bank, wanted: Wanted, shown: Set[str]) -> Sheet:
    """Read the questions of ``bank`` and put them in the order of their modules.

    Raises:
        BankError: something in them cannot be set.
    """
    sections = sections_of(bank, write_up(bank.questions.values()))
    return Sheet(bank.spec.course, _subtitle(wanted, bank), "GradeTape", sections, shown)


def sections_of(bank: Bank, writeups: list[WriteUp]) -> tuple[Section, ...]:
    """Return the modules that have questions among ``writeups``, each with its own."""
    by_module = {
        module.number: Section(module, tuple(one for one in writeups if one.question.module == module.number))
        for module in bank.spec.modules
    }
    return tuple(section for section in by_module.values() if section.writeups)


def sheet_html(sheet: Sheet, bank: Bank, page: Page) -> str:
    """Return the sheet as one self-contained HTML page."""
    return render_template(bank.location, "sheet.html.j2", {**_values(sheet), "page": page})


def sheet_pdf(sheet: Sheet, bank: Bank, page: Page) -> bytes:
    """Return the sheet as an accessible PDF."""
    values = {**_values(sheet), "paper": page.typst_paper, "columns": page.columns}
    source = render_template(bank.location, "sheet.typ.j2", values)
    return compile_pdf(source, "sheet.typ.j2", bank.questions.values())


def sheet_markdown(sheet: Sheet, bank: Bank) -> str:
    """Return the sheet as Markdown, the prose as its authors wrote it."""
    return render_template(bank.location, "sheet.md.j2", _values(sheet))


def _values(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "author": sheet.author,
        "sections": sheet.sections,
        "shown": sheet.shown,
        "sittings": sorted(
            {sitting for section in sheet.sections for one in section.writeups for sitting in one.question.spec.asked}
        ),
    }


def _subtitle(wanted: Wanted, bank: Bank) -> str:
    parts = ["Revision sheet"]
    if wanted.module is not None:
        title = next(module.title for module in bank.spec.modules if module.number == wanted.module)
        parts.append(f"module {wanted.module}, {title}")
    if wanted.asked is not None:
        parts.append(f"asked in {sitting_words(wanted.asked)}")
    if wanted.topic is not None:
        parts.append(f"on {wanted.topic}")
    if len(bank.questions) == 1:
        parts.append(next(iter(bank.questions)))
    return ": ".join([parts[0], ", ".join(parts[1:])]) if len(parts) > 1 else parts[0]
