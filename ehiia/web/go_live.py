"""When a proposal went live, or is expected to, after the decision."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.vocabulary import Permission
from ehiia.forms.review import STARTED, GoLiveForm
from ehiia.services import go_live
from ehiia.services.sight import Seen
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, done, number
from ehiia.web.pages import crumbs

blueprint = Blueprint("go_live", __name__)


@blueprint.route("/a/<ref>/go-live", methods=["GET", "POST"])
@opens(Permission.REVIEW)
def say(seen: Seen) -> Any:
    """Say that it went live, or on which day it is expected to now; the review goes with it."""
    assessment = seen.assessment
    said = go_live.said_of(assessment.id)
    form = GoLiveForm(data={"seen": str(said[-1].id if said else 0)})
    asked = Asked(form, "when it goes live")
    if form.is_submitted():
        with asked:
            if form.validate():
                told = go_live.say(
                    assessment.ref,
                    started=form.started.data == STARTED,
                    on=form.on.data,
                    reason=form.reason.data or "",
                    seen_id=number(form.seen.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"It was saved. {told}".strip())
                return redirect(url_for("reviews.review", ref=assessment.ref), 303)
        if asked.stale:
            said = go_live.said_of(assessment.id)
            form.seen.data = str(said[-1].id)
    return render_template(
        "go_live/say.html",
        seen=seen,
        form=form,
        said=said,
        may=assessment.stage in DECIDED,
        crumbs=[*crumbs(seen), ("Review", url_for("reviews.review", ref=assessment.ref))],
    ), asked.status
