"""The commands that print: `sheet`, `paper`, `cards`. Each function returns the exit code.

``add_sheet_commands`` costs nothing at start-up: what a command needs is imported when it runs.
"""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from grader.problems import EXIT_OK, GradeTapeError
from grader.values import seed

if TYPE_CHECKING:
    from grader.bank.location import BankLocation
    from grader.sheets.articles import Markup
    from grader.sheets.paper import AnswerSpace, Pattern
    from grader.sheets.selection import Wanted

#: Adds a command to the program's: its name, what it does in a line, and the name of its function in this module.
AddCommand = Callable[[str, str, str], argparse.ArgumentParser]

#: What can be shown of a question beside what it asks.
PARTS = ("answers", "marking", "errata", "mistakes", "code")


def add_sheet_commands(add: AddCommand) -> None:
    """Declare the options of `sheet`, `paper` and `cards`."""
    command = add("sheet", "print a revision sheet as .html, .pdf or .md", "run_sheet")
    _add_selection(command)
    command.add_argument(
        "--with",
        dest="parts",
        type=_parts,
        action="append",
        metavar="PARTS",
        help=f"what to print beside the questions, with commas: {', '.join(PARTS)}, all or none (default: all)",
    )
    command.add_argument("--columns", type=int, choices=(1, 2), default=1, help="columns of a PDF (default: 1)")
    _add_output(command, "FILE.{html,pdf,md}")

    command = add("paper", "print a question paper, and its answer key, as .pdf or .html", "run_paper")
    _add_selection(command)
    command.add_argument(
        "--seed",
        type=seed,
        default=0,
        metavar="N",
        help="chooses among the questions that fit the bank's pattern, when none are named (default: 0)",
    )
    command.add_argument(
        "--pattern",
        type=_pattern,
        metavar="N/M",
        help="from each module M questions of equal marks, N of them to be answered (default: the bank's pattern, "
        "unless questions are named)",
    )
    command.add_argument("--key", type=Path, metavar="FILE.{pdf,html}", help="write the answer key of this paper too")
    command.add_argument("--minutes", type=_minutes, metavar="N", help="the time to write it in (default: the bank's)")
    command.add_argument(
        "--space",
        type=_space,
        default="lines",
        metavar="SPACE",
        help="what to leave for the answers: lines, box, grid or none; or a share of the page, such as 1/2; or both, "
        "such as box:1/2 (default: lines, as many as the marks call for)",
    )
    _add_output(command, "FILE.{pdf,html}")

    command = add("cards", "make flashcards: .pdf to print on both sides, or .apkg for Anki", "run_cards")
    _add_selection(command)
    _add_output(command, "FILE.{pdf,apkg}")


def _add_selection(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="*", metavar="ID", help="only these questions, in this order")
    command.add_argument("--module", type=int, metavar="N", help="only this module")
    command.add_argument("--asked", metavar="YYYY-MM", help="only those asked at this sitting")
    command.add_argument("--topic", help="only those with this topic")


def _add_output(command: argparse.ArgumentParser, files: str) -> None:
    command.add_argument("--paper", choices=("a4", "letter"), default="a4", help="the size of paper (default: a4)")
    command.add_argument("-o", "--output", type=Path, required=True, metavar=files, help="the file to write")


def _parts(text: str) -> frozenset[str]:
    words = {word.strip() for word in text.split(",")}
    if words == {"all"}:
        return frozenset(PARTS)
    if words == {"none"}:
        return frozenset()
    unknown = sorted(words - set(PARTS))
    if unknown:
        known = ", ".join([*PARTS, "all", "none"])
        raise argparse.ArgumentTypeError(f"there is no '{unknown[0]}' to print; choose from {known}")
    return frozenset(words)


def _minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1440:
        raise argparse.ArgumentTypeError(f"'{text}' is no time; give whole minutes, such as 180")
    return int(text)


def _pattern(text: str) -> "Pattern":
    from grader.sheets.paper import Pattern

    answer, separator, choices = text.partition("/")
    numbers = [int(part) for part in (answer, choices) if part.isascii() and part.isdigit() and len(part) < 3]
    if not separator or len(numbers) != 2 or not 1 <= numbers[0] <= numbers[1]:
        raise argparse.ArgumentTypeError(f"'{text}' is no pattern; give two numbers, such as 1/2 for one of two")
    return Pattern(*numbers)


def _space(text: str) -> "AnswerSpace":
    from grader.sheets.paper import RULINGS, AnswerSpace

    kind, _, share = text.partition(":")
    ruling = RULINGS.get(kind)
    if ruling is None:
        return AnswerSpace("blank", _share(text))
    return AnswerSpace(ruling, _share(share) if ":" in text else None)


def _share(text: str) -> float:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not Fraction(1, 10) <= share <= 1:
        what = f"'{text}' is neither lines, box, grid nor none, nor a share of a page from 1/10 to 1"
        raise argparse.ArgumentTypeError(f"{what}; write such as 1/2 or box:1/2")
    return float(share)


def run_sheet(options: argparse.Namespace) -> int:
    """Write the revision sheet of the questions selected."""
    from grader.sheets.selection import wanted_headings
    from grader.sheets.two_processes import set_all_articles

    kind = _kind(options.output, ("html", "pdf", "md"))
    if options.columns == 2 and kind != "pdf":
        raise GradeTapeError("two columns are for PDF; leave out '--columns 2', or let the file's name end in .pdf")
    wanted, location = _wanted(options), _location(options)
    shown = frozenset[str]().union(*options.parts) if options.parts else frozenset(PARTS)
    headings = wanted_headings(location, wanted)
    markup: Markup = "html" if kind == "html" else "typ" if kind == "pdf" else "md"
    with _no_collection():
        articles = set_all_articles(location, [heading.id for heading in headings], shown, markup)
        from grader.sheets.loading import read_bank_file  # so late, for it is slow, and both processes need it
        from grader.sheets.sheet import Page, make_sheet, sheet_html, sheet_markdown

        sheet = make_sheet(read_bank_file(location), wanted, headings, articles)
        page = Page(options.paper, options.columns)
        match kind:
            case "html":
                content: str | bytes = sheet_html(sheet, location, page)
            case "pdf":
                from grader.sheets.sheet_pdf import sheet_pdf

                content = sheet_pdf(sheet, location, page)
            case _:
                content = sheet_markdown(sheet, location)
    return _write({options.output: content})


def run_paper(options: argparse.Namespace) -> int:
    """Write a question paper and, if asked for, its answer key."""
    from grader.sheets.loading import select
    from grader.sheets.paper import choose, key_html, key_pdf, make_paper, paper_html, paper_pdf
    from grader.sheets.selection import Wanted
    from grader.sheets.sheet import Page
    from grader.sheets.wording import marks_number

    kind = _kind(options.output, ("pdf", "html"))
    key_kind = _kind(options.key, ("pdf", "html")) if options.key else ""
    if options.key and options.key.resolve() == options.output.resolve():
        raise GradeTapeError(f"paper and key would both be '{options.key}'; give the key a name of its own")
    location = _location(options)
    chosen = choose(location, _wanted(options), options.pattern, options.seed)
    bank = select(location, Wanted(ids=chosen.ids))
    paper = make_paper(bank, options.seed, options.minutes, chosen.answer)
    page = Page(options.paper)
    contents = {options.output: (paper_pdf if kind == "pdf" else paper_html)(paper, bank, page, options.space)}
    if options.key:
        contents[options.key] = (key_pdf if key_kind == "pdf" else key_html)(paper, bank, page)
    for reason in chosen.unfilled:
        print(f"left out: {reason}", file=sys.stderr)
    code = _write(contents)
    print(f"form {paper.form}: {len(paper.questions)} questions, full marks {marks_number(paper.marks)}")
    return code


def run_cards(options: argparse.Namespace) -> int:
    """Write flashcards for the printer or for Anki."""
    from grader.sheets.cards import cards_pdf, make_cards
    from grader.sheets.loading import select
    from grader.sheets.sheet import Page

    kind = _kind(options.output, ("pdf", "apkg"))
    bank = select(_location(options), _wanted(options))
    cards = make_cards(bank)
    if kind == "pdf":
        return _write({options.output: cards_pdf(cards, bank, Page(options.paper))})
    from grader.sheets.anki import cards_apkg

    return _write({options.output: cards_apkg(cards, bank)})


def _write(contents: Mapping[Path, str | bytes]) -> int:
    """Write files whose contents are complete, so that a fault on the way leaves none half-written."""
    from grader.files import write_whole

    for path, content in contents.items():
        write_whole(path, content)
        print(f"wrote {path}")
    return EXIT_OK


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave garbage alone while a sheet is made: among so many live objects looking takes a fifth of the time.

    Afterwards too what there is by then is not looked through, since the command and its process are about to end.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()


def _kind(path: Path, kinds: tuple[str, ...]) -> str:
    kind = path.suffix.lower().removeprefix(".")
    if kind not in kinds:
        known = " or ".join(f".{known}" for known in kinds)
        raise GradeTapeError(f"'{path}' does not say what to write; let its name end in {known}")
    return kind


def _wanted(options: argparse.Namespace) -> "Wanted":
    from grader.sheets.selection import Wanted

    return Wanted(tuple(options.ids), options.module, options.asked, options.topic)


def _location(options: argparse.Namespace) -> "BankLocation":
    from grader.bank.location import default_location, location_at

    return location_at(options.bank) if options.bank else default_location()
