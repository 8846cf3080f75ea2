"""PDF objects that open-source ReportLab has no class for: bytes made when the file is written."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from reportlab.pdfbase import pdfdoc


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


class Objects:
    """The numbered objects of a file that ReportLab is making."""

    def __init__(self, file: Any) -> None:
        """Take ReportLab's PDFDocument."""
        self.file = file

    def add(self, name: str, write: Callable[[], bytes]) -> bytes:
        """Add an object by a name of its own and return the reference to it ("12 0 R")."""
        self.file.Reference(Written(write), name)
        return self.reference(name)

    def add_stream(self, name: str, head: bytes, content: bytes, *, compress: bool = False) -> bytes:
        """Add a stream, ``head`` being what stands in its dictionary, and return the reference to it."""
        data = zlib.compress(content, 9) if compress else content
        filters = b"/Filter/FlateDecode" if compress else b""
        body = b"<<%s%s/Length %d>>\nstream\n%s\nendstream" % (head, filters, len(data), data)
        return self.add(name, lambda: body)

    def reference(self, name: str) -> bytes:
        """Return the reference to an object by its name."""
        return b"%d 0 R" % self.file.idToObjectNumberAndVersion[name][0]

    def page(self, number: int) -> bytes:
        """Return the reference to a page, the first being 0; once it is complete."""
        return self.reference(f"Page{number + 1}")
