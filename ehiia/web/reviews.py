"""Reviews: what is due, moving the date, and what really happened."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from ehiia import clock
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.vocabulary import Permission, ProposalKind, Stage
from ehiia.forms.review import ReviewFilterForm
from ehiia.services import recorded, review_dates, review_list, reviews, triggers
from ehiia.services.review_list import Due, ReviewFilter
from ehiia.services.sight import Seen
from ehiia.services.transaction import read
from ehiia.web.access import opens, signed_in, visitor
from ehiia.web.pages import crumbs

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/reviews")
@signed_in
def register() -> str:
    """List the reviews that are planned: overdue, this month, later; with filters."""
    today, form = clock.today(), ReviewFilterForm(request.args)
    form.validate()
    rows, later = review_list.register(
        visitor.actor,
        visitor.organisation_id,
        ReviewFilter(
            due=Due(form.due.data) if form.due.known(form.due.data) else None,
            kind=ProposalKind(form.kind.data) if form.kind.known(form.kind.data) else None,
            mine=form.whose.data == "mine",
            asked=form.asked.data == "yes",
        ),
        today=today,
        after=request.args.get("after", ""),
    )
    chosen = {name: value for name, value in form.values().items() if value and form[name].known(value)}
    month = (today.year, today.month)
    parts = {
        "Overdue": [row for row in rows if row.days_overdue],
        "This month": [
            row for row in rows if row.due_on >= today and (row.due_on.year, row.due_on.month) == month
        ],
        "Later": [row for row in rows if (row.due_on.year, row.due_on.month) > month],
    }
    return render_template(
        "reviews/register.html",
        form=form,
        parts=parts,
        rows=rows,
        filtered=bool(chosen),
        next_url=url_for("reviews.register", **chosen, after=later) if later else "",
    )


@blueprint.get("/a/<ref>/review")
@opens(Permission.READ)
def review(seen: Seen) -> str:
    """Show when and why it is reviewed, how often that slipped, and what was asked."""
    assessment = seen.assessment
    planned = reviews.open_review(read(), assessment)
    records = recorded.records_of(assessment.id)
    moved = reviews.moves_of(planned.id) if planned is not None else []
    return render_template(
        "reviews/review.html",
        assessment=assessment,
        planned=planned,
        moved=moved,
        times=reviews.times_postponed(moved),
        requests=review_dates.requests_of(planned.id) if planned is not None else [],
        triggers=triggers.list_of(assessment.id),
        decided=assessment.stage in DECIDED,
        earlier=[one for one in reviews.reviews_of(assessment.id) if one is not planned],
        may=bool(seen.may(Permission.REVIEW)) and assessment.stage in DECIDED,
        in_force=assessment.stage is Stage.IN_FORCE,
        record=recorded.find_record(ref=records[0].ref).record if records else None,
        crumbs=[*crumbs(seen), ("Reviews", url_for("reviews.register"))],
    )
