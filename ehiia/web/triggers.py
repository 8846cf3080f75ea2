"""Early triggers of a review: raising one, and accepting or declining it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.content import load
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.triggers import Raised
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import offer
from ehiia.forms.review import APPROVE, TriggerAnswerForm, TriggerForm
from ehiia.services import reviews, triggers
from ehiia.services.sight import Seen
from ehiia.services.transaction import read
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.pages import crumbs

blueprint = Blueprint("triggers", __name__)


def _above(seen: Seen) -> list[tuple[str, str]]:
    return [*crumbs(seen), ("Review", url_for("reviews.review", ref=seen.assessment.ref))]


@blueprint.route("/a/<ref>/review/triggers/raise", methods=["GET", "POST"])
@opens(Permission.READ)
def raise_one(seen: Seen) -> Any:
    """Raise a reason to review it early."""
    ref, form = seen.assessment.ref, TriggerForm()
    offer(form.trigger, load.review_triggers())
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                triggers.raise_one(
                    ref,
                    trigger=form.trigger.data or "",
                    reason=form.reason.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("It was raised. An equality lead will answer it")
                return redirect(url_for("reviews.review", ref=ref), 303)
    return render_template(
        "triggers/raise_one.html",
        seen=seen,
        form=form,
        may=seen.assessment.stage in DECIDED,
        crumbs=_above(seen),
    ), asked.status


@blueprint.route("/a/<ref>/review/triggers/<int:trigger_id>", methods=["GET", "POST"])
@opens(Permission.READ)
def answer(seen: Seen, trigger_id: int) -> Any:
    """Show a trigger; an equality lead accepts or declines it."""
    ref = seen.assessment.ref
    shown = triggers.one_of(seen.assessment.id, trigger_id)
    form = TriggerAnswerForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                accept = form.accept.data == APPROVE
                triggers.answer(
                    ref,
                    trigger_id,
                    accept=accept,
                    to_on=form.to_on.data,
                    words=form.words.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The review was brought forward" if accept else "It was declined")
                return redirect(url_for("reviews.review", ref=ref), 303)
    return render_template(
        "triggers/answer.html",
        seen=seen,
        form=form,
        shown=shown,
        planned=reviews.open_review(read(), seen.assessment),
        may=bool(seen.may(Permission.ANSWER_TRIGGER)) and shown.state is Raised.OPEN,
        crumbs=_above(seen),
    ), asked.status
