"""A section of the assessment: its questions, what is known beside them, saving and going on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from ehiia import clock
from ehiia.domain import scoring
from ehiia.domain.paper import ENGAGEMENT
from ehiia.domain.questions import AnswerKind, Question, SectionKind
from ehiia.domain.vocabulary import Direction, Permission, Stage
from ehiia.forms.builder import QuestionForm, question_form
from ehiia.services import (
    answering,
    checks,
    duties,
    engagement,
    evidence,
    freezing,
    gap_dates,
    gaps,
    items,
    mitigations,
    overview,
)
from ehiia.services.answered import Page, page_of
from ehiia.services.overview import Leaf
from ehiia.services.scales import scale_of
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound
from ehiia.web import present, resting, settling, writing
from ehiia.web.access import opens, visitor
from ehiia.web.pages import crumbs, following, leaf_url, overview_url, url_of
from ehiia.web.resting import Resting
from ehiia.web.saving import AnswerRow, answer_text
from ehiia.web.selfcheck import beside
from ehiia.web.unsaved import Unsaved
from ehiia.web.writing import Place

blueprint = Blueprint("sections", __name__)


@blueprint.route("/a/<ref>/section/<section_id>", methods=["GET", "POST"])
@opens(Permission.READ)
def section(seen: Seen, section_id: str) -> Any:
    """Show a section and save what was answered, whatever is missing."""
    assessment, ref = seen.assessment, seen.assessment.ref
    page, groups = page_of(assessment), overview.groups_of(assessment.id)
    leaves = overview.leaves(assessment, page.values, groups)
    leaf = next((one for one in leaves if one.section.id == section_id and not one.subject), None)
    if leaf is None:
        raise NotFound
    shown = overview.asked(assessment, leaf.section, page.values)
    chooses = any(question.kind is AnswerKind.GROUPS for question in shown)
    meets = any(question.kind is AnswerKind.COMBINATION for question in shown)
    offered = overview.groups_on_offer(assessment, groups) if chooses else groups if meets else ()
    labels = {group.code: group.label for group in (*groups, *offered)}
    may, status = seen.may(Permission.WRITE), 200
    place = Place(seen, section_id, "", leaf.title, leaf_url(ref, section_id))
    form: QuestionForm | None = None
    told: Unsaved | None = None
    if request.method == "POST":
        shown = tuple(q for q in leaf.section.questions if f"was-{q.id}" in request.form) or shown
        written = writing.sent(
            place,
            question_form(shown, offered, scale=scale_of(assessment)),
            lambda answers, _: answering.save_page(
                ref,
                answers=answers,
                cites=resting.ticked(request.form),
                draft=place.name,
                by=visitor.person_id,
                now=clock.now(),
            ),
            labels=labels,
        )
        if written.status == writing.DONE:
            before = leaf.section.questions if settling.sent() else shown
            return redirect(_after(seen, leaf, before), writing.DONE)
        if written.conflict:
            return written.conflict, written.status
        form, rests, told, status = written.form, written.resting, written.unsaved, written.status
    elif may:
        written = writing.opened(place, question_form(shown, offered, scale=scale_of(assessment)), page)
        form, rests, told = written.form, written.resting, written.unsaved
    else:
        rests = place.resting()
    return render_template(
        "sections/section.html",
        copied=page.to_confirm & {question.id for question in leaf.section.questions},
        seen=seen,
        leaf=leaf,
        form=form,
        may=may,
        may_comment=bool(seen.may(Permission.COMMENT)),
        rows=[
            AnswerRow(
                q.id,
                q.label,
                answer_text(q, page.values.get(q.id), labels),
                f"q-{q.id}",
                rests.numbers(f"q-{q.id}"),
            )
            for q in shown
        ],
        resting=rests,
        not_known=_not_known(seen, shown, page) if form else set(),
        ready=assessment.stage is Stage.READY,
        unsaved=told,
        after=following(leaves, leaf),
        comments=checks.comments_of(assessment.id, section=section_id),
        duties_here=duties.asked_in(leaf.section),
        findings=beside(seen, section_id),
        saved=present.clock_time(assessment.updated_at) if request.args.get("saved") else "",
        crumbs=crumbs(seen),
        **_beside(seen, leaf, shown, rests),
    ), status


def _after(seen: Seen, leaf: Leaf, shown: tuple[Question, ...]) -> str:
    """Return where to go after a save: back where an answer opened more questions, else on."""
    assessment, ref = seen.assessment, seen.assessment.ref
    if request.form.get("then") == "list":
        return overview_url(ref)
    values = page_of(assessment).values
    more = [q for q in overview.asked(assessment, leaf.section, values) if q not in shown]
    if more:
        words = present.count(len(more), "more question")
        flash(f"Your answer was saved, and opened {words} on this page", "info")
        return leaf_url(ref, leaf.section.id, anchor=f"question-{more[0].id}")
    if request.form.get("then") == "stay":
        return leaf_url(ref, leaf.section.id) + "?saved=1"
    leaves = overview.leaves(assessment, values, overview.groups_of(assessment.id))
    after = following(leaves, leaf)
    return f"{url_of(ref, after)}?saved=1" if after else overview_url(ref)


def _beside(seen: Seen, leaf: Leaf, shown: tuple[Question, ...], rests: Resting) -> dict[str, Any]:
    """Return what stands around the questions: sources, actions, impacts that still need one."""
    assessment = seen.assessment
    found: dict[str, Any] = {
        "sources": [],
        "actions": [],
        "needing": [],
        "linked": {},
        "kinds": {},
        "source_count": None,
        "log_count": None,
    }
    if leaf.section.kind is SectionKind.EVIDENCE:
        found["sources"] = rests.sources
        found["kinds"] = evidence.kind_labels()
        found |= _unknown(seen)
    elif leaf.section.kind is SectionKind.MITIGATIONS:
        found |= _actions(seen)
    elif any(question.kind is AnswerKind.EFFECT for question in shown):
        for row, owner, links in mitigations.list_of(assessment.id):
            for subject, dimension in links:
                if dimension == scoring.OVERALL:
                    found["linked"].setdefault(subject, []).append((row, owner))
    if leaf.section.id == ENGAGEMENT:
        found["log_count"] = engagement.count_of(assessment.id)
    if leaf.section.kind is not SectionKind.EVIDENCE:
        found["source_count"] = len(rests.sources)
    return found


def _not_known(seen: Seen, shown: tuple[Question, ...], page: Page) -> set[str]:
    """Return the questions answered with "don't know yet" of which no evidence gap was noted."""
    answers = {q.id: page.values.get(q.id) for q in shown if q.kind is AnswerKind.EFFECT}
    open_ones = {
        name
        for name, value in answers.items()
        if isinstance(value, dict) and value.get("direction") == Direction.UNKNOWN
    }
    return open_ones - gaps.noted(seen.assessment.id, "") if open_ones else set()


def _unknown(seen: Seen) -> dict[str, Any]:
    """Return the evidence gaps, and which of them the visitor may close or give another date."""
    known = gaps.list_of(seen.assessment.id)
    return {
        "gaps": known,
        "gap_labels": items.group_labels(seen.assessment.organisation_id, now=clock.now()) if known else {},
        "gap_closable": {one.row.number for one in known if gaps.may_close(seen, one.row)},
        "gap_movable": {one.row.number for one in known if gap_dates.may_move(seen, one.row)},
        "gap_moved": gap_dates.moves_of([one.row.id for one in known]) if known else {},
    }


def _actions(seen: Seen) -> dict[str, Any]:
    assessment = seen.assessment
    whole = overview.whole(assessment)
    missing: dict[str, list[tuple[str, str]]] = {}
    for item in whole.review.missing:
        if item.section_id == "mitigations" and item.subject:
            missing.setdefault(item.subject, []).append((item.question_id, _lacking(item.text)))
    needing = [
        (
            freezing.impact_words(whole.answers, whole.questions, one.subject, one.dimension),
            f"{one.subject}:{one.dimension}",
            one.direction,
        )
        for one in scoring.needs_action(whole.answers, whole.effects)
    ]
    actions = [
        (
            row,
            owner,
            [
                freezing.impact_words(whole.answers, whole.questions, subject, dimension)
                for subject, dimension in links
            ],
            missing.get(row.ref, []),
        )
        for row, owner, links in mitigations.list_of(assessment.id)
    ]
    return {"actions": actions, "needing": needing}


def _lacking(text: str) -> str:
    """Return what is missing of an action without its name, which stands above."""
    return present.capital(text.partition(": ")[2] or text)
