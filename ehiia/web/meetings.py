"""Papers of meetings: which meetings there are, what lies before one, and its paper packs."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.meeting import PaperMark
from ehiia.forms.assessment import TokenForm
from ehiia.services import meetings, paper_packs
from ehiia.services.transaction import NotFound
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done

blueprint = Blueprint("meetings", __name__)


@blueprint.get("/papers/meetings")
@signed_in
def start() -> str:
    """List the meetings of committees with what lies before them."""
    today = clock.today()
    rows = meetings.upcoming(visitor.actor, visitor.organisation_id, today=today)
    return render_template(
        "meetings/start.html",
        coming=[row for row in rows if row.on >= today],
        past=[row for row in rows if row.on < today],
        marks=tuple(PaperMark),
    )


@blueprint.route("/papers/meetings/<int:body_id>/<on>", methods=["GET", "POST"])
@signed_in
def one(body_id: int, on: str) -> Any:
    """Show what lies before a meeting, and put its paper pack together."""
    form = TokenForm()
    asked = Asked(form)
    day = _day(on)
    if form.is_submitted():
        with asked:
            if form.validate():
                row = paper_packs.prepare(
                    visitor.organisation_id, body_id, day, by=visitor.person_id, now=clock.now()
                )
                if row is not None:
                    done(f"Paper pack {row.number} holds the papers as they are now")
                return redirect(url_for("meetings.one", body_id=body_id, on=on), 303)
    meeting = meetings.one(visitor.actor, visitor.organisation_id, body_id, day)
    may = meetings.may_prepare(visitor.actor, visitor.organisation_id, meeting.body)
    page = render_template(
        "meetings/one.html",
        form=form,
        meeting=meeting,
        ordered=paper_packs.ordered(meeting),
        may=bool(may),
    )
    return page, asked.status


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None


@blueprint.get("/papers/packs/<int:pack_id>.pdf")
@signed_in
def pack(pack_id: int) -> Response:
    """Hand out a paper pack."""
    row, pdf = meetings.pdf_of(pack_id, actor=visitor.actor, organisation_id=visitor.organisation_id)
    response = Response(pdf, mimetype="application/pdf")
    name = f"papers-{row.meeting_on.isoformat()}-{row.number}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.set_etag(row.sha256)
    return response
