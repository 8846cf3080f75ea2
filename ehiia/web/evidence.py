"""The sources of one assessment: picking them from the library, adding, changing, moving, taking out.

The list stands in its section.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.vocabulary import Confidence, Permission
from ehiia.forms.assessment import TokenForm, number
from ehiia.forms.evidence import EvidenceForm, UseForm
from ehiia.services import evidence, items, library
from ehiia.services.evidence import Source
from ehiia.services.library import Search
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound, Stale
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.asking import number as key_of
from ehiia.web.library import entry, limits, prepare, search_of_address, words_of
from ehiia.web.pages import crumbs, leaf_url

blueprint = Blueprint("evidence", __name__)


def _entered(form: EvidenceForm) -> Source:
    said = entry(form)
    return Source(
        kind=said.kind,
        title=said.title,
        publisher=said.publisher,
        year=said.year,
        shows=said.shows,
        strength=_strength(form),
        place=said.place,
        groups=said.groups,
        link=said.link,
        upload=said.upload,
        drop_file=said.drop_file,
        changed=said.changed,
        shows_here=form.shows_here.data or "",
    )


def _strength(form: EvidenceForm | UseForm) -> Confidence | None:
    return Confidence(form.strength.data) if form.strength.data else None


def _list(seen: Seen) -> str:
    return leaf_url(seen.assessment.ref, "evidence", anchor="evidence")


@blueprint.get("/a/<ref>/evidence/pick")
@opens(Permission.WRITE)
def pick(seen: Seen) -> str:
    """Find a source in the library."""
    search, ref = search_of_address(), seen.assessment.ref
    page = evidence.to_pick(
        seen.assessment, search, actor=visitor.actor, after=key_of(request.args.get("after"))
    )
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "after"}
    return render_template(
        "evidence/pick.html",
        seen=seen,
        page=page,
        search=search,
        kinds=items.kind_labels(),
        groups=items.group_labels(seen.assessment.organisation_id, now=clock.now()),
        next_url=url_for("evidence.pick", ref=ref, **kept, after=page.after) if page.after else "",
        first_url=url_for("evidence.pick", ref=ref, **kept) if request.args.get("after") else "",
        filtered=bool(search != Search()),
        crumbs=[*crumbs(seen), ("Evidence", _list(seen))],
    )


@blueprint.route("/a/<ref>/evidence/use/<int:item_id>", methods=["GET", "POST"])
@opens(Permission.WRITE)
def use(seen: Seen, item_id: int) -> Any:
    """Use an item of the library here, saying how strong it is for this decision."""
    item = library.one(item_id, actor=visitor.actor)
    if item.row.organisation_id != seen.assessment.organisation_id:
        raise NotFound
    form = UseForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                evidence.use(
                    seen.assessment.ref,
                    item_id,
                    strength=_strength(form),
                    shows_here=form.shows_here.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("The source was added", "success")
                return redirect(_list(seen), 303)
    return render_template(
        "evidence/use.html",
        seen=seen,
        form=form,
        item=item,
        kinds=items.kind_labels(),
        crumbs=[*crumbs(seen), ("Evidence", _list(seen))],
    ), asked.status


@blueprint.route("/a/<ref>/evidence/add", methods=["GET", "POST"])
@opens(Permission.WRITE)
def add(seen: Seen) -> Any:
    """Add a source that is not in the library yet; it goes there too."""
    form = EvidenceForm()
    prepare(form, seen.assessment.organisation_id)
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                evidence.add(seen.assessment.ref, _entered(form), by=visitor.person_id, now=clock.now())
                flash("The source was added", "success")
                return redirect(_list(seen), 303)
    return render_template(
        "evidence/add.html", seen=seen, form=form, limits=limits(), crumbs=crumbs(seen)
    ), asked.status


@blueprint.route("/a/<ref>/evidence/<int:evidence_id>", methods=["GET", "POST"])
@opens(Permission.WRITE)
def change(seen: Seen, evidence_id: int) -> Any:
    """Change a source: other words make a new version in the library."""
    used = evidence.one_of(seen.assessment.id, evidence_id)
    theirs = None
    form = EvidenceForm()
    if not form.is_submitted():
        data = words_of(used) | {"shows_here": used.shows_here, "revision": str(used.revision)}
        data |= {"strength": used.strength.value if used.strength else None}
        form = EvidenceForm(formdata=None, data=data)
    prepare(form, seen.assessment.organisation_id)
    asked = Asked(form, "this source")
    if form.is_submitted():
        with asked:
            if form.validate():
                evidence.change(
                    seen.assessment.ref,
                    evidence_id,
                    _entered(form),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("The source was saved", "success")
                return redirect(_list(seen), 303)
        if asked.stale:
            theirs = evidence.one_of(seen.assessment.id, evidence_id)
            form.revision.data = str(theirs.revision)
    return render_template(
        "evidence/change.html",
        seen=seen,
        form=form,
        row=used,
        theirs=theirs,
        limits=limits(),
        crumbs=crumbs(seen),
    ), asked.status


@blueprint.post("/a/<ref>/evidence/<int:evidence_id>/move")
@opens(Permission.WRITE)
def move(seen: Seen, evidence_id: int) -> Response:
    """Move to the newest version of the item; what cites it here then cites that."""
    if TokenForm().validate():
        try:
            evidence.move(
                seen.assessment.ref,
                evidence_id,
                revision=key_of(request.form.get("revision")),
                by=visitor.person_id,
                now=clock.now(),
            )
        except Stale:
            flash("Somebody else changed this source meanwhile. Look at it again", "error")
        else:
            flash("This assessment now uses the newest version", "success")
    return redirect(_list(seen), 303)


@blueprint.post("/a/<ref>/evidence/<int:evidence_id>/take-out")
@opens(Permission.WRITE)
def take_out(seen: Seen, evidence_id: int) -> Response:
    """Take a source out; it stays in the library and in the history."""
    if TokenForm().validate():
        evidence.take_out(seen.assessment.ref, evidence_id, by=visitor.person_id, now=clock.now())
        flash("The source was taken out", "success")
    return redirect(_list(seen), 303)
