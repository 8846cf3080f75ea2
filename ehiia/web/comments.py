"""Comments on an assessment in threads: said, answered, said again, closed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Dimension, Permission
from ehiia.forms.check import AnswerForm, CommentForm, ReplyForm
from ehiia.services import checks, threads
from ehiia.services.answered import question_set_of
from ehiia.services.sight import Seen
from ehiia.services.threads import Said
from ehiia.services.transaction import Invalid
from ehiia.web.access import opens, visitor
from ehiia.web.asking import done, number, refuse
from ehiia.web.pages import leaf_url, places_of

blueprint = Blueprint("comments", __name__)


@blueprint.route("/a/<ref>/comments", methods=["GET", "POST"])
@opens(Permission.READ)
def comments(seen: Seen) -> Any:
    """Show the threads, those that are not closed first; take a comment, an answer, a reply, a closing."""
    assessment, ref, status = seen.assessment, seen.assessment.ref, 200
    act = request.form.get("act", "")
    if act in ("close", "reopen"):
        shut = threads.close if act == "close" else threads.reopen
        shut(ref, number(request.form.get("comment")), by=visitor.person_id, now=clock.now())
        done("The comment was closed" if act == "close" else "The comment is open again")
        return redirect(url_for("comments.comments", ref=ref), 303)
    pages = checks.pages_to_check(assessment)
    asked = CommentForm(formdata=request.form if act == "say" else None)
    asked.offer([(page.key, page.title) for page in pages])
    answer = AnswerForm(formdata=request.form if act == "answer" else None)
    reply = ReplyForm(formdata=request.form if act == "reply" else None)
    form: AnswerForm | ReplyForm | CommentForm = asked
    if act in ("answer", "reply"):
        form = answer if act == "answer" else reply
    if form.is_submitted():
        try:
            if form.validate():
                done(_keep(ref, asked, answer, reply, act))
                return redirect(url_for("comments.comments", ref=ref), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    else:
        asked.section.data = request.args.get("about", "")
        asked.question.data = request.args.get("question", "")
    titles = {page.key: page.title for page in pages}
    may_answer, may_say = bool(seen.may(Permission.WRITE)), bool(seen.may(Permission.COMMENT))
    at = {"answer": number(request.args.get("answer")), "reply": number(request.args.get("reply"))}
    if status == 400 and not isinstance(form, CommentForm):
        at[act] = number(form.comment.data)
    items = [
        {
            "one": one,
            "title": titles.get(one.section, one.section),
            "about": _question(seen, one.question),
            "href": _place(ref, one),
            "may_close": may_say and threads.may_close(seen, one.by_id),
            "answering": may_answer and one.waits and at["answer"] == one.id,
            "replying": may_say and not one.closed and at["reply"] == one.id,
            "closed": one.closed,
        }
        for one in threads.comments_of(assessment.id)
    ]
    return (
        render_template(
            "comments/comments.html",
            form=form if status == 400 else None,
            assessment=assessment,
            places=places_of(seen, "comments.comments"),
            standing=[item for item in items if not item["closed"]],
            closed=[item for item in items if item["closed"]],
            asked=asked if may_say else None,
            about=_question(seen, asked.question.data or ""),
            answer=answer,
            reply=reply,
            busy=any(item["answering"] or item["replying"] for item in items),
            may_answer=may_answer,
            may_say=may_say,
        ),
        status,
    )


def _keep(ref: str, asked: CommentForm, answer: AnswerForm, reply: ReplyForm, act: str) -> str:
    """Keep what was entered, and say that it was."""
    by, now = visitor.person_id, clock.now()
    if act == "answer":
        threads.answer_comment(ref, number(answer.comment.data), answer=answer.answer.data, by=by, now=now)
        return "Your answer was kept"
    if act == "reply":
        threads.reply(ref, number(reply.comment.data), text=reply.reply.data, by=by, now=now)
        return "Your reply was kept"
    about, question = asked.section.data, asked.question.data or ""
    checks.say(ref, section=about, question=question, text=asked.text.data, by=by, now=now)
    return "Your comment was kept"


def _question(seen: Seen, name: str) -> str:
    """Return the words of the question or dimension a comment is about, or ""."""
    if name in set(Dimension):
        return Dimension(name).label
    found = question_set_of(seen.assessment).question(name) if name else None
    return found.label if found else ""


def _place(ref: str, one: Said) -> str:
    """Return the address of the page or of the question that a comment is about."""
    section, _, subject = one.section.partition(":")
    if not one.question:
        return leaf_url(ref, section, subject)
    field = f"{one.question}-heading" if one.question in set(Dimension) else one.question
    return leaf_url(ref, section, subject, field if subject else f"question-{one.question}")
