"""A canvas on which every text belongs to a structure element, and everything else is an artifact.

Text that is drawn without either is an error: it would be on paper and yet
hidden from those who listen. Uses private parts of ReportLab (pinned; tested).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from ehiia.documents.pdf.objects import text_string
from ehiia.documents.pdf.tags import Element, StructureTree

PAINTS = re.compile(r"(?:^|\s)(?:S|s|f|F|f\*|B|B\*|b|b\*|Do|sh|EI|Tj|TJ)(?=\s|$)")
"""Operators that leave something on the page."""

END = "EMC"
HEADER = "/Artifact <</Type/Pagination/Subtype/Header>> BDC"
FOOTER = "/Artifact <</Type/Pagination/Subtype/Footer>> BDC"
ARTIFACT = "/Artifact BMC"


Box = tuple[float, float, float, float]
"""x, y, width and height in points, relative to the origin in force."""


class UntaggedText(ValueError):
    """Text was drawn that belongs to no structure element and is no artifact."""


class _Opening(str):
    """The operator that begins a marked-content sequence."""

    __slots__ = ()


class _Closing(str):
    """The operator that ends one."""

    __slots__ = ()


class _Complete(str):
    """A whole marked-content sequence, or several."""

    __slots__ = ()


class _Turn(str):
    """The place in a text where a link or a span begins or ends; it writes nothing."""

    inside: tuple[Element, ...] = ()
    """What the text that follows stands in, the innermost last."""


class Linked(NamedTuple):
    """A stretch of one line that leads somewhere."""

    element: Element
    to: str
    """An address, or "#" and the key of a heading."""
    box: Box


class TaggedText(PDFTextObject):  # type: ignore[misc]
    """A text of the page in which links and spans can begin and end; a span may stand in a link."""

    _link: Linked | None = None

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.links: list[Linked] = []

    def lead(self, to: str, box: Box) -> None:
        """Let what follows lead somewhere, or nowhere (""); at the next line a link goes on."""
        if not to and self._link is None:
            return
        goes_on = self._link is not None and self._link.to == to
        self._link = None
        if to:
            element = self.links[-1].element if goes_on else Element("Link")
            self._link = Linked(element, to, box)
            self.links.append(self._link)
        self._turn(None)

    def begin_span(self, actual: str, language: str = "") -> None:
        """Begin a span: the glyphs that follow stand for ``actual``, in ``language`` ("ar")."""
        self._turn(Element("Span", actual=actual, language=language))

    def end_span(self) -> None:
        """End the span; what follows belongs to the link or the paragraph again."""
        self._turn(None)

    def _turn(self, span: Element | None) -> None:
        turn = _Turn("")
        around = (self._link.element,) if self._link else ()
        turn.inside = (*around, span) if span else around
        self._code.append(turn)

    def segments(self) -> Iterator[tuple[tuple[Element, ...], str]]:
        """Yield the operators between BT and ET, cut at each turn, each with what it stands in."""
        self.getCode()  # appends ET, and what has to stand before it
        inside: tuple[Element, ...] = ()
        code: list[str] = []
        for part in self._code[1 : self._code.index("ET")]:
            if isinstance(part, _Turn):
                yield inside, " ".join(code)
                inside, code = part.inside, []
            else:
                code.append(part)
        yield inside, " ".join(code)

    @property
    def has_turns(self) -> bool:
        """Say whether a link or a span begins in it."""
        return any(isinstance(part, _Turn) for part in self._code)


class MarkedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that notes what belongs to which structure element."""

    def __init__(self, *given: Any, root: Element, **settings: Any) -> None:
        self.tree = StructureTree(root)
        self._element: Element | None = None
        self._first: Element | None = None
        self._within = False
        """Whether all that is drawn now is inside one sequence: a figure, an artifact."""
        self._later: list[tuple[int, str, Callable[[Any], None]]] = []
        super().__init__(*given, **settings)

    # -- what belongs where -------------------------------------------------------------------

    @contextmanager
    def belonging(self, element: Element, *, first: Element | None = None) -> Iterator[None]:
        """Let the texts drawn inside belong to an element; lines and shapes are artifacts.

        ``first`` is the element of the first of the texts, where that is another: the bullet of an item.
        """
        before = self._element, self._first
        self._element, self._first = element, first
        try:
            yield
        finally:
            self._element, self._first = before

    @contextmanager
    def span(self, actual: str, language: str = "") -> Iterator[None]:
        """Let the texts drawn inside be a span: their glyphs stand for ``actual``, in ``language``."""
        if self._within or self._element is None:
            yield
            return
        with self.belonging(self._element.add("Span", actual=actual, language=language)):
            yield

    @contextmanager
    def figure(self, element: Element) -> Iterator[None]:
        """Let all that is drawn inside, texts and shapes, be one figure."""
        with self._sequence(lambda: self._begin(element)):
            yield

    @contextmanager
    def artifact(self, kind: str = ARTIFACT) -> Iterator[None]:
        """Let all that is drawn inside be passed over: ``HEADER``, ``FOOTER`` or another ``ARTIFACT``."""
        with self._sequence(lambda: kind):
            yield

    @contextmanager
    def _sequence(self, opening: Callable[[], str]) -> Iterator[None]:
        if self._within:
            yield
            return
        self._code.append(_Opening(opening()))
        self._within = True
        try:
            yield
        finally:
            self._within = False
            self._code.append(_Closing(END))

    @property
    def page_index(self) -> int:
        """Number of the page that is being drawn, from 0."""
        return len(self._doc.Pages.pages)

    def _begin(self, element: Element) -> str:
        number = self.tree.mark(element, self.page_index)
        told = f"/ActualText {text_string(element.actual).decode('ascii')}" if element.actual else ""
        told += f"/Lang({element.language})" if element.language else ""
        return f"/{element.role} <</MCID {number}{told}>> BDC"

    # -- drawing ------------------------------------------------------------------------------

    def beginText(self, x: float = 0, y: float = 0, direction: Any = None) -> TaggedText:  # noqa: N802
        """Begin a text; called by ReportLab."""
        return TaggedText(self, x, y, direction=direction)

    def drawText(self, text: TaggedText) -> None:  # noqa: N802
        """Draw a text as content of the element that is open. Raises ``UntaggedText`` where none is."""
        if self._within:
            super().drawText(text)
            return
        element, self._first = self._first or self._element, None
        if element is None:
            raise UntaggedText(f"text without a structure element: {text.getCode()[:80]}")
        if not text.has_turns:
            self._code.append(_Complete(f"{self._begin(element)} {text.getCode()} {END}"))
            return
        parts = ["BT"]
        for inside, code in text.segments():
            if PAINTS.search(code):
                owner = element
                for inner in inside:
                    if not owner.kids or owner.kids[-1] is not inner:
                        owner.kids.append(inner)
                    owner = inner
                code = f"{self._begin(owner)} {code} {END}"
            parts.append(code)
        self._code.append(_Complete(" ".join([*parts, "ET"])))
        for link in text.links:
            self.lead_from(link)

    def lead_from(self, link: Linked) -> None:
        """Make the link of a stretch of text that was drawn."""
        raise NotImplementedError

    def later(self, draw: Callable[[Any], None]) -> None:
        """Call ``draw`` when all pages are known; what it draws stands here, in the order of reading.

        Its coordinates are those in force now. It belongs to what is open now.
        """
        if not self._within:
            if self._element is None:
                raise UntaggedText("something is to be drawn later without a structure element")
            with self.figure(self._element):
                self.later(draw)
            return
        # text never holds a zero byte (ReportLab writes it as an escape), so no text can look like this
        place = f"\x00{len(self._later)}\x00"
        self._later.append((self.page_index, place, draw))
        self._code.append(place)

    def draw_later(self) -> None:
        """Draw what waited for the last page."""
        self._within = True
        for page_number, place, draw in self._later:
            self._code: list[str] = []
            self.init_graphics_state()
            draw(self)
            page = self._doc.Pages.pages[page_number]
            page.stream = page.stream.replace(place, "q\n" + "\n".join(self._code) + "\nQ", 1)
        self._code = []
        self._within = False

    # -- pages --------------------------------------------------------------------------------

    def showPage(self) -> None:  # noqa: N802
        """End the page: what was drawn of no element becomes an artifact."""
        self._code[:] = _with_artifacts(self._code)
        super().showPage()

    def _setAnnotations(self, page: Any) -> None:  # noqa: N802
        super()._setAnnotations(page)
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = self.page_index, pdfdoc.PDFName("S")


def _with_artifacts(code: list[str]) -> Iterator[str]:
    """Yield the operators of a page, with those marked as artifacts that paint outside all sequences."""
    outside: list[str] = []
    within = False
    for part in code:
        if within:
            within = not isinstance(part, _Closing)
            yield part
        elif isinstance(part, _Opening | _Complete):
            yield from _artifact(outside)
            outside = []
            within = isinstance(part, _Opening)
            yield part
        else:
            outside.append(part)
    yield from _artifact(outside)


def _artifact(code: list[str]) -> list[str]:
    return [ARTIFACT, *code, END] if PAINTS.search(" ".join(code)) else code
