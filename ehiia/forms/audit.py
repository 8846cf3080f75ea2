"""The form for a verdict on a mitigating action."""

from __future__ import annotations

from ehiia.domain.vocabulary import Verdict
from ehiia.forms.fields import EhiiaForm, RadiosField, TextField, UploadField, options


class VerdictForm(EhiiaForm):
    """An auditor's verdict with one piece of evidence."""

    verdict = RadiosField(
        "What did you find?", choices=options(Verdict, meanings=True), required="Choose what you found"
    )
    found = TextField(
        "What did you look at, and what did you see?",
        hint="Enough for somebody else to come to the same verdict.",
        noun="What you saw",
        required="Say what you looked at and what you saw",
        rows=6,
    )
    proof = UploadField("A file that shows it, if there is one", noun="The file")
