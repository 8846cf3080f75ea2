"""The forms of an evidence gap: noting it, closing it, and accepting it with a decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from ehiia.domain.gaps import LONGEST, Acceptance
from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField
from ehiia.forms.fields import DateField, HiddenToken, LineField, TextField

YES, NO = "yes", "no"


class GapForm(EhiiaForm):
    """Something that is not known. Only that is needed to save it."""

    unknown = TextField(
        "What is not known?",
        hint="For example, “How many deaf people use the line at night”.",
        noun="What is not known",
        required="Say what is not known",
        rows=3,
        max_length=2000,
    )
    groups = CheckboxesField("About whom?", hint="Tick every group that it is about.", noun="the groups")
    material = RadiosField(
        "Does it matter to the decision?",
        hint="It does, if knowing it could change what is decided or how people are protected.",
        choices=(Option(YES, "Yes"), Option(NO, "No")),
        noun="whether it matters",
    )
    plain = TextField(
        "If it matters: what are those who decide told?",
        hint="In plain words: what they do not know, about whom, and what could go wrong.",
        noun="What they are told",
        rows=3,
        max_length=2000,
    )
    plan = TextField(
        "How will it be closed?",
        hint="Who will be asked, or what will be counted. “Monitor” closes nothing.",
        noun="How it will be closed",
        rows=3,
        max_length=2000,
    )
    due_on = DateField("By when?", hint="For example, 1 4 2027.", noun="The day", not_before=date(2000, 1, 1))
    owner_id = ChoiceField(
        "Who sees to it?",
        hint="A person. They can see this assessment.",
        noun="the person",
        nothing="Nobody yet, or somebody outside",
    )
    outside_owner = LineField(
        "If it is somebody outside: name and organisation", noun="The person outside", max_length=300
    )
    revision = HiddenToken()


class CloseForm(EhiiaForm):
    """What was found out."""

    found = TextField(
        "What was found?", noun="What was found", required="Say what was found", rows=4, max_length=4000
    )
    use_id = ChoiceField(
        "Which source shows it?",
        hint="Add it to the evidence first, if it is not there.",
        noun="the source",
        nothing="None of them",
    )


class NewDateForm(EhiiaForm):
    """Another date for a gap that was accepted with the decision, with the reason."""

    to_on = DateField(
        "By when will it be known now?",
        hint="For example, 1 4 2027.",
        noun="The new date",
        required="Enter the date by which it will be known",
    )
    reason = TextField(
        "Why is it not known yet?",
        hint="Kept in the history and shown beside the date. Whoever decided is told.",
        noun="The reason",
        required="Enter why it is not known yet; it is kept in the history",
        rows=3,
        max_length=1000,
    )
    revision = HiddenToken()


class AcceptForm(PartForm):
    """Deciding without knowing: of one gap, whose reference names the fields."""

    def __init__(self, ref: str, **kwargs: Any) -> None:
        """Take the reference of the gap: "G1"."""
        self.ref = ref
        super().__init__(**({"prefix": f"{ref}-"} | kwargs))

    reason = TextField(
        "Why is it right to decide without knowing this?",
        noun="The reason",
        rows=3,
        max_length=LONGEST,
    )
    until = DateField("By when will it be known?", hint="For example, 1 4 2027.", noun="The date")
    protection = TextField(
        "How are people protected until then?", noun="The protection", rows=3, max_length=LONGEST
    )

    def acceptance(self) -> Acceptance:
        """Return what was entered."""
        return Acceptance(self.ref, self.reason.data or "", self.until.data, self.protection.data or "")
