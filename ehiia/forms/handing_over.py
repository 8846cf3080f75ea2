"""Handing over what somebody left behind: one choice for each duty, and one for all the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ehiia.domain.handing import Duty
from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField

NOBODY = "Nobody yet"


class HandOverForm(EhiiaForm):
    """What is common to every such form; the fields of the duties are added by ``hand_over_form``."""

    everything = ChoiceField(
        "Everything that is not chosen below goes to",
        noun="who takes over the rest",
        nothing=NOBODY,
    )

    def given(self, duties: Sequence[Duty]) -> dict[str, int]:
        """Return who takes over which duty, by the key of the duty."""
        rest = self.everything.data
        chosen = {duty.key: self[field_name(duty)].data or rest for duty in duties}
        return {key: int(person) for key, person in chosen.items() if person}


def field_name(duty: Duty) -> str:
    """Return the name of the field of a duty."""
    return duty.key.replace(":", "-")


def hand_over_form(duties: Sequence[Duty], people: Iterable[Option]) -> HandOverForm:
    """Return the form for these duties, each of which one of these people can take over."""
    choices = tuple(people)
    fields = {
        field_name(duty): ChoiceField(
            "Who takes it over?", noun="who takes it over", nothing=NOBODY, choices=choices
        )
        for duty in duties
    }
    form: HandOverForm = type("_HandOverForm", (HandOverForm,), fields)()
    form.everything.options = choices
    return form
