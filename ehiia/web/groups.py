"""A group's page: could these people be affected differently, and how; judgement beside what is known."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from ehiia import clock
from ehiia.content import finding, guidance, load, prompts
from ehiia.domain import scoring
from ehiia.domain.questions import Group, Question
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import COUNTS_AS_YES, Dimension, Direction, Permission, Stage, YesNoUnknown
from ehiia.forms.builder import QuestionForm, question_form
from ehiia.forms.groups import several_form
from ehiia.forms.impact import ImpactForm
from ehiia.services import answering, checks, gaps, mitigations, overview
from ehiia.services import several as several_service
from ehiia.services.answered import Page, page_of
from ehiia.services.overview import Leaf
from ehiia.services.scales import scale_of
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, NotAllowed, NotFound
from ehiia.web import present, resting, settling, writing
from ehiia.web.access import opens, visitor
from ehiia.web.pages import crumbs, following, leaf_url, overview_url, url_of
from ehiia.web.resting import Resting
from ehiia.web.saving import AnswerRow, answer_text, impact_text
from ehiia.web.selfcheck import beside
from ehiia.web.unsaved import Unsaved
from ehiia.web.writing import Place, say_undone

blueprint = Blueprint("groups", __name__)


@blueprint.route("/a/<ref>/group/<code>", methods=["GET", "POST"])
@opens(Permission.READ)
def group(seen: Seen, code: str) -> Any:
    """Show a group's page and save what was answered, whatever is missing."""
    assessment, ref = seen.assessment, seen.assessment.ref
    groups = overview.groups_of(assessment.id)
    leaves = overview.leaves(assessment, overview.values_of(assessment.id), groups)
    leaf = next((one for one in leaves if one.subject == code), None)
    about = next((one for one in groups if one.code == code), None)
    if leaf is None or about is None:
        raise NotFound
    page = page_of(assessment, code)
    dimensions = scoring.dimensions(about) if page.values.get("affected") in COUNTS_AS_YES else ()
    may, scale, status = seen.may(Permission.WRITE), scale_of(assessment), 200
    place = Place(seen, leaf.section.id, code, leaf.title, leaf_url(ref, leaf.section.id, code))
    form: QuestionForm | None = None
    parts: tuple[ImpactForm, ...] = ()
    told: Unsaved | None = None
    shown = _shown(seen, leaf, page)
    if request.method == "POST":
        sent = tuple(q for q in leaf.section.questions if f"was-{q.id}" in request.form)
        shown = sent if sent or settling.sent() else shown
        dimensions = tuple(d for d in scoring.dimensions(about) if f"{d.value}-was" in request.form)
    kind = question_form(shown, people=about.people, scale=scale)
    if request.method == "POST":
        written = writing.sent(
            place,
            kind,
            lambda answers, impacts: answering.save_page(
                ref,
                subject=code,
                answers=answers,
                impacts=impacts,
                cites=resting.ticked(request.form),
                draft=place.name,
                by=visitor.person_id,
                now=clock.now(),
            ),
            dimensions=dimensions,
        )
        if written.status == writing.DONE:
            return redirect(_after(seen, leaf, leaves, written.form, bool(written.parts)), writing.DONE)
        if written.conflict:
            return written.conflict, written.status
        status = written.status
        form, parts, rests, told = written.form, written.parts, written.resting, written.unsaved
    elif may:
        possible = scoring.dimensions(about)
        written = writing.opened(place, kind, page, dimensions=dimensions, possible=possible)
        form, parts, rests, told = written.form, written.parts, written.resting, written.unsaved
    else:
        rests = place.resting()
    return render_template(
        "groups/group.html",
        copied=page.to_confirm,
        seen=seen,
        leaf=leaf,
        group=about,
        form=form,
        forms=[form, *parts] if form else [],
        parts=parts,
        may=may,
        may_comment=bool(seen.may(Permission.COMMENT)),
        questions=kind.questions,
        rows=_rows(kind, page, dimensions, scale, rests),
        resting=rests,
        not_known=_not_known(seen, code, page) if form else set(),
        risks={dimension: _risk_words(page, dimension, scale) for dimension in dimensions},
        caption=_caption(leaf, leaves),
        known=_known(code),
        prompts=prompts.about(code),
        actions=_actions(assessment.id, code),
        source_count=len(rests.sources),
        comments=checks.comments_of(assessment.id, section=f"{leaf.section.id}:{code}"),
        findings=beside(seen, leaf.section.id, code),
        ready=assessment.stage is Stage.READY,
        unsaved=told,
        after=following(leaves, leaf),
        saved=present.clock_time(assessment.updated_at) if request.args.get("saved") else "",
        why_one=_why_one() if about.first_aim_only else "",
        say_no=bool(may) and page.values.get("affected") is None,
        crumbs=crumbs(seen),
    ), status


@blueprint.route("/a/<ref>/groups/no", methods=["GET", "POST"])
@opens(Permission.WRITE)
def several(seen: Seen) -> Any:
    """Say "No" once for several groups, with one reason."""
    assessment, ref = seen.assessment, seen.assessment.ref
    asked, sent = several_service.unanswered(assessment), set(request.form.getlist("groups"))
    open_codes = {one.code for one in asked} | sent
    offered = [one for one in overview.groups_of(assessment.id) if one.code in open_codes]
    form, status = several_form(offered)(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                said = several_service.say_no(
                    ref,
                    form.groups.data or (),
                    form.reason.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
            except Invalid as refused:
                for name, message in refused.errors.items():
                    form.refuse(name, message)
            except NotAllowed as refused:
                form.refuse("", f"{refused.reason} What you typed is still here: copy it if you need it")
                status = 403
            else:
                say_undone(said.saved)
                if said.groups:
                    flash(f"“No” was saved for {present.sentence_list(said.groups)}", "success")
                if said.answered_meanwhile:
                    late = present.sentence_list(said.answered_meanwhile)
                    flash(f"Somebody answered meanwhile, and that stands: {late}", "info")
                return redirect(overview_url(ref), 303)
    return render_template(
        "groups/several.html", seen=seen, form=form, asked=asked, crumbs=crumbs(seen)
    ), status


def _shown(seen: Seen, leaf: Leaf, page: Page) -> tuple[Question, ...]:
    """Return the questions of the page: those that it opens; until the first is answered, those of "no"."""
    values = dict(page.values)
    if values.get("affected") is None:
        values["affected"] = YesNoUnknown.NO.value
    return overview.asked(seen.assessment, leaf.section, values, leaf.subject)


def _after(seen: Seen, leaf: Leaf, leaves: tuple[Leaf, ...], form: QuestionForm, impacts_shown: bool) -> str:
    """Return where to go after a save: back where "yes" opened the dimensions, else to the next page."""
    ref = seen.assessment.ref
    if request.form.get("then") == "list":
        return overview_url(ref)
    here = leaf_url(ref, leaf.section.id, leaf.subject)
    if form.answers().get("affected") in COUNTS_AS_YES and not impacts_shown:
        flash("Saved. Now say how they would be affected", "info")
        return f"{here}?saved=1#impacts"
    after = following(leaves, leaf)
    return f"{url_of(ref, after)}?saved=1" if after else overview_url(ref)


def _rows(
    kind: type[QuestionForm],
    page: Page,
    dimensions: tuple[Dimension, ...],
    scale: Scale,
    rests: Resting,
) -> list[AnswerRow]:
    """Return what was answered, for those who only read."""
    rows = [
        AnswerRow(q.id, q.label, answer_text(q, page.values.get(q.id), {}), q.id, rests.numbers(f"q-{q.id}"))
        for q in kind.questions
    ]
    return rows + [
        AnswerRow(
            dimension.value,
            dimension.label,
            impact_text(page.impact_columns.get(dimension, {}), scale),
            f"{dimension.value}-heading",
            rests.numbers(f"d-{dimension.value}"),
        )
        for dimension in dimensions
    ]


def _not_known(seen: Seen, code: str, page: Page) -> set[str]:
    """Return the dimensions answered with "don't know yet" of which no evidence gap was noted."""
    open_ones = {
        dimension.value for dimension, impact in page.impacts.items() if impact.direction is Direction.UNKNOWN
    }
    return open_ones - gaps.noted(seen.assessment.id, code) if open_ones else set()


def _risk_words(page: Page, dimension: Dimension, scale: Scale) -> str:
    """Say what the stored ratings of an adverse impact come to."""
    impact = page.impacts.get(dimension)
    if impact is None or not impact.adverse:
        return ""
    found = [f"{scale.words(impact.before)}."] if impact.before else []
    if impact.after:
        after = scale.words(impact.after)
        found.append(f"After action, {after[0].lower()}{after[1:]}.")
    return " ".join(found)


def _caption(leaf: Leaf, leaves: tuple[Leaf, ...]) -> str:
    """Say where this page stands among its like: "Protected characteristic 2 of 9"."""
    alike = [one.subject for one in leaves if one.section.id == leaf.section.id]
    name = "Protected characteristic" if leaf.section.subjects else "Group"
    return f"{name} {alike.index(leaf.subject) + 1} of {len(alike)}"


def _why_one() -> str:
    """Return why one question only is asked about marriage and civil partnership, as plain text."""
    text = guidance.page("marriage-and-civil-partnership").text
    return "\n\n".join(finding.plain(part) for part in text.split("\n\n"))


def _known(code: str) -> Group | None:
    return next((one for one in load.groups() if one.code == code), None)


def _actions(assessment_id: int, code: str) -> dict[str, list[tuple[Any, str]]]:
    """Return the mitigating actions that answer an impact of this group, by dimension."""
    found: dict[str, list[tuple[Any, str]]] = {}
    for row, owner, links in mitigations.list_of(assessment_id, subject=code):
        for _, dimension in links:
            found.setdefault(dimension, []).append((row, owner))
    return found
