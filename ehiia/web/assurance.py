"""The words of opinions on assurance: the scale that an organisation gives them on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.assurance import MOST
from ehiia.domain.vocabulary import Permission
from ehiia.forms.opinions import scale_form, shown
from ehiia.services import assurance, organisations
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("assurance", __name__)


@blueprint.route("/organisation/assurance", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def scale() -> Any:
    """Show and change the degrees in which opinions are given."""
    organisation = organisations.get(visitor.organisation_id)
    degrees = assurance.scale_of(organisations.settings_of(organisation))
    form = scale_form()()
    if not form.is_submitted():
        kept = shown(degrees) | {"revision": str(organisation.revision)}
        form = scale_form()(formdata=None, data=kept)
    asked = Asked(form, "these words")
    if form.is_submitted():
        with asked:
            if form.validate():
                assurance.change(
                    organisation.id,
                    form.degrees(),
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The words were saved")
                return redirect(url_for("organisation.start"), 303)
        if asked.stale:
            organisation = organisations.get(organisation.id)
            degrees = assurance.scale_of(organisations.settings_of(organisation))
            form.revision.data = str(organisation.revision)
    return render_template(
        "assurance/scale.html", form=form, most=MOST, degrees=degrees, stale=asked.stale
    ), asked.status
