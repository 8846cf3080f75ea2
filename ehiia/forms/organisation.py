"""The forms of an administrator: settings, places, committees, people, groups, a test mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ehiia.domain.questions import Option
from ehiia.domain.signatories import FIRST, MOST
from ehiia.domain.vocabulary import Role
from ehiia.forms.fields import (
    CheckboxesField,
    ChoiceField,
    EhiiaForm,
    HiddenToken,
    LineField,
    NumberField,
    RadiosField,
    TextField,
    TickField,
    options,
)

MONTHS = "Enter a number of months"
DAYS = "Enter a number of days"


class SettingsForm(EhiiaForm):
    """Name and settings. Its fields have the names of ``services.organisations.Settings``."""

    name = LineField(
        "Name of the organisation", required="Enter the name of the organisation", max_length=300
    )
    director_agrees = TickField(
        "The accountable director agrees an assessment before it is checked", noun="The director’s agreement"
    )
    check_working_days = NumberField(
        "Working days that a check may take", noun="Working days", required=DAYS, largest=60
    )
    director_working_days = NumberField(
        "Working days that the accountable director has to read and agree",
        noun="Working days",
        required=DAYS,
        largest=60,
    )
    paper_working_days = NumberField(
        "Working days before a meeting at which its papers go out",
        noun="Working days",
        required=DAYS,
        largest=60,
    )
    full_working_days = NumberField(
        "Working days after an urgent decision within which a whole assessment is due",
        noun="Working days",
        required=DAYS,
        largest=60,
    )
    review_months_high = NumberField(
        "Where a high or very high risk is left", noun="Months", required=MONTHS, largest=60
    )
    review_months_medium = NumberField(
        "Where a medium risk is left", noun="Months", required=MONTHS, largest=60
    )
    review_months_low = NumberField(
        "Where little or none is left", noun="Months", required=MONTHS, largest=60
    )
    review_months_project = NumberField(
        "For a project or pilot, at the latest", noun="Months", required=MONTHS, largest=60
    )
    review_months_closure = NumberField(
        "For a closure or move, at the latest", noun="Months", required=MONTHS, largest=60
    )
    public_register = TickField(
        "Anybody may read what is published, without signing in",
        hint="Nothing is published until somebody prepared it and somebody else agreed.",
        noun="The public register",
    )
    feedback_days = NumberField(
        "Days after which name and e-mail address of whoever gave feedback are removed",
        hint="Counted from the day it came. What they said stays.",
        noun="Days",
        required=DAYS,
        largest=3650,
    )
    information_review_days = NumberField(
        "Working days within which the answer to a request for information is reviewed",
        hint="Your organisation’s own time limit, for when whoever asked is not content with the answer.",
        noun="Working days",
        required=DAYS,
        largest=60,
    )
    draft_days = NumberField(
        "Days that what somebody typed and did not save is kept for them",
        noun="Days",
        required=DAYS,
        largest=365,
    )
    scale = RadiosField("Scale", noun="a scale", required="Choose a scale")
    band_low_to = NumberField("Low: up to", noun="Low", required="Enter the highest score", largest=24)
    band_medium_to = NumberField(
        "Medium: up to", noun="Medium", required="Enter the highest score", largest=24
    )
    band_high_to = NumberField(
        "High: up to",
        hint="Above it is very high.",
        noun="High",
        required="Enter the highest score",
        largest=24,
    )
    timestamp_authority = LineField(
        "Address of a time-stamp authority",
        hint="It begins with https:// or http:// (RFC 3161). Leave it empty to sign with your own time.",
        max_length=300,
    )
    revision = HiddenToken()

    def choose_from(self, scales: Sequence[Option]) -> None:
        """Let the scale be chosen from these."""
        offer(self.scale, scales)


class PlaceForm(EhiiaForm):
    """A new place."""

    name = LineField("Name of the place", required="Enter the name of the place", max_length=300)


class GroupForm(EhiiaForm):
    """A new local group."""

    label = LineField("Name of the group", required="Enter the name of the group", max_length=300)
    people = LineField(
        "How a question names these people",
        hint="It stands in the middle of a sentence, like “people in fishing communities”.",
        required="Enter how questions name these people, such as “people in fishing communities”",
        max_length=300,
    )
    basis = LineField(
        "Why you consider them", hint="Such as a strategy, or the PLUS of Core20PLUS5.", max_length=300
    )
    hint = TextField("What to think of", hint="Shown beside the questions.", rows=3, max_length=1000)


class BodyForm(EhiiaForm):
    """A new committee or decision-maker; ``choose_from`` puts the people into it."""

    name = LineField("Name", required="Enter the name of the committee or decision-maker", max_length=300)
    kind = RadiosField(
        "Who decides?",
        choices=(
            Option("committee", "A meeting", "Its secretary enters what was decided, its chair confirms it."),
            Option("alone", "One person alone", "With power that was delegated to them."),
        ),
        required="Choose who decides",
    )
    chair_id = ChoiceField("Chair, or the person who decides", choices=(), nothing="Nobody yet")
    secretary_id = ChoiceField("Secretary", choices=(), nothing="Nobody yet")

    def choose_from(self, people: Sequence[Option]) -> None:
        """Let chair and secretary be chosen from these people."""
        for field in (self.chair_id, self.secretary_id):
            offer(field, people)


DIRECTOR = "director"
"""The choice that means whoever is accountable director of the assessment."""


class BodyPeopleForm(EhiiaForm):
    """Another chair or secretary, and who also signs the records."""

    chair_id = ChoiceField("Chair, or the person who decides", choices=(), nothing="Nobody yet")
    secretary_id = ChoiceField("Secretary", choices=(), nothing="Nobody yet")
    person_2 = ChoiceField("Signs next after the decision-maker", choices=(), nothing="Nobody")
    role_2 = LineField("They sign as", hint="Such as “Executive lead”.", max_length=300)
    person_3 = ChoiceField("Signs after that", choices=(), nothing="Nobody")
    role_3 = LineField("They sign as", max_length=300)
    person_4 = ChoiceField("Signs last", choices=(), nothing="Nobody")
    role_4 = LineField("They sign as", max_length=300)
    revision = HiddenToken()

    def choose_from(self, people: Sequence[Option]) -> None:
        """Let everybody be chosen from these people."""
        for field in (self.chair_id, self.secretary_id):
            offer(field, people)
        for field, _ in self.signatories():
            offer(field, [Option(DIRECTOR, "The accountable director of the assessment"), *people])

    def signatories(self) -> list[tuple[ChoiceField, LineField]]:
        """Return the fields of who also signs, in order: the person, and as what they sign."""
        return [(self[f"person_{n}"], self[f"role_{n}"]) for n in range(FIRST, FIRST + MOST)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the person and as what they sign, both or neither."""
        good = bool(super().validate(extra_validators))
        for person, role in self.signatories():
            if person.data and not (role.data or "").strip():
                self.refuse(role.name, "Enter as what they sign, such as “Executive lead”")
                good = False
            elif role.data and not person.data:
                self.refuse(person.name, "Choose who signs as this, or leave both empty")
                good = False
        return good


class PersonForm(EhiiaForm):
    """A new person with posts."""

    name = LineField("Full name", required="Enter the person's full name", max_length=300)
    email = LineField(
        "E-mail address",
        input_type="email",
        hint="They get a message and choose their own password.",
        required="Enter an e-mail address, like name@example.nhs.uk",
        max_length=254,
    )
    roles = CheckboxesField(
        "Posts", choices=options(Role, meanings=True), required="Choose one post at least", noun="Posts"
    )


class PostForm(EhiiaForm):
    """One more post."""

    role = ChoiceField("Post", choices=options(Role), required="Choose a post")


class TestMailForm(EhiiaForm):
    """Where a test mail goes."""

    __test__ = False

    recipient = LineField(
        "E-mail address",
        input_type="email",
        required="Enter an e-mail address, like name@example.nhs.uk",
        max_length=254,
    )


def offer(field: ChoiceField | RadiosField, choices: Sequence[Option]) -> None:
    """Put choices into a field that are known only when the page is made."""
    field.options = tuple(choices)
    field.choices = [(option.id, option.label) for option in choices]
