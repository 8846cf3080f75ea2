"""Forms for confirming what a meeting decided without signing in."""

from __future__ import annotations

from ehiia.forms.base import EhiiaForm
from ehiia.forms.decision import ReadForm
from ehiia.forms.fields import HiddenToken, UploadField


class ConfirmByLinkForm(ReadForm):
    """The chair says that they read this version, and confirms what was entered."""


class MinuteForm(EhiiaForm):
    """The signed minute as a file; ``entry`` is what was on the page."""

    entry = HiddenToken()
    file = UploadField("The signed minute", hint="A PDF, 20 MB at most. Its digest goes into the record.")
