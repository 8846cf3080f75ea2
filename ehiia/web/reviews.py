"""Reviews: what is due, moving the date, and what really happened."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, ReviewOutcome, Stage
from ehiia.forms.review import CarryOutForm, MoveForm
from ehiia.services import recording, reviews
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, Stale, read
from ehiia.web.access import opens, signed_in, visitor
from ehiia.web.asking import done, number, refuse

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/reviews")
@signed_in
def register() -> str:
    """List the reviews that are planned: overdue, this month, later."""
    today = clock.today()
    rows, later = reviews.register(
        visitor.actor, visitor.organisation_id, after=request.args.get("after", "")
    )
    parts = {
        "Overdue": [row for row in rows if row.due_on < today],
        "This month": [
            row
            for row in rows
            if row.due_on >= today and (row.due_on.year, row.due_on.month) == (today.year, today.month)
        ],
    }
    known = {row.id for listed in parts.values() for row in listed}
    parts["Later"] = [row for row in rows if row.id not in known]
    return render_template("reviews/register.html", parts=parts, rows=rows, later=later)


@blueprint.route("/a/<ref>/review", methods=["GET", "POST"])
@opens(Permission.READ)
def review(seen: Seen) -> Any:
    """Show when and why it is reviewed; move the date; carry it out."""
    assessment, status = seen.assessment, 200
    act = request.form.get("act")
    moving = MoveForm(formdata=request.form if act == "move" else None, prefix="")
    carrying = CarryOutForm(formdata=request.form if act == "carry_out" else None)
    form = moving if act == "move" else carrying
    if form.is_submitted():
        status = 400
        try:
            if form.validate():
                _do(assessment.ref, moving if form is moving else None, carrying)
                return redirect(url_for("reviews.review", ref=assessment.ref), 303)
        except Invalid as error:
            refuse(form, error)
        except Stale:
            form.refuse("", "Somebody else changed this review meanwhile. Look at it again, then send it")
    planned = reviews.open_review(read(), assessment)
    if planned is not None:
        moving.revision.data = carrying.revision.data = str(planned.revision)
    records = recording.records_of(assessment.id)
    return (
        render_template(
            "reviews/review.html",
            form=form if status == 400 else None,
            assessment=assessment,
            planned=planned,
            moved=reviews.moves_of(planned.id) if planned is not None else [],
            earlier=[one for one in reviews.reviews_of(assessment.id) if one is not planned],
            moving=moving,
            carrying=carrying,
            show_moving=act == "move" and status == 400,
            may=bool(seen.may(Permission.REVIEW)) and assessment.stage is Stage.IN_FORCE,
            record=recording.find_record(ref=records[0].ref).record if records else None,
        ),
        status,
    )


def _do(ref: str, moving: MoveForm | None, carrying: CarryOutForm) -> None:
    by, now = visitor.person_id, clock.now()
    if moving is not None:
        reviews.change_date(
            ref,
            to_on=moving.to_on.data,
            reason=moving.reason.data,
            revision=number(moving.revision.data),
            by=by,
            now=now,
        )
        done("The review was moved")
        return
    reviews.carry_out(
        ref,
        outcome=ReviewOutcome(carrying.outcome.data),
        happened=carrying.happened.data,
        revision=number(carrying.revision.data),
        by=by,
        now=now,
    )
    done("The review was carried out")
