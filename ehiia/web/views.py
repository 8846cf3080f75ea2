"""Views of the register of mitigating actions that somebody keeps: naming one, taking one away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.forms.assessment import TokenForm
from ehiia.forms.views import ViewForm
from ehiia.services import saved_views
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.mitigations import chosen_in, filter_form
from ehiia.web.pages import crumbs

blueprint = Blueprint("views", __name__)


@blueprint.route("/mitigations/views", methods=["GET", "POST"])
@signed_in
def start() -> Any:
    """Name the filters in the address, and list the views that the person keeps."""
    chosen = chosen_in(filter_form())
    form = ViewForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                saved_views.keep(
                    form.name.data or "",
                    chosen,
                    organisation_id=visitor.organisation_id,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The view was kept")
                return redirect(url_for("mitigations.register", **chosen), 303)
    kept = saved_views.mine(visitor.person_id, visitor.organisation_id)
    return render_template(
        "views/start.html",
        form=form if chosen or asked.status != 200 else None,
        views=[(one, url_for("mitigations.register", **saved_views.filters_of(one))) for one in kept],
        crumbs=[*crumbs()[:1], ("Mitigating actions", url_for("mitigations.register", **chosen))],
    ), asked.status


@blueprint.post("/mitigations/views/<int:view_id>/take-away")
@signed_in
def take_away(view_id: int) -> Response:
    """Take one's own view away."""
    if TokenForm().validate():
        saved_views.drop(view_id, by=visitor.person_id)
        done("The view was taken away")
    return redirect(url_for("views.start"), 303)
