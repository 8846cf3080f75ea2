"""What views that ask something have in common: refusals shown on the form, what was done, uploads."""

from __future__ import annotations

from flask import Response, flash
from werkzeug.datastructures import FileStorage

from ehiia.forms.base import EhiiaForm
from ehiia.services import uploads
from ehiia.services.transaction import Invalid


def refuse(form: EhiiaForm, error: Invalid) -> None:
    """Put what a service refused on the fields of the form; the rest above it."""
    for name, message in error.errors.items():
        form.refuse(name if name in form else "", message)


def done(message: str) -> None:
    """Say on the next page that something was done."""
    flash(message, "success")


def number(text: str | None) -> int:
    """Return a whole number that travelled with a form, or 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0


def bytes_of(file: FileStorage | None) -> tuple[str, bytes] | None:
    """Return name and content of an upload, or None where no file was chosen."""
    if file is None or not file.filename:
        return None
    return file.filename, file.read(uploads.most_bytes() + 1)


def attachment(name: str, content: bytes) -> Response:
    """Hand out what somebody uploaded: always to be saved, never shown or run inside a page."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=_safe(name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _safe(name: str) -> str:
    """Return a name that is the same in every header: letters, digits and a few signs."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return kept.strip(" .")[-120:] or "evidence"
