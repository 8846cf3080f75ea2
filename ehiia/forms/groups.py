"""The form with which one reasoned "No" is given for several groups."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ehiia.domain.answers import SubjectGroup
from ehiia.domain.questions import Option
from ehiia.forms.fields import CheckboxesField, EhiiaForm, TextField
from ehiia.services.several import LONGEST


class SeveralForm(EhiiaForm):
    """Which groups, and why they would not be affected differently. Made by ``several_form``."""

    groups: CheckboxesField
    reason: TextField


def several_form(groups: Iterable[SubjectGroup]) -> type[SeveralForm]:
    """Return the form offering these groups; under each stands why it is considered."""
    return _several_form(tuple(Option(group.code, group.label, group.legal_status.label) for group in groups))


@lru_cache(maxsize=100)
def _several_form(offered: tuple[Option, ...]) -> type[SeveralForm]:
    fields = {
        "groups": CheckboxesField(
            "For whom is the answer “No”, for the same reason?",
            hint="Nothing has been said of these yet. Leave out any that you are not sure of.",
            noun="the groups",
            choices=offered,
        ),
        "reason": TextField(
            "Why would none of them be affected differently?",
            hint="Say what this rests on. It is kept on the page of each, with the names of the others.",
            noun="The reason",
            max_length=LONGEST,
            rows=4,
        ),
    }
    return type("SeveralForm", (SeveralForm,), fields)
