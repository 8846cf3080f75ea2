"""Feedback from the public on what is published: giving it without signing in, and what becomes of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.content import load
from ehiia.domain.feedback import FeedbackState, becomes
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import offer
from ehiia.forms.choices import options
from ehiia.forms.feedback import FeedbackForm, ForReviewForm, MailForm, SettleForm
from ehiia.services import answering_feedback, feedback, published
from ehiia.services.feedback import Heard, Said
from ehiia.services.people import TooManyTries
from ehiia.services.transaction import NotFound
from ehiia.web.access import public, requires, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("feedback", __name__)


def _who() -> dict[str, Any]:
    return {"organisation_id": visitor.organisation_id, "by": visitor.person_id, "now": clock.now()}


@blueprint.route("/published/<edition_ref>/feedback", methods=["GET", "POST"])
@public
def give(edition_ref: str) -> Any:
    """Take what somebody says of a published assessment."""
    now, form = clock.now(), FeedbackForm()
    shown = published.see(edition_ref, today=clock.today())
    if shown.withdrawn:
        raise NotFound
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                try:
                    feedback.send(edition_ref, _said(form), address=request.remote_addr or "", now=now)
                except TooManyTries as refused:
                    form.refuse("", str(refused))
                else:
                    return redirect(url_for("feedback.thanks", edition_ref=edition_ref), 303)
    if not form.is_submitted() or form.opened.errors:
        form.opened.data = feedback.opened(edition_ref, now=now)
    kept = feedback.kept_days(shown.edition.organisation_id)
    return render_template("feedback/give.html", form=form, shown=shown, kept_days=kept), asked.status


def _said(form: FeedbackForm) -> Said:
    return Said(
        text=form.text.data or "",
        said_by=form.said_by.data or "",
        email=form.email.data or "",
        consent=bool(form.consent.data),
        trap=form.website.data or "",
        opened=form.opened.data or "",
        once=form.once.data or "",
    )


@blueprint.get("/published/<edition_ref>/feedback/sent")
@public
def thanks(edition_ref: str) -> str:
    """Say that it was sent and what happens now."""
    shown = published.see(edition_ref, today=clock.today())
    return render_template("feedback/thanks.html", shown=shown)


@blueprint.get("/feedback")
@requires(Permission.ANSWER_FEEDBACK)
def start() -> str:
    """List what the public said."""
    wanted = request.args.get("state", "")
    state = FeedbackState(wanted) if wanted in set(FeedbackState) else None
    return render_template(
        "feedback/start.html",
        rows=feedback.heard(visitor.actor, visitor.organisation_id, state=state),
        state=state,
        states=tuple(FeedbackState),
    )


def _see(feedback_id: int) -> Heard:
    return feedback.one_of(visitor.actor, visitor.organisation_id, feedback_id)


@blueprint.route("/feedback/<int:feedback_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER_FEEDBACK)
def one(feedback_id: int) -> Any:
    """Show one thing that was said, and say what becomes of it."""
    found, form = _see(feedback_id), SettleForm()
    if not form.is_submitted():
        row = found.row
        chosen = None if row.state is FeedbackState.WAITS else row.state.value
        data = {"state": chosen, "reply": row.reply, "revision": str(row.revision)}
        form = SettleForm(formdata=None, data=data)
    offer(form.state, options(becomes(found.row.state)))
    asked = Asked(form, "this")
    if form.is_submitted():
        with asked:
            if form.validate():
                answering_feedback.answer(
                    feedback_id,
                    state=FeedbackState(form.state.data),
                    reply=form.reply.data or "",
                    revision=number(form.revision.data),
                    **_who(),
                )
                done("What becomes of it was kept")
                return _back(feedback_id)
        found = _see(feedback_id)
        if asked.stale:
            form.revision.data = str(found.row.revision)
    mailed = answering_feedback.became_of_mail(found)
    return render_template(
        "feedback/one.html", form=form, one=found, states=FeedbackState, mailed=mailed
    ), asked.status


def _back(feedback_id: int) -> Any:
    return redirect(url_for("feedback.one", feedback_id=feedback_id), 303)


@blueprint.route("/feedback/<int:feedback_id>/mail", methods=["GET", "POST"])
@requires(Permission.ANSWER_FEEDBACK)
def mail(feedback_id: int) -> Any:
    """Show the mail with the answer, and to whom it goes; send it."""
    form = MailForm()
    asked = Asked(form, "the answer")
    if form.is_submitted():
        with asked:
            if form.validate():
                answering_feedback.mail(feedback_id, revision=number(form.revision.data), **_who())
                done("The answer is in the outbox. It is sent within a minute while the scheduler runs")
                return _back(feedback_id)
    letter = answering_feedback.letter(visitor.actor, visitor.organisation_id, feedback_id)
    form.revision.data = str(letter.revision)
    return render_template(
        "feedback/mail.html", form=form, letter=letter, one=_see(feedback_id)
    ), asked.status


@blueprint.route("/feedback/<int:feedback_id>/review", methods=["GET", "POST"])
@requires(Permission.ANSWER_FEEDBACK)
def review(feedback_id: int) -> Any:
    """Ask for an early review because of what was said."""
    found, form = _see(feedback_id), ForReviewForm()
    if not form.is_submitted():
        form = ForReviewForm(formdata=None, data={"reason": found.row.text[:1800]})
    offer(form.trigger, load.review_triggers())
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                ref = answering_feedback.ask_for_review(
                    feedback_id, trigger=form.trigger.data or "", reason=form.reason.data or "", **_who()
                )
                done("A review was asked for. An equality lead accepts or declines it here")
                return redirect(url_for("reviews.review", ref=ref), 303)
    return render_template("feedback/review.html", form=form, one=found), asked.status
