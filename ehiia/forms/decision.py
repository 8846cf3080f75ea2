"""Forms for reading the version, deciding alone, entering what a meeting decided, and confirming it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ehiia.domain.outcomes import FOR_A_PART
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Outcome
from ehiia.forms.base import PartForm
from ehiia.forms.choices import ChoiceField
from ehiia.forms.fields import (
    DateField,
    EhiiaForm,
    HiddenToken,
    LineField,
    RadiosField,
    SecretField,
    TextField,
    TickField,
    options,
)

MOST_TERMS = 20
HERE = "here"


class ReadForm(EhiiaForm):
    """ "I have read this version"; ``sha256`` is that of the version on the page."""

    sha256 = HiddenToken()
    read = TickField(
        "I have read this version", required="Tick the box once you have read this version, or leave it"
    )
    where = RadiosField("Where did you read it?", choices=(Option(HERE, "Here, on this page"),))

    def offer_packs(self, packs: Sequence[tuple[int, str]]) -> None:
        """Offer the paper packs in which this very version is, by id with a name."""
        here, *_ = self.where.options
        self.where.options = (here, *(Option(str(key), name) for key, name in packs))

    def pack_id(self) -> int:
        """Return the pack in which it was read, or 0 where it was read on the page."""
        text = self.where.data or HERE
        return 0 if text == HERE else int(text)


class DecisionForm(EhiiaForm):
    """What was decided. The author's conclusion is another fact and is not asked here."""

    sha256 = HiddenToken()
    outcome = RadiosField("What is decided?", choices=options(Outcome), required="Choose what is decided")
    reasons = TextField(
        "Reasons for the decision",
        hint="Say how the effects on people were weighed.",
        noun="The reasons",
        required="Enter the reasons for the decision",
        rows=6,
    )
    conditions = TextField(
        "Anything else about the conditions", noun="What is said of the conditions", rows=3
    )
    awaited = TextField(
        "If it is deferred: what is awaited?",
        hint="What the body needs before it decides. The assessment goes back to being written.",
        noun="What is awaited",
        max_length=2000,
        rows=3,
    )
    awaited_until = DateField(
        "Until when?",
        hint="For example, 29 1 2027.",
        noun="The day until which it is awaited",
        not_before=date(2000, 1, 1),
    )
    reconsidered = TextField(
        "It was decided before it was assessed. Was it thought over again?",
        hint="Whether anything was changed or kept, and why. An open mind has to show.",
        noun="Whether it was thought over again",
        rows=4,
        max_length=4000,
    )
    advice_followed = RadiosField(
        "Is the advice of the assessment followed?",
        hint="The advice is the author's conclusion, and the reservations of the equality lead.",
        choices=(Option("yes", "Yes"), Option("no", "No")),
        required="Choose whether the advice is followed",
    )
    advice_not_followed_reason = TextField("If not: why not?", noun="Why the advice is not followed", rows=4)
    terms = HiddenToken()
    """How many rows of conditions are on the page."""

    def row_count(self) -> int:
        """Return how many rows of conditions are on the page, one at least."""
        text = self.terms.data or ""
        known = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
        return min(max(known, 1), MOST_TERMS)


class PartDecisionForm(PartForm):
    """What is decided of one part of the proposal."""

    outcome = RadiosField("What is decided of it?", choices=options(FOR_A_PART))
    reason = TextField("Why?", noun="The reason", rows=3)


class TermForm(PartForm):
    """A condition; a row in which nothing is entered does not count."""

    what = TextField("What must be done?", noun="What must be done", max_length=1000, rows=2)
    owner_id = ChoiceField(
        "Who sees to it?", noun="who sees to it", nothing="Nobody yet, or somebody outside"
    )
    outside_owner = LineField(
        "If it is somebody outside: name and organisation", noun="The name", max_length=300
    )
    due_on = DateField("By when?", noun="The day", not_before=date(2000, 1, 1))

    def empty(self) -> bool:
        """Say whether nothing was entered."""
        typed = any(self.due_on.typed.values())
        return not (self.what.data or self.owner_id.data or self.outside_owner.data or typed)


class DecideForm(DecisionForm):
    """One person decides alone, and signs in again as part of the act."""

    password = SecretField(
        "Your password",
        hint="Signing in again is part of deciding. The record says how and when you did.",
        required="Enter your password to make the decision",
    )


class MeetingForm(EhiiaForm):
    """The facts of a meeting."""

    meeting_on = DateField(
        "Date of the meeting", noun="Date of the meeting", required="Enter the date of the meeting"
    )
    minute = LineField(
        "Reference of the minute",
        noun="The reference of the minute",
        max_length=300,
        required="Enter the reference of the minute",
    )
    members_present = TextField(
        "Members present",
        hint="One on each line.",
        noun="The members present",
        required="Enter the members who were present, one on each line",
        rows=5,
    )
    conflicts = TextField(
        "Conflicts of interest declared",
        hint="Enter “None” if there were none.",
        noun="The conflicts of interest",
        max_length=2000,
        required="Enter the conflicts of interest declared, or “None”",
        rows=3,
    )

    def members(self) -> tuple[str, ...]:
        """Return the members who were present."""
        return tuple(line.strip() for line in (self.members_present.data or "").split("\n") if line.strip())


class EnterForm(DecisionForm, MeetingForm):
    """What a meeting decided, as its secretary enters it."""

    version_circulated = TickField("This version was circulated to the members before the meeting")


class ConfirmForm(EhiiaForm):
    """The chair confirms what was entered; ``entry`` is what was on the page."""

    entry = HiddenToken()
    password = SecretField(
        "Your password",
        hint="Signing in again is part of confirming. The record says how and when you did.",
        required="Enter your password to confirm the decision",
    )
