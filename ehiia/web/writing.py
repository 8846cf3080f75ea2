"""A page of questions on which somebody writes: opened as it is stored or as their draft has it, and sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, request

from ehiia.domain.vocabulary import Dimension
from ehiia.forms.builder import QuestionForm
from ehiia.forms.impact import ImpactForm, impact_form
from ehiia.services import clashes, drafting
from ehiia.services.answered import Page, page_of
from ehiia.services.answering import Conflict, Given, GivenImpact, Saved
from ehiia.services.scales import scale_of
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotAllowed, Refused
from ehiia.web import resting, settling, unsaved
from ehiia.web.access import visitor
from ehiia.web.resting import Resting
from ehiia.web.saving import answer_text, given, given_impact, impact_filled, impact_text, renew_impact
from ehiia.web.unsaved import Unsaved

UNDID = "The check was undone, because an answer changed after it was passed. It has to be checked again"
DONE = 303
"""Status of a page whose content was saved: it is followed by a redirect."""


@dataclass(frozen=True)
class Place:
    """Which page it is: ``section`` and ``subject`` name it, ``address`` is where it is sent."""

    seen: Seen
    section: str
    subject: str
    title: str
    address: str
    sources: bool = True
    """Whether its answers may rest on sources; those of the screening do not."""

    @property
    def name(self) -> str:
        """Name of the page as drafts use it."""
        return drafting.page_name(self.section, self.subject)

    def resting(self) -> Resting:
        """Return what is stored of the sources on which its answers rest."""
        return resting.of_page(self.seen.assessment.id, self.subject) if self.sources else resting.NOTHING


@dataclass(frozen=True)
class Written:
    """A page with what stands in its fields."""

    form: QuestionForm
    parts: tuple[ImpactForm, ...]
    """The forms of the dimensions, on the page of a group."""
    resting: Resting
    unsaved: Unsaved
    status: int = 200
    conflict: str = ""
    """The page on which a person chooses between what they and somebody else wrote, where they have to."""


def say_undone(saved: Saved) -> None:
    """Tell whoever saved that the pass was undone, or that the short form grew, where that happened."""
    if saved.undid_pass:
        flash(UNDID, "info")
    if saved.grew:
        flash(f"This is the extended form now, because an impact is more than low. {saved.grew[0]}", "info")


def opened(
    place: Place,
    kind: type[QuestionForm],
    page: Page,
    *,
    dimensions: tuple[Dimension, ...] = (),
    possible: tuple[Dimension, ...] = (),
) -> Written:
    """Return a page as it is stored, or with one's own draft in its fields where that was asked for.

    ``dimensions``: those that are asked now; ``possible``: those that a draft may hold.
    """
    assessment = place.seen.assessment
    scale = scale_of(assessment)
    form, rests = kind.filled(page.values, page.revisions), place.resting()
    parts = {dimension: impact_filled(dimension, page, scale) for dimension in dimensions}
    draft = drafting.mine(assessment.id, place.name, visitor.person_id)
    differs = back = False
    if draft is not None:
        fields = unsaved.fields_of(draft)
        typed, ticked = kind.filled(page.values, page.revisions), rests.with_ticks(resting.ticked(fields))
        differs = unsaved.put_into(typed, fields) or ticked.now != rests.now
        drafted = {
            dimension: impact_form(dimension, scale)(formdata=fields)
            for dimension in possible
            if f"{dimension.value}-was" in fields
        }
        differs = differs or any(part.touched() for part in drafted.values())
        back = differs and unsaved.wanted()
        if back:
            form, rests, parts = typed, ticked, parts | drafted
    told = unsaved.told(assessment.id, place.name, draft if differs else None, back=back)
    return Written(form, tuple(parts.values()), rests, told)


def sent(
    place: Place,
    kind: type[QuestionForm],
    save: Callable[[dict[str, Given], dict[Dimension, GivenImpact]], Saved],
    *,
    dimensions: tuple[Dimension, ...] = (),
    labels: Mapping[str, str] | None = None,
) -> Written:
    """Save what was sent from a page, or from the page on which somebody chose between two texts.

    ``save`` writes answers and impacts. ``labels``: group code -> label, to say answers in words. The status
    is ``DONE`` where everything was saved; otherwise what was typed stands in the page that is returned.
    """
    assessment, subject = place.seen.assessment, place.subject
    scale = scale_of(assessment)
    points = settling.points_of(kind, dimensions)
    settled = settling.settled(points)
    form = kind(formdata=settled.sent)
    parts = tuple(impact_form(dimension, scale)(formdata=settled.sent) for dimension in dimensions)
    valid = all([form.validate(), *(part.validate() for part in parts)])

    def page(status: int, conflict: str = "") -> Written:
        rests = resting.NOTHING
        if not conflict and status != DONE:
            rests = place.resting().with_ticks(resting.ticked(request.form))
        return Written(form, parts, rests, Unsaved(place.name), status, conflict)

    found: Mapping[str, Conflict] = {}
    saved, status = None, 400
    if settled.undecided:
        both = {point.id for point in settled.points}
        clashing = [dimension for dimension in dimensions if dimension.value in both]
        found = clashes.standing(assessment.id, subject, questions=both, dimensions=clashing)
    elif valid:
        try:
            saved = save(
                {key: one for key, one in given(form).items() if key not in settled.theirs},
                {p.dimension: given_impact(p) for p in parts if p.dimension.value not in settled.theirs},
            )
        except (NotAllowed, Refused) as refused:
            form.refuse("", f"{refused.reason} What you typed is still here: copy it if you need it")
            return page(403)
        say_undone(saved)
        if not saved.conflicts:
            return page(DONE)
        found, status = saved.conflicts, 409
    if not found:
        return page(status)
    stored = page_of(assessment, subject)
    form.renew_was(stored.values, stored.revisions)
    for part in parts:
        renew_impact(part, stored)
    asked = {question.id: question for question in kind.questions}
    conflict = settling.page(
        place.seen,
        place.title,
        place.address,
        points,
        found,
        words=lambda name, value: (
            answer_text(asked[name], value, labels or {}) if name in asked else impact_text(value, scale)
        ),
        mine=form.answers() | {part.dimension.value: part.impact() for part in parts},
        tokens=settling.tokens_of(form, parts),
        saved=saved.changed if saved else 0,
        was=settled,
    )
    return page(status, conflict)
