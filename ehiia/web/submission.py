"""Submitting, the accountable director's agreement, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.access import OPEN
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.forms.submission import AgreeForm, SubmitForm
from ehiia.services import organisations, people, selfchecking, submission
from ehiia.services.answered import question_set_of
from ehiia.services.sight import Seen
from ehiia.services.submission import NotReady
from ehiia.services.transaction import Invalid
from ehiia.web.access import opens, visitor
from ehiia.web.asking import done, refuse
from ehiia.web.pages import missing_url

blueprint = Blueprint("submission", __name__)


@blueprint.route("/a/<ref>/submit", methods=["GET", "POST"])
@opens(Permission.SUBMIT)
def submit(seen: Seen) -> Any:
    """List what is missing, take the declaration, and send it on."""
    assessment, form, status = seen.assessment, SubmitForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                submission.submit(
                    assessment.ref, declared=form.declared.data, by=visitor.person_id, now=clock.now()
                )
                done(f"{assessment.ref} was sent on")
                return redirect(f"/a/{assessment.ref}", 303)
        except NotReady as error:
            form.refuse("", f"It cannot be sent yet: {error}")
        except Invalid as error:
            refuse(form, error)
        status = 400
    questions = question_set_of(assessment)
    readiness = submission.readiness_of(assessment, today=clock.today())
    pages: dict[str, list[tuple[str, str]]] = {}
    for item in readiness.missing:
        section = questions.section(item.section_id)
        title = section.title if section else item.section_id
        pages.setdefault(title, []).append((item.text, missing_url(assessment.ref, item)))
    settings = organisations.settings_of(organisations.get(assessment.organisation_id))
    director = people.names({assessment.director_id}) if assessment.director_id else {}
    return (
        render_template(
            "submission/submit.html",
            form=form,
            assessment=assessment,
            readiness=readiness,
            pages=pages,
            director=next(iter(director.values()), "") if settings.director_agrees else "",
            is_open=assessment.stage in OPEN,
            found=selfchecking.self_check(assessment, today=clock.today()),
            with_others=assessment.stage in {Stage.WITH_DIRECTOR, Stage.CHECKING},
        ),
        status,
    )


@blueprint.route("/a/<ref>/agree", methods=["GET", "POST"])
@opens(Permission.AGREE)
def agree(seen: Seen) -> Any:
    """Let the accountable director read it in short, then agree or send it back."""
    assessment, form, status = seen.assessment, AgreeForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                if form.act.data == "return":
                    submission.return_to_author(
                        assessment.ref,
                        reason=form.reason.data or "",
                        by=visitor.person_id,
                        now=clock.now(),
                    )
                    done(f"{assessment.ref} was sent back to the author")
                else:
                    submission.agree(assessment.ref, by=visitor.person_id, now=clock.now())
                    done(f"You agreed {assessment.ref}. It goes to an equality lead to be checked")
                return redirect(f"/a/{assessment.ref}", 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    return (
        render_template(
            "submission/agree.html",
            form=form,
            assessment=assessment,
            summary=submission.summary_of(assessment),
            waits=assessment.stage is Stage.WITH_DIRECTOR,
        ),
        status,
    )


@blueprint.post("/a/<ref>/take-back")
@opens(Permission.SUBMIT)
def take_back(seen: Seen) -> Any:
    """Take it back to go on writing."""
    submission.take_back(seen.assessment.ref, by=visitor.person_id, now=clock.now())
    done(f"{seen.assessment.ref} is being written again")
    return redirect(url_for("submission.submit", ref=seen.assessment.ref), 303)
