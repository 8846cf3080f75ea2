"""The duties statement of one assessment: which duties it engages, and where it shows regard to them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from ehiia import clock
from ehiia.domain.duties import ENGAGEMENT_LOG
from ehiia.domain.vocabulary import Permission
from ehiia.services import duties, overview
from ehiia.services.duties import Place, Statement
from ehiia.services.sight import Seen
from ehiia.web.access import opens
from ehiia.web.components import page_url
from ehiia.web.pages import crumbs, leaf_url, overview_url, places_of

blueprint = Blueprint("duties", __name__)


@dataclass(frozen=True)
class Where:
    """A place in the assessment as the page shows it."""

    label: str
    detail: str
    href: str


@dataclass(frozen=True)
class Shown:
    """A duty with its places as links."""

    statement: Statement
    answered: tuple[Where, ...]
    not_answered: tuple[Where, ...]
    found: tuple[Where, ...]
    missing: tuple[Where, ...]


@blueprint.get("/a/<ref>/duties")
@opens(Permission.READ)
def statement(seen: Seen) -> str:
    """Show each duty: engaged or not and why, its short answers, its pointers and the missing ones."""
    ref = seen.assessment.ref
    whole = overview.whole(seen.assessment)
    told = duties.statements_of(whole.questions, whole.answers, today=clock.today())
    shown = [_shown(ref, one) for one in told]
    return render_template(
        "duties/statement.html",
        seen=seen,
        crumbs=crumbs(seen),
        places=places_of(seen, "duties.statement"),
        engaged=[one for one in shown if one.statement.engaged],
        others=[one for one in shown if not one.statement.engaged],
        unanswered=len({place.href for one in shown for place in one.not_answered}),
        missing=len({place for one in shown for place in one.missing}),
    )


def _shown(ref: str, one: Statement) -> Shown:
    return Shown(
        one,
        tuple(_where(ref, short.place) for short in one.short if short.given),
        tuple(_where(ref, short.place) for short in one.short if not short.given),
        tuple(_where(ref, place) for place in one.found),
        tuple(_where(ref, place) for place in one.missing),
    )


def _where(ref: str, place: Place) -> Where:
    if place.question_id == ENGAGEMENT_LOG and (log := page_url("engagement.log", ref=ref)):
        return Where(place.label, place.detail, log)
    if not place.section_id:
        return Where(place.label, place.detail, overview_url(ref))
    anchor = place.question_id if place.subject or not place.question_id else f"q-{place.question_id}"
    return Where(place.label, place.detail, leaf_url(ref, place.section_id, place.subject, anchor))
