"""PDFs -> one: modules, each set by itself, bound into a frame of a title, contents and the foot of each page.

Bookmarks, links and tags are carried over, so that readers, by eye or by ear, find one document. Numbers in brackets
are sections of ISO 32000-1, whose terms these are.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from tempfile import TemporaryFile
from typing import TypeAlias

from pikepdf import AccessMode, Array, Dictionary, Name, NameTree, Object, ObjectStreamMode, Page, Pdf, String

from grader.problems import GradeTapeError
from grader.sheets.pdf_tags import add_tags, make_parts, own


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
    tops = _top_bookmarks(bound)
    for number, content in enumerate(coming, start=2):
        module = _opened(content)
        bookmarks += _bookmarks_by_page(module)
        tops += _add(bound, module, f"M{number}")
    tops = _put_into(bound, _opened(make_frame(bookmarks))) + tops
    _set_top_bookmarks(bound, tops)
    make_parts(bound)
    file = io.BytesIO()
    bound.save(file, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True, fix_metadata_version=False)
    return file.getvalue()


def _opened(content: bytes) -> Pdf:
    try:
        # A file is read where it lies in memory; through an object of Python's that takes twice as long.
        with TemporaryFile() as file:
            file.write(content)
            file.flush()
            document = Pdf.open(file, access_mode=AccessMode.mmap)
    except OSError:  # there is no room for files
        document = Pdf.open(io.BytesIO(content))
    _resolve_names(document)
    return document


def _resolve_names(document: Pdf) -> None:
    """Let links lead straight to places that have names, since another document may use the same names (12.3.2.3)."""
    if Name.Names not in document.Root:
        return
    places = NameTree(own(document, document.Root.Names, Name.Dests))
    for link in _links(document.pages):
        if isinstance(link.get(Name.Dest), String):
            link.Dest = places[str(link.Dest)]
    del document.Root.Names


def _bookmarks_by_page(module: Pdf) -> list[list[Bookmark]]:
    pages: list[list[Bookmark]] = [[] for _ in module.pages]
    numbers = {page.obj.objgen: number for number, page in enumerate(module.pages)}
    for item, level in _with_lower(_top_bookmarks(module), 1):
        page, _, left, height, _ = item.Dest
        pages[numbers[page.objgen]].append(Bookmark(str(item.Title), level, float(left), float(height)))
    return pages


def _top_bookmarks(document: Pdf) -> list[Object]:
    return list(_below(document.Root.get(Name.Outlines, Dictionary())))


def _below(parent: Object) -> Iterator[Object]:
    item = parent.get(Name.First)
    while item is not None:
        yield item
        item = item.get(Name.Next)


def _with_lower(items: Iterable[Object], level: int) -> Iterator[tuple[Object, int]]:
    """Yield bookmarks of a level, each before those below it, with their levels."""
    for item in items:
        yield item, level
        yield from _with_lower(_below(item), level + 1)


def _set_top_bookmarks(document: Pdf, tops: Sequence[Object]) -> None:
    """Let a document have these bookmarks, with what is below them."""
    if not tops:
        return
    visible = sum(1 + max(0, int(top.get(Name.Count, 0))) for top in tops)
    document.Root.Outlines = document.make_indirect(
        Dictionary(Type=Name.Outlines, First=tops[0], Last=tops[-1], Count=visible)
    )
    for top in tops:
        top.Parent = document.Root.Outlines
    for before, after in pairwise(tops):
        before.Next, after.Prev = after, before


def _add(bound: Pdf, other: Pdf, prefix: str) -> list[Object]:
    """Add a document at the end, and return its top bookmarks. Its ids get a prefix: there may be the same already."""
    before = len(bound.pages)
    bound.pages.extend(other.pages)
    add_tags(bound, other, [page.obj for page in bound.pages[before:]], prefix)
    added = {page.obj.objgen for page in other.pages}
    return [bound.copy_foreign(top) for top in _top_bookmarks(other) if top.Dest[0].objgen in added]


# --- the frame ---


def _put_into(bound: Pdf, frame: Pdf) -> list[Object]:
    """Put the contents before all pages, and a foot on each of them; return the bookmarks of the contents."""
    pages = [page.obj for page in bound.pages]
    contents = len(frame.pages) - len(pages)
    if contents < 1:
        what = f"the template 'sheet_frame.typ.j2' gave too few pages: {len(frame.pages)}"
        raise GradeTapeError(f"{what}, but it should give the contents and {len(pages)} for the feet of the others")
    _add_feet(bound, pages, [page.obj for page in frame.pages[contents:]])
    aims = _aims(frame, contents)
    del frame.pages[contents:]
    tops = _add(bound, frame, "C")
    for link, aim in zip(_links(bound.pages[-contents:]), aims, strict=True):
        if aim is not None:
            link.Dest[0] = pages[aim]
    _bring_forward(bound, contents)
    bound.Root.Metadata = bound.copy_foreign(frame.Root.Metadata)
    return tops


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


def _bring_forward(bound: Pdf, contents: int) -> None:
    """Put the last pages first."""
    for _ in range(contents):
        last = bound.pages[-1]
        del bound.pages[-1]
        bound.pages.insert(0, last)
