"""What kind of file something is, by its content; only kinds on the list are taken.

The name may say less than the content, never something else: a program named
``minutes.pdf`` is refused, and so is a PDF named ``minutes.docx``. Files that
are ZIP archives (Word, Excel, OpenDocument) are looked into. Files with macros
are refused, because whoever opens them may run a program.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype  # type: ignore[import-untyped]

OFFICE = "application/vnd.openxmlformats-officedocument"
OPENDOCUMENT = "application/vnd.oasis.opendocument"

MOST_PARTS = 20_000
"""A document with more parts than this is not one that a person wrote."""
MOST_UNPACKED = 2**30
"""A ZIP that says it unpacks to more bytes than this is refused."""


class NotAccepted(Exception):
    """The file is not taken; the message says why and what to do, for the person who chose it."""


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its name for people, its endings, and how its content is told."""

    label: str
    media_type: str
    endings: tuple[str, ...]
    is_one: Callable[[bytes], bool]


def accept(name: str, data: bytes, max_bytes: int) -> str:
    """Return the media type of a file by its content. Raises NotAccepted with a sentence."""
    if not data:
        raise NotAccepted("The file is empty. Choose a file that has something in it")
    if len(data) > max_bytes:
        raise NotAccepted(f"The file must be smaller than {_megabytes(max_bytes)}")
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    kind = next((kind for kind in KINDS if ending in kind.endings), None)
    if kind is None:
        what = f"A file that ends in {ending} cannot be used" if ending else "The name has no ending"
        raise NotAccepted(f"{what}. Choose {accepted()}")
    if data.startswith(b"PK") and _has_macros(data):
        raise NotAccepted("The file contains macros. Save it without macros, or as a PDF, and choose that")
    if not kind.is_one(data):
        raise NotAccepted(
            f"The file ends in {ending} but is not {kind.label}, or it is damaged. "
            "Open it, save it again, and choose the new file"
        )
    return kind.media_type


def accepted() -> str:
    """Return the kinds of file that are taken, as people say it."""
    labels = [kind.label for kind in KINDS]
    return ", ".join(labels[:-1]) + " or " + labels[-1]


def endings() -> str:
    """Return the endings that are taken, for the ``accept`` attribute of a file field."""
    return ",".join(ending for kind in KINDS for ending in kind.endings)


def _megabytes(count: int) -> str:
    return f"{count // 2**20} MB" if count >= 2**20 else f"{count:,} bytes"


# -- telling kinds ----------------------------------------------------------------------------


def _guessed(media_type: str) -> Callable[[bytes], bool]:
    return lambda data: bool(filetype.guess_mime(data) == media_type)


def _pdf(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]


def _office(part: str, content_type: str) -> Callable[[bytes], bool]:
    """Tell a Word or Excel file: its main part is there and is declared as what it should be."""

    def is_one(data: bytes) -> bool:
        parts = _unpacked(data, ("[Content_Types].xml",))
        return parts is not None and part in parts[0] and content_type.encode() in parts[1]

    return is_one


def _opendocument(media_type: str) -> Callable[[bytes], bool]:
    """Tell an OpenDocument file: it names its own kind in its part ``mimetype``."""

    def is_one(data: bytes) -> bool:
        parts = _unpacked(data, ("mimetype",))
        return parts is not None and "content.xml" in parts[0] and parts[1].strip() == media_type.encode()

    return is_one


def _unpacked(data: bytes, wanted: tuple[str, ...]) -> tuple[frozenset[str], bytes] | None:
    """Return the names in a ZIP and the bytes of a small part, or None where it is no sound ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                return None
            if any(part.flag_bits & 0x1 for part in parts):  # encrypted
                return None
            content = b""
            for name in wanted:
                with archive.open(name) as file:
                    content += file.read(2**20)
            return frozenset(part.filename for part in parts), content
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ):
        return None


MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")


def _has_macros(data: bytes) -> bool:
    """Say whether an archive has a part with macros, or declares that it has."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [part.filename.lower() for part in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False  # no sound ZIP; refused for that
    if any(name.rsplit("/", 1)[-1] in MACRO_PARTS for name in names):
        return True
    if any(name.startswith(("basic/", "scripts/")) and not name.endswith("/") for name in names):
        return True
    types = _unpacked(data, ("[Content_Types].xml",))
    return types is not None and b"macroenabled" in types[1].lower()


def _text(data: bytes) -> bool:
    """Tell plain text: UTF-8 (or Windows' own encoding) without control characters."""
    if data.startswith(b"%PDF-"):
        return False
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            return False
    if text.lstrip()[:100].lower().startswith(("<!doctype html", "<html", "<script", "<svg", "<?xml")):
        return False
    return not any(character < " " and character not in "\t\n\r\f" for character in text)


KINDS: tuple[Kind, ...] = (
    Kind("a PDF", "application/pdf", (".pdf",), _pdf),
    Kind(
        "a Word document",
        f"{OFFICE}.wordprocessingml.document",
        (".docx",),
        _office("word/document.xml", f"{OFFICE}.wordprocessingml.document.main+xml"),
    ),
    Kind(
        "an Excel workbook",
        f"{OFFICE}.spreadsheetml.sheet",
        (".xlsx",),
        _office("xl/workbook.xml", f"{OFFICE}.spreadsheetml.sheet.main+xml"),
    ),
    Kind("an OpenDocument text", f"{OPENDOCUMENT}.text", (".odt",), _opendocument(f"{OPENDOCUMENT}.text")),
    Kind(
        "an OpenDocument spreadsheet",
        f"{OPENDOCUMENT}.spreadsheet",
        (".ods",),
        _opendocument(f"{OPENDOCUMENT}.spreadsheet"),
    ),
    Kind("a PNG picture", "image/png", (".png",), _guessed("image/png")),
    Kind("a JPEG picture", "image/jpeg", (".jpg", ".jpeg"), _guessed("image/jpeg")),
    Kind("a CSV table", "text/csv", (".csv",), _text),
    Kind("plain text", "text/plain", (".txt",), _text),
)
"""The kinds of file that are taken, and no others."""
