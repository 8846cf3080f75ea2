"""The forms of publishing a record: how, what is left out, places that were looked at, agreement."""

from __future__ import annotations

from ehiia.domain.publishing import Exemption, FormatKind, FormatState, Publishing
from ehiia.domain.questions import Option
from ehiia.domain.redaction import NamedRole
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField, TickField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, NumberField, TextField, UploadField

LONG = 4000


class PlanForm(EhiiaForm):
    """How somebody would publish it."""

    kind = RadiosField(
        "How is it published?",
        choices=options(Publishing, meanings=True),
        noun="how it is published",
        required="Choose how it is published",
    )
    reason = TextField(
        "If it is not published in full: why?",
        hint="The public reads this where nothing is published. Do not repeat what is kept back.",
        noun="The reason",
        rows=4,
        max_length=LONG,
    )
    exemption = ChoiceField(
        "Under which section of the Freedom of Information Act?",
        hint="Needed where nothing is published.",
        choices=options(Exemption),
        nothing="None",
        noun="the section",
    )
    not_before_on = DateField(
        "Not before which day?",
        hint="For example, 2 3 2027. Leave it empty to publish as soon as it is agreed.",
        noun="The day before which it is not published",
    )
    revision = HiddenToken()


class MarkForm(EhiiaForm):
    """Words or a whole place to be left out."""

    passage = LineField(
        "Which words are left out?",
        hint="Copy them from the record. They go wherever they stand, unless you choose a place too.",
        noun="The words",
        max_length=1000,
    )
    place = ChoiceField(
        "In which place?",
        hint="Choose a place without words to leave out the whole of it.",
        nothing="Wherever the words stand",
        noun="the place",
    )
    reason = TextField(
        "Why are they left out?",
        hint="The public reads this. Do not repeat the words.",
        noun="The reason",
        required="Say why it is left out; everybody reads this",
        rows=2,
        max_length=1000,
    )
    exemption = ChoiceField(
        "Under which section of the Freedom of Information Act?",
        choices=options(Exemption),
        nothing="None",
        noun="the section",
    )


class PointsForm(EhiiaForm):
    """Places that may stay, and why."""

    points = CheckboxesField(
        "Which of these may stay?", noun="the places", required="Choose at least one place"
    )
    reason = TextField(
        "Why may they stay?",
        hint="For example: it is the number of the service and not of a person.",
        noun="The reason",
        required="Say why they may stay",
        rows=2,
        max_length=1000,
    )


class NumbersForm(EhiiaForm):
    """Numbers of people that may stay, and why."""

    numbers = CheckboxesField(
        "Which of these may stay?", noun="the numbers", required="Choose at least one number"
    )
    reason = TextField(
        "Why may they stay?",
        hint="For example: these are visits and not people, or it was published before by somebody else.",
        noun="The reason",
        required="Say why they may stay",
        rows=2,
        max_length=1000,
    )


class AgreeForm(EhiiaForm):
    """Whether somebody agrees."""

    agree = RadiosField(
        "Do you agree?",
        choices=(Option("yes", "Yes, this is how it is published"), Option("no", "No, send it back")),
        noun="whether you agree",
        required="Choose whether you agree",
    )
    note = TextField("If not: what should change?", noun="What should change", rows=4, max_length=LONG)
    shown = HiddenToken()


class WithdrawForm(EhiiaForm):
    """Why what is published is withdrawn."""

    reason = TextField(
        "Why?",
        hint="The public reads this in place of the edition. Do not repeat what should not have been in it.",
        noun="The reason",
        required="Enter the reason; everybody reads it",
        rows=4,
        max_length=2000,
    )


class FormatForm(EhiiaForm):
    """Another way of reading what is published, and how far it is."""

    kind = RadiosField(
        "What is it?", choices=options(FormatKind), noun="what it is", required="Choose what it is"
    )
    language = LineField("If it is a translation: into which language?", noun="The language", max_length=300)
    state = RadiosField(
        "How far is it?", choices=options(FormatState), noun="how far it is", required="Choose how far it is"
    )
    link = LineField(
        "Web address",
        hint="Where the public reads or watches it. A video has an address; others may have a file instead.",
        noun="The address",
        max_length=300,
        input_type="url",
    )
    upload = UploadField("File", noun="The file")
    drop_file = TickField("Take the file away")
    revision = HiddenToken()


class RulesForm(EhiiaForm):
    """What the rules leave out, and when publishing needs care."""

    threshold = NumberField(
        "Which numbers of people are small?",
        hint="Fewer than this are not published. Nought is.",
        noun="The number",
        required="Enter the number of people below which it is small",
    )
    named = CheckboxesField(
        "Who is named in public?",
        hint="The others have their part for a name, such as “an author”.",
        choices=tuple(Option(role.value, role.label) for role in NamedRole),
        noun="who is named",
    )
    working_days = NumberField(
        "Within how many working days of the decision is a record published, or withheld?",
        noun="The number of working days",
        required="Enter the number of working days",
    )
    before_decision = TickField(
        "Assessments are published before they are decided, with the papers of the meeting",
        hint="Then it is also told when one was not published by the day on which the papers go out.",
        noun="Whether assessments are published before they are decided",
    )
    first = DateField(
        "First day of the next pre-election period",
        hint="For example, 25 3 2027. Leave both days empty where none is known.",
        noun="The first day",
    )
    last = DateField("Its last day", hint="For example, 6 5 2027.", noun="The last day")
    revision = HiddenToken()
