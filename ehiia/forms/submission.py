"""Forms for submitting an assessment and for the accountable director's agreement."""

from __future__ import annotations

from ehiia.forms.fields import EhiiaForm, HiddenToken, TextField, TickField


class SubmitForm(EhiiaForm):
    """The author's declaration."""

    declared = TickField("This assessment is complete and true as far as I know")


class AgreeForm(EhiiaForm):
    """The accountable director agrees, or sends it back with a reason; ``act`` says which button it was."""

    act = HiddenToken()
    reason = TextField(
        "What should the author change?",
        hint="Only needed if you send it back. The author reads this, and it stays in the history.",
        noun="What the author should change",
        rows=4,
    )
