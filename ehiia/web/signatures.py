"""Signing a record after its decision-maker, and ending the wait for a signature that will not come."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.forms.signatures import ReleaseForm, SignForm
from ehiia.services import people, sealing, signing
from ehiia.services.people import TooManyTries
from ehiia.services.transaction import NotFound
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.records import shown

blueprint = Blueprint("signatures", __name__)


@blueprint.route("/records/<record_ref>/sign", methods=["GET", "POST"])
@signed_in
def sign(record_ref: str) -> Any:
    """Show the record to whoever signs it next, and take their signature after they signed in again."""
    page = signing.page_of(record_ref, actor=visitor.actor)
    asked = Asked(form := SignForm())
    if form.is_submitted():
        with asked:
            if form.validate():
                try:
                    again = people.sign_in_again(visitor.person_id, form.password.data or "", now=clock.now())
                except TooManyTries as error:
                    form.refuse("password", str(error))
                    asked.status = 429
                else:
                    signing.sign(
                        record_ref,
                        sha256=form.sha256.data or "",
                        reauthenticated=again,
                        by=visitor.person_id,
                        now=clock.now(),
                    )
                    if page.mine is not None:
                        sealing.seal_at_once(page.kept.row.id, page.mine.position, now=clock.now())
                    done("You have signed the record")
                    return redirect(url_for("records.show", record_ref=record_ref), 303)
    else:
        form.sha256.data = page.kept.row.sha256
    return (
        render_template(
            "signatures/sign.html", **shown(page.kept), form=form, mine=page.mine, why_not=page.why_not
        ),
        asked.status,
    )


@blueprint.route("/records/<record_ref>/signatures/<int:position>/release", methods=["GET", "POST"])
@signed_in
def release(record_ref: str, position: int) -> Any:
    """End the wait for a signature, with a reason."""
    page = signing.page_of(record_ref, actor=visitor.actor)
    found = next((one for one in page.kept.signatures if one.position == position), None)
    if found is None:
        raise NotFound
    asked = Asked(form := ReleaseForm())
    if form.is_submitted():
        with asked:
            if form.validate():
                record = signing.release(
                    record_ref,
                    position,
                    reason=form.reason.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                sealing.seal_at_once(record.id, position, now=clock.now())
                done(f"The signature of {found.name} is not awaited any more")
                return redirect(url_for("records.show", record_ref=record_ref), 303)
    return (
        render_template(
            "signatures/release.html", kept=page.kept, form=form, one=found, may=page.may_release
        ),
        asked.status,
    )
