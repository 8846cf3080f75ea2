"""Giving a form in Word back."""

from __future__ import annotations

from ehiia.forms.fields import EhiiaForm, UploadField


class GiveBackForm(EhiiaForm):
    """A form in Word that was filled in."""

    file = UploadField(
        "The form you filled in, a Word document (.docx)",
        noun="The file",
        accept=".docx",
        required="Choose the Word document that you filled in",
    )
