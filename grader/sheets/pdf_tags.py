"""What a screen reader finds in a PDF, its tags (ISO 32000-1, 14.7 and 14.8), of several documents made that of one."""

from collections.abc import Iterable, Iterator

from pikepdf import Array, Name, NameTree, NumberTree, Object, Pdf, String


def add_tags(bound: Pdf, other: Pdf, pages: Iterable[Object], prefix: str) -> None:
    """Add the tags of another PDF, whose pages ``bound`` has already, for the time being as those of one more document.

    Its ids get a prefix, since there may be the same in ``bound``. The tags of a PDF may be added only once.
    """
    root = bound.Root.StructTreeRoot
    tags = bound.copy_foreign(other.Root.StructTreeRoot)
    _add_document(root, tags)
    _add_parents(bound, tags, pages)
    _add_ids(bound, tags, prefix)


def make_parts(bound: Pdf) -> None:
    """Let the document that was added last be the only one, of which the others are parts (14.8.4.2)."""
    root = bound.Root.StructTreeRoot
    *parts, document = root.K
    for part in parts:
        part.S, part.P = Name.Part, document
        document.K.append(part)
    root.K = Array([document])


def own(document: Pdf, holder: Object, key: Name) -> Object:
    """Return a value as an object by itself (7.3.10), as pikepdf before version 10.11 must have it of a tree."""
    holder[key] = document.make_indirect(holder[key])
    return holder[key]


def _add_document(root: Object, tags: Object) -> None:
    """Add the document that ``tags`` is of, for the time being a second one."""
    (document,) = tags.K
    document.P = root
    root.K.append(document)


def _add_parents(bound: Pdf, tags: Object, pages: Iterable[Object]) -> None:
    """Enter what pages and links know their tags by, renumbered, in the one tree of parents (14.7.4.4)."""
    root = bound.Root.StructTreeRoot
    first = int(root.ParentTreeNextKey)
    for page in pages:
        _raise(page, Name.StructParents, first)
        for link in page.get(Name.Annots, ()):
            _raise(link, Name.StructParent, first)
    parents = NumberTree(own(bound, root, Name.ParentTree))
    for number, parent in NumberTree(own(bound, tags, Name.ParentTree)).items():
        parents[number + first] = parent
    root.ParentTreeNextKey = first + int(tags.ParentTreeNextKey)


def _raise(item: Object, key: Name, by: int) -> None:
    if key in item:
        item[key] = int(item[key]) + by


def _add_ids(bound: Pdf, tags: Object, prefix: str) -> None:
    """Enter the ids of the heads of tables, which begin anew in each document, in the one tree of names (14.7.2)."""
    if Name.IDTree not in tags:
        return
    root = bound.Root.StructTreeRoot
    if Name.IDTree not in root:
        root.IDTree = NameTree.new(bound).obj
    ids = NameTree(own(bound, root, Name.IDTree))
    heads = dict(NameTree(own(bound, tags, Name.IDTree)).items())
    for id_, head in heads.items():
        head.ID = String(prefix + id_)
        ids[prefix + id_] = head
    for table in {table.objgen: table for table in map(_table_of, heads.values())}.values():
        for cell in _cells(table):
            _rename_heads(cell, prefix)


def _table_of(element: Object) -> Object:
    return element if Name.Table == element.S else _table_of(element.P)


def _cells(element: Object) -> Iterator[Object]:
    for child in element.K:
        if child.S in (Name.TH, Name.TD):
            yield child
        else:
            yield from _cells(child)


def _rename_heads(cell: Object, prefix: str) -> None:
    """Let a cell refer to its heads by their new ids (14.8.5.7)."""
    for attributes in cell.get(Name.A, ()):
        if Name.Headers in attributes:
            attributes.Headers = Array(String(prefix + str(id_)) for id_ in attributes.Headers)
