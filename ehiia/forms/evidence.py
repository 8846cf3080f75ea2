"""The form of one source that an assessment rests on."""

from __future__ import annotations

from ehiia.content import load
from ehiia.domain.vocabulary import Confidence
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField, RadiosField, options
from ehiia.forms.fields import HiddenToken, LineField, TextField


class EvidenceForm(EhiiaForm):
    """A source. Only its kind and title are needed to save it."""

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
    year = LineField("From which year, or when?", noun="The year", max_length=20)
    shows = TextField(
        "What does it show, for this decision?",
        hint="One or two sentences, with the figure that matters.",
        noun="What it shows",
        rows=4,
        max_length=4000,
    )
    strength = RadiosField(
        "How strong is it for this decision?", choices=options(Confidence), noun="how strong it is"
    )
    revision = HiddenToken()
