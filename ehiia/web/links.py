"""What an assessment is linked with: its umbrella, what is under it, and assessments kept elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.base import EhiiaForm
from ehiia.forms.links import ElsewhereForm, UmbrellaForm
from ehiia.services import links
from ehiia.services.sight import Seen
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.pages import crumbs

blueprint = Blueprint("links", __name__)


@blueprint.route("/a/<ref>/links", methods=["GET", "POST"])
@opens(Permission.READ)
def start(seen: Seen) -> Any:
    """Show and change what it is linked with."""
    assessment = seen.assessment
    act = request.form.get("act", "")
    family = links.family_of(assessment, actor=visitor.actor)
    umbrella = UmbrellaForm(formdata=request.form if act == "umbrella" else None)
    elsewhere = ElsewhereForm(formdata=request.form if act == "elsewhere" else None)
    form: EhiiaForm = umbrella if act == "umbrella" else elsewhere
    asked = Asked(form)
    if request.method == "POST":
        with asked:
            if form.validate():
                if form is umbrella:
                    links.put_under(
                        assessment.ref, umbrella.umbrella.data or "", by=visitor.person_id, now=clock.now()
                    )
                else:
                    links.add_elsewhere(
                        assessment.ref,
                        kind=elsewhere.kind.data or "",
                        label=elsewhere.label.data or "",
                        address=elsewhere.address.data or "",
                        by=visitor.person_id,
                        now=clock.now(),
                    )
                done("The link was saved")
                return redirect(url_for("links.start", ref=assessment.ref), 303)
    elif family.umbrella is not None:
        umbrella.umbrella.data = family.umbrella.ref
    return render_template(
        "links/start.html",
        seen=seen,
        crumbs=crumbs(seen),
        family=family,
        umbrella=umbrella,
        elsewhere=elsewhere,
        forms=[umbrella, elsewhere],
        kept=links.rows_of(assessment.id),
        may_write=bool(seen.may(Permission.WRITE)),
        may_link=bool(seen.may(Permission.SUBMIT)),
    ), asked.status


@blueprint.post("/a/<ref>/links/<int:link_id>/remove")
@opens(Permission.WRITE)
def remove(seen: Seen, link_id: int) -> Any:
    """Take out the link to an assessment kept elsewhere."""
    links.remove_elsewhere(seen.assessment.ref, link_id, by=visitor.person_id, now=clock.now())
    return redirect(url_for("links.start", ref=seen.assessment.ref), 303)
