"""Audit programmes: their rules, the samples that were drawn, and how anyone draws them again."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.programmes import BEGINS_WITH, Period, Rhythm
from ehiia.domain.sampling import Pool
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.forms.programmes import AgainForm, ProgrammeForm, rule_form, shown
from ehiia.services import cases, drawing, history, opinions, programmes
from ehiia.services.transaction import NotFound
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("programmes", __name__)


def _who() -> dict[str, Any]:
    return {"organisation_id": visitor.organisation_id, "by": visitor.person_id, "now": clock.now()}


def _back(programme_id: int) -> Any:
    return redirect(url_for("programmes.one", programme_id=programme_id), 303)


@blueprint.get("/audits/programmes")
@requires(Permission.SEE_AUDIT_PLAN)
def start() -> str:
    """List the programmes with the period that runs, and what is still to be audited."""
    lines = programmes.list_of(visitor.organisation_id, today=clock.today())
    given = cases.mine(visitor.actor, visitor.organisation_id)
    return render_template("programmes/start.html", lines=lines, given=given)


@blueprint.route("/audits/programmes/begin", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def begin() -> Any:
    """Begin a programme."""
    form = ProgrammeForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                rhythm = Rhythm(form.rhythm.data)
                row = programmes.begin(
                    name=form.name.data or "", rhythm=rhythm, rule=BEGINS_WITH[rhythm], **_who()
                )
                done("The programme was begun")
                return _back(row.id)
    return render_template("programmes/begin.html", form=form, rules=BEGINS_WITH), asked.status


@blueprint.get("/audits/programmes/<int:programme_id>")
@requires(Permission.SEE_AUDIT_PLAN)
def one(programme_id: int) -> str:
    """Show a programme: its rule, its samples, what can be drawn now, and its history."""
    row = programmes.one_of(visitor.organisation_id, programme_id)
    lines = programmes.list_of(visitor.organisation_id, today=clock.today())
    return render_template(
        "programmes/one.html",
        line=next(line for line in lines if line.row.id == row.id),
        reason=programmes.rule_of(row.id).reason,
        past=history.of_subject(f"programme:{row.id}").entries,
    )


@blueprint.route("/audits/programmes/<int:programme_id>/rule", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def rule(programme_id: int) -> Any:
    """Change how much is drawn, for the period that runs and those to come."""
    row = programmes.one_of(visitor.organisation_id, programme_id)
    stands = programmes.rule_from(programmes.rule_of(row.id).rule)
    form = rule_form()()
    if not form.is_submitted():
        form = rule_form()(formdata=None, data=shown(stands) | {"revision": str(row.revision)})
    asked = Asked(form, "this rule")
    if form.is_submitted():
        with asked:
            if form.validate():
                programmes.change_rule(
                    programme_id,
                    form.rule(),
                    reason=form["reason"].data or "",
                    revision=number(form.revision.data),
                    **_who(),
                )
                done("The rule was changed")
                return _back(programme_id)
        if asked.stale:
            row = programmes.one_of(visitor.organisation_id, programme_id)
            stands = programmes.rule_from(programmes.rule_of(row.id).rule)
            form.revision.data = str(row.revision)
    return render_template(
        "programmes/rule.html", form=form, row=row, pools=tuple(Pool), stands=stands, stale=asked.stale
    ), asked.status


@blueprint.route("/audits/programmes/<int:programme_id>/end", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def end(programme_id: int) -> Any:
    """End a programme; what was drawn stays."""
    row = programmes.one_of(visitor.organisation_id, programme_id)
    form = TokenForm()
    if form.is_submitted() and form.validate():
        programmes.end(programme_id, **_who())
        done("The programme has ended")
        return _back(programme_id)
    return render_template("programmes/end.html", form=form, row=row), 400 if form.is_submitted() else 200


@blueprint.post("/audits/programmes/<int:programme_id>/draw")
@requires(Permission.KEEP_AUDITS)
def draw(programme_id: int) -> Any:
    """Draw the sample of a period that has closed; its day comes with the form."""
    if not TokenForm().validate():
        return _back(programme_id)
    try:
        first_on = date.fromisoformat(request.form.get("first_on", ""))
    except ValueError:
        raise NotFound from None
    run = drawing.draw(programme_id, first_on, **_who())
    done("The sample was drawn")
    return redirect(url_for("programmes.run", run_id=run.id), 303)


@blueprint.get("/audits/runs/<int:run_id>")
@requires(Permission.SEE_AUDIT_PLAN)
def run(run_id: int) -> str:
    """Show the audit of a period: what was drawn, how far it is, and how to draw it again."""
    row, programme = cases.run_of(visitor.organisation_id, run_id)
    return render_template(
        "programmes/run.html",
        run=row,
        programme=programme,
        period=Period(row.first_on, row.last_on),
        rows=cases.list_of(row, actor=visitor.actor),
        draws=drawing.draws_of(row.id),
        opinions=opinions.of_run(row.id),
    )


@blueprint.route("/audits/runs/<int:run_id>/again", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def again(run_id: int) -> Any:
    """Draw a sample again with a reason: the seed stays, and what was drawn before stays too."""
    row, programme = cases.run_of(visitor.organisation_id, run_id)
    form = AgainForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                drawing.draw(programme.id, row.first_on, reason=form.reason.data or "", **_who())
                done("The sample was drawn again")
                return redirect(url_for("programmes.run", run_id=run_id), 303)
    return render_template("programmes/again.html", form=form, run=row, programme=programme), asked.status


@blueprint.get("/audits/runs/<int:run_id>/draws/<int:draw_number>/frame")
@requires(Permission.SEE_AUDIT_PLAN)
def frame(run_id: int, draw_number: int) -> Response:
    """Hand out the frame of a draw as the text that its digest is of."""
    row, _ = cases.run_of(visitor.organisation_id, run_id)
    text, _ = drawing.frame_for(row, draw_number, actor=visitor.actor)
    response = Response(text, mimetype="text/plain")
    name = f"{row.ref}-frame-{draw_number}.txt"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
