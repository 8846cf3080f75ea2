"""The forms of findings: writing one, answering it, looking at it again, and what the register shows."""

from __future__ import annotations

from datetime import date

from flask_wtf import FlaskForm

from ehiia.domain.auditing import FindingState, FollowUp, Grade, Response
from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, TextField

FIRST = date(2000, 1, 1)


class FindingForm(EhiiaForm):
    """A finding as it is written. What was seen, how much it matters and who answers are needed."""

    condition = TextField(
        "What did you see?",
        noun="What you saw",
        required="Say what you saw",
        rows=4,
        max_length=4000,
    )
    criterion = TextField(
        "What should be?",
        hint="The duty, the promise or the rule.",
        noun="What should be",
        rows=2,
        max_length=4000,
    )
    cause = TextField("Why is it so?", noun="The cause", rows=2, max_length=4000)
    effect = TextField("What comes of it, and for whom?", noun="The effect", rows=2, max_length=4000)
    recommendation = TextField("What do you recommend?", noun="What you recommend", rows=3, max_length=4000)
    grade = RadiosField(
        "How much does it matter?",
        choices=options(Grade, meanings=True),
        required="Choose how much it matters",
        noun="how much it matters",
    )
    answers_id = ChoiceField(
        "Who answers it for management?", required="Choose who answers it", noun="who answers it"
    )
    due_on = DateField(
        "By when is an answer asked for?", hint="For example, 1 4 2027.", noun="The day", not_before=FIRST
    )
    revision = HiddenToken()


class AnswerForm(EhiiaForm):
    """What management says."""

    response = RadiosField(
        "What does management say?",
        choices=options(Response, meanings=True),
        required="Choose what management says",
        noun="what management says",
    )
    words = TextField(
        "Why, and what will be done?",
        hint="Needed unless all of it is accepted.",
        noun="The answer",
        rows=4,
        max_length=4000,
    )
    owner_id = ChoiceField("If it is accepted: who puts it right?", noun="who puts it right")
    due_on = DateField(
        "If it is accepted: by when?", hint="For example, 1 4 2027.", noun="The day", not_before=FIRST
    )
    risk_taken_by = ChoiceField("If it is not accepted: who accepts the risk?", noun="who accepts the risk")
    revision = HiddenToken()


class FollowForm(EhiiaForm):
    """What was seen when it was looked at again."""

    result = RadiosField(
        "Was it put right?", choices=options(FollowUp), required="Choose what you saw", noun="what you saw"
    )
    words = TextField(
        "What did you look at, and what did you see?",
        noun="What you saw",
        required="Say what you looked at and what you saw",
        rows=4,
        max_length=4000,
    )
    revision = HiddenToken()


class FindingFilterForm(EhiiaForm):
    """What the register shows; sent with the address, so without a token."""

    class Meta(FlaskForm.Meta):
        """Changes nothing, so it needs no token."""

        csrf = False

    state = ChoiceField("State", choices=options(FindingState), nothing="Any")
    grade = ChoiceField("How much it matters", choices=options(Grade), nothing="Any")
    due = ChoiceField("Due", choices=(Option("overdue", "Overdue"),), nothing="Any time")
    whose = ChoiceField("Whose", choices=(Option("mine", "Mine"),), nothing="Everybody’s")
