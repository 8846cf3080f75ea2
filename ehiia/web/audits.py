"""Whether mitigating actions were done and work: what waits, one verdict, its file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, Verdict
from ehiia.files import kinds
from ehiia.forms.audit import VerdictForm
from ehiia.services import audits, mitigations, people
from ehiia.services.transaction import Invalid
from ehiia.services.uploads import Upload
from ehiia.web.access import requires, signed_in, visitor
from ehiia.web.asking import attachment, bytes_of, done, refuse

blueprint = Blueprint("audits", __name__)


@blueprint.get("/audits")
@requires(Permission.SEE_AUDIT_PLAN)
def waiting() -> str:
    """List the actions that are said to be done and wait for a verdict."""
    rows = audits.waiting_for_verdict(visitor.actor, visitor.organisation_id)
    return render_template("audits/waiting.html", rows=rows)


@blueprint.route("/mitigations/<mitigation_ref>/verdict", methods=["GET", "POST"])
@signed_in
def verdict(mitigation_ref: str) -> Any:
    """Show the claim and earlier verdicts; take a verdict from whoever may give one."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    ruling = seen.may_with(Permission.VERIFY, row)
    form, status = VerdictForm(), 200
    form.proof.accept = kinds.endings()
    if form.is_submitted():
        status = 400
        try:
            if form.validate():
                given = bytes_of(form.proof.data)
                audits.give_verdict(
                    mitigation_ref,
                    verdict=Verdict(form.verdict.data),
                    found=form.found.data or "",
                    proof=Upload(*given) if given else None,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"Your verdict on {row.ref} was kept")
                return redirect(url_for("audits.verdict", mitigation_ref=mitigation_ref), 303)
        except Invalid as error:
            refuse(form, error)
    owner = people.names({row.owner_id}).get(row.owner_id, "") if row.owner_id else row.outside_owner
    return (
        render_template(
            "audits/verdict.html",
            form=form if ruling else None,
            row=row,
            owner=owner,
            assessment=seen.assessment,
            ruling=ruling,
            verdicts=audits.verdicts_of(row.id),
            accepted=kinds.accepted(),
        ),
        status,
    )


@blueprint.get("/mitigations/<mitigation_ref>/verdicts/<int:verdict_id>/file")
@signed_in
def proof(mitigation_ref: str, verdict_id: int) -> Response:
    """Hand out the file of a verdict, always to be saved and never to be shown in the page."""
    name, _, content = audits.proof_of(mitigation_ref, verdict_id, actor=visitor.actor)
    return attachment(name, content)
