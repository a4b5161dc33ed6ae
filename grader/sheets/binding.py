"""PDFs -> one: modules, each set by itself, bound into a frame of a title, contents and the foot of each page.

Bookmarks, links and tags are carried over, so that readers, by eye or by ear, find one document. Numbers in brackets
are sections of ISO 32000-1, whose terms these are.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Page, Pdf

from grader.problems import GradeTapeError
from grader.sheets.pdf_tags import add_tags, make_parts


@dataclass(frozen=True)
class Bookmark:
    """A heading of a document, and where it leads on its page: points from the left and from the foot (12.3.3)."""

    title: str
    level: int
    left: float
    height: float


#: Makes a PDF of the bookmarks of each page: the title and the contents, on as many pages as they take, and for each
#: page of the modules one that is blank but for its foot. The links of the contents lead to those.
FrameMaker: TypeAlias = Callable[[Sequence[Sequence[Bookmark]]], bytes]


def bind(modules: Iterable[bytes], make_frame: FrameMaker) -> bytes:
    """Return the pages of modules, one after another, in their frame.

    All are PDFs of Typst's, with tags. A module is asked for when its turn comes, and not kept: what is in a PDF takes
    ten times as much memory when it is read.

    Raises:
        GradeTapeError: the frame has not a page for each of the modules'.
    """
    coming = iter(modules)
    bound = _opened(next(coming))
    bookmarks = _bookmarks_by_page(bound)
    for number, content in enumerate(coming, start=2):
        module = _opened(content)
        bookmarks += _bookmarks_by_page(module)
        _add(bound, module, f"M{number}")
    _put_into(bound, _opened(make_frame(bookmarks)), sum(mark.level == 1 for page in bookmarks for mark in page))
    file = io.BytesIO()
    bound.save(file, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True, fix_metadata_version=False)
    return file.getvalue()


def _opened(content: bytes) -> Pdf:
    return Pdf.open(io.BytesIO(content))


def _bookmarks_by_page(module: Pdf) -> list[list[Bookmark]]:
    pages: list[list[Bookmark]] = [[] for _ in module.pages]
    numbers = {page.obj.objgen: number for number, page in enumerate(module.pages)}
    for item, level in _items(module.Root.get(Name.Outlines, Dictionary()), 1):
        page, _, left, height, _ = item.Dest
        pages[numbers[page.objgen]].append(Bookmark(str(item.Title), level, float(left), float(height)))
    return pages


def _items(parent: Object, level: int) -> Iterator[tuple[Object, int]]:
    """Yield what is below an item of the outline, in order, and how deep it is."""
    item = parent.get(Name.First)
    while item is not None:
        yield item, level
        yield from _items(item, level + 1)
        item = item.get(Name.Next)


def _add(bound: Pdf, other: Pdf, prefix: str) -> None:
    """Add a document at the end. Its ids get a prefix, since those of another may be the same."""
    before = len(bound.pages)
    bound.add_pages_from(other)
    add_tags(bound, other, [page.obj for page in bound.pages[before:]], prefix)


# --- the frame ---


def _put_into(bound: Pdf, frame: Pdf, tops: int) -> None:
    """Put the contents before all pages, which have ``tops`` bookmarks of level 1, and a foot on each of them."""
    pages = [page.obj for page in bound.pages]
    contents = len(frame.pages) - len(pages)
    if contents < 1:
        what = f"the template 'sheet_frame.typ.j2' gave too few pages: {len(frame.pages)}"
        raise GradeTapeError(f"{what}, but it should give the contents and {len(pages)} for the feet of the others")
    _add_feet(bound, pages, [page.obj for page in frame.pages[contents:]])
    aims = _aims(frame, contents)
    del frame.pages[contents:]
    _add(bound, frame, "C")
    for link, aim in zip(_links(bound.pages[-contents:]), aims, strict=True):
        if aim is not None:
            link.Dest[0] = pages[aim]
    _bring_forward(bound, contents, tops)
    make_parts(bound)
    bound.Root.Metadata = bound.copy_foreign(frame.Root.Metadata)


def _add_feet(bound: Pdf, pages: Iterable[Object], feet: Iterable[Object]) -> None:
    """Show what is on other pages, all of which is an artifact (14.8.2.2), at the same place of these too (8.10)."""
    show = bound.make_stream(b"/Foot Do")
    for page, foot in zip(pages, feet, strict=True):
        form = foot.Contents
        form.Type, form.Subtype, form.BBox, form.Resources = Name.XObject, Name.Form, foot.MediaBox, foot.Resources
        if Name.XObject not in page.Resources:
            page.Resources.XObject = Dictionary()
        page.Resources.XObject.Foot = bound.copy_foreign(form)
        page.Contents = Array([page.Contents, show])


def _aims(frame: Pdf, contents: int) -> list[int | None]:
    """Return, of each link of the contents, to which of the pages after them it leads, if to any (12.3.2)."""
    places = {page.obj.objgen: place for place, page in enumerate(frame.pages[contents:])}
    aims = [link.get(Name.Dest) for link in _links(frame.pages[:contents])]
    return [places.get(aim[0].objgen) if isinstance(aim, Array) else None for aim in aims]


def _links(pages: Iterable[Page]) -> list[Object]:
    return [link for page in pages for link in page.obj.get(Name.Annots, ())]


def _bring_forward(bound: Pdf, contents: int, tops: int) -> None:
    """Put the last pages first, and what bookmarks they have before the others."""
    for _ in range(contents):
        last = bound.pages[-1]
        del bound.pages[-1]
        bound.pages.insert(0, last)
    with bound.open_outline() as outline:
        outline.root[:] = outline.root[tops:] + outline.root[:tops]
