"""Confirming what a meeting decided without signing in: the link, its page, and the signed minute."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.forms.confirming import ConfirmByLinkForm, MinuteForm
from ehiia.services import confirming, papers, people, sealing
from ehiia.services.confirming import OpenEntry
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound, Refused
from ehiia.services.uploads import Upload
from ehiia.web.access import opens, public, visitor
from ehiia.web.asking import Asked, bytes_of, done, number
from ehiia.web.by_link import careful, remember, remembered
from ehiia.web.present import pack_name

blueprint = Blueprint("confirming", __name__)

OPENED = "confirm"
"""Name in the cookie of the links that were opened in this browser."""


@blueprint.post("/a/<ref>/confirm-decision/link")
@opens(Permission.ENTER_DECISION)
def send(seen: Seen) -> Any:
    """Send the chair a link that works once."""
    if TokenForm().validate():
        name = confirming.send_link(seen.assessment.ref, by=visitor.person_id, now=clock.now())
        done(f"{name} was sent a link to confirm the decision")
    return redirect(url_for("decisions.paper", ref=seen.assessment.ref), 303)


@blueprint.route("/a/<ref>/confirm-decision/minute", methods=["GET", "POST"])
@opens(Permission.ENTER_DECISION)
def minute(seen: Seen) -> Any:
    """Take the signed minute, on whose strength the decision is confirmed."""
    ref, form = seen.assessment.ref, MinuteForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                given = bytes_of(form.file.data)
                if given is None:
                    form.refuse("file", "Choose the signed minute")
                else:
                    record = confirming.by_minute(
                        ref,
                        Upload(*given),
                        entry_id=number(form.entry.data),
                        by=visitor.person_id,
                        now=clock.now(),
                    )
                    sealing.seal_at_once(record.id, now=clock.now())
                    return redirect(url_for("decisions.made", ref=ref), 303)
    page = papers.page_of(seen, today=clock.today())
    entry = page.paper.entry if page is not None else None
    if entry is not None and not form.is_submitted():
        form.entry.data = str(entry.id)
    return (
        render_template(
            "confirming/minute.html", form=form, assessment=seen.assessment, page=page, entry=entry
        ),
        asked.status,
    )


def _found(token: str) -> OpenEntry | None:
    try:
        return confirming.find(token, address=request.remote_addr or "", now=clock.now())
    except NotFound:
        return None


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@public
def start(token: str) -> Any:
    """Say what the link is for, or why it does not open; its button opens the page."""
    found = _found(token)
    if found is None:
        return careful(render_template("confirming/start.html", found=None, token=token), 404)
    if request.method == "POST" and found.opens and TokenForm().validate():
        remember(OPENED, found.link_id)
        return redirect(url_for("confirming.decision", token=token), 303)
    status = 200 if found.opens else 410
    return careful(render_template("confirming/start.html", found=found, token=token), status)


@blueprint.route("/confirm/<token>/decision", methods=["GET", "POST"])
@public
def decision(token: str) -> Any:
    """Show what was entered with the paper in short, and let the chair confirm it once."""
    found = _found(token)
    if found is None or not found.opens or not remembered(OPENED, found.link_id):
        return redirect(url_for("confirming.start", token=token), 303)
    _, page = confirming.page_of(found, now=clock.now())
    form, status = ConfirmByLinkForm(), 200
    form.offer_packs([(one.id, pack_name(one.meeting_on, one.number, one.sha256)) for one in page.packs])
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                record = confirming.confirm(
                    token, sha256=form.sha256.data or "", pack_id=form.pack_id(), now=clock.now()
                )
            except Refused as refused:
                flash(refused.reason, "error")
                return redirect(url_for("confirming.start", token=token), 303)
            sealing.seal_at_once(record.id, now=clock.now())
            return redirect(url_for("confirming.start", token=token), 303)
    form.sha256.data = page.paper.snapshot.sha256
    owners = {term.owner_id for term in page.entered.terms if term.owner_id} if page.entered else set()
    return careful(
        render_template(
            "confirming/decision.html",
            form=form,
            found=found,
            page=page,
            token=token,
            owners=people.names(owners),
            unknowns={gap.ref: gap for gap in page.paper.gaps},
        ),
        status,
    )
