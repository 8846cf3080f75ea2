"""Reads PDFs with poppler's programs: other code than that which wrote them."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

from ehiia.documents.pdf.fonts import printable


def run(program: str, folder: Path, pdf: bytes, *options: str, after: str = "") -> str:
    """Run a program of poppler on a file and return what it prints."""
    assert shutil.which(program), f"{program} is missing: install poppler-utils"
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    command = [program, *options, str(path), *([after] if after else [])]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    return done.stdout.decode("utf-8", "replace")


def text_of(pdf: bytes, folder: Path) -> str:
    """Return the text of all pages in the order it was drawn, without the running lines above and below."""
    body = ("-x", "0", "-y", "62", "-W", "596", "-H", "729")
    return run("pdftotext", folder, pdf, "-raw", "-enc", "UTF-8", *body, after="-")


def squeezed(text: str) -> str:
    """Return the text without any white space, composed: lines and cells break anywhere."""
    return "".join(unicodedata.normalize("NFC", text).split())


def as_printed(text: str) -> str:
    """Return what must be found on paper of a text, without white space."""
    return squeezed(printable(text))
