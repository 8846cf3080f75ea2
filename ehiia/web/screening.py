"""Screening: the questions, what they lead to, and the equality lead's word on "not needed"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.questions import Question, Section
from ehiia.domain.vocabulary import Permission, ScreeningResult, Stage
from ehiia.forms.assessment import CountersignForm, TokenForm
from ehiia.forms.builder import question_form
from ehiia.services import people, screening
from ehiia.services.answered import page_of
from ehiia.services.screening import SCREENING
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound
from ehiia.web import present, settling, writing
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.pages import crumbs, overview_url
from ehiia.web.saving import answer_text
from ehiia.web.writing import Place

blueprint = Blueprint("screening", __name__)

TAKEN: Mapping[ScreeningResult | None, str] = {
    ScreeningResult.FULL: "The full assessment has begun",
    ScreeningResult.SHORT: "The short assessment has begun",
}
TO_CONFIRM = "It was sent to an equality lead, who confirms it or asks for a full assessment"


@blueprint.route("/a/<ref>/screening", methods=["GET", "POST"], defaults={"section_id": ""})
@blueprint.route("/a/<ref>/screening/<section_id>", methods=["GET", "POST"])
@opens(Permission.READ)
def questions(seen: Seen, section_id: str) -> Any:
    """Ask the questions of one page of the screening; the first page where none is named."""
    assessment, ref = seen.assessment, seen.assessment.ref
    asked_of = screening.questions_of(assessment)
    section = asked_of.section(section_id) if section_id else asked_of.sections[0]
    if section is None:
        raise NotFound
    open_ = assessment.stage is Stage.SCREENING and seen.may(Permission.WRITE)
    if request.method == "GET" and not open_:
        return redirect(url_for("screening.result", ref=ref), 303)
    page = page_of(assessment, SCREENING)
    shown = screening.asked(assessment, section, page.values)
    address = url_for("screening.questions", ref=ref, section_id=section.id)
    here = Place(seen, section.id, SCREENING, section.title, address, sources=False)
    if request.method == "POST":
        shown = tuple(q for q in section.questions if f"was-{q.id}" in request.form) or shown
        written = writing.sent(
            here,
            question_form(shown),
            lambda answers, _: screening.save(
                ref, answers, draft=here.name, by=visitor.person_id, now=clock.now()
            ),
        )
        if written.status == writing.DONE:
            before = section.questions if settling.sent() else shown
            return redirect(_after(seen, section, before), writing.DONE)
        if written.conflict:
            return written.conflict, written.status
    else:
        written = writing.opened(here, question_form(shown), page)
    number = asked_of.sections.index(section) + 1
    return render_template(
        "screening/questions.html",
        seen=seen,
        form=written.form,
        section=section,
        unsaved=written.unsaved,
        address=address,
        number=number,
        pages=len(asked_of.sections),
        crumbs=crumbs(seen),
    ), written.status


def _after(seen: Seen, section: Section, shown: tuple[Question, ...]) -> str:
    """Return where to go after a save: back where an answer opened more questions, else on."""
    ref = seen.assessment.ref
    if request.form.get("then") == "list":
        return overview_url(ref)
    now_asked = screening.asked(seen.assessment, section, screening.values_of(seen.assessment))
    more = [question for question in now_asked if question not in shown]
    if more:
        words = present.count(len(more), "more question")
        flash(f"Your answer was saved, and opened {words} on this page", "info")
        return url_for(
            "screening.questions", ref=ref, section_id=section.id, _anchor=f"question-{more[0].id}"
        )
    sections = screening.questions_of(seen.assessment).sections
    place = sections.index(section) + 1
    if place < len(sections):
        return url_for("screening.questions", ref=ref, section_id=sections[place].id)
    return url_for("screening.result", ref=ref)


def rows_of(seen: Seen) -> list[tuple[str, str, str]]:
    """Return question, answer in words and where it can be changed ("" where it cannot)."""
    assessment = seen.assessment
    values = screening.values_of(assessment)
    change = assessment.stage is Stage.SCREENING and bool(seen.may(Permission.WRITE))
    rows = []
    for section in screening.questions_of(assessment).sections:
        for question in screening.asked(assessment, section, values):
            href = url_for(
                "screening.questions",
                ref=assessment.ref,
                section_id=section.id,
                _anchor=f"question-{question.id}",
            )
            rows.append(
                (question.label, answer_text(question, values.get(question.id), {}), href if change else "")
            )
    return rows


@blueprint.route("/a/<ref>/screening-result", methods=["GET", "POST"])
@opens(Permission.READ)
def result(seen: Seen) -> Any:
    """Show what the answers lead to and why, and let the author take it."""
    assessment, ref = seen.assessment, seen.assessment.ref
    form = TokenForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                found = screening.finish(ref, by=visitor.person_id, now=clock.now())
                flash(TAKEN.get(found.result) or TO_CONFIRM, "success")
                return redirect(overview_url(ref), 303)
    questions = screening.questions_of(assessment)
    found = screening.screening_of(assessment)
    unanswered = []
    for section in questions.sections:
        for question in section.questions:
            if question.id in found.unanswered:
                href = url_for(
                    "screening.questions", ref=ref, section_id=section.id, _anchor=f"question-{question.id}"
                )
                unanswered.append((question.label, href))
    return render_template(
        "screening/result.html",
        seen=seen,
        form=form,
        found=found,
        full=found.result is ScreeningResult.FULL,
        short=found.result is ScreeningResult.SHORT,
        unanswered=unanswered,
        rows=rows_of(seen),
        open=assessment.stage is Stage.SCREENING,
        may=bool(seen.may(Permission.SUBMIT)),
        may_countersign=assessment.stage is Stage.NOT_NEEDED_TO_CONFIRM
        and bool(seen.may(Permission.COUNTERSIGN)),
        refused=screening.why_refused(assessment),
        crumbs=crumbs(seen),
    ), asked.status


@blueprint.route("/a/<ref>/countersign", methods=["GET", "POST"])
@opens(Permission.COUNTERSIGN)
def countersign(seen: Seen) -> Any:
    """An equality lead reads the screening, and confirms that nothing more is needed or refuses."""
    assessment, ref = seen.assessment, seen.assessment.ref
    if assessment.stage is not Stage.NOT_NEEDED_TO_CONFIRM:
        return redirect(url_for("screening.result", ref=ref), 303)
    form = CountersignForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                if form.answer.data == "confirm":
                    screening.countersign(ref, by=visitor.person_id, now=clock.now())
                    flash("You confirmed that no full assessment is needed", "success")
                else:
                    screening.refuse(ref, form.reason.data or "", by=visitor.person_id, now=clock.now())
                    flash("You asked for a full assessment. The author is told", "success")
                return redirect(overview_url(ref), 303)
    return render_template(
        "screening/countersign.html",
        seen=seen,
        form=form,
        found=screening.screening_of(assessment),
        rows=rows_of(seen),
        author=people.names({assessment.created_by}).get(assessment.created_by, ""),
        crumbs=crumbs(seen),
    ), asked.status
