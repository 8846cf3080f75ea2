"""Copying an assessment as a template, and confirming what was copied, page by page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.versions import CopyForm
from ehiia.services import copying
from ehiia.services.sight import Seen
from ehiia.web import present
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.pages import crumbs, leaf_url

blueprint = Blueprint("copies", __name__)


@blueprint.route("/a/<ref>/copy", methods=["GET", "POST"])
@opens(Permission.READ)
def copy(seen: Seen) -> Any:
    """Start a new assessment with the answers of this one, each to be confirmed."""
    form = CopyForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                made = copying.copy(
                    seen.assessment.ref,
                    title=form.title.data or "",
                    organisation_id=visitor.organisation_id,
                    by=visitor.person_id,
                    now=clock.now(),
                    once=form.once.data or "",
                )
                done("The answers were copied. Each is to be confirmed before it counts")
                return redirect(url_for("details.details", ref=made.ref), 303)
    return render_template("copies/copy.html", seen=seen, form=form, crumbs=crumbs(seen)), asked.status


@blueprint.post("/a/<ref>/copied/<section_id>")
@opens(Permission.READ)
def confirm(seen: Seen, section_id: str) -> Any:
    """Confirm every copied answer of a page as it stands."""
    subject = request.form.get("subject", "")
    count = copying.confirm_page(
        seen.assessment.ref, section_id=section_id, subject=subject, by=visitor.person_id, now=clock.now()
    )
    if count:
        done(f"{present.count(count, 'copied answer').capitalize()} confirmed")
    return redirect(leaf_url(seen.assessment.ref, section_id, subject), 303)
