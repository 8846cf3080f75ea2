"""Commitments: what was promised in papers, meetings and consultations, and whether it was kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.vocabulary import Permission, Promise
from ehiia.forms.assessment import TokenForm, as_options, number, offer
from ehiia.forms.commitments import CommitmentForm, KeptForm
from ehiia.services import commitments, people
from ehiia.services.commitments import Commitment, CommitmentRow
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotAllowed
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.pages import crumbs, places_of

blueprint = Blueprint("commitments", __name__)


def _crumbs(seen: Seen) -> list[tuple[str, str]]:
    return [*crumbs(seen), ("Commitments", _log(seen))]


def _log(seen: Seen) -> str:
    return url_for("commitments.log", ref=seen.assessment.ref)


@blueprint.get("/a/<ref>/commitments")
@opens(Permission.READ)
def log(seen: Seen) -> Any:
    """Show what was promised, by whom, by when, and whether it was kept."""
    return render_template(
        "commitments/log.html",
        seen=seen,
        rows=[
            (row, owner, commitments.may_say(seen, row))
            for row, owner in commitments.list_of(seen.assessment.id)
        ],
        may=bool(seen.may(Permission.INVITE)),
        crumbs=crumbs(seen),
        places=places_of(seen, "commitments.log"),
    )


def _offer(form: CommitmentForm, seen: Seen, row: CommitmentRow | None = None) -> None:
    owners = {
        one.id: one.name for one in people.with_role(seen.assessment.organisation_id, today=clock.today())
    }
    if row is not None and row.owner_id and row.owner_id not in owners:
        owners |= people.names({row.owner_id})
    offer(form.owner_id, as_options(owners.items()))


def _entered(form: CommitmentForm) -> Commitment:
    return Commitment(
        what=form.what.data or "",
        source=form.source.data or "",
        owner_id=number(form.owner_id),
        outside_owner=form.outside_owner.data or "",
        due_on=form.due_on.data,
    )


@blueprint.route("/a/<ref>/commitments/add", methods=["GET", "POST"])
@opens(Permission.INVITE)
def add(seen: Seen) -> Any:
    """Record a commitment."""
    form = CommitmentForm()
    _offer(form, seen)
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                commitments.record(seen.assessment.ref, _entered(form), by=visitor.person_id, now=clock.now())
                flash("The commitment was recorded", "success")
                return redirect(_log(seen), 303)
    return render_template("commitments/add.html", seen=seen, form=form, crumbs=_crumbs(seen)), asked.status


@blueprint.route("/a/<ref>/commitments/<int:commitment_number>", methods=["GET", "POST"])
@opens(Permission.INVITE)
def change(seen: Seen, commitment_number: int) -> Any:
    """Change a commitment."""
    row = commitments.one_of(seen.assessment.id, commitment_number)
    theirs = None
    data = {name: getattr(row, name) for name in ("what", "source", "outside_owner", "due_on")}
    form = CommitmentForm(data=data | {"owner_id": str(row.owner_id or ""), "revision": str(row.revision)})
    _offer(form, seen, row)
    asked = Asked(form, "this commitment")
    if form.is_submitted():
        with asked:
            if form.validate():
                commitments.change(
                    seen.assessment.ref,
                    commitment_number,
                    _entered(form),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("The commitment was saved", "success")
                return redirect(_log(seen), 303)
        if asked.stale:
            theirs = commitments.one_of(seen.assessment.id, commitment_number)
            form.revision.data = str(theirs.revision)
    return render_template(
        "commitments/change.html", seen=seen, row=row, form=form, theirs=theirs, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.route("/a/<ref>/commitments/<int:commitment_number>/kept", methods=["GET", "POST"])
@opens(Permission.READ)
def kept(seen: Seen, commitment_number: int) -> Any:
    """Say whether it was kept."""
    row = commitments.one_of(seen.assessment.id, commitment_number)
    if not commitments.may_say(seen, row):
        raise NotAllowed("Only its owner, the author or an equality lead says whether it was kept.")
    data = {"note": row.note, "revision": str(row.revision)}
    if row.state is not Promise.OPEN:
        data["state"] = row.state.value
    form = KeptForm(data=data)
    asked = Asked(form, "this commitment")
    if form.is_submitted():
        with asked:
            if form.validate():
                commitments.say(
                    seen.assessment.ref,
                    commitment_number,
                    state=Promise(form.state.data),
                    note_text=form.note.data or "",
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("It was noted", "success")
                return redirect(_log(seen), 303)
        if asked.stale:
            row = commitments.one_of(seen.assessment.id, commitment_number)
            form.refuse("", f"They said: {row.state.label}. {row.note}")
            form.revision.data = str(row.revision)
    return render_template(
        "commitments/kept.html", seen=seen, row=row, form=form, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.post("/a/<ref>/commitments/<int:commitment_number>/take-out")
@opens(Permission.INVITE)
def take_out(seen: Seen, commitment_number: int) -> Response:
    """Take a commitment out that was recorded by mistake."""
    if TokenForm().validate():
        commitments.take_out(seen.assessment.ref, commitment_number, by=visitor.person_id, now=clock.now())
        flash("The commitment was taken out", "success")
    return redirect(_log(seen), 303)
