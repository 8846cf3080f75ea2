"""The next twelve months: a picture of what is due, its table, and what lies behind each month."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from ehiia import clock
from ehiia.domain.ahead import DueKind, Whose, span
from ehiia.services import ahead
from ehiia.services.ahead import Due
from ehiia.web.access import signed_in, visitor
from ehiia.web.shell import Link

blueprint = Blueprint("ahead", __name__)

SHOWN = 50
"""So much of a month is listed until all of it is asked for."""
MOST = 1000


def address(one: Due) -> str:
    """Return where something that is due is done."""
    match one.kind:
        case DueKind.ACTION:
            return url_for("mitigations.one", mitigation_ref=one.item)
        case DueKind.REVIEW:
            return url_for("reviews.review", ref=one.ref)
        case DueKind.COMMITMENT:
            return url_for("commitments.log", ref=one.ref)
        case DueKind.DECISION:
            return url_for("assessments.overview", ref=one.ref)
        case DueKind.AUDIT if one.programme_id:
            return url_for("programmes.one", programme_id=one.programme_id)
        case DueKind.AUDIT:
            return url_for("findings.one", finding_ref=one.item)


@blueprint.get("/ahead")
@signed_in
def start() -> str:
    """Show what is due by month: one's own, what one directs, or the whole organisation."""
    today, offered = clock.today(), ahead.offered(visitor.actor, visitor.organisation_id)
    whose = next((one for one in offered if one.value == request.args.get("whose")), Whose.MINE)
    months = ahead.months(visitor.actor, visitor.organisation_id, whose, today=today)
    full = [month for month in months if month.how_many]
    asked = request.args.get("month", "")
    chosen = next((month for month in full if month.key == asked), full[0] if full else None)
    days = span(chosen.key, today) if chosen else None
    everything = bool(request.args.get("all"))
    found = (
        ahead.listed(
            visitor.actor,
            visitor.organisation_id,
            whose,
            first_on=days[0],
            last_on=days[1],
            today=today,
            limit=MOST if everything else SHOWN,
        )
        if days
        else []
    )
    return render_template(
        "ahead/start.html",
        months=months,
        full=full,
        chosen=chosen,
        found=[(one, address(one)) for one in found],
        everything=everything,
        kinds=tuple(DueKind),
        whose=whose,
        tabs=[Link(one.label, url_for("ahead.start", whose=one.value), one is whose) for one in offered],
    )
