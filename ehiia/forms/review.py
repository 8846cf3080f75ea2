"""Forms of reviews: another date, an answer to who asked for it, go-live, and carrying it out."""

from __future__ import annotations

from functools import cache

from flask_wtf import FlaskForm

from ehiia.domain.answers import Risk
from ehiia.domain.looking_back import Found, Turned, Worked
from ehiia.domain.questions import Option
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import Likelihood, ProposalKind, ReviewOutcome, Severity
from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.choices import ChoiceField, RadiosField, degrees, options
from ehiia.forms.fields import DateField, HiddenToken, TextField
from ehiia.services.review_list import Due

STARTED, EXPECTED = "started", "expected"
APPROVE, DECLINE = "approve", "decline"


class AskForm(EhiiaForm):
    """Another date for a review, with the reason."""

    revision = HiddenToken()
    to_on = DateField("New date", noun="New date", required="Enter the new date")
    reason = TextField(
        "Why is it moved?",
        hint="Kept in the history and shown beside the date.",
        noun="The reason",
        max_length=1000,
        required="Enter why the review is moved; it is kept in the history",
        rows=4,
    )


class AnswerForm(EhiiaForm):
    """Whether a review is postponed."""

    approve = RadiosField(
        "Is the review postponed?",
        choices=(
            Option(APPROVE, "Yes, postpone it", "The new date counts from now on."),
            Option(DECLINE, "No", "The date it has now stays."),
        ),
        required="Choose whether the review is postponed",
    )
    words = TextField(
        "Why?",
        hint="Needed where you say no. Whoever asked will read it, and it is kept in the history.",
        noun="The reason",
        max_length=1000,
        rows=4,
    )


class GoLiveForm(EhiiaForm):
    """When it went live, or is expected to."""

    seen = HiddenToken()
    started = RadiosField(
        "Has it gone live?",
        choices=(
            Option(STARTED, "Yes", "Enter the day on which it did."),
            Option(EXPECTED, "Not yet", "Enter the day on which it is expected to now."),
        ),
        required="Choose whether it has gone live",
    )
    on = DateField("On which day?", noun="The day", required="Enter the day")
    reason = TextField(
        "If it is another day than was said, why?",
        hint="Kept in the history, and shown where the review moved because of it.",
        noun="The reason",
        max_length=1000,
        rows=4,
    )


class FindingForm(PartForm):
    """What really happened in one respect; everything may be left open. Made by ``finding_form``."""

    turned = RadiosField("How did it turn out?", choices=options(Turned))
    happened = TextField(
        "What happened?",
        hint="To whom, and how many. If it is not known, say why and how it could be found out.",
        noun="What happened",
        max_length=2000,
        rows=4,
    )
    evidence = TextField(
        "How do you know?",
        hint="Figures by group, complaints, what people said.",
        noun="How you know",
        max_length=2000,
        rows=3,
    )
    likelihood = ChoiceField("Likelihood of harm now")
    severity = ChoiceField("Severity of harm now")

    def half_rated(self) -> bool:
        """Whether only one of likelihood and severity is given."""
        return bool(self.likelihood.data) != bool(self.severity.data)

    def found(self) -> Found:
        """Return what was entered."""
        likelihood, severity = self.likelihood.data, self.severity.data
        rated = likelihood and severity
        return Found(
            Turned(self.turned.data) if self.turned.data else None,
            self.happened.data or "",
            self.evidence.data or "",
            Risk(Likelihood(int(likelihood)), Severity(int(severity))) if rated else None,
        )


@cache
def finding_form(scale: Scale) -> type[FindingForm]:
    """Return the form of one respect, rated on this scale."""
    return type(
        "ScaledFindingForm",
        (FindingForm,),
        {
            "likelihood": ChoiceField("Likelihood of harm now", choices=degrees(scale.likelihood)),
            "severity": ChoiceField("Severity of harm now", choices=degrees(scale.severity)),
        },
    )


class WorkedForm(PartForm):
    """Whether one action worked."""

    worked = RadiosField("Did it work?", choices=options(Worked))
    note = TextField("What shows it?", noun="What shows it", max_length=2000, rows=3)


class PageForm(EhiiaForm):
    """The page that holds the parts: which state of it was shown."""

    revision = HiddenToken()


class EndForm(EhiiaForm):
    """How a review goes on."""

    revision = HiddenToken()
    changes = HiddenToken()
    lacks = HiddenToken()
    happened = TextField(
        "What really happened, over all?",
        hint="In a few sentences for those who decided. Say how you know.",
        noun="What really happened",
        max_length=4000,
        rows=8,
    )
    outcome = RadiosField(
        "How does it go on?",
        choices=(
            Option(ReviewOutcome.KEEP, "Keep it as it is", "The next review is planned from today."),
            Option(
                ReviewOutcome.UPDATE, "Update the assessment", "A new version is begun and decided again."
            ),
            Option(
                ReviewOutcome.REASSESS,
                "Assess it anew",
                "A new version is begun in which every answer has to be confirmed or changed.",
            ),
            Option(ReviewOutcome.CLOSE, "Close it", "Nothing more is to be done; the record is kept."),
        ),
    )
    reasons = TextField("Why?", noun="The reasons", max_length=4000, rows=4)
    lessons = TextField(
        "What should others learn from it?", hint="You may leave this empty.", max_length=4000, rows=4
    )


class TriggerForm(EhiiaForm):
    """A reason to review it early."""

    trigger = RadiosField("What has happened?", noun="what has happened", required="Choose what has happened")
    reason = TextField(
        "What do you know of it, and why should it not wait?",
        noun="The reason",
        max_length=2000,
        required="Enter what has happened, and why it should not wait",
        rows=5,
    )


class TriggerAnswerForm(EhiiaForm):
    """Whether the review is brought forward."""

    accept = RadiosField(
        "Is the review brought forward?",
        choices=(
            Option(APPROVE, "Yes", "Enter the day below. One that is due sooner anyway stays."),
            Option(DECLINE, "No, it can wait"),
        ),
        required="Choose whether the review is brought forward",
    )
    to_on = DateField("To which day?", noun="The day")
    words = TextField(
        "Why?",
        hint="Needed where you say no. Whoever raised it and the author will read it.",
        noun="The reason",
        max_length=2000,
        rows=4,
    )


class ReviewFilterForm(EhiiaForm):
    """What the register of reviews shows; sent with the address, so without a token."""

    class Meta(FlaskForm.Meta):
        """Changes nothing, so it needs no token."""

        csrf = False

    whose = ChoiceField("Whose", choices=(Option("mine", "Mine"),), nothing="Everybody’s")
    due = ChoiceField("Due", choices=options(Due), nothing="Any time")
    kind = ChoiceField("Kind of proposal", choices=options(ProposalKind), nothing="Any kind")
    asked = ChoiceField(
        "Waits for an answer",
        choices=(Option("yes", "Another date, or a reason to review early"),),
        nothing="All",
    )
