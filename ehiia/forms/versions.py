"""Forms of the versions of an assessment: freezing one, and beginning the next."""

from __future__ import annotations

from ehiia.domain import gates
from ehiia.forms.fields import EhiiaForm, HiddenToken, LineField, OnceField, TextField


class FreezeForm(EhiiaForm):
    """Why it is frozen now."""

    reason = TextField(
        "Why is it frozen now?",
        hint="For example: it goes out with the papers of the consultation from 2 March to 25 May.",
        noun="The reason",
        max_length=gates.REASON_LENGTH,
        required="Enter why it is frozen now, such as which consultation it goes to",
        rows=3,
    )


class BeginForm(EhiiaForm):
    """Why a new version is begun."""

    reason = TextField(
        "Why is a new version needed?",
        hint="For example: a site was added, the law changed, or something was found not to work.",
        noun="The reason",
        max_length=gates.REASON_LENGTH,
        required="Enter why a new version is needed; it is kept in the history",
        rows=4,
    )
    after = HiddenToken()
    """Number of the version that stood on the page, so that a form sent twice begins one."""


class CopyForm(EhiiaForm):
    """What the new assessment is about."""

    title = LineField(
        "What is being decided this time?",
        hint="One line that a stranger would understand.",
        noun="What is being decided",
        required="Enter what is being decided, so that a stranger would understand it",
        max_length=200,
    )
    once = OnceField()
