"""Who owns a mitigating action: accepting it, declining it, naming another owner."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.forms.assessment import as_options, number, offer
from ehiia.forms.owning import AcceptForm, DeclineForm, OwnerForm
from ehiia.services import mitigations, people, taking_on
from ehiia.services.transaction import NotAllowed, Stale
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.pages import crumbs

blueprint = Blueprint("owning", __name__)

MEANWHILE = "It was changed meanwhile. Read it again, then say whether you take it on"


def _page(mitigation_ref: str) -> str:
    return url_for("mitigations.one", mitigation_ref=mitigation_ref)


def _above(mitigation_ref: str) -> list[tuple[str, str]]:
    register = ("Mitigating actions", url_for("mitigations.register"))
    return [*crumbs()[:1], register, (mitigation_ref, _page(mitigation_ref))]


@blueprint.post("/mitigations/<mitigation_ref>/accept")
@signed_in
def accept(mitigation_ref: str) -> Response:
    """The owner takes it on."""
    form = AcceptForm()
    if form.validate():
        try:
            taking_on.accept(
                mitigation_ref, revision=number(form.revision) or 0, by=visitor.person_id, now=clock.now()
            )
            done(f"You have accepted {mitigation_ref}")
        except Stale:
            flash(MEANWHILE, "error")
    return redirect(_page(mitigation_ref), 303)


@blueprint.route("/mitigations/<mitigation_ref>/decline", methods=["GET", "POST"])
@signed_in
def decline(mitigation_ref: str) -> Any:
    """The owner says why it is not theirs to do."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    if not taking_on.may_answer(seen, row):
        raise NotAllowed("Only the owner accepts or declines an action.")
    form = DeclineForm(data={"revision": str(row.revision)})
    asked = Asked(form, "this action")
    if form.is_submitted():
        with asked:
            if form.validate():
                taking_on.decline(
                    mitigation_ref,
                    reason=form.reason.data or "",
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"You have declined {mitigation_ref}; its author is told")
                return redirect(_page(mitigation_ref), 303)
        if asked.stale:
            form.revision.data = str(row.revision)
    return render_template(
        "owning/decline.html", row=row, form=form, crumbs=_above(mitigation_ref)
    ), asked.status


@blueprint.route("/mitigations/<mitigation_ref>/owner", methods=["GET", "POST"])
@signed_in
def give(mitigation_ref: str) -> Any:
    """Name another owner."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    if not taking_on.may_give(seen):
        raise NotAllowed("Only the author, the accountable director or an equality lead names the owner.")
    form = OwnerForm(
        data={
            "owner_id": str(row.owner_id or ""),
            "outside_owner": row.outside_owner,
            "revision": str(row.revision),
        }
    )
    owners = {
        one.id: one.name for one in people.with_role(seen.assessment.organisation_id, today=clock.today())
    }
    named = people.names({row.owner_id}) if row.owner_id else {}
    offer(form.owner_id, as_options((named | owners).items()))
    asked = Asked(form, "this action")
    if form.is_submitted():
        with asked:
            if form.validate():
                taking_on.give(
                    mitigation_ref,
                    owner_id=number(form.owner_id),
                    outside_owner=form.outside_owner.data or "",
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"The owner of {mitigation_ref} was named, and is asked to accept")
                return redirect(_page(mitigation_ref), 303)
        if asked.stale:
            form.revision.data = str(row.revision)
    return render_template(
        "owning/give.html",
        row=row,
        owner=next(iter(named.values()), row.outside_owner),
        form=form,
        crumbs=_above(mitigation_ref),
    ), asked.status
