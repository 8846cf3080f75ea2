"""Read back what stands in the content controls of a Word document.

Only two parts of the file are opened, with the standard library: python-docx
would load styles, pictures and numbering, refuses files that other programs
left slightly odd, and knows nothing of content controls. The file comes from
outside: it is bounded in size, and one that declares entities is refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ehiia.documents.word.form import (
    CHOOSE,
    NAMESPACE,
    NO_ANSWER,
    TYPE_HERE,
    W14,
    Entered,
    Found,
    NotReadable,
    tidy,
)

MAIN = "word/document.xml"
MOST_BYTES = 30 * 2**20
"""Of one part, unpacked. A form of 200 questions is about half a megabyte."""
MOST_PARTS = 2000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DAMAGED = (
    "The file cannot be opened as a Word document: it is damaged, or it is another kind of file. "
    "Open it in Word, save it again as a Word document (.docx), and choose the new file"
)
_NO_FIELDS = (
    "There is no field of an assessment in this document. Download the form from the page of the "
    "assessment, answer in its grey fields, and choose that file. If your text is in another document, "
    "copy it into the fields"
)
_NAMELESS = (
    "This is our form, but it was saved by a program that threw away the names of its fields, as "
    "LibreOffice and Google Docs can. Your text is still in your file: download the form again, copy your "
    "text into its fields in Word, and choose that file"
)
_TOO_LARGE = "The document is too large to be a form. Leave out pictures, and choose the new file"
_PROTECTED = "The file is protected with a password. Save it without a password, and choose the new file"


def read(data: bytes) -> Found:
    """Return what stands in a document. Raises NotReadable, with a sentence, for what is no form of ours."""
    document, about = _parts(data)
    values: dict[str, Entered] = {}
    twice = []
    for control in _controls(document):
        tag = _tag(control)
        if not tag or tag.startswith("="):
            continue
        value = _value(control)
        if tag in values and values[tag] != value:
            twice.append(tag)
        values.setdefault(tag, value)
    if not values:
        raise NotReadable(_NAMELESS if about is not None else _NO_FIELDS)
    reference = about.get("reference", "") if about is not None else ""
    questions = about.get("questions", "") if about is not None else ""
    made_from = {f.get("t", ""): f.get("d", "") for f in about if f.get("t")} if about is not None else {}
    return Found(reference, questions, made_from, values, tuple(twice))


# -- parts ---------------------------------------------------------------------------------------------


def _parts(data: bytes) -> tuple[Element, Element | None]:
    """Return the text of the document, and what it was made from where that is still there."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # a file with a password, or the .doc of long ago
        raise NotReadable(_PROTECTED if b"E\0n\0c\0r\0y\0p\0t" in data else _DAMAGED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > MOST_PARTS:
                raise NotReadable(_DAMAGED)
            document = _xml(archive, MAIN)
            about = None
            for name in names:
                if name.startswith("customXml/item") and name.endswith(".xml"):
                    found = _ours(archive, name)
                    about = found if found is not None else about
            return document, about
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, ValueError, RuntimeError) as error:
        raise NotReadable(_DAMAGED) from error
    except (NotImplementedError, ElementTree.ParseError) as error:
        raise NotReadable(_DAMAGED) from error


def _ours(archive: zipfile.ZipFile, name: str) -> Element | None:
    """Return the part that says what the form was made from; None for anybody else's part."""
    try:
        root = _xml(archive, name)
    except (NotReadable, ElementTree.ParseError):
        return None
    return root if root.tag == f"{{{NAMESPACE}}}form" else None


def _xml(archive: zipfile.ZipFile, name: str) -> Element:
    if archive.getinfo(name).file_size > MOST_BYTES:
        raise NotReadable(_TOO_LARGE)
    with archive.open(name) as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise NotReadable(_DAMAGED)
    return ElementTree.fromstring(text)  # noqa: S314 - no entities: refused above


# -- controls ------------------------------------------------------------------------------------------


def _controls(document: Element) -> Iterator[Element]:
    return document.iter(f"{_W}sdt")


def _tag(control: Element) -> str:
    tag = control.find(f"{_W}sdtPr/{_W}tag")
    return tag.get(f"{_W}val", "") if tag is not None else ""


def _value(control: Element) -> Entered:
    content = control.find(f"{_W}sdtContent")
    if content is None:
        return ""
    boxes = [inner for inner in content.iter(f"{_W}sdt") if _tag(inner).startswith("=")]
    if boxes:
        return tuple(_tag(box)[1:] for box in boxes if _ticked(box))
    if control.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None:
        return ""
    paragraphs = list(content.iter(f"{_W}p"))
    text = "\n".join(map(_text, paragraphs)) if paragraphs else _text(content)
    text = tidy(text)
    return "" if text in {TYPE_HERE, CHOOSE, NO_ANSWER} else text


def _ticked(box: Element) -> bool:
    checked = box.find(f"{_W}sdtPr/{{{W14}}}checkbox/{{{W14}}}checked")
    return checked is not None and checked.get(f"{{{W14}}}val", "1") not in {"0", "false", "off"}


def _text(paragraph: Element) -> str:
    """Return the text of a paragraph as it reads: inserted text counts, deleted text does not."""
    found = ["- "] if paragraph.find(f"{_W}pPr/{_W}numPr") is not None else []
    for element in _standing(paragraph):
        match element.tag.removeprefix(_W):
            case "t":
                found.append(element.text or "")
            case "tab":
                found.append("\t")
            case "br" | "cr":
                found.append("\n")
            case "noBreakHyphen":
                found.append("-")
    return "".join(found)


_NOT_TEXT = frozenset(f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "p"))


def _standing(element: Element) -> Iterator[Element]:
    """Walk over a paragraph without what was deleted, and without paragraphs inside it (a text box)."""
    for inner in element:
        if inner.tag not in _NOT_TEXT:
            yield inner
            yield from _standing(inner)
