"""The form with which a practice assessment begins."""

from __future__ import annotations

from ehiia.domain.vocabulary import ProposalKind
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import RadiosField, options
from ehiia.forms.fields import LineField, OnceField


class PracticeForm(EhiiaForm):
    """What to practise on."""

    title = LineField(
        "What will you practise on?",
        hint="Something real that you know, or something made up.",
        noun="What you will practise on",
        required="Enter what you will practise on",
        max_length=200,
    )
    kind = RadiosField(
        "What kind of proposal is it?",
        choices=options(ProposalKind, meanings=True),
        noun="the kind of proposal",
        required="Choose what kind of proposal it is",
    )
    once = OnceField()
