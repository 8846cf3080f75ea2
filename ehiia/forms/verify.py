"""The forms for asking about a record: by the file itself, or by what is printed on it."""

from __future__ import annotations

from wtforms import ValidationError

from ehiia.domain import codes
from ehiia.forms.fields import EhiiaForm, LineField, UploadField


class VerifyForm(EhiiaForm):
    """A signed PDF to look at."""

    file = UploadField(
        "Signed PDF, up to 20 MB", noun="The file", accept=".pdf", required="Choose a signed PDF"
    )


class EnquiryForm(EhiiaForm):
    """The code of a record, or the reference of one that was published."""

    asked = LineField(
        "Code or reference",
        hint="The 12 letters and digits on the cover, such as 7KMQ-4RTX-9CWE, or the reference of a "
        "published record, such as EHIIA-2026-014-D1",
        required="Enter the code on the cover, or the reference of a published record",
        max_length=200,
    )

    def validate_asked(self, field: LineField) -> None:
        """Say what is mistaken in a code, before it is looked for."""
        if problem := codes.mistake(field.data or ""):
            raise ValidationError(problem)
        if not codes.tidy(self.typed()):
            raise ValidationError("Enter the code on the cover, or the reference of a published record")

    def typed(self) -> str:
        """Return the code or reference in what was typed."""
        return codes.asked(self.asked.data or "")
