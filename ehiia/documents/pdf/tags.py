"""The structure tree: what assistive technology reads instead of the pages (ISO 32000-1, 14.7 and 14.8).

It is built from the logical document before layout begins. What is drawn later
is noted as content of its element: a marked-content sequence of a page, or an
annotation. Elements of which nothing was drawn are left out of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from ehiia.documents.pdf.objects import Objects, text_string

STANDS_EMPTY = frozenset({"Document", "H1", "H2", "H3", "H4", "TBody", "TH", "TD"})
"""Roles that are written although nothing was drawn of them: no level of headings is skipped, and the grid
of a table has no holes."""


class Sequence(NamedTuple):
    """A marked-content sequence: the number of its page, from 0, and its number on it."""

    page: int
    number: int


class Annotation(NamedTuple):
    """An annotation (a link, a field): the number of its page, from 0, and the name of its object."""

    page: int
    name: str


@dataclass(eq=False, slots=True)
class Element:
    """A structure element: its role ("P", "TH"), what is told of it, and what it is made of."""

    role: str
    alternative: str = ""
    """What stands for it where it cannot be seen: a chart, squares."""
    actual: str = ""
    """The text that its glyphs stand for, where the glyphs alone do not tell."""
    language: str = ""
    """Language of it, where that is not the document's ("cy", "ar")."""
    attributes: str = ""
    """Inside of its attribute dictionary, in PDF ("/O/Table/Scope/Row")."""
    key: str = ""
    """Its name in the file, for those that are led to; unique."""
    box: tuple[float, float, float, float] | None = None
    """Left, low, right and high edge on the page (points), for figures."""
    kids: list[Element | Sequence | Annotation] = field(default_factory=list)

    def add(
        self,
        role: str,
        *,
        alternative: str = "",
        actual: str = "",
        language: str = "",
        attributes: str = "",
        key: str = "",
    ) -> Element:
        """Add an element to the end of this one and return it."""
        added = Element(role, alternative, actual, language, attributes, key)
        self.kids.append(added)
        return added

    def drawn(self) -> bool:
        """Say whether it is written: something of it was drawn, or its role stands empty."""
        return self.role in STANDS_EMPTY or any(
            not isinstance(kid, Element) or kid.drawn() for kid in self.kids
        )


class Sections:
    """Where the next block belongs: a section for each heading, inside that of the heading above it."""

    def __init__(self, root: Element) -> None:
        self._open = [root]

    @property
    def here(self) -> Element:
        """The innermost section that is open."""
        return self._open[-1]

    def begin(self, level: int) -> Element:
        """Begin the section of a heading of this level (1 to 4) and return it."""
        del self._open[level:]
        self._open.append(self.here.add("Sect"))
        return self.here


class StructureTree:
    """The tree of one file, with what was drawn of it page by page."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._pages: list[list[Element]] = []
        self._annotated: list[tuple[Element, str]] = []

    def mark(self, element: Element, page: int) -> int:
        """Note that a sequence of an element begins on a page; return its number on the page."""
        while len(self._pages) <= page:
            self._pages.append([])
        owners = self._pages[page]
        owners.append(element)
        element.kids.append(Sequence(page, len(owners) - 1))
        return len(owners) - 1

    def annotate(self, element: Element, page: int, name: str) -> int:
        """Note that an annotation belongs to an element; return its place among all annotations."""
        self._annotated.append((element, name))
        element.kids.append(Annotation(page, name))
        return len(self._annotated) - 1

    def write(self, objects: Objects, pages: int) -> bytes:
        """Write the tree and return the reference to its root. A page's own number leads to its sequences.

        The number of an annotation is its place after ``pages``, the number of pages.
        """
        written = list(_in_order(self.root, None))
        references = {id(one): b"" for one, _ in written}
        root = objects.add("Structure", lambda: body)
        for number, (one, parent) in enumerate(written):
            above = references[id(parent)] if parent else root
            write = partial(_element, one, above, references, objects)
            references[id(one)] = objects.add(f"Structure{number}", write)
        of_pages = [
            b"%d[%s]" % (number, b" ".join(references[id(owner)] for owner in owners))
            for number, owners in enumerate(self._pages)
        ]
        of_annotations = [
            b"%d %s" % (pages + place, references[id(owner)])
            for place, (owner, _) in enumerate(self._annotated)
        ]
        parents = b"<</Nums[%s]>>" % b"\n".join(of_pages + of_annotations)
        keys = sorted((one.key, references[id(one)]) for one, _ in written if one.key)
        names = b" ".join(text_string(key) + b" " + reference for key, reference in keys)
        body = b"<</Type/StructTreeRoot/K %s/ParentTree %s/ParentTreeNextKey %d/IDTree<</Names[%s]>>>>" % (
            references[id(self.root)],
            objects.add("StructureParents", lambda: parents),
            pages + len(self._annotated),
            names,
        )
        return root


def _in_order(element: Element, parent: Element | None) -> Iterator[tuple[Element, Element | None]]:
    if element.drawn():
        yield element, parent
        for kid in element.kids:
            if isinstance(kid, Element):
                yield from _in_order(kid, element)


def _element(element: Element, above: bytes, references: dict[int, bytes], objects: Objects) -> bytes:
    parts = [b"<</Type/StructElem/S/%s/P %s" % (element.role.encode("ascii"), above)]
    told = (
        (b"/Alt", element.alternative),
        (b"/ActualText", element.actual),
        (b"/Lang", element.language),
        (b"/ID", element.key),
    )
    parts += [name + text_string(text) for name, text in told if text]
    attributes = [b"<<%s>>" % element.attributes.encode("ascii")] if element.attributes else []
    if element.box:
        attributes.append(b"<</O/Layout/Placement/Block/BBox[%.2f %.2f %.2f %.2f]>>" % element.box)
    if attributes:
        parts.append(b"/A[%s]" % b"".join(attributes))
    page = next((kid.page for kid in element.kids if isinstance(kid, Sequence)), None)
    if page is not None:
        parts.append(b"/Pg " + objects.page(page))
    kids = []
    for kid in element.kids:
        if isinstance(kid, Element):
            kids += [references[id(kid)]] if id(kid) in references else []
        elif isinstance(kid, Annotation):
            kids.append(
                b"<</Type/OBJR/Pg %s/Obj %s>>" % (objects.page(kid.page), objects.reference(kid.name))
            )
        elif kid.page == page:
            kids.append(b"%d" % kid.number)
        else:
            kids.append(b"<</Type/MCR/Pg %s/MCID %d>>" % (objects.page(kid.page), kid.number))
    if len(kids) == 1:  # not an array: pyHanko knows a field that was signed by the path .K.Obj
        parts.append(b"/K " + kids[0])
    elif kids:
        parts.append(b"/K[%s]" % b" ".join(kids))
    return b"".join(parts) + b">>"
