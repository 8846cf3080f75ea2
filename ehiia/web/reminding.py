"""When people are reminded: the table of an organisation, and the times of one kind of thing with a date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.schedule import WITHIN, DeadlineKind, NoticeTiming
from ehiia.domain.timing import TimingTable
from ehiia.domain.vocabulary import Permission
from ehiia.forms.reminding import TimingForm, WithinForm
from ehiia.notify import at_once
from ehiia.services import organisations, reminding
from ehiia.services.organisations import Organisation
from ehiia.services.transaction import NotFound
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("reminding", __name__)

EXAMPLE = timedelta(days=40)
"""The date of the example lies so far ahead."""
USUAL = "usual"
"""In an address instead of a kind, and on the button that lets a kind follow the usual times."""


def _timings(organisation: Organisation) -> TimingTable:
    return organisations.timings_of(organisations.settings_of(organisation))


def _kind(word: str) -> DeadlineKind | None:
    """Return the kind of thing in an address, None for the usual times; raises NotFound."""
    try:
        return None if word == USUAL else DeadlineKind(word)
    except ValueError as error:
        raise NotFound from error


@blueprint.get("/organisation/reminders")
@requires(Permission.ADMINISTER)
def table() -> Any:
    """Show what is sent when and to whom, and which kinds have times of their own."""
    organisation = visitor.organisation
    assert organisation is not None
    timings = _timings(organisation)
    return render_template(
        "reminding/table.html",
        usual=reminding.in_words(timings.usual),
        rows=reminding.table(timings),
        at_once=at_once.table(),
    )


def _form(kind: DeadlineKind | None, timing: NoticeTiming, revision: int) -> WithinForm:
    form = WithinForm if kind in WITHIN else TimingForm
    return form(
        data={
            "before": ", ".join(str(days) for days in timing.before),
            "every": timing.weekly_every,
            "director_after": timing.director_after,
            "lead_after": timing.equality_lead_after,
            "revision": str(revision),
        }
    )


@blueprint.route("/organisation/reminders/<word>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def times(word: str) -> Any:
    """Show and change the usual times, or those of one kind of thing with a date."""
    kind = _kind(word)
    organisation = visitor.organisation
    assert organisation is not None
    timings = _timings(organisation)
    now = timings.of(kind) if kind else timings.usual
    form = _form(kind, now, organisation.revision)
    asked = Asked(form, "these times")
    if form.is_submitted():
        with asked:
            follows = kind is not None and request.form.get("act") == USUAL
            if follows or form.validate():
                reminding.change(
                    organisation.id,
                    kind,
                    None if follows else _given(form, now),
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The times were saved")
                return redirect(url_for("reminding.table"), 303)
        organisation = organisations.get(organisation.id)
        timings = _timings(organisation)
        now = timings.of(kind) if kind else timings.usual
        if asked.stale:
            form.revision.data = str(organisation.revision)
    due_on = clock.today() + EXAMPLE
    return render_template(
        "reminding/times.html",
        form=form,
        kind=kind,
        own=kind in timings.own,
        means=reminding.in_words(now, kind),
        due_on=due_on,
        told=reminding.example(now, due_on, kind=kind or DeadlineKind.MITIGATION),
    ), asked.status


def _given(form: WithinForm, now: NoticeTiming) -> NoticeTiming:
    """Return the times that were typed; what the form does not ask stays as it is now."""
    above = isinstance(form, TimingForm)
    return reminding.timing_from(
        form.before.data,
        form.every.data,
        form.director_after.data if above else now.director_after,
        form.lead_after.data if above else now.equality_lead_after,
    )
