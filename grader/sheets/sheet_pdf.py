"""A revision sheet as PDF: a short one at once, of a long one each module by itself.

What Typst remembers while it sets a document is most of the memory that a sheet takes. Of modules that are set by
themselves it is freed when they are done, and two of them can be set at the same time.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.bank.location import BankLocation
from grader.sheets.pdf import compile_pdf, forget_documents, free_large_blocks
from grader.sheets.rendering import render_template
from grader.sheets.sheet import Page, Sheet, values_of

if TYPE_CHECKING:
    from grader.sheets.binding import FrameMaker

_MOST_AT_ONCE = 12  # questions


def sheet_pdf(sheet: Sheet, location: BankLocation, page: Page) -> bytes:
    """Return the sheet, whose articles are Typst, as an accessible PDF.

    Raises:
        BankError: a question has characters that are in none of the fonts.
        GradeTapeError: a template is broken.
    """
    values = {**values_of(sheet), "paper": page.typst_paper, "columns": page.columns}
    files = _files(sheet, location)

    def set_pdf(template: str, **more: Any) -> bytes:
        return compile_pdf(render_template(location, template, {**values, **more}), template, files)

    if len(sheet.headings) <= _MOST_AT_ONCE:
        return set_pdf("sheet.typ.j2")
    modules = [partial(set_pdf, "sheet_module.typ.j2", section=section) for section in sheet.sections]
    return _bound(modules, lambda pages: set_pdf("sheet_frame.typ.j2", pages=pages))


def _bound(makers: Sequence[Callable[[], bytes]], make_frame: "FrameMaker") -> bytes:
    """Make modules by two threads, and bind them."""

    def made(make: Callable[[], bytes]) -> bytes:
        module = make()
        if make is not makers[-1]:  # after which none needs the memory
            forget_documents()
        return module

    free_large_blocks()
    with ThreadPoolExecutor(2) as pool:
        modules = [pool.submit(made, make) for make in makers]
        from grader.sheets.binding import bind  # slow; meanwhile the first modules are being set

        # By the thread that first has no more modules to set, in the memory that it has used for them.
        return pool.submit(lambda: bind((module.result() for module in modules), make_frame)).result()


def _files(sheet: Sheet, location: BankLocation) -> list[Path]:
    return [file for one in sheet.headings for file in (one.path, location.reference_of(one.path))]
