"""The acts of those who write: the start, the screening, the pages, and what is added to them."""

from __future__ import annotations

from datetime import datetime

from ehiia.demonstration.stage import Stage, seen_by
from ehiia.demonstration.story import Act, Gap, Group, Listened, Mitigation, Story
from ehiia.domain.mitigating import ActionKind, Funding
from ehiia.domain.questions import SectionKind
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    HeadCount,
    InPlace,
    Likelihood,
    Part,
    Permission,
    ProposalKind,
    RoutePart,
    Severity,
)
from ehiia.services import (
    answered,
    answering,
    assessments,
    engagement,
    evidence,
    gaps,
    mitigations,
    screening,
    team,
)
from ehiia.services.answered import COLUMNS
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.citing import Cited


def start(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Start the assessment of a story, and invite those who take part."""
    details = assessments.Details(
        title=story.title,
        summary=story.summary,
        kind=ProposalKind(story.kind),
        place_ids=tuple(stage.places[place] for place in story.places),
        director_id=stage.people[story.director],
        expected_go_live_on=stage.day(story.goes_live) if story.goes_live else None,
        route=tuple(
            assessments.NewStep(stage.bodies[step.body], RoutePart(step.part), stage.day(step.meets))
            for step in story.route
        ),
    )
    made = assessments.start(details, organisation_id=stage.organisation_id, by=stage.people[act.by], now=now)
    stage.refs[name] = made.ref
    for one in story.contributors:
        team.invite(
            made.ref,
            person_id=stage.people[one.person],
            part=Part(one.part),
            expertise=one.expertise,
            by=stage.people[act.by],
            now=now,
        )


def screen(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Answer the screening and go on to what it asks for."""
    by, ref = stage.people[act.by], stage.refs[name]
    screening.save(ref, {key: Given(value) for key, value in story.screening.items()}, by=by, now=now)
    screening.finish(ref, by=by, now=now)


def write(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Fill the pages that the act names, or change the answers that it gives."""
    by, ref = stage.people[act.by], stage.refs[name]
    everything = "all" in act.pages
    seen = seen_by(ref, Permission.WRITE, by, now)
    questions = answered.question_set_of(seen.assessment)
    revisions = answered.page_of(seen.assessment).revisions
    for section in questions.sections:
        if section.kind is SectionKind.GROUP:
            continue
        wanted = story.answers if everything or section.id in act.pages else act.answers
        given = {
            question.id: Given(wanted[question.id], revision=revisions.get(question.id, 0))
            for question in section.questions
            if question.id in wanted
        }
        if given:
            answering.save_page(ref, answers=given, by=by, now=now)
    for code, group in story.groups.items():
        if everything or code in act.pages:
            _write_group(ref, code, group, by, now)
    if everything or "evidence-list" in act.pages:
        for item in story.evidence:
            source = evidence.Source(
                item.kind,
                item.title,
                item.publisher,
                item.year,
                item.shows,
                place=item.place,
                groups=item.groups,
                strength=Confidence(item.strength),
            )
            use = evidence.add(ref, source, by=by, now=now).id
            for subject, key in item.cited:
                cites = {key: Cited(frozenset(), frozenset({use}))}
                answering.save_page(ref, subject=subject, answers={}, cites=cites, by=by, now=now)
        for gap in story.gaps:
            gaps.add(ref, _unknown(stage, gap), by=by, now=now)
    if everything or "actions" in act.pages:
        for promised in story.mitigations:
            mitigations.add(ref, _promise(stage, promised), by=by, now=now)
    if everything or "log" in act.pages:
        for one in story.listened:
            engagement.add(ref, _entry(stage, one), by=by, now=now)


def _entry(stage: Stage, one: Listened) -> engagement.Entry:
    return engagement.Entry(
        on_date=stage.day(one.on),
        place=one.place,
        channel=one.channel,
        heard={code: HeadCount(band) if band else None for code, band in one.heard.items()},
        others=one.others,
        led_by=one.led_by,
        partner=one.partner,
        reached=one.reached,
        shown=one.shown,
        shown_version=one.shown_version,
        said=one.said,
        changed=one.changed,
        fed_back_on=stage.day(one.fed_back) if one.fed_back else None,
        fed_back_how=one.fed_back_how,
        not_reached=one.not_reached,
    )


def _unknown(stage: Stage, gap: Gap) -> gaps.Unknown:
    return gaps.Unknown(
        unknown=gap.unknown,
        groups=gap.groups,
        material=gap.material,
        plan=gap.plan,
        due_on=stage.day(gap.due),
        owner_id=stage.people[gap.owner],
        plain=gap.plain,
    )


def _promise(stage: Stage, promised: Mitigation) -> mitigations.Promise:
    return mitigations.Promise(
        what=promised.what,
        owner_id=stage.people[promised.owner] if promised.owner else None,
        outside_owner=promised.outside,
        due_on=stage.day(promised.due),
        measure=promised.measure,
        in_place=InPlace(promised.in_place),
        likelihood=Likelihood(promised.expected[0]),
        severity=Severity(promised.expected[1]),
        answers=tuple((link[0], link[1]) for link in promised.answers),
        kind=ActionKind(promised.kind) if promised.kind else None,
        starts_on=stage.day(promised.starts) if promised.starts else None,
        baseline=promised.baseline,
        target=promised.target,
        data_source=promised.data_source,
        resources=promised.resources,
        funding=Funding(promised.funding) if promised.funding else None,
        clause=promised.clause,
    )


def _write_group(ref: str, code: str, group: Group, by: int, now: datetime) -> None:
    answers = {"affected": Given(group.affected)}
    if group.not_affected_reason:
        answers["not_affected_reason"] = Given(group.not_affected_reason)
    answers |= {question: Given(value) for question, value in group.answers.items()}
    impacts = {}
    for dimension in Dimension:
        told = getattr(group, dimension.value)
        if told:
            values = {
                key: told.get(key, "") for key in COLUMNS if not key.startswith(("likelihood", "severity"))
            }
            for when in ("before", "after"):
                likelihood, severity = told.get(when, (None, None))
                values |= {f"likelihood_{when}": likelihood, f"severity_{when}": severity}
            impacts[dimension] = GivenImpact(values)
    answering.save_page(ref, subject=code, answers=answers, impacts=impacts, by=by, now=now)
