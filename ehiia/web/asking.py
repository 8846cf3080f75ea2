"""What views that ask something have in common: refusals shown on the form, what was done, uploads."""

from __future__ import annotations

from flask import Response, flash
from werkzeug.datastructures import FileStorage

from ehiia.forms.base import EhiiaForm
from ehiia.services import uploads
from ehiia.services.transaction import Invalid, NotAllowed, Refused, Stale

MEANWHILE = (
    "Somebody else changed {} meanwhile. What you typed is still here: look at theirs, then save again to "
    "put yours in its place"
)


class Asked:
    """A form that somebody was asked to fill in. Within its block what a service refuses stands on the form.

    ``status`` is that of its page: 200 until it is sent; then 400, 403 or 409, unless the block redirects.
    ``stale``: somebody else changed ``noun`` meanwhile; the page shows theirs, and the form has to be given
    the new revision.
    """

    def __init__(self, form: EhiiaForm, noun: str = "this") -> None:
        """Begin with a form that was not sent."""
        self.form, self.noun = form, noun
        self.status, self.stale = 200, False

    def __enter__(self) -> None:
        """It was sent: unless everything is well, its page is shown again."""
        self.status = 400

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Put a refusal on the form; anything else goes on."""
        match error:
            case Invalid():
                refuse(self.form, error)
            case NotAllowed():
                self.form.refuse("", error.reason)
                self.status = 403
            case Refused():
                self.form.refuse("", error.reason)
                self.status = 409
            case Stale():
                self.form.refuse("", MEANWHILE.format(self.noun))
                self.status, self.stale = 409, True
            case _:
                return False
        return True


def refuse(form: EhiiaForm, error: Invalid) -> None:
    """Put what a service refused on the fields of the form; the rest above it."""
    for name, message in error.errors.items():
        form.refuse(name if name in form else "", message)


def done(message: str) -> None:
    """Say on the next page that something was done."""
    flash(message, "success")


def number(text: str | None) -> int:
    """Return a whole number that travelled with a form or an address, or 0 where it can be none of a row."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


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
