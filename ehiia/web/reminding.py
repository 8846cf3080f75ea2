"""When people are reminded: the timing of an organisation, with what it means."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.reminding import TimingForm
from ehiia.notify import at_once
from ehiia.services import organisations, reminding
from ehiia.services.organisations import Organisation
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("reminding", __name__)

EXAMPLE = timedelta(days=40)
"""The date of the example lies so far ahead."""


def _page(form: TimingForm, organisation: Organisation, status: int = 200) -> Any:
    timing = organisations.timing_of(organisations.settings_of(organisation))
    due_on = clock.today() + EXAMPLE
    return render_template(
        "reminding/timing.html",
        form=form,
        means=reminding.in_words(timing),
        due_on=due_on,
        told=reminding.example(timing, due_on),
        at_once=at_once.table(),
    ), status


@blueprint.route("/organisation/reminders", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def timing() -> Any:
    """Show and change when people are reminded."""
    organisation = visitor.organisation
    assert organisation is not None
    now = organisations.timing_of(organisations.settings_of(organisation))
    form = TimingForm(
        data={
            "before": ", ".join(str(days) for days in now.before),
            "every": now.weekly_every,
            "director_after": now.director_after,
            "lead_after": now.equality_lead_after,
            "revision": str(organisation.revision),
        }
    )
    if not form.is_submitted():
        return _page(form, organisation)
    asked = Asked(form, "these times")
    with asked:
        if form.validate():
            reminding.change(
                organisation.id,
                before=form.before.data,
                every=form.every.data,
                director_after=form.director_after.data,
                lead_after=form.lead_after.data,
                revision=number(form.revision.data),
                by=visitor.person_id,
                now=clock.now(),
            )
            done("The times were saved")
            return redirect(url_for("reminding.timing"), 303)
    organisation = organisations.get(organisation.id)
    if asked.stale:
        form.revision.data = str(organisation.revision)
    return _page(form, organisation, asked.status)
