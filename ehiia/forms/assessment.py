"""The fixed forms of an assessment: details, route, countersignature, people, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Part, ProposalKind, RoutePart
from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, OnceField, TextField

MOST_STEPS = 12


def offer(field: Any, choices: Iterable[Option]) -> None:
    """Give a field of a fixed form its choices, which are known only when the page is made."""
    field.options = tuple(choices)


def as_options(pairs: Iterable[tuple[int, str]]) -> tuple[Option, ...]:
    """Return ids and names from the database as options."""
    return tuple(Option(str(key), name) for key, name in pairs)


def number(field: Any) -> int | None:
    """Return the id chosen in a field, or None."""
    text = str(field.data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class DetailsForm(EhiiaForm):
    """What is being decided: for starting an assessment and for changing what was said."""

    title = LineField(
        "What is being decided?",
        hint="One line that a stranger would understand, such as “Moving the Harbour Road surgery”.",
        noun="What is being decided",
        required="Enter what is being decided, so that a stranger would understand it",
        max_length=200,
    )
    summary = TextField(
        "What is it about, in a few sentences?",
        hint="You can write more later. Leave it empty if you do not know yet.",
        noun="The summary",
        rows=4,
        max_length=2000,
    )
    kind = RadiosField(
        "What kind of proposal is it?",
        choices=options(ProposalKind, meanings=True),
        noun="the kind of proposal",
        required="Choose what kind of proposal it is",
    )
    place_ids = CheckboxesField("Which places does it touch?", hint="Tick all that apply.", noun="the places")
    director_id = ChoiceField(
        "Who is the accountable director?",
        hint="They read the assessment before it is checked. It cannot be the author.",
        noun="the accountable director",
        nothing="Not known yet",
    )
    expected_go_live_on = DateField(
        "When is it expected to start?",
        hint="For example, 1 4 2027. Leave it empty if it is not known yet.",
        noun="The day it starts",
        not_before=date(2000, 1, 1),
    )
    revision = HiddenToken()


class DecidedForm(EhiiaForm):
    """Whether it was decided before the assessment began, on which day and by whom."""

    decided_before_on = DateField(
        "If it was decided already: on which day?",
        hint="Leave it empty if nothing is decided yet. It is marked late for ever, and the day is kept.",
        noun="The day on which it was decided",
        not_before=date(2000, 1, 1),
    )
    decided_before_by = LineField(
        "Who decided it?", hint="The body or the person.", noun="Who decided it", max_length=300
    )
    once = OnceField()


class StartForm(DetailsForm, DecidedForm):
    """What is said when an assessment is started."""


class StepForm(PartForm):
    """One body on the route."""

    body_id = ChoiceField("Committee or decision-maker", noun="the body", nothing="Choose one")
    part = ChoiceField("What does it do?", choices=options(RoutePart), noun="what the body does")
    meeting_on = DateField("When does it meet?", noun="The date of the meeting", not_before=date(2000, 1, 1))


@dataclass
class Row:
    """A row of the route as it was typed."""

    body_id: str = ""
    part: str = ""
    meeting_on: date | None = None
    typed: tuple[str, str, str] = ("", "", "")

    @property
    def empty(self) -> bool:
        """Whether nothing was entered."""
        return not (self.body_id or self.part or self.meeting_on or any(self.typed))


class RouteForm(EhiiaForm):
    """The frame of the route: how many rows the page has, and which revision it was made from."""

    rows = HiddenToken()
    revision = HiddenToken()
    moved_reason = TextField(
        "Why is the deciding meeting on another day?",
        hint="Only if you change the day or the body. It is kept and stands in the record.",
        noun="The reason",
        max_length=2000,
        rows=3,
    )

    def row_count(self) -> int:
        """Return how many rows were sent, within reason."""
        text = str(self.rows.data or "")
        return min(int(text), MOST_STEPS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def step_form(position: int, bodies: Sequence[Option], row: Row | None = None) -> StepForm:
    """Return the form of one row: as it was sent, or showing ``row``."""
    prefix = f"step-{position}-"
    if row is None:
        form = StepForm(prefix=prefix)
    else:
        data = {"body_id": row.body_id, "part": row.part, "meeting_on": row.meeting_on}
        form = StepForm(formdata=None, data=data, prefix=prefix)
        if row.meeting_on is None and any(row.typed):
            form.meeting_on.typed = dict(zip(form.meeting_on.typed, row.typed, strict=True))
    offer(form.body_id, bodies)
    return form


def row_of(form: StepForm) -> Row:
    """Return what was typed into a row."""
    typed = tuple(form.meeting_on.typed.values())
    return Row(
        form.body_id.data or "", form.part.data or "", form.meeting_on.data, (typed[0], typed[1], typed[2])
    )


def rearranged(rows: list[Row], what: str) -> list[Row]:
    """Add, remove or move a row: "add", "remove-2", "up-2", "down-1" (positions count from 1)."""
    verb, _, at = what.partition("-")
    place = int(at) - 1 if at.isascii() and at.isdigit() and len(at) < 4 else -1
    rows = list(rows)
    if verb == "add" and len(rows) < MOST_STEPS:
        rows.append(Row())
    elif not 0 <= place < len(rows):
        return rows
    elif verb == "remove":
        del rows[place]
    elif verb == "up" and place > 0:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    elif verb == "down" and place + 1 < len(rows):
        rows[place + 1], rows[place] = rows[place], rows[place + 1]
    return rows


class CountersignForm(EhiiaForm):
    """An equality lead confirms that no full assessment is needed, or asks for one."""

    answer = RadiosField(
        "Do you agree that no full assessment is needed?",
        choices=(
            Option("confirm", "Yes, I have read the screening and confirm it"),
            Option("refuse", "No, a full assessment is needed"),
        ),
        required="Choose whether you agree",
    )
    reason = TextField(
        "If you do not agree, why?", hint="The author reads this.", noun="The reason", rows=4, max_length=2000
    )


class InviteForm(EhiiaForm):
    """Somebody is asked to take part."""

    person_id = ChoiceField("Who?", required="Choose a person from the list", noun="the person")
    part = RadiosField(
        "What do they do?",
        choices=(
            Option(Part.CONTRIBUTOR.value, "Contributor", "Writes answers with the author."),
            Option(Part.READER.value, "Named reader", "Reads it, even where it is restricted."),
            Option(Part.SECRETARY.value, "Committee secretary", "Enters what the meeting decided."),
        ),
        required="Choose what they do",
    )
    expertise = LineField(
        "What do they know about?",
        hint="For example, “public health” or “speaks for carers”.",
        max_length=300,
    )


class ReasonForm(EhiiaForm):
    """A step that needs a reason."""

    reason = TextField(
        "Why?",
        hint="It is kept in the history.",
        noun="The reason",
        required="Enter the reason; it is kept in the history",
        rows=4,
        max_length=2000,
    )


class RestrictForm(EhiiaForm):
    """The assessment is restricted to the people who take part."""

    reason = TextField(
        "Why is it restricted?",
        hint="People who take part can read this.",
        noun="The reason",
        required="Enter why it is restricted; people who take part can read this",
        rows=4,
        max_length=2000,
    )
    until_on = DateField(
        "Until when?",
        hint="On this day everybody in the organisation can see it again. Leave it empty if you do not know.",
        noun="The day on which the restriction ends",
    )


class TokenForm(EhiiaForm):
    """A button that does one thing."""
