"""Public reviewers of an assessment: the summary they read, who is invited, what they said, the answers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.reviewing import OPEN_STAGES
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm, number
from ehiia.forms.reviewers import AnswerReviewerForm, ReviewerForm, SummaryForm
from ehiia.services import invited, organisations, reviewers
from ehiia.services.reviewers import Summary
from ehiia.services.sight import Seen
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.pages import crumbs, places_of

blueprint = Blueprint("reviewers", __name__)

PARTS = ("proposal", "affected", "asked")


def _all(seen: Seen, anchor: str = "") -> str:
    return url_for("reviewers.start", ref=seen.assessment.ref, _anchor=anchor or None)


def _crumbs(seen: Seen) -> list[tuple[str, str]]:
    return [*crumbs(seen), ("Public reviewers", _all(seen))]


@blueprint.get("/a/<ref>/reviewers")
@opens(Permission.READ)
def start(seen: Seen) -> Any:
    """Show the summary, who was invited, what they said and what was answered."""
    assessment = seen.assessment
    may = bool(seen.may(Permission.INVITE))
    return render_template(
        "reviewers/start.html",
        seen=seen,
        summary=reviewers.summary_of(assessment.id),
        links=reviewers.links_of(assessment, now=clock.now()) if may else [],
        comments=reviewers.comments_of(assessment.id),
        may=may,
        may_answer=bool(seen.may(Permission.ANSWER_REVIEWERS)),
        open=assessment.stage in OPEN_STAGES,
        crumbs=crumbs(seen),
        places=places_of(seen, "reviewers.start"),
    )


@blueprint.route("/a/<ref>/reviewers/summary", methods=["GET", "POST"])
@opens(Permission.INVITE)
def summary(seen: Seen) -> Any:
    """Write the summary."""
    row = reviewers.summary_of(seen.assessment.id)
    theirs = None
    data: dict[str, Any] = {name: getattr(row, name) if row else "" for name in PARTS}
    form = SummaryForm(data=data | {"revision": str(row.revision if row else 0)})
    asked = Asked(form, "the summary")
    if form.is_submitted():
        with asked:
            if form.validate():
                reviewers.save_summary(
                    seen.assessment.ref,
                    Summary(**{name: form[name].data or "" for name in PARTS}),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                return redirect(url_for("reviewers.preview", ref=seen.assessment.ref), 303)
        if asked.stale:
            theirs = reviewers.summary_of(seen.assessment.id)
            form.revision.data = str(theirs.revision if theirs else 0)
    return render_template(
        "reviewers/summary.html", seen=seen, form=form, theirs=theirs, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.get("/a/<ref>/reviewers/preview")
@opens(Permission.READ)
def preview(seen: Seen) -> Any:
    """Show what public reviewers will read, as they will read it."""
    organisation = organisations.get(seen.assessment.organisation_id)
    return render_template(
        "reviewers/preview.html",
        seen=seen,
        page=invited.summary_page(seen.assessment, organisation=organisation.name),
        may=bool(seen.may(Permission.INVITE)),
        crumbs=_crumbs(seen),
    )


@blueprint.route("/a/<ref>/reviewers/invite", methods=["GET", "POST"])
@opens(Permission.INVITE)
def invite(seen: Seen) -> Any:
    """Invite somebody outside."""
    form = ReviewerForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                reviewers.invite(
                    seen.assessment.ref,
                    name=form.name.data or "",
                    email=form.email.data or "",
                    days=int(form.days.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash(f"{form.name.data} gets an e-mail with a link", "success")
                return redirect(_all(seen), 303)
    return render_template("reviewers/invite.html", seen=seen, form=form, crumbs=_crumbs(seen)), asked.status


@blueprint.post("/a/<ref>/reviewers/<int:link_id>/take-back")
@opens(Permission.INVITE)
def take_back(seen: Seen, link_id: int) -> Response:
    """Take an invitation back."""
    if TokenForm().validate():
        reviewers.take_back(seen.assessment.ref, link_id, by=visitor.person_id, now=clock.now())
        flash("The invitation was taken back. Its link does not open any more", "success")
    return redirect(_all(seen), 303)


@blueprint.route("/a/<ref>/reviewers/comments/<int:comment_number>", methods=["GET", "POST"])
@opens(Permission.ANSWER_REVIEWERS)
def answer(seen: Seen, comment_number: int) -> Any:
    """Answer a comment."""
    row = reviewers.comment_of(seen.assessment.id, comment_number)
    theirs = ""
    form = AnswerReviewerForm(data={"answer": row.answer, "revision": str(row.revision)})
    asked = Asked(form, "the answer")
    if form.is_submitted():
        with asked:
            if form.validate():
                reviewers.answer(
                    seen.assessment.ref,
                    comment_number,
                    text=form.answer.data or "",
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("The answer was recorded", "success")
                return redirect(_all(seen, f"comment-{comment_number}"), 303)
        if asked.stale:
            row = reviewers.comment_of(seen.assessment.id, comment_number)
            theirs = row.answer
            form.revision.data = str(row.revision)
    return render_template(
        "reviewers/answer.html", seen=seen, row=row, form=form, theirs=theirs, crumbs=_crumbs(seen)
    ), asked.status
