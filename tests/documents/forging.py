"""What a forger may do to a signed file: incremental updates that leave every signed byte as it was."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Return the file with an incremental update, as a forger makes it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _signed_field(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    """Return the field of the last signatory."""
    fields = [one.get_object() for one in writer.root["/AcroForm"]["/Fields"]]
    found = [one for one in fields if "/V" in one and one["/T"] not in ("Seal", "ArchiveTimestamp")][-1]
    assert isinstance(found, generic.DictionaryObject)
    return found


def page_added(writer: IncrementalPdfFileWriter) -> None:
    """Add a page like the first."""
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject(pages["/Kids"][0].get_object())  # type: ignore[no-untyped-call]
    page[pdf_name("/Annots")] = generic.ArrayObject()
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = generic.NumberObject(pages["/Count"] + 1)  # type: ignore[no-untyped-call]
    writer.update_container(pages["/Kids"])
    writer.update_container(pages)


def page_removed(writer: IncrementalPdfFileWriter) -> None:
    """Remove the last page."""
    pages = writer.root["/Pages"]
    pages["/Kids"].pop()
    pages["/Count"] = generic.NumberObject(pages["/Count"] - 1)  # type: ignore[no-untyped-call]
    writer.update_container(pages["/Kids"])
    writer.update_container(pages)


def text_changed(writer: IncrementalPdfFileWriter) -> None:
    """Write over the first page."""
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    added = writer.add_object(generic.StreamObject(stream_data=b"BT /F1+0 40 Tf 60 400 Td (REJECTED) Tj ET"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), added])
    writer.update_container(page)


def data_replaced(writer: IncrementalPdfFileWriter) -> None:
    """Replace the attached record."""
    attached = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()["/EF"]
    forged = writer.add_object(generic.StreamObject(stream_data=b'{"type":"DecisionRecord"}'))
    attached[pdf_name("/F")] = attached[pdf_name("/UF")] = forged
    writer.update_container(attached)


def data_added(writer: IncrementalPdfFileWriter) -> None:
    """Attach another file."""
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    names += [generic.pdf_string("terms.txt"), names.raw_get(1)]
    writer.update_container(names)


def signature_removed(writer: IncrementalPdfFileWriter) -> None:
    """Empty the field of the last signatory."""
    field = _signed_field(writer)
    del field["/V"]
    writer.update_container(field)


def seal_removed(writer: IncrementalPdfFileWriter) -> None:
    """Empty all signed fields."""
    for one in writer.root["/AcroForm"]["/Fields"]:
        one.get_object().pop("/V", None)
        writer.update_container(one.get_object())


def note_added(writer: IncrementalPdfFileWriter) -> None:
    """Put a note on the second page."""
    page = writer.root["/Pages"]["/Kids"][1].get_object()
    note = generic.DictionaryObject(  # type: ignore[no-untyped-call]
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 200))),
            pdf_name("/Contents"): generic.pdf_string("void"),
        }
    )
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
    writer.update_container(page)


def label_changed(writer: IncrementalPdfFileWriter) -> None:
    """Call a signature somebody else's."""
    field = _signed_field(writer)
    field["/TU"] = generic.pdf_string("Signature of somebody else")
    writer.update_container(field)


def look_changed(writer: IncrementalPdfFileWriter) -> None:
    """Draw another name where a signature is shown."""
    field = _signed_field(writer)
    shown = generic.StreamObject(
        {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form")},
        stream_data=b"BT (Signed by somebody else) Tj ET",
    )
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(shown)})  # type: ignore[no-untyped-call]
    writer.update_container(field)


def field_added(writer: IncrementalPdfFileWriter) -> None:
    """Add a field to type in."""
    field = generic.DictionaryObject(  # type: ignore[no-untyped-call]
        {pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): generic.pdf_string("Extra")}
    )
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(writer.add_object(field))
    writer.update_container(fields)


def signature_replaced(writer: IncrementalPdfFileWriter) -> None:
    """Put another signature in the place of the last signatory's."""
    field = _signed_field(writer)
    other = generic.DictionaryObject(field["/V"])  # type: ignore[no-untyped-call]
    field["/V"] = writer.add_object(other)
    writer.update_container(field)
