"""Giving up what a decision relied on, or promising less: asking the body that decided, and its answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.mitigating import Ending
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.forms.progress import YES, EndingAnswerForm, EndingForm
from ehiia.services import action_endings, mitigations
from ehiia.services.action_endings import Weaker
from ehiia.services.relied import relied_on
from ehiia.services.transaction import NotAllowed, NotFound
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.pages import crumbs

blueprint = Blueprint("endings", __name__)


def _above(mitigation_ref: str) -> list[tuple[str, str]]:
    return [
        *crumbs()[:1],
        ("Mitigating actions", url_for("mitigations.register")),
        (mitigation_ref, url_for("mitigations.one", mitigation_ref=mitigation_ref)),
    ]


@blueprint.route("/mitigations/<mitigation_ref>/ending", methods=["GET", "POST"])
@signed_in
def ask(mitigation_ref: str) -> Any:
    """Show what the body that decided was asked; let owner, author or director ask."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    relied = relied_on(seen.assessment.id)
    form = EndingForm(data={"what": row.what, "measure": row.measure, "target": row.target})
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                action_endings.ask(
                    mitigation_ref,
                    Ending(form.kind.data),
                    reason=form.reason.data or "",
                    instead=Weaker(form.what.data or "", form.measure.data or "", form.target.data or ""),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The body that decided was asked. Until it answers, the action stays as it is")
                return redirect(url_for("endings.ask", mitigation_ref=mitigation_ref), 303)
    requests = action_endings.requests_of(row.id)
    waiting = next((one for one in requests if one.waits), None)
    may_ask = (
        waiting is None
        and relied is not None
        and row.ref in relied.actions
        and bool(seen.may_with(Permission.CLAIM, row))
    )
    return render_template(
        "endings/ask.html",
        row=row,
        body=relied.body if relied is not None and row.ref in relied.actions else None,
        requests=requests[::-1],
        waiting=waiting,
        why_not=action_endings.may_answer(seen, row, waiting) if waiting else "",
        own=waiting is not None and waiting.by_id == visitor.person_id,
        form=form if may_ask or asked.status != 200 else None,
        crumbs=_above(mitigation_ref),
    ), asked.status


@blueprint.route("/mitigations/<mitigation_ref>/ending/<int:request_id>", methods=["GET", "POST"])
@signed_in
def answer(mitigation_ref: str, request_id: int) -> Any:
    """Record what the body that decided answered."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    found = next((one for one in action_endings.requests_of(row.id) if one.id == request_id), None)
    if found is None:
        raise NotFound
    why_not = action_endings.may_answer(seen, row, found)
    if why_not:
        raise NotAllowed(why_not)
    form = EndingAnswerForm()
    if not found.committee:
        del form.meeting_on, form.minute
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                agreed = form.agreed.data == YES
                action_endings.answer(
                    mitigation_ref,
                    request_id,
                    agreed=agreed,
                    reason=form.reason.data or "",
                    meeting_on=form.meeting_on.data if found.committee else None,
                    minute=(form.minute.data or "") if found.committee else "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The answer was recorded; whoever asked is told")
                return redirect(url_for("endings.ask", mitigation_ref=mitigation_ref), 303)
    return render_template(
        "endings/answer.html",
        row=row,
        asked_for=found,
        form=form if found.waits or asked.status != 200 else None,
        crumbs=_above(mitigation_ref),
    ), asked.status


@blueprint.post("/mitigations/<mitigation_ref>/ending/<int:request_id>/take-back")
@signed_in
def take_back(mitigation_ref: str, request_id: int) -> Response:
    """Take one's own request back."""
    if TokenForm().validate():
        action_endings.take_back(mitigation_ref, request_id, by=visitor.person_id, now=clock.now())
        done("Your request was taken back")
    return redirect(url_for("endings.ask", mitigation_ref=mitigation_ref), 303)
