"""The revision sheet: a selection of questions as one document, written as HTML or Markdown. For PDF: ``sheet_pdf``."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any, TypeVar

from grader.bank.headings import Heading
from grader.bank.location import BankLocation
from grader.bank.schema import BankFile, Module
from grader.sheets.blocks import Line
from grader.sheets.markdown import read_line
from grader.sheets.rendering import render_template
from grader.sheets.selection import Wanted
from grader.sheets.wording import sitting_words

_T = TypeVar("_T")


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
class Entry:
    """A question on a sheet."""

    heading: Heading
    title: Line
    article: str


@dataclass(frozen=True)
class Section:
    """A module and what is shown of it."""

    module: Module
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Sheet:
    """A revision sheet, ready to be laid out."""

    title: str
    subtitle: str
    author: str
    sections: tuple[Section, ...]

    @property
    def headings(self) -> list[Heading]:
        """The headings of its questions, in order."""
        return [entry.heading for section in self.sections for entry in section.entries]


def by_module(
    modules: Iterable[Module], things: Sequence[_T], number_of: Callable[[_T], int]
) -> Iterator[tuple[Module, tuple[_T, ...]]]:
    """Yield each module of which there is something, with all that there is of it."""
    for module in modules:
        found = tuple(thing for thing in things if number_of(thing) == module.number)
        if found:
            yield module, found


def make_sheet(spec: BankFile, wanted: Wanted, headings: Sequence[Heading], articles: Mapping[str, str]) -> Sheet:
    """Put the articles of questions in the order of their modules."""
    entries = [Entry(heading, read_line(heading.title)[0], articles[heading.id]) for heading in headings]
    sections = starmap(Section, by_module(spec.modules, entries, lambda entry: entry.heading.module))
    return Sheet(spec.course, _subtitle(wanted, spec, headings), "GradeTape", tuple(sections))


def values_of(sheet: Sheet) -> dict[str, Any]:
    """Return what the template of a sheet may use, whatever it is written in."""
    return {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "author": sheet.author,
        "sections": sheet.sections,
        "sittings": sorted({sitting for heading in sheet.headings for sitting in heading.asked}),
    }


def sheet_html(sheet: Sheet, location: BankLocation, page: Page) -> str:
    """Return the sheet, whose articles are HTML, as one self-contained page."""
    return render_template(location, "sheet.html.j2", {**values_of(sheet), "page": page})


def sheet_markdown(sheet: Sheet, location: BankLocation) -> str:
    """Return the sheet, whose articles are Markdown."""
    return render_template(location, "sheet.md.j2", values_of(sheet))


def _subtitle(wanted: Wanted, spec: BankFile, headings: Sequence[Heading]) -> str:
    parts = ["Revision sheet"]
    if wanted.module is not None:
        title = next(module.title for module in spec.modules if module.number == wanted.module)
        parts.append(f"module {wanted.module}, {title}")
    if wanted.asked is not None:
        parts.append(f"asked in {sitting_words(wanted.asked)}")
    if wanted.topic is not None:
        parts.append(f"on {wanted.topic}")
    if len(headings) == 1:
        parts.append(headings[0].id)
    return ": ".join([parts[0], ", ".join(parts[1:])]) if len(parts) > 1 else parts[0]
