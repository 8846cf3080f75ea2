"""The parts of a proposal that are decided apart, as the author lists them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.frozen import Component
from ehiia.domain.vocabulary import Permission
from ehiia.forms.components import MOST_PARTS, ComponentForm, ComponentsForm
from ehiia.services import components
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, NotAllowed, Stale
from ehiia.web.access import opens, visitor
from ehiia.web.asking import MEANWHILE, number
from ehiia.web.pages import crumbs, overview_url

blueprint = Blueprint("parts", __name__)


@blueprint.route("/a/<ref>/parts", methods=["GET", "POST"])
@opens(Permission.READ)
def parts(seen: Seen) -> Any:
    """Show and change the parts. Adding a row keeps what was typed and saves nothing."""
    assessment, status = seen.assessment, 200
    stored = components.of_assessment(assessment.id)
    if request.method == "GET":
        frame = ComponentsForm(formdata=None, data={"revision": str(assessment.revision)})
        rows = [_row(at, one) for at, one in enumerate(stored or (Component(""), Component("")), start=1)]
    else:
        frame = ComponentsForm()
        adding = request.form.get("do") == "add"
        count = frame.row_count() + (1 if adding else 0)
        rows = [ComponentForm(prefix=f"part-{at}-") for at in range(1, min(count, MOST_PARTS) + 1)]
        if not adding:
            status = 400
            checked = [form.validate() for form in (frame, *rows)]
            if all(checked) and (status := _save(seen, frame, rows)) == 303:
                flash("The parts were saved", "success")
                return redirect(overview_url(assessment.ref), 303)
    frame.rows.data = str(len(rows))
    return render_template(
        "parts/parts.html",
        seen=seen,
        parts_form=frame,
        forms=[frame, *rows],
        rows=rows,
        stored=stored,
        may=seen.may(Permission.WRITE),
        more=len(rows) < MOST_PARTS,
        crumbs=crumbs(seen),
        back=url_for("assessments.overview", ref=assessment.ref),
    ), status


def _row(at: int, one: Component) -> ComponentForm:
    return ComponentForm(formdata=None, data={"name": one.name, "what": one.what}, prefix=f"part-{at}-")


def _save(seen: Seen, frame: ComponentsForm, rows: list[ComponentForm]) -> int:
    """Save the rows that were filled in; return 303, or the status of the page where it was refused."""
    filled = [row for row in rows if row["name"].data or row.what.data]
    try:
        components.set_components(
            seen.assessment.ref,
            [Component(row["name"].data or "", row.what.data or "") for row in filled],
            revision=number(frame.revision.data),
            by=visitor.person_id,
            now=clock.now(),
        )
    except Invalid as refused:
        for name, message in refused.errors.items():
            _, at, part = name.split("-")
            filled[int(at) - 1].refuse(part, message)
        return 400
    except NotAllowed as refused:
        frame.refuse("", refused.reason)
        return 403
    except Stale:
        frame.refuse("", MEANWHILE.format("the assessment"))
        frame.revision.data = str(seen.assessment.revision)
        return 409
    return 303
