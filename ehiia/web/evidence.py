"""The sources that an assessment rests on: add, change, take out. The list stands in its section."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.vocabulary import Confidence, Permission
from ehiia.forms.assessment import TokenForm, number
from ehiia.forms.evidence import EvidenceForm
from ehiia.services import evidence
from ehiia.services.evidence import Source
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, Stale
from ehiia.web.access import opens, visitor
from ehiia.web.pages import crumbs, leaf_url

blueprint = Blueprint("evidence", __name__)


def _entered(form: EvidenceForm) -> Source:
    return Source(
        kind=form.kind.data or "",
        title=form.title.data or "",
        publisher=form.publisher.data or "",
        year=form.year.data or "",
        shows=form.shows.data or "",
        strength=Confidence(form.strength.data) if form.strength.data else None,
    )


def _list(seen: Seen) -> str:
    return leaf_url(seen.assessment.ref, "evidence", anchor="evidence")


@blueprint.route("/a/<ref>/evidence/add", methods=["GET", "POST"])
@opens(Permission.WRITE)
def add(seen: Seen) -> Any:
    """Add a source."""
    form = EvidenceForm()
    status = 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                evidence.add(seen.assessment.ref, _entered(form), by=visitor.person_id, now=clock.now())
            except Invalid as refused:
                for name, message in refused.errors.items():
                    form.refuse(name, message)
            else:
                flash("The source was added", "success")
                return redirect(_list(seen), 303)
    return render_template("evidence/add.html", seen=seen, form=form, crumbs=crumbs(seen)), status


@blueprint.route("/a/<ref>/evidence/<int:evidence_id>", methods=["GET", "POST"])
@opens(Permission.WRITE)
def change(seen: Seen, evidence_id: int) -> Any:
    """Change a source."""
    row = evidence.one_of(seen.assessment.id, evidence_id)
    theirs = None
    status = 200
    if request.method == "POST":
        form = EvidenceForm()
        status = 400
        if form.validate():
            try:
                evidence.change(
                    seen.assessment.ref,
                    evidence_id,
                    _entered(form),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
            except Invalid as refused:
                for name, message in refused.errors.items():
                    form.refuse(name, message)
            except Stale:
                theirs = evidence.one_of(seen.assessment.id, evidence_id)
                form.refuse(
                    "", "Somebody else changed this source meanwhile. Save again to put yours in its place"
                )
                form.revision.data = str(theirs.revision)
                status = 409
            else:
                flash("The source was saved", "success")
                return redirect(_list(seen), 303)
    else:
        data = {name: getattr(row, name) for name in ("kind", "title", "publisher", "year", "shows")}
        data |= {"strength": row.strength.value if row.strength else None, "revision": str(row.revision)}
        form = EvidenceForm(formdata=None, data=data)
    return render_template(
        "evidence/change.html",
        seen=seen,
        form=form,
        row=row,
        theirs=theirs,
        crumbs=crumbs(seen),
    ), status


@blueprint.post("/a/<ref>/evidence/<int:evidence_id>/take-out")
@opens(Permission.WRITE)
def take_out(seen: Seen, evidence_id: int) -> Response:
    """Take a source out; its row stays in the history."""
    if TokenForm().validate():
        evidence.take_out(seen.assessment.ref, evidence_id, by=visitor.person_id, now=clock.now())
        flash("The source was taken out", "success")
    return redirect(_list(seen), 303)
