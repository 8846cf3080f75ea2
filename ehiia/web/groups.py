"""A group's page: could these people be affected differently, and how; judgement beside what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from ehiia import clock
from ehiia.content import finding, guidance, load, prompts
from ehiia.domain import scoring
from ehiia.domain.answers import SubjectGroup
from ehiia.domain.questions import Group, Question
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import Dimension, Direction, Permission, Stage, YesNoUnknown
from ehiia.forms.builder import QuestionForm, question_form
from ehiia.forms.groups import several_form
from ehiia.forms.impact import ImpactForm, impact_form
from ehiia.services import answering, checks, clashes, drafting, gaps, mitigations, overview
from ehiia.services import several as several_service
from ehiia.services.answered import Page, page_of
from ehiia.services.answering import Conflict
from ehiia.services.overview import Leaf
from ehiia.services.scales import scale_of
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, NotAllowed, NotFound
from ehiia.web import present, resting, settling, unsaved
from ehiia.web.access import opens, visitor
from ehiia.web.pages import crumbs, leaf_url, overview_url, url_of
from ehiia.web.resting import Resting
from ehiia.web.saving import (
    answer_text,
    given,
    given_impact,
    impact_filled,
    impact_text,
    renew_impact,
)
from ehiia.web.sections import following, say_undone
from ehiia.web.selfcheck import beside
from ehiia.web.unsaved import Unsaved

blueprint = Blueprint("groups", __name__)

OPENS = frozenset({YesNoUnknown.YES.value, YesNoUnknown.UNKNOWN.value})


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
    dimensions = scoring.dimensions(about) if page.values.get("affected") in OPENS else ()
    may, scale = seen.may(Permission.WRITE), scale_of(assessment)
    found: Mapping[str, Conflict] = {}
    count, status = 0, 200
    told = Unsaved(drafting.page_name(leaf.section.id, code))
    form: QuestionForm | None = None
    parts: list[ImpactForm] = []
    shown = _shown(seen, leaf, page)
    if request.method == "POST":
        sent = tuple(q for q in leaf.section.questions if f"was-{q.id}" in request.form)
        shown = sent if sent or settling.sent() else shown
    kind = question_form(shown, people=about.people, scale=scale)
    if request.method == "POST":
        dimensions = tuple(d for d in scoring.dimensions(about) if f"{d.value}-was" in request.form)
        points = settling.points_of(kind, dimensions)
        settled = settling.settled(points)
        form = kind(formdata=settled.sent)
        parts = [impact_form(dimension, scale)(formdata=settled.sent) for dimension in dimensions]
        status = 400
        checked = [form.validate(), *(part.validate() for part in parts)]
        undecided = settled.undecided
        if undecided:
            found = clashes.standing(
                assessment.id,
                code,
                questions={point.id for point in settled.points},
                dimensions=[d for d in dimensions if d.value in {point.id for point in settled.points}],
            )
        elif all(checked):
            try:
                saved = answering.save_page(
                    ref,
                    subject=code,
                    answers={name: one for name, one in given(form).items() if name not in settled.theirs},
                    impacts={
                        part.dimension: given_impact(part)
                        for part in parts
                        if part.dimension.value not in settled.theirs
                    },
                    cites=resting.given(),
                    draft=told.page,
                    by=visitor.person_id,
                    now=clock.now(),
                )
            except NotAllowed as refused:
                form.refuse("", f"{refused.reason} What you typed is still here: copy it if you need it")
                status = 403
            else:
                say_undone(saved)
                if not saved.conflicts:
                    return redirect(_after(seen, leaf, leaves, form, bool(parts)), 303)
                found, count, status = saved.conflicts, saved.changed, 409
        if found:
            page = page_of(assessment, code)
            form.renew_was(page.values, page.revisions)
            for part in parts:
                renew_impact(part, page)
            asked = {question.id: question for question in kind.questions}
            return settling.page(
                seen,
                leaf.title,
                leaf_url(ref, leaf.section.id, code),
                points,
                found,
                words=lambda name, value: (
                    answer_text(asked[name], value, {}) if name in asked else impact_text(value, scale)
                ),
                mine=form.answers() | {part.dimension.value: part.impact() for part in parts},
                tokens=settling.tokens_of(form, parts),
                saved=count,
                was=settled,
            ), status
    elif may:
        form = kind.filled(page.values, page.revisions)
        parts = [impact_filled(dimension, page, scale) for dimension in dimensions]
        form, parts, told = _with_draft(seen, about, leaf, page, form, parts, scale)
    rests = resting.of_page(assessment.id, code, sent=status in {400, 403})
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
        unsaved=told if form else None,
        after=following(ref, leaves, leaf.section.id, code),
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


def _with_draft(
    seen: Seen,
    about: SubjectGroup,
    leaf: Leaf,
    page: Page,
    form: QuestionForm,
    parts: list[ImpactForm],
    scale: Scale,
) -> tuple[QuestionForm, list[ImpactForm], Unsaved]:
    """Return the forms, with one's own draft put into them where that was asked for, and what to tell."""
    name, here = drafting.page_name(leaf.section.id, about.code), seen.assessment.id
    draft = unsaved.kept_on(here, name)
    if draft is None:
        return form, parts, unsaved.unsaved(here, name, None, differs=False, back=False)
    typed = type(form).filled(page.values, page.revisions)
    differs = unsaved.put_back(typed, draft)
    drafted = {
        dimension: unsaved.part_of(draft, dimension, scale)
        for dimension in unsaved.dimensions_of(draft, scoring.dimensions(about))
    }
    differs = differs or any(part.touched() for part in drafted.values())
    back = differs and unsaved.wanted()
    if back:
        stored = {part.dimension: part for part in parts}
        form, parts = typed, list((stored | drafted).values())
    return form, parts, unsaved.unsaved(here, name, draft, differs=differs, back=back)


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
    if form.answers().get("affected") in OPENS and not impacts_shown:
        flash("Saved. Now say how they would be affected", "info")
        return f"{here}?saved=1#impacts"
    after = following(ref, leaves, leaf.section.id, leaf.subject)
    return f"{url_of(ref, after)}?saved=1" if after else overview_url(ref)


def _rows(
    kind: type[QuestionForm],
    page: Page,
    dimensions: tuple[Dimension, ...],
    scale: Scale,
    rests: Resting,
) -> list[tuple[str, str, str, str]]:
    """Return what was answered for those who only read: label, words, anchor, numbers of the sources."""
    rows = [
        (q.label, answer_text(q, page.values.get(q.id), {}), q.id, rests.numbers(f"q-{q.id}"))
        for q in kind.questions
    ]
    return rows + [
        (
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
