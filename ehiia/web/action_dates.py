"""Another date for a mitigating action: asking for it, answering, taking the request back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.mitigating import Asking
from ehiia.forms.assessment import TokenForm, number
from ehiia.forms.owning import YES, AnswerForm, NewDateForm
from ehiia.services import action_dates, date_history, mitigations
from ehiia.services.transaction import NotAllowed, NotFound
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.pages import crumbs

blueprint = Blueprint("action_dates", __name__)


def _above(mitigation_ref: str) -> list[tuple[str, str]]:
    return [
        *crumbs()[:1],
        ("Mitigating actions", url_for("mitigations.register")),
        (mitigation_ref, url_for("mitigations.one", mitigation_ref=mitigation_ref)),
    ]


@blueprint.route("/mitigations/<mitigation_ref>/date", methods=["GET", "POST"])
@signed_in
def dates(mitigation_ref: str) -> Any:
    """Show every date it had and who asked for another one; let the owner, author or director ask."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    form = NewDateForm(data={"revision": str(row.revision)})
    asked = Asked(form, "this action")
    if form.is_submitted():
        with asked:
            if form.validate():
                state = action_dates.ask(
                    mitigation_ref,
                    to_on=form.to_on.data,
                    reason=form.reason.data or "",
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The date was moved" if state is Asking.MADE else "Your request waits for an approval")
                return redirect(url_for("action_dates.dates", mitigation_ref=mitigation_ref), 303)
        if asked.stale:
            form.revision.data = str(row.revision)
    changes = date_history.changes_of(row.id)
    waiting = next((one for one in changes if one.waits), None)
    may_ask = waiting is None and action_dates.may_ask(seen, row)
    return render_template(
        "action_dates/dates.html",
        seen=seen,
        row=row,
        changes=changes[::-1],
        waiting=waiting,
        why_not=action_dates.may_answer(seen, row, waiting) if waiting else "",
        own=waiting is not None and waiting.by_id == visitor.person_id,
        form=form if may_ask or asked.status != 200 else None,
        crumbs=_above(mitigation_ref),
    ), asked.status


@blueprint.route("/mitigations/<mitigation_ref>/date/<int:change_id>", methods=["GET", "POST"])
@signed_in
def answer(mitigation_ref: str, change_id: int) -> Any:
    """Agree to another date or not."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    changes = date_history.changes_of(row.id)
    change = next((one for one in changes if one.id == change_id and one.state is not Asking.MADE), None)
    if change is None:
        raise NotFound
    why_not = action_dates.may_answer(seen, row, change)
    if why_not:
        raise NotAllowed(why_not)
    form = AnswerForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                agreed = form.agreed.data == YES
                action_dates.answer(
                    mitigation_ref,
                    change_id,
                    agreed=agreed,
                    reason=form.reason.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The date was moved" if agreed else "The date stays as it is; whoever asked is told")
                return redirect(url_for("action_dates.dates", mitigation_ref=mitigation_ref), 303)
    return render_template(
        "action_dates/answer.html",
        row=row,
        change=change,
        changes=[one for one in changes[::-1] if one.id != change_id],
        form=form if change.waits or asked.status != 200 else None,
        crumbs=_above(mitigation_ref),
    ), asked.status


@blueprint.post("/mitigations/<mitigation_ref>/date/<int:change_id>/take-back")
@signed_in
def take_back(mitigation_ref: str, change_id: int) -> Response:
    """Take one's own request back."""
    if TokenForm().validate():
        action_dates.take_back(mitigation_ref, change_id, by=visitor.person_id, now=clock.now())
        done("Your request was taken back")
    return redirect(url_for("action_dates.dates", mitigation_ref=mitigation_ref), 303)
