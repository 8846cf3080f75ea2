"""Everything that was answered on one page, with change links: to check before sending it on, or to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from ehiia.domain import reach, scoring
from ehiia.domain.answers import Engagement, EvidenceItem, Impact
from ehiia.domain.questions import SectionKind
from ehiia.domain.vocabulary import COUNTS_AS_YES, Permission, Stage
from ehiia.forms.impact import impact_values
from ehiia.services import assessments, engagement, evidence, mitigations, overview, people, renewing
from ehiia.services.overview import Whole
from ehiia.services.sight import Seen
from ehiia.web import present
from ehiia.web.access import opens
from ehiia.web.components import page_url
from ehiia.web.engagement import heading_of
from ehiia.web.pages import crumbs, leaf_url, missing_url, places_of
from ehiia.web.saving import answer_text, impact_text

blueprint = Blueprint("answers", __name__)


@dataclass(frozen=True)
class Line:
    """A question with its answer in words, and where it is changed ("" where it cannot be)."""

    key: str
    text: str
    href: str
    sources: str = ""
    """Numbers of the sources that it rests on: "[1] [3]"."""


@dataclass(frozen=True)
class Block:
    """The answers of one page."""

    part: str
    title: str
    lines: tuple[Line, ...]
    kind: SectionKind
    id: str = ""
    """Of the section."""


@blueprint.get("/a/<ref>/check-answers")
@opens(Permission.READ)
def check(seen: Seen) -> Any:
    """Show everything written so far."""
    assessment = seen.assessment
    whole = overview.whole(assessment)
    names = people.names({assessment.director_id} if assessment.director_id else set())
    writing = assessment.stage in {Stage.WRITING, Stage.SENT_BACK}
    return render_template(
        "answers/check.html",
        seen=seen,
        blocks=_blocks(seen, whole),
        missing=[(item.text, missing_url(assessment.ref, item)) for item in whole.review.missing],
        route=assessments.route_of(assessment.id),
        where=[name for _, name in assessments.places_of(assessment.id)],
        director=names.get(assessment.director_id or 0, ""),
        earlier=_earlier(whole, renewing.earlier_of(assessment)),
        evidence=whole.answers.evidence,
        gaps=whole.answers.gaps,
        evidence_kinds=evidence.kind_labels(),
        listened=_listened(whole),
        actions=mitigations.list_of(assessment.id),
        may_write=bool(seen.may(Permission.WRITE)),
        submit_url=page_url("submission.submit", ref=assessment.ref)
        if writing and seen.may(Permission.SUBMIT)
        else "",
        crumbs=crumbs(seen),
        places=places_of(seen, "answers.check"),
    )


def _earlier(whole: Whole, kept: tuple[renewing.Earlier, ...]) -> list[Line]:
    """Return what was answered to questions that are not asked any more."""
    groups = {group.code: group for group in whole.answers.groups}
    labels = {code: group.label for code, group in groups.items()}
    lines = []
    for one in kept:
        group = groups.get(one.subject)
        label = one.question.label.replace("{people}", group.people) if group else one.question.label
        key = f"{group.label}: {label}" if group else label
        lines.append(Line(key, answer_text(one.question, one.value, labels), ""))
    return lines


def _listened(whole: Whole) -> list[tuple[Engagement, str, tuple[str, ...]]]:
    """Return the engagement log: the entry, its heading, and who was heard."""
    channels = engagement.channel_labels()
    labels = {one.code: one.label for one in reach.subjects(whole.answers, whole.named_effects)}
    return [
        (entry, heading_of(entry, channels), reach.who_words(entry, labels))
        for entry in whole.answers.engagements
    ]


def _blocks(seen: Seen, whole: Whole) -> list[Block]:
    assessment, answers = seen.assessment, whole.answers
    labels = {group.code: group.label for group in overview.groups_on_offer(assessment, answers.groups)}
    values = {question: value for (question, subject), value in answers.values.items() if not subject}
    may = bool(seen.may(Permission.WRITE))
    impacts = {(impact.subject, impact.dimension): impact for impact in answers.impacts}
    blocks = []
    for leaf in overview.leaves(assessment, values, answers.groups):
        own = {q: v for (q, subject), v in answers.values.items() if subject == leaf.subject}
        lines = []
        for question in overview.asked(assessment, leaf.section, own, leaf.subject):
            anchor = question.id if leaf.subject else f"question-{question.id}"
            href = leaf_url(assessment.ref, leaf.section.id, leaf.subject, anchor) if may else ""
            group = next((g for g in answers.groups if g.code == leaf.subject), None)
            label = question.label.replace("{people}", group.people) if group else question.label
            rests = _numbers(answers.cited(leaf.subject, question=question.id))
            lines.append(Line(label, answer_text(question, own.get(question.id), labels), href, rests))
        group = next((g for g in answers.groups if g.code == leaf.subject), None)
        if group and own.get("affected") in COUNTS_AS_YES:
            for dimension in scoring.dimensions(group):
                impact = impacts.get((group.code, dimension)) or Impact(group.code, dimension)
                anchor = f"{dimension.value}-heading"
                href = leaf_url(assessment.ref, leaf.section.id, group.code, anchor) if may else ""
                text = impact_text(impact_values(impact), whole.scale)
                rests = _numbers(answers.cited(group.code, dimension=dimension))
                lines.append(Line(present.capital(dimension.label), text, href, rests))
        blocks.append(Block(leaf.section.part, leaf.title, tuple(lines), leaf.section.kind, leaf.section.id))
    return blocks


def _numbers(sources: tuple[EvidenceItem, ...]) -> str:
    return " ".join(f"[{source.number}]" for source in sources)
