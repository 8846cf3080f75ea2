"""The forms of the engagement log: an entry, who was heard, hearing back, and how somebody is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ehiia.content import load
from ehiia.domain.questions import Option
from ehiia.domain.reach import Subject
from ehiia.domain.vocabulary import HeadCount, Naming
from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.choices import ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, TextField

NOT_COUNTED = "heard"
"""Stands for a group that was heard and not counted."""
NO_NAMES = "Themes and a few words of theirs, with no names and nothing that shows who somebody is."


class EngagementForm(EhiiaForm):
    """One time people were listened to. Nothing of it has to be given to save it."""

    on_date = DateField(
        "When was it?",
        hint="For example, 12 3 2027. Where it went on for a while, give the last day.",
        noun="The day",
        not_before=date(2000, 1, 1),
    )
    channel = ChoiceField(
        "How did you listen?",
        choices=load.engagement_channels(),
        noun="how you listened",
        nothing="Choose one",
    )
    place = LineField(
        "Where was it?",
        hint="For example, “Deaf club, Clacton”, or “by telephone”.",
        noun="The place",
        max_length=300,
    )
    everybody = ChoiceField(
        "How many people took part in all?",
        hint="Only a band is kept, because a small number can show who somebody is.",
        choices=options(HeadCount),
        noun="how many took part",
        nothing="Not counted",
    )
    others = LineField(
        "Who else was heard?",
        hint="Groups of people that are not in the list, such as “taxi drivers”. No names.",
        noun="Who else was heard",
        max_length=300,
    )
    led_by = LineField(
        "Who led it?",
        hint="A team or a post, such as “the engagement team”.",
        noun="Who led it",
        max_length=300,
    )
    partner = LineField(
        "Which partner organisation helped?",
        hint="For example, Healthwatch, a patient participation group or a charity.",
        noun="The partner",
        max_length=300,
    )
    reached = TextField(
        "How were people reached, and what help was offered to take part?",
        hint="For example: interpreters, travel costs, a quiet room, a call instead of a meeting.",
        noun="How people were reached",
        rows=3,
        max_length=4000,
    )
    shown = TextField(
        "What were they shown or told?",
        hint="Enough for a fair answer: what is proposed, why, what is fixed and what can still change.",
        noun="What they were shown",
        rows=3,
        max_length=4000,
    )
    shown_version = LineField(
        "Which version of it?",
        hint="For example, “consultation paper, version 2, 4 March 2027”.",
        noun="The version",
        max_length=300,
    )
    said = TextField("What did they say?", hint=NO_NAMES, noun="What they said", rows=6, max_length=8000)
    changed = TextField(
        "What changed because of it, or why did nothing change?",
        hint="You said, we did; or you said, and this is why we did not. No names here either.",
        noun="What changed",
        rows=5,
        max_length=8000,
    )
    fed_back_on = DateField(
        "When were they told what came of it?",
        hint="Leave it empty until they were. You can add it later, also after the decision.",
        noun="The day they heard back",
        not_before=date(2000, 1, 1),
    )
    fed_back_how = LineField(
        "How were they told?",
        hint="For example, “letter to everybody who came”.",
        noun="How they were told",
        max_length=300,
    )
    not_reached = TextField(
        "Who was not reached, and what is the plan?",
        noun="Who was not reached",
        rows=3,
        max_length=4000,
    )
    revision = HiddenToken()


class HeardForm(PartForm):
    """Whether one group was heard, and roughly how many of it."""

    band = ChoiceField(
        "How many?",
        choices=(Option(NOT_COUNTED, "Heard, not counted"), *options(HeadCount)),
        noun="how many were heard",
        nothing="Nobody that we know of",
    )


@dataclass
class HeardRow:
    """A group of the assessment, or the people of a question of one effect, on the page of an entry."""

    subject: Subject
    form: HeardForm


def heard_rows(
    subjects: Iterable[Subject], heard: Mapping[str, HeadCount | None] | None = None
) -> list[HeardRow]:
    """Return a row for each group: as it was sent, or showing ``heard``."""
    rows = []
    for one in subjects:
        prefix = f"heard-{one.code}-"
        if heard is None:
            form = HeardForm(prefix=prefix)
        else:
            band = heard.get(one.code)
            chosen = (band.value if band else NOT_COUNTED) if one.code in heard else ""
            form = HeardForm(formdata=None, data={"band": chosen}, prefix=prefix)
        form.band.label.text = one.label
        form.band.noun = f"“{one.label}”"
        rows.append(HeardRow(one, form))
    return rows


def heard_in(rows: Iterable[HeardRow]) -> dict[str, HeadCount | None]:
    """Return which groups were heard, and how many of each."""
    return {
        row.subject.code: None if row.form.band.data == NOT_COUNTED else HeadCount(row.form.band.data)
        for row in rows
        if row.form.band.data
    }


class HeardBackForm(EhiiaForm):
    """When and how people were told what came of it."""

    fed_back_on = DateField(
        "When were they told?",
        noun="The day they heard back",
        required="Enter the day on which they were told",
        not_before=date(2000, 1, 1),
    )
    fed_back_how = LineField(
        "How were they told?",
        hint="For example, “letter to everybody who came”.",
        noun="How they were told",
        max_length=300,
    )


class VoiceForm(EhiiaForm):
    """How somebody with lived experience who took part chose to be named."""

    naming = RadiosField(
        "How did they choose to be named?",
        hint="Ask them. They can change their mind at any time.",
        choices=options(Naming, meanings=True),
        noun="how they are named",
        required="Choose how they are named",
    )
    named_as = LineField(
        "What do they want to be called?",
        hint="Leave this empty where they chose not to be named.",
        noun="The name",
        max_length=300,
    )
