"""The report of an audit and its evidence pack: prepared, its state, handed out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.programmes import Period
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.services import audit_reports, cases
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, done

blueprint = Blueprint("packs", __name__)


@blueprint.get("/audits/runs/<int:run_id>/report")
@requires(Permission.SEE_AUDIT_PLAN)
def show(run_id: int) -> str:
    """Show the reports about a period with their packs: who prepared them when, and where they are."""
    return _page(run_id, TokenForm())


@blueprint.post("/audits/runs/<int:run_id>/report")
@requires(Permission.KEEP_AUDITS)
def prepare(run_id: int) -> Any:
    """Prepare the report of a period as it stands now."""
    form = TokenForm()
    asked = Asked(form)
    with asked:
        if form.validate():
            row = audit_reports.prepare(
                run_id, organisation_id=visitor.organisation_id, by=visitor.person_id, now=clock.now()
            )
            done(f"{row.ref} is the report of what is known now")
            return redirect(url_for("packs.show", run_id=run_id), 303)
    return _page(run_id, form), asked.status


def _page(run_id: int, form: TokenForm) -> str:
    run, programme = cases.run_of(visitor.organisation_id, run_id)
    return render_template(
        "packs/show.html",
        form=form,
        run=run,
        programme=programme,
        period=Period(run.first_on, run.last_on),
        rows=cases.list_of(run, actor=visitor.actor),
        reports=audit_reports.list_of(run, actor=visitor.actor),
        folder=audit_reports.writes_folder(),
    )


@blueprint.get("/audits/reports/<report_ref>.pdf")
@requires(Permission.SEE_AUDIT_PLAN)
def pdf(report_ref: str) -> Response:
    """Hand out the sealed report."""
    content = audit_reports.pdf_of(report_ref, actor=visitor.actor, organisation_id=visitor.organisation_id)
    return _file(content, "application/pdf", f"{report_ref}.pdf")


@blueprint.get("/audits/reports/<report_ref>.zip")
@requires(Permission.SEE_AUDIT_PLAN)
def pack(report_ref: str) -> Response:
    """Hand out the evidence pack."""
    content = audit_reports.zip_of(report_ref, actor=visitor.actor, organisation_id=visitor.organisation_id)
    return _file(content, "application/zip", f"{report_ref}.zip")


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
