"""Who takes part in an assessment, and restricting it to them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.vocabulary import Part, Permission
from ehiia.forms.assessment import InviteForm, RestrictForm, TokenForm, as_options, number, offer
from ehiia.services import people as people_service
from ehiia.services import restriction, team
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound
from ehiia.services.unseen import unseen
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.asking import number as as_number
from ehiia.web.pages import crumbs, overview_url, places_of

blueprint = Blueprint("team", __name__)

ENDABLE = frozenset({Part.CONTRIBUTOR, Part.SECRETARY, Part.READER})


@blueprint.route("/a/<ref>/people", methods=["GET", "POST"])
@opens(Permission.READ)
def people(seen: Seen) -> Any:
    """Show who takes part and, for the author and equality leads, ask somebody to."""
    assessment, ref = seen.assessment, seen.assessment.ref
    may = bool(seen.may(Permission.INVITE))
    form = InviteForm() if request.method == "POST" else InviteForm(formdata=None)
    involved = team.involved(assessment.id)
    if may:
        known = people_service.with_role(assessment.organisation_id, today=clock.today())
        # an owner may be asked to write; a form that is sent twice names somebody who is in by then
        there = {one.person_id for one in involved if one.part is not Part.OWNER} - {number(form.person_id)}
        offer(form.person_id, as_options((one.id, one.name) for one in known if one.id not in there))
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                team.invite(
                    ref,
                    person_id=number(form.person_id) or 0,
                    part=Part(form.part.data),
                    expertise=form.expertise.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("They take part now", "success")
                return redirect(url_for("team.people", ref=ref), 303)
    return render_template(
        "team/people.html",
        seen=seen,
        form=form,
        may=may,
        token=TokenForm(),
        involved=involved,
        endable=ENDABLE,
        unseen=unseen(assessment, today=clock.today()) if may and assessment.restricted else (),
        crumbs=crumbs(seen),
        places=places_of(seen, "team.people"),
    ), asked.status


@blueprint.post("/a/<ref>/people/end")
@opens(Permission.INVITE)
def end(seen: Seen) -> Response:
    """Somebody takes part no more."""
    ref = seen.assessment.ref
    person_id, part = as_number(request.form.get("person_id")), request.form.get("part", "")
    if not person_id or part not in ENDABLE:
        raise NotFound
    if TokenForm().validate():
        team.end_part(ref, person_id=person_id, part=Part(part), by=visitor.person_id, now=clock.now())
        flash("They take part no more", "success")
        if person_id == visitor.person_id:
            return redirect("/", 303)
    return redirect(url_for("team.people", ref=ref), 303)


@blueprint.route("/a/<ref>/restrict", methods=["GET", "POST"])
@opens(Permission.RESTRICT)
def restrict(seen: Seen) -> Any:
    """Restrict the assessment to the people who take part."""
    ref = seen.assessment.ref
    form = RestrictForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                restriction.restrict(
                    ref,
                    reason=form.reason.data or "",
                    until_on=form.until_on.data,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("Only the people who take part can see it now", "success")
                return redirect(overview_url(ref), 303)
    return render_template(
        "team/restrict.html",
        seen=seen,
        form=form,
        involved=team.involved(seen.assessment.id),
        unseen=unseen(seen.assessment, today=clock.today()),
        crumbs=crumbs(seen),
    ), asked.status


@blueprint.post("/a/<ref>/lift")
@opens(Permission.RESTRICT)
def lift(seen: Seen) -> Response:
    """Let everybody in the organisation see it again."""
    if TokenForm().validate():
        restriction.lift_restriction(seen.assessment.ref, by=visitor.person_id, now=clock.now())
        flash("Everybody in the organisation can see it again", "success")
    return redirect(overview_url(seen.assessment.ref), 303)
