"""The forms of a commitment: what was promised, and whether it was kept."""

from __future__ import annotations

from datetime import date

from ehiia.domain.vocabulary import Promise
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, TextField

EARLIEST = date(2000, 1, 1)


class CommitmentForm(EhiiaForm):
    """Something promised, and where."""

    what = TextField(
        "What was promised?",
        hint="As it was said, such as “We will come back to the forum in June”.",
        noun="What was promised",
        required="Enter what was promised",
        rows=4,
        max_length=4000,
    )
    source = LineField(
        "Where was it promised?",
        hint="The paper and its page, the meeting or the consultation, so that somebody else can find it.",
        noun="Where it was promised",
        required="Enter where it was promised, so that somebody else can find it",
        max_length=300,
    )
    owner_id = ChoiceField(
        "Who keeps it?",
        hint="It then waits for them on their first page.",
        noun="the owner",
        nothing="Nobody yet, or somebody outside",
    )
    outside_owner = LineField(
        "If it is somebody outside: name and organisation",
        noun="The owner outside",
        max_length=300,
    )
    due_on = DateField(
        "By when?", hint="For example, 30 6 2027.", noun="The day", not_before=date(2000, 1, 1)
    )
    revision = HiddenToken()


class KeptForm(EhiiaForm):
    """Whether a commitment was kept."""

    state = RadiosField(
        "Was it kept?",
        choices=options(Promise),
        required="Choose whether it was kept",
        noun="whether it was kept",
    )
    note = TextField(
        "How, or why not?",
        hint="Needed when it was kept or not kept.",
        noun="How, or why not",
        rows=4,
        max_length=4000,
    )
    revision = HiddenToken()
