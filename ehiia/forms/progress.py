"""The forms of what happens to a mitigating action: progress, figures, and giving up what was promised."""

from __future__ import annotations

import re
from datetime import date

from ehiia.domain.mitigating import Ending
from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, LineField, NumberField, TextField, UploadField

YES, NO = "yes", "no"


class FigureField(NumberField):
    """A figure, below 0 too, with up to four decimals; a percent sign may stand behind it. Data: a float."""

    decimals = True

    def read(self, typed: str) -> int | float:
        """Return the figure in a text.

        Raises:
            ValueError: with the message for the page.
        """
        typed = typed.removesuffix("%").strip()
        if not re.fullmatch(r"[-−]?\d{1,12}(\.\d{1,4})?", typed):
            raise ValueError(f"{self.noun} must be a number, like 62 or 62.5")
        return float(typed.replace("−", "-"))


class NoteForm(EhiiaForm):
    """What was done so far, with a file that shows it."""

    text = TextField(
        "What was done, or what holds it up?",
        hint="Enough for somebody else to find out more. It cannot be changed later.",
        noun="What was done",
        required="Say what was done, or what holds it up",
        rows=5,
        max_length=4000,
    )
    proof = UploadField("A file that shows it, if there is one", noun="The file")


class ReadingForm(EhiiaForm):
    """A figure of a day, for a group or for everybody."""

    value = FigureField("What is the figure?", noun="The figure", required="Enter the figure")
    measured_on = DateField(
        "Of which day is it?",
        hint="For example, 1 4 2027.",
        noun="The day of the figure",
        required="Enter the day of the figure",
        not_before=date(2000, 1, 1),
    )
    subject = ChoiceField("Of whom?", noun="the group", nothing="Everybody")
    note = TextField(
        "Is there something to know about it?",
        hint="For example, how it was counted, or why it jumped. Nothing that shows who somebody is.",
        noun="The note",
        rows=2,
        max_length=1000,
    )


class EndingForm(EhiiaForm):
    """What the body that decided is asked."""

    kind = RadiosField(
        "What do you ask for?",
        choices=options(Ending),
        required="Choose what you ask for",
        noun="what you ask for",
    )
    reason = TextField(
        "Why?",
        hint="The body that decided reads this. Say who is worse off then, and what is done for them.",
        noun="The reason",
        required="Say why; the body that decided reads it",
        rows=5,
        max_length=4000,
    )
    what = TextField(
        "What will be done instead?",
        hint="Only where less is promised. What you leave as it is stays.",
        noun="What will be done",
        rows=3,
        max_length=4000,
    )
    measure = TextField("How will we know then?", noun="How we will know", rows=2, max_length=2000)
    target = LineField("What should it become then?", noun="What it should become", max_length=300)


class EndingAnswerForm(EhiiaForm):
    """What the body that decided answered."""

    agreed = RadiosField(
        "What was decided?",
        choices=(
            Option(YES, "Agreed", "The action changes at once. Signed records stay as they are."),
            Option(NO, "Not agreed", "The action stays as it was promised."),
        ),
        required="Choose what was decided",
        noun="what was decided",
    )
    reason = TextField(
        "For which reasons?", noun="The reasons", required="Enter the reasons", rows=4, max_length=4000
    )
    meeting_on = DateField("When did the meeting take place?", noun="The day of the meeting")
    minute = LineField(
        "Where is it minuted?",
        hint="For example, “Board, March 2027, item 7”.",
        noun="The minute",
        max_length=300,
    )
