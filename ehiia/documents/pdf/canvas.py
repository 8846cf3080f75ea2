"""The canvas of the record: later drawing, attached files, empty signature fields; nothing left to chance.

Open-source ReportLab has no attachments and no signature fields; this subclass
writes them, and fixes the identity and the date of the file to those of its
content, so that the same record always gives the same bytes. It uses a few
private parts of ReportLab (pinned; the tests guard them).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from datetime import UTC
from typing import IO, Any

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.fonts import BODY, body_characters, runs
from ehiia.documents.pdf.structure import Attachment, Document

CREATOR = "EHIIA"
PRODUCER = "EHIIA with ReportLab"


def text_string(text: str) -> bytes:
    """Return a text as a PDF string in UTF-16, which holds every character."""
    return b"<FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode("ascii") + b">"


class Written(pdfdoc.PDFObject):  # type: ignore[misc]
    """An indirect object whose bytes are made when the file is written."""

    __RefOnly__ = 1

    def __init__(self, write: Callable[[], bytes]) -> None:
        self.write = write

    def format(self, document: object) -> bytes:
        """Return the bytes of the object; called by ReportLab."""
        return self.write()


class RecordCanvas(Canvas):  # type: ignore[misc]
    """A canvas for one ``Document``."""

    def __init__(self, out: IO[bytes], document: Document, **settings: Any) -> None:
        body_characters()
        settings |= {
            "pagesize": styles.PAGE,
            "initialFontName": BODY,
            "initialFontSize": 10,
            "pageCompression": 1,
            "invariant": 1,
            "pdfVersion": (1, 7),
            "lang": document.language,
        }
        super().__init__(out, **settings)
        self.document = document
        self.pages_of: dict[str, int] = {}
        """Key of a heading -> number of its page, complete when the file is saved."""
        self.total_pages = 0
        self._later: list[tuple[int, str, Callable[[RecordCanvas], None]]] = []
        self._fields: list[Any] = []
        self._fix_properties()

    def _fix_properties(self) -> None:
        given, pdf = self.document, self._doc
        made = given.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        pdf.setDateFormatter(lambda *_: made)
        mark = hashlib.sha256(given.fingerprint.encode("ascii")).hexdigest()[:32].encode("ascii")
        pdf._ID = b"[<%s><%s>]" % (mark, mark)
        self.setViewerPreference("DisplayDocTitle", "true")
        self.showOutline()

    # -- drawing ------------------------------------------------------------------------------

    def line_of_text(self, x: float, y: float, text: str, font: str, size: float) -> float:
        """Draw one line of text with fallback fonts; return where it ends (points)."""
        for name, run in runs(text, font):
            self.setFont(name, size)
            self.drawString(x, y, run)
            x += self.stringWidth(run, name, size)
        return x

    def later(self, draw: Callable[[RecordCanvas], None]) -> None:
        """Call ``draw`` when all pages are known; what it draws stands here, in the order of reading.

        Its coordinates are those in force now.
        """
        # text never holds a zero byte (ReportLab writes it as an escape), so no text can look like this
        place = f"\x00{len(self._later)}\x00"
        self._later.append((len(self._doc.Pages.pages), place, draw))
        self._code.append(place)

    def _draw_later(self) -> None:
        for page_number, place, draw in self._later:
            self._code: list[str] = []
            self.init_graphics_state()
            draw(self)
            page = self._doc.Pages.pages[page_number]
            page.stream = page.stream.replace(place, "q\n" + "\n".join(self._code) + "\nQ", 1)
        self._code = []

    # -- signature fields and attached files ----------------------------------------------------

    def signature_field(self, name: str, label: str, box: tuple[float, float, float, float]) -> None:
        """Add an empty signature field; ``box`` is x, y, width, height in points, relative to the origin."""
        x, y, wide, high = box
        left, low = self.absolutePosition(x, y)
        page = self._doc.thisPageName()
        blank = self._stream(
            "Blank" + name, b"/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]" % (wide, high), b""
        )

        def widget() -> bytes:
            return (
                b"<</Type/Annot/Subtype/Widget/FT/Sig/F 132/T %s/TU %s/Rect[%.2f %.2f %.2f %.2f]"
                b"/P %s/AP<</N %s>>>>"
                % (
                    text_string(name),
                    text_string(label),
                    left,
                    low,
                    left + wide,
                    low + high,
                    self._number(page),
                    blank,
                )
            )

        reference = self._doc.Reference(Written(widget), "Field" + name)
        self._annotationrefs.append(reference)
        self._fields.append("Field" + name)

    def _number(self, name: str) -> bytes:
        return b"%d 0 R" % self._doc.idToObjectNumberAndVersion[name][0]

    def _object(self, name: str, write: Callable[[], bytes]) -> bytes:
        self._doc.Reference(Written(write), name)
        return self._number(name)

    def _stream(self, name: str, head: bytes, content: bytes, *, compress: bool = False) -> bytes:
        data = zlib.compress(content, 9) if compress else content
        filters = b"/Filter/FlateDecode" if compress else b""
        body = b"<<%s%s/Length %d>>\nstream\n%s\nendstream" % (head, filters, len(data), data)
        return self._object(name, lambda: body)

    def _attach(self, attachments: tuple[Attachment, ...]) -> None:
        made = self.document.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode("ascii")
        named: list[tuple[bytes, bytes]] = []
        for number, attached in enumerate(sorted(attachments, key=lambda one: one.name)):
            head = b"/Type/EmbeddedFile/Subtype/%s/Params<</Size %d/ModDate(%s)/CheckSum<%s>>>" % (
                attached.media_type.replace("/", "#2F").encode("ascii"),
                len(attached.content),
                made,
                hashlib.md5(attached.content, usedforsecurity=False).hexdigest().encode("ascii"),
            )
            stream = self._stream(f"Attached{number}", head, attached.content, compress=True)
            name = text_string(attached.name)
            entry = b"<</Type/Filespec/F %s/UF %s/Desc %s/AFRelationship/Data/EF<</F %s/UF %s>>>>" % (
                name,
                name,
                text_string(attached.description),
                stream,
                stream,
            )
            named.append((name, self._object(f"Attachment{number}", lambda entry=entry: entry)))  # type: ignore[misc]
        if not named:
            return
        catalog = self._doc.Catalog
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "AF"]
        catalog.AF = Written(lambda: b"[" + b" ".join(reference for _, reference in named) + b"]")
        pairs = b" ".join(name + b" " + reference for name, reference in named)
        catalog.Names = Written(lambda: b"<</EmbeddedFiles<</Names[" + pairs + b"]>>>>")

    # -- saving -------------------------------------------------------------------------------

    def save(self) -> None:
        """Finish the last page, draw what waited for the number of pages, and write the file."""
        if self._code:
            self.showPage()
        self.total_pages = len(self._doc.Pages.pages)
        self._draw_later()
        self._attach(self.document.attachments)
        if self._fields:
            fields = b" ".join(self._number(name) for name in self._fields)
            self._doc.Catalog.AcroForm = Written(lambda: b"<</Fields[" + fields + b"]>>")
        self._doc.SaveToFile(self._filename, self)
