"""Another date for a review: asking for it, and answering whoever asked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.review_dates import Asked
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.forms.review import APPROVE, AnswerForm, AskForm
from ehiia.services import review_dates, reviews
from ehiia.services.sight import Seen
from ehiia.services.transaction import Refused, read
from ehiia.web import asking
from ehiia.web.access import opens, visitor
from ehiia.web.asking import done, number
from ehiia.web.pages import crumbs

blueprint = Blueprint("review_dates", __name__)


def _above(seen: Seen) -> list[tuple[str, str]]:
    return [*crumbs(seen), ("Review", url_for("reviews.review", ref=seen.assessment.ref))]


@blueprint.route("/a/<ref>/review/date", methods=["GET", "POST"])
@opens(Permission.REVIEW)
def ask(seen: Seen) -> Any:
    """Ask for another date; a sooner one counts at once."""
    ref = seen.assessment.ref
    planned = reviews.open_review(read(), seen.assessment)
    if planned is None:
        raise Refused("No review is planned.")
    form = AskForm(data={"revision": str(planned.revision)})
    asked = asking.Asked(form, "the date of this review")
    if form.is_submitted():
        with asked:
            if form.validate():
                at_once = review_dates.ask(
                    ref,
                    to_on=form.to_on.data,
                    reason=form.reason.data or "",
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The review was moved" if at_once else "You asked for another date")
                return redirect(url_for("reviews.review", ref=ref), 303)
        if asked.stale:
            read().refresh(planned)
            form.revision.data = str(planned.revision)
    return render_template(
        "review_dates/ask.html",
        seen=seen,
        form=form,
        planned=planned,
        moved=(moved := reviews.moves_of(planned.id)),
        times=reviews.times_postponed(moved),
        crumbs=_above(seen),
    ), asked.status


@blueprint.route("/a/<ref>/review/date/<int:asked_id>", methods=["GET", "POST"])
@opens(Permission.READ)
def answer(seen: Seen, asked_id: int) -> Any:
    """Show a request to postpone a review, and let somebody else than whoever asked answer it."""
    ref = seen.assessment.ref
    wish = review_dates.one_of(seen.assessment.id, asked_id)
    why_not = review_dates.may_answer(seen, wish)
    form = AnswerForm()
    asked = asking.Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                review_dates.answer(
                    ref,
                    asked_id,
                    approve=form.approve.data == APPROVE,
                    words=form.words.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The review was postponed" if form.approve.data == APPROVE else "The date stays")
                return redirect(url_for("reviews.review", ref=ref), 303)
    return render_template(
        "review_dates/answer.html",
        seen=seen,
        form=form,
        wish=wish,
        why_not=why_not,
        open=wish.state is Asked.WAITING,
        mine=wish.asked_by == visitor.person_id,
        crumbs=_above(seen),
    ), asked.status


@blueprint.post("/a/<ref>/review/date/<int:asked_id>/take-back")
@opens(Permission.READ)
def take_back(seen: Seen, asked_id: int) -> Response:
    """Take back a request of one's own."""
    if TokenForm().validate():
        review_dates.take_back(seen.assessment.ref, asked_id, by=visitor.person_id, now=clock.now())
        done("You took your request back")
    return redirect(url_for("reviews.review", ref=seen.assessment.ref), 303)
