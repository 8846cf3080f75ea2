"""Correcting an error of a decision record."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.forms.correction import CorrectForm, CorrectMeetingForm
from ehiia.services import correcting, people, sealing
from ehiia.services.correcting import Facts
from ehiia.services.people import TooManyTries
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done

blueprint = Blueprint("corrections", __name__)


@blueprint.route("/records/<record_ref>/correct", methods=["GET", "POST"])
@signed_in
def correct(record_ref: str) -> Any:
    """Let whoever decides correct an error of the record by a new one, signing in again."""
    page = correcting.page_of(record_ref, actor=visitor.actor)
    asked = Asked(form := CorrectMeetingForm() if page.met else CorrectForm())
    if form.is_submitted():
        with asked:
            if form.validate():
                try:
                    again = people.sign_in_again(visitor.person_id, form.password.data or "", now=clock.now())
                except TooManyTries as error:
                    form.refuse("password", str(error))
                    asked.status = 429
                else:
                    row = correcting.correct(
                        record_ref,
                        _facts(form),
                        reason=form.why.data or "",
                        reauthenticated=again,
                        by=visitor.person_id,
                        now=clock.now(),
                    )
                    sealing.seal_at_once(row.id, now=clock.now())
                    done(f"The record is corrected by {row.ref}")
                    return redirect(url_for("records.show", record_ref=row.ref), 303)
    else:
        _fill(form, page.facts)
    return (
        render_template("corrections/correct.html", kept=page.kept, form=form, why_not=page.why_not),
        asked.status,
    )


def _facts(form: CorrectForm) -> Facts:
    reasons, conditions = form.reasons.data or "", form.conditions.data or ""
    if not isinstance(form, CorrectMeetingForm):
        return Facts(reasons, conditions)
    return Facts(
        reasons,
        conditions,
        meeting_on=form.meeting_on.data,
        minute=form.minute.data or "",
        members_present=form.members(),
        conflicts=form.conflicts.data or "",
    )


def _fill(form: CorrectForm, facts: Facts) -> None:
    form.reasons.data, form.conditions.data = facts.reasons, facts.conditions
    if isinstance(form, CorrectMeetingForm):
        form.meeting_on.data, form.minute.data = facts.meeting_on, facts.minute
        form.members_present.data, form.conflicts.data = "\n".join(facts.members_present), facts.conflicts
