"""The form for looking at a signed file."""

from __future__ import annotations

from ehiia.forms.fields import EhiiaForm, UploadField


class VerifyForm(EhiiaForm):
    """A signed PDF to look at."""

    file = UploadField(
        "Signed PDF, up to 20 MB", noun="The file", accept=".pdf", required="Choose a signed PDF"
    )
