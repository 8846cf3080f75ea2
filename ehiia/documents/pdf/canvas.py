"""The canvas of the record: attached files, links and empty signature fields; nothing left to chance.

Open-source ReportLab has no attachments, no archival metadata and no signature
fields; this subclass writes them, and fixes the identity and the date of the
file to those of its content, so that the same record always gives the same
bytes. It uses a few private parts of ReportLab (pinned; the tests guard them).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC
from typing import IO, Any

from reportlab.pdfbase import pdfdoc

from ehiia.documents.pdf import colour, styles, xmp
from ehiia.documents.pdf.fonts import BODY, body_characters, printable
from ehiia.documents.pdf.marking import Box, Linked, MarkedCanvas
from ehiia.documents.pdf.objects import Objects, Written, text_string
from ehiia.documents.pdf.structure import Attachment, Document, Heading
from ehiia.documents.pdf.tags import Element
from ehiia.documents.pdf.writing import Writing, write_line

CREATOR = "EHIIA"
PRODUCER = "EHIIA with ReportLab"


class RecordCanvas(MarkedCanvas):
    """A canvas for one ``Document``; ``root`` is the root of its structure tree."""

    def __init__(self, out: IO[bytes], document: Document, root: Element, **settings: Any) -> None:
        body_characters()
        settings |= {
            "pagesize": styles.PAGE,
            "initialFontName": BODY,
            "initialFontSize": 10,
            "pageCompression": 0,  # ``finish`` does it, and quicker
            "invariant": 1,
            "pdfVersion": (1, 7),
            "lang": document.language,
        }
        super().__init__(out, root=root, **settings)
        self.document = document
        self.running = document.running
        """What stands at the head and the foot of the page in hand."""
        self.objects = Objects(self._doc)
        self._titles = {
            block.key: xmp.in_one_line(block.text) for block in document.blocks if isinstance(block, Heading)
        }
        self.pages_of: dict[str, int] = {}
        """Key of a heading -> number of its page, complete when the file is saved."""
        self.total_pages = 0
        self._fields: list[str] = []
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
        """Draw one line of text in any script; return where it ends (points)."""
        line = self.beginText(x, y)
        on_one = printable(text).replace("\n", " ")
        wide = write_line(line, x, y, Writing.of(on_one, font), size)
        self.drawText(line)
        return x + wide

    # -- links and signature fields -----------------------------------------------------------

    def lead_from(self, link: Linked) -> None:
        """Make the link of a stretch of text that was drawn."""
        if link.to.startswith("#"):
            key = link.to[1:]
            self.link_to_heading(key, self._titles[key], link.box, link.element)
        else:
            self.link_to_address(link.to, link.to, link.box, link.element)

    def link_to_heading(self, key: str, label: str, box: Box, element: Element) -> None:
        """Make a box a link to a heading, read out as ``label``; ``element`` is its Link."""
        target = self._bookmarkReference(key)
        self._link(label, box, element, lambda: b"/Dest " + pdfdoc.format(target, self._doc))

    def link_to_address(self, address: str, label: str, box: Box, element: Element) -> None:
        """Make a box a link to a web address, read out as ``label``; ``element`` is its Link."""
        plain = pdfdoc.format(pdfdoc.PDFString(address), self._doc)
        self._link(label, box, element, lambda: b"/A<</S/URI/URI " + plain + b">>")

    def _link(self, label: str, box: Box, element: Element, target: Callable[[], bytes]) -> None:
        said = text_string(label)
        self._annotate(
            f"Link{self.page_index}-{len(self._annotationrefs)}",
            box,
            element,
            lambda: b"/Subtype/Link/F 4/Border[0 0 0]/Contents " + said + target(),
        )

    def signature_field(self, name: str, label: str, box: Box, element: Element) -> None:
        """Add an empty signature field, read out as ``label``; ``element`` is its Form."""
        blank = self.objects.add_stream(
            "Blank" + name,
            b"/Type/XObject/Subtype/Form/Resources<<>>/BBox[0 0 %.2f %.2f]" % (box[2], box[3]),
            b"",
        )
        told = b"/T %s/TU %s" % (text_string(name), text_string(label))
        self._annotate(
            "Field" + name,
            box,
            element,
            lambda: b"/Subtype/Widget/FT/Sig/F 132" + told + b"/AP<</N " + blank + b">>",
        )
        self._fields.append("Field" + name)

    def _annotate(self, name: str, box: Box, element: Element, told: Callable[[], bytes]) -> None:
        x, y, wide, high = box
        left, low = self.absolutePosition(x, y)
        edges = b"%.2f %.2f %.2f %.2f" % (left, low, left + wide, low + high)
        page, place = self.page_index, self.tree.annotate(element, self.page_index, name)

        def annotation() -> bytes:
            return b"<</Type/Annot/Rect[%s]/P %s/StructParent %d%s>>" % (
                edges,
                self.objects.page(page),
                self.total_pages + place,
                told(),
            )

        self._annotationrefs.append(self._doc.Reference(Written(annotation), name))

    # -- what stands in the catalogue ---------------------------------------------------------

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
            stream = self.objects.add_stream(f"Attached{number}", head, attached.content, compress=True)
            name = text_string(attached.name)
            entry = b"<</Type/Filespec/F %s/UF %s/Desc %s/AFRelationship/Data/EF<</F %s/UF %s>>>>" % (
                name,
                name,
                text_string(attached.description),
                stream,
                stream,
            )
            named.append((name, self.objects.add(f"Attachment{number}", lambda entry=entry: entry)))  # type: ignore[misc]
        if not named:
            return
        self._tell("AF", b"[" + b" ".join(reference for _, reference in named) + b"]")
        pairs = b" ".join(name + b" " + reference for name, reference in named)
        self._tell("Names", b"<</EmbeddedFiles<</Names[" + pairs + b"]>>>>")

    def _describe(self) -> None:
        """Write what the file says of itself: its tags, its colours, its properties."""
        self._doc.Catalog.StructTreeRoot = pdfdoc.PDFObjectReference("Structure")
        self.tree.write(self.objects, self.total_pages)
        self._tell("MarkInfo", b"<</Marked true>>")
        profile = self.objects.add_stream("Colours", b"/N 3", colour.srgb(), compress=True)
        name = colour.NAME.encode("ascii")
        self._tell(
            "OutputIntents",
            b"[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(%s)/Info(%s)"
            b"/DestOutputProfile %s>>]" % (name, name, profile),
        )
        packet = xmp.packet(self.document, creator=CREATOR, producer=PRODUCER)
        self.objects.add_stream("Properties", b"/Type/Metadata/Subtype/XML", packet)
        self._doc.Catalog.Metadata = pdfdoc.PDFObjectReference("Properties")
        if self._fields:
            fields = b" ".join(self.objects.reference(name) for name in self._fields)
            self._tell("AcroForm", b"<</Fields[" + fields + b"]>>")

    def _tell(self, name: str, content: bytes) -> None:
        """Write an entry of the catalogue."""
        catalogue = self._doc.Catalog
        if name not in catalogue.__NoDefault__:
            catalogue.__NoDefault__ = [*catalogue.__NoDefault__, name]
        setattr(catalogue, name, Written(lambda: content))

    # -- saving -------------------------------------------------------------------------------

    def save(self) -> None:
        """Finish the last page, draw what waited for the number of pages, and write the file."""
        if self._code:
            self.showPage()
        self.total_pages = self.page_index
        self.draw_later()
        self._attach(self.document.attachments)
        self._describe()
        self._doc.SaveToFile(self._filename, self)
