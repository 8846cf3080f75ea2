"""Learning: practice assessments, which nobody else sees."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, ProposalKind
from ehiia.forms.practice import PracticeForm
from ehiia.services import practice
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, NotFound, Refused
from ehiia.web.access import opens, requires, visitor
from ehiia.web.asking import done, refuse
from ehiia.web.pages import crumbs, overview_url

blueprint = Blueprint("practice", __name__)


@blueprint.route("/practice", methods=["GET", "POST"])
@requires(Permission.START)
def start() -> Any:
    """List the person's practice assessments, and start another."""
    form, status = PracticeForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                made = practice.start(
                    form.title.data or "",
                    ProposalKind(form.kind.data),
                    organisation_id=visitor.organisation_id,
                    by=visitor.person_id,
                    now=clock.now(),
                    once=form.once.data or "",
                )
            except Invalid as error:
                refuse(form, error)
            except Refused as refused:
                form.refuse("", refused.reason)
                status = 409
            else:
                return redirect(overview_url(made.ref), 303)
    return render_template(
        "practice/start.html", form=form, mine=practice.list_of(visitor.person_id), most=practice.MOST
    ), status


@blueprint.route("/a/<ref>/throw-away", methods=["GET", "POST"])
@opens(Permission.WRITE)
def throw_away(seen: Seen) -> Any:
    """Ask once, then throw a practice assessment away."""
    if not seen.assessment.practice:
        raise NotFound
    if request.method == "POST":
        practice.throw_away(seen.assessment.ref, by=visitor.person_id, now=clock.now())
        done("The practice assessment was thrown away")
        return redirect(url_for("practice.start"), 303)
    return render_template("practice/throw_away.html", seen=seen, crumbs=crumbs(seen))
