"""What is out of the ordinary: urgent decisions, those made already, work from outside, consultation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Part, Permission, ProposalKind, Role
from ehiia.forms.assessment import TokenForm, as_options, number, offer
from ehiia.forms.circumstances import AdoptForm, CheckerForm, ParticularsForm, UrgentForm
from ehiia.services import circumstances, external, particulars, people, team, urgency
from ehiia.services.particulars import Particulars
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.asking import number as as_number
from ehiia.web.pages import crumbs, leaf_url, overview_url

blueprint = Blueprint("circumstances", __name__)


@blueprint.route("/a/<ref>/circumstances", methods=["GET", "POST"])
@opens(Permission.READ)
def about(seen: Seen) -> Any:
    """Show and change what is out of the ordinary."""
    assessment, ref = seen.assessment, seen.assessment.ref
    now = particulars.particulars_of(assessment)
    form = ParticularsForm(data={**vars(now), "revision": str(assessment.revision)})
    workforce = assessment.kind is ProposalKind.WORKFORCE
    asked = Asked(form, "the assessment")
    if form.is_submitted():
        with asked:
            if form.validate():
                particulars.change(
                    ref,
                    Particulars(
                        form.decided_before_on.data,
                        form.decided_before_by.data or "",
                        form.consultation_opens_on.data if workforce else now.consultation_opens_on,
                        form.outside_author.data or "",
                        form.outside_body.data or "",
                    ),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("It was saved", "success")
                return redirect(overview_url(ref), 303)
        if asked.stale:
            form.revision.data = str(assessment.revision)
    return render_template(
        "circumstances/about.html",
        seen=seen,
        form=form,
        workforce=workforce,
        may=seen.may(Permission.WRITE),
        found=circumstances.circumstances_of(assessment),
        crumbs=crumbs(seen),
    ), asked.status


@blueprint.route("/a/<ref>/urgent", methods=["GET", "POST"])
@opens(Permission.SUBMIT)
def urgent(seen: Seen) -> Any:
    """Let the author say that the decision cannot wait, and who agreed."""
    assessment, ref = seen.assessment, seen.assessment.ref
    form = UrgentForm()
    directors = people.with_role(assessment.organisation_id, Role.DIRECTOR, today=clock.today())
    offer(form.agreed_by, as_options((one.id, one.name) for one in directors))
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                urgency.declare(
                    ref,
                    reason=form.reason.data or "",
                    agreed_by=number(form.agreed_by) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("One page is asked now. It goes straight to an equality lead", "success")
                return redirect(leaf_url(ref, "rapid"), 303)
    return render_template(
        "circumstances/urgent.html", seen=seen, form=form, crumbs=crumbs(seen)
    ), asked.status


@blueprint.post("/a/<ref>/not-urgent")
@opens(Permission.SUBMIT)
def not_urgent(seen: Seen) -> Any:
    """It can wait after all: go on to a whole assessment."""
    if TokenForm().validate():
        urgency.give_up(seen.assessment.ref, by=visitor.person_id, now=clock.now())
        flash("The whole assessment is asked now. What you wrote is carried over", "success")
    return redirect(overview_url(seen.assessment.ref), 303)


@blueprint.route("/a/<ref>/adopt", methods=["GET", "POST"])
@opens(Permission.AGREE)
def adopt(seen: Seen) -> Any:
    """Let the accountable director adopt what was written outside."""
    ref = seen.assessment.ref
    form = AdoptForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                particulars.adopt(
                    ref, statement=form.statement.data or "", by=visitor.person_id, now=clock.now()
                )
                flash("You have adopted it. The author is told", "success")
                return redirect(overview_url(ref), 303)
    return render_template(
        "circumstances/adopt.html",
        seen=seen,
        form=form,
        answers=url_for("answers.check", ref=ref),
        crumbs=crumbs(seen),
    ), asked.status


@blueprint.route("/a/<ref>/external-checker", methods=["GET", "POST"])
@opens(Permission.NAME_CHECKER)
def checker(seen: Seen) -> Any:
    """Let an equality lead name somebody from another body to check it."""
    ref = seen.assessment.ref
    form = CheckerForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                external.name_checker(ref, email=form.email.data or "", by=visitor.person_id, now=clock.now())
                flash("They may check this assessment now, and are told", "success")
                return redirect(url_for("circumstances.checker", ref=ref), 303)
    named = [one for one in team.involved(seen.assessment.id) if one.part is Part.CHECKER]
    return render_template(
        "circumstances/checker.html", seen=seen, form=form, named=named, crumbs=crumbs(seen)
    ), asked.status


@blueprint.post("/a/<ref>/external-checker/end")
@opens(Permission.NAME_CHECKER)
def end_checker(seen: Seen) -> Any:
    """The external checker takes part no more."""
    ref, person_id = seen.assessment.ref, as_number(request.form.get("person_id"))
    if not person_id:
        raise NotFound
    if TokenForm().validate():
        external.end_checker(ref, person_id=person_id, by=visitor.person_id, now=clock.now())
        flash("They check it no more", "success")
    return redirect(url_for("circumstances.checker", ref=ref), 303)
