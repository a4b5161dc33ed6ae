"""Modules that are bound into a frame are one document, for the eye, for the hand and for a screen reader.

``faults_of`` tells what is wrong with the tags of a PDF. It finds nothing in what Typst has made by itself.
"""

import io
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, Object, Operator, Pdf, parse_content_stream
from pypdf import PdfReader

from grader.bank.location import default_location
from grader.problems import GradeTapeError
from grader.sheets import binding
from grader.sheets.binding import Bookmark, bind
from grader.sheets.loading import select
from grader.sheets.pdf import compile_pdf
from grader.sheets.selection import Wanted
from grader.sheets.sheet import Page
from tests.sheets.conftest import pdf_of

# --- what is asked of tags (ISO 32000-1, 14.7) ---


def elements(parent: Object) -> Iterator[Object]:
    """Yield every element below another one, parents first."""
    for child in children(parent):
        if isinstance(child, Dictionary) and Name.S in child:
            yield child
            yield from elements(child)


def children(element: Object) -> list[Object]:
    found = element.get(Name.K, Array())
    return list(found) if isinstance(found, Array) else [found]


def marked(page: Object) -> Counter[int]:
    """Return how often each number of marked content is on a page."""
    numbers: Counter[int] = Counter()
    for operands, operator in parse_content_stream(page):
        if operator == Operator("BDC") and Name.MCID in operands[1]:
            numbers[int(operands[1].MCID)] += 1
    return numbers


def faults_of(content: bytes) -> list[str]:
    pdf = Pdf.open(io.BytesIO(content))
    root = pdf.Root.StructTreeRoot
    faults = []
    tops = [str(top.S) for top in children(root)]
    if tops != ["/Document"]:
        faults.append(f"at the top stand {tops}")
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    held: dict[tuple[int, int], Object] = {}  # by page and number: who holds this marked content
    for parent in [root, *elements(root)]:
        for child in children(parent):
            if not isinstance(child, Dictionary):
                held[pages[parent.Pg.objgen], int(child)] = parent
            elif Name.S in child and child.P.objgen != parent.objgen:
                faults.append(f"a {child.S} below {parent.get(Name.S)} has another parent")
            elif child.get(Name.Type) == Name.MCR:
                held[pages[child.get(Name.Pg, parent.get(Name.Pg)).objgen], int(child.MCID)] = parent
    parents = dict(NumberTree(root.ParentTree).items())
    if len(parents) != int(root.ParentTreeNextKey):
        faults.append(f"{len(parents)} parents, but the next gets {root.ParentTreeNextKey}")
    for number, page in enumerate(pdf.pages):
        expected = marked(page.obj)
        if any(count > 1 for count in expected.values()):
            faults.append(f"page {number} uses a number twice")
        listed = parents[int(page.obj.StructParents)] if Name.StructParents in page.obj else []
        if len(listed) != len(expected):
            faults.append(f"page {number} has {len(expected)} pieces and {len(listed)} parents")
        for piece, parent in enumerate(listed):
            holder = held.get((number, piece))
            if holder is None or holder.objgen != parent.objgen:
                faults.append(f"piece {piece} of page {number} is held by another than its parent")
        for link in page.obj.get(Name.Annots, ()):
            holders = [one for one in children(parents[int(link.StructParent)]) if isinstance(one, Dictionary)]
            if not any(one.get(Name.Obj, root).objgen == link.objgen for one in holders):
                faults.append(f"a link of page {number} is not held by its parent")
    return faults + faulty_heads(root)


def faulty_heads(root: Object) -> list[str]:
    faults = []
    ids = Counter(str(one.ID) for one in elements(root) if Name.ID in one)
    faults += [f"the id {id_} is there {count} times" for id_, count in ids.items() if count > 1]
    listed = dict(NameTree(root.IDTree).items()) if Name.IDTree in root else {}
    if listed.keys() != ids.keys() or any(id_ != str(head.ID) for id_, head in listed.items()):
        faults.append("the tree of ids has not what is in the document")
    for table in elements(root):
        if Name.Table != table.S:
            continue
        cells = [cell for cell in elements(table) if cell.S in (Name.TH, Name.TD)]
        own = {str(cell.ID) for cell in cells if Name.ID in cell}
        named = {str(id_) for cell in cells for each in cell.get(Name.A, ()) for id_ in each.get(Name.Headers, ())}
        if not named <= own:
            faults.append(f"a table refers to heads that it has not: {sorted(named - own)}")
    return faults


# --- small modules ---

MODULE = """
#set document(title: "Small")
#set page(width: 200pt, height: 150pt, margin: 20pt)
= Module {name} <start>
A #link("https://www.tensorflow.org")[page of the web] and #link(<start>)[the head of this module].
== Tables of {name}
#table(columns: 2, table.header[one][two], [1], table(columns: 1, table.header[within], [2]))
#pagebreak()
#table(columns: 2, table.header[three][four], [3], [4])
=== Figures of {name}
#image(bytes("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"), alt: "square")
#math.equation(alt: "x", $x$)
"""
FRAME = """
#set document(title: "Small")
#set page(width: 200pt, height: 150pt, margin: 20pt, footer: context [Page #here().page()])
#show outline: set heading(bookmarked: true)
#outline(title: [Contents])
#show heading: none
"""


def module(name: str) -> bytes:
    return compile_pdf(MODULE.replace("{name}", name), "module")


def frame(pages: Sequence[Sequence[Bookmark]]) -> bytes:
    source = FRAME
    for bookmarks in pages:
        source += "#pagebreak()\n"
        for mark in bookmarks:
            heading = f'heading(level: {mark.level}, bookmarked: false, "{mark.title}")'
            source += f"#pdf.artifact(place(bottom + left, dy: {20 + 10 - mark.height}pt, {heading}))\n"
    return compile_pdf(source, "frame")


def bound(*names: str) -> Pdf:
    return Pdf.open(io.BytesIO(bind(map(module, names), frame)))


def bookmarks(pdf: Pdf) -> dict[str, tuple[int, float, float]]:
    """Return the page of each bookmark, and where on it, by title, in order."""
    found: dict[str, tuple[int, float, float]] = {}

    def walk(parent: Object) -> None:
        item = parent.get(Name.First)
        while item is not None:
            found[str(item.Title)] = place_of(pdf, item.Dest)
            walk(item)
            item = item.get(Name.Next)

    walk(pdf.Root.Outlines)
    return found


def place_of(pdf: Pdf, aim: Object) -> tuple[int, float, float]:
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    return numbers[aim[0].objgen], round(float(aim[2]), 2), round(float(aim[3]), 2)


def links(pdf: Pdf) -> list[tuple[int, Object]]:
    return [(number, link) for number, page in enumerate(pdf.pages) for link in page.obj.get(Name.Annots, ())]


@pytest.mark.parametrize("count", [1, 2, 11])
def test_the_tags_are_those_of_one_document(count: int) -> None:
    names = [chr(ord("A") + number) for number in range(count)]
    content = bind(map(module, names), frame)
    assert faults_of(content) == []
    pdf = Pdf.open(io.BytesIO(content))
    (document,) = pdf.Root.StructTreeRoot.K
    heads = [(str(one.S), str(one.T)) for one in elements(document) if str(one.S).startswith("/H")]
    of_modules = [[("/H1", f"Module {n}"), ("/H2", f"Tables of {n}"), ("/H3", f"Figures of {n}")] for n in names]
    assert heads == [("/H1", "Contents"), *(head for of_module in of_modules for head in of_module)]
    assert [str(one.S) for one in children(document)][-count:] == ["/Part"] * count
    alts = [str(one.Alt) for one in elements(document) if Name.Alt in one]
    assert alts == ["square", "x"] * count


def test_what_is_wrong_with_tags_is_found() -> None:
    """The other tests would be of no worth if this one failed."""
    pdf = bound("A", "B")
    tables = [one for one in elements(pdf.Root.StructTreeRoot) if Name.Table == one.S]
    head = next(one for one in elements(tables[-1]) if one.S == Name.TH)
    head.ID = next(one for one in elements(tables[0]) if one.S == Name.TH).ID
    pdf.pages[4].obj.StructParents = pdf.pages[5].obj.StructParents
    pdf.Root.StructTreeRoot.K[0].K[-1].P = pdf.Root.StructTreeRoot
    file = io.BytesIO()
    pdf.save(file)
    faults = " ".join(faults_of(file.getvalue()))
    for fault in (
        "is there 2 times",
        "has not what is in",
        "refers to heads",
        "of page 4 is held by",
        "another parent",
    ):
        assert fault in faults


def test_contents_and_bookmarks_lead_to_the_headings() -> None:
    pdf = bound("A", "B", "C")
    marks = bookmarks(pdf)
    assert list(marks)[:3] == ["Contents", "Module A", "Tables of A"]
    for name in "ABC":
        alone = bookmarks(Pdf.open(io.BytesIO(module(name))))
        before = marks[f"Module {name}"][0]
        assert {title: (page + before, *place) for title, (page, *place) in alone.items()}.items() <= marks.items()
    aims = [place_of(pdf, link.Dest) for _, link in links(pdf) if isinstance(link.get(Name.Dest), Array)]
    assert list(dict.fromkeys(aims)) == list(marks.values())[1:]


def test_the_links_of_a_module_lead_where_they_led() -> None:
    pdf = bound("A", "B")
    web = [(number, str(link.A.URI)) for number, link in links(pdf) if Name.A in link]
    assert web == [(1, "https://www.tensorflow.org"), (4, "https://www.tensorflow.org")]
    within = [
        (number, place_of(pdf, link.Dest)[0]) for number, link in links(pdf) if number in (1, 4) and Name.Dest in link
    ]
    assert within == [(1, 1), (4, 4)], "though the places have the same name in both"


def test_each_page_has_its_own_foot() -> None:
    pages = PdfReader(io.BytesIO(bind(map(module, "ABC"), frame))).pages
    assert [page.extract_text().splitlines()[-1].strip() for page in pages] == [
        f"Page {n + 1}" for n in range(len(pages))
    ]
    assert len(pages) == 2 + 3 * 3


def test_it_is_the_same_on_every_run() -> None:
    first = bind(map(module, "AB"), frame)
    time.sleep(1.1)  # an id made of the time would be of its seconds
    assert bind(map(module, "AB"), frame) == first


def test_it_needs_no_room_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = bind(map(module, "AB"), frame)

    def full() -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(binding, "TemporaryFile", full)
    assert bind(map(module, "AB"), frame) == expected


def test_it_says_how_many_pages_it_has() -> None:
    pdf = bound("A", "B")
    assert b"<xmpTPg:NPages>7</xmpTPg:NPages>" in pdf.Root.Metadata.read_bytes()
    assert len(pdf.pages) == 7


def test_a_module_without_headings_is_bound_too() -> None:
    bare = compile_pdf('#set document(title: "Bare")\nNo heading.', "bare")
    content = bind([bare, module("A"), bare], frame)
    assert faults_of(content) == []
    assert list(bookmarks(Pdf.open(io.BytesIO(content))))[:2] == ["Contents", "Module A"]


def test_a_frame_may_have_no_bookmarks_or_lose_them() -> None:
    for bookmarked in ("false", "true"):  # on pages that are not bound
        bare = f'#set document(title: "Bare")\nA leaf.\n#set heading(bookmarked: {bookmarked})\n'
        bare += "#pagebreak()\n#pdf.artifact[= Lost]\n" * 6
        content = bind([module("A"), module("B")], lambda _, bare=bare: compile_pdf(bare, "bare"))  # type: ignore[misc]
        assert faults_of(content) == []
        assert list(bookmarks(Pdf.open(io.BytesIO(content))))[::3] == ["Module A", "Module B"]


def test_a_frame_with_too_few_pages_is_refused() -> None:
    with pytest.raises(GradeTapeError, match=r"'sheet_frame\.typ\.j2' gave too few pages: 1, .* 3 for"):
        bind([module("A")], lambda _: frame([]))


# --- a whole sheet ---


@pytest.mark.parametrize("page", [Page(), Page("letter", columns=2)], ids=["a4", "letter, 2 columns"])
def test_a_long_sheet_is_one_document(page: Page) -> None:
    bank = select(default_location(), Wanted())
    content = pdf_of(bank, page)
    assert faults_of(content) == []
    pdf = Pdf.open(io.BytesIO(content))
    assert pdf.check_pdf_syntax() == []
    marks = bookmarks(pdf)
    titles = [question.spec.title for question in bank.questions.values()]
    aims = [place_of(pdf, link.Dest) for _, link in links(pdf) if Name.Dest in link]
    assert [aim for aim in aims if aim in [marks[title] for title in titles]] == [marks[title] for title in titles]
    assert all(aim in marks.values() for aim in aims)
    texts = [one.extract_text() for one in PdfReader(io.BytesIO(content)).pages]
    assert all(f"Page {number} of {len(texts)}" in text for number, text in enumerate(texts, start=1))
