"""What views that ask something have in common: refusals shown on the form, what was done, uploads."""

from __future__ import annotations

from flask import flash
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
