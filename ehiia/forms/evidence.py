"""The forms of an item of evidence: in the library, and as one assessment uses it."""

from __future__ import annotations

from ehiia.content import load
from ehiia.domain.vocabulary import Confidence
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField, TickField, options
from ehiia.forms.fields import HiddenToken, LineField, TextField, UploadField


class EntryForm(EhiiaForm):
    """An item of the library. Only its kind and title are needed to save it."""

    kind = ChoiceField(
        "What kind of evidence is it?",
        choices=load.evidence_kinds(),
        noun="the kind of evidence",
        required="Choose what kind of evidence it is",
    )
    title = LineField(
        "Title",
        hint="So that somebody else can find it.",
        noun="The title",
        required="Enter a title, so that somebody else can find it",
        max_length=300,
    )
    publisher = LineField("Who published it, or who said it?", noun="The publisher", max_length=300)
    year = LineField(
        "From when is it?", hint="For example, 2021, 2023/24 or March 2026.", noun="The date", max_length=40
    )
    place = LineField(
        "Which place is it about?",
        hint="For example, Ipswich, Suffolk or England.",
        noun="The place",
        max_length=300,
    )
    shows = TextField(
        "What does it show?",
        hint="One or two sentences, with the figure that matters.",
        noun="What it shows",
        rows=4,
        max_length=4000,
    )
    groups = CheckboxesField(
        "Which groups does it tell you about?",
        hint="Tick a group only if the source says something about these people in particular.",
        noun="the groups",
    )
    link = LineField(
        "Web address", hint="Where others can read it.", noun="The address", max_length=2000, input_type="url"
    )
    upload = UploadField("File", noun="The file")
    drop_file = TickField("Take the file away")
    changed = TextField(
        "What changed since the last version?",
        hint="One line for those who rely on it, such as “Figures of 2025 in place of 2023”.",
        noun="What changed",
        rows=2,
        max_length=1000,
    )
    revision = HiddenToken()


class EvidenceForm(EntryForm):
    """A source as an assessment uses it: the item, and what it is worth for this decision."""

    strength = RadiosField(
        "How strong is it for this decision?",
        hint="A good study of other people may be weak here. People’s own accounts may be strong.",
        choices=options(Confidence),
        noun="how strong it is",
    )
    shows_here = TextField(
        "What does it show for this decision, if that is more?",
        hint="Only this assessment says this. Say here too where it speaks against the proposal.",
        noun="What it shows for this decision",
        rows=3,
        max_length=4000,
    )


class UseForm(EhiiaForm):
    """What an item of the library is worth for one decision."""

    strength = EvidenceForm.strength
    shows_here = EvidenceForm.shows_here


class RetireForm(EhiiaForm):
    """Why an item should not be used any more."""

    reason = TextField(
        "Why should it not be used any more?",
        hint="Those who use it read this. They may keep it in what they wrote.",
        noun="The reason",
        required="Say why it should not be used any more",
        rows=3,
        max_length=1000,
    )
