"""The owner outside of an action: sending, renewing and taking back their link, and what they said by it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.forms.partners import PartnerForm
from ehiia.services import mitigations, partners
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked
from ehiia.web.pages import crumbs

blueprint = Blueprint("partners", __name__)


@blueprint.route("/mitigations/<mitigation_ref>/partner", methods=["GET", "POST"])
@signed_in
def start(mitigation_ref: str) -> Any:
    """Show the links that the owner outside was sent and what they said, and send one."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor, permission=Permission.INVITE)
    form = PartnerForm(data={"email": row.outside_email, "days": "28"})
    if not seen.assessment.restricted:
        del form.meant
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                partners.send(
                    mitigation_ref,
                    email=form.email.data or "",
                    days=int(form.days.data),
                    meant=bool(seen.assessment.restricted and form.meant.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash(f"{row.outside_owner} gets an e-mail with a link", "success")
                return redirect(url_for("partners.start", mitigation_ref=mitigation_ref), 303)
    return render_template(
        "partners/start.html",
        seen=seen,
        row=row,
        form=form,
        links=partners.links_of(row, seen.assessment, now=clock.now()),
        updates=partners.updates_of(row.id),
        why_not=partners.why_not(row, seen.assessment),
        crumbs=[
            *crumbs()[:1],
            ("Mitigating actions", url_for("mitigations.register")),
            (row.ref, url_for("mitigations.one", mitigation_ref=row.ref)),
        ],
    ), asked.status


@blueprint.post("/mitigations/<mitigation_ref>/partner/take-back")
@signed_in
def take_back(mitigation_ref: str) -> Response:
    """Take every link to the action back."""
    mitigations.see_one(mitigation_ref, actor=visitor.actor, permission=Permission.INVITE)
    if TokenForm().validate():
        partners.take_back(mitigation_ref, by=visitor.person_id, now=clock.now())
        flash("The links were taken back. They do not open any more, and no reminder goes outside", "success")
    return redirect(url_for("partners.start", mitigation_ref=mitigation_ref), 303)
