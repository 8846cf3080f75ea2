"""The acts of a story: each calls the services as the person who acts, and can do only what they could."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ehiia import clock
from ehiia.content.criteria import criteria
from ehiia.demonstration.stage import Stage
from ehiia.demonstration.story import Act, Gap, Group, Listened, Mitigation, Story
from ehiia.domain.checking import Mark, Score
from ehiia.domain.mitigating import ActionKind, Funding
from ehiia.domain.questions import SectionKind
from ehiia.domain.vocabulary import (
    Claim,
    Confidence,
    Dimension,
    HeadCount,
    InPlace,
    Likelihood,
    Outcome,
    Part,
    Permission,
    ProposalKind,
    Reauthentication,
    ReviewOutcome,
    RoutePart,
    Severity,
    Verdict,
)
from ehiia.services import (
    answered,
    answering,
    assessments,
    audits,
    checks,
    deciding,
    engagement,
    evidence,
    gaps,
    mitigations,
    people,
    quality,
    restriction,
    reviews,
    screening,
    sight,
    submission,
)
from ehiia.services.answered import COLUMNS
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.citing import Cited
from ehiia.services.people import Reauthenticated
from ehiia.services.transaction import read

Acted = Callable[[Stage, str, Story, Act, datetime], None]
"""Stage, name of the story, story, act, moment."""


def _start(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
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
        assessments.invite(
            made.ref,
            person_id=stage.people[one.person],
            part=Part(one.part),
            expertise=one.expertise,
            by=stage.people[act.by],
            now=now,
        )


def _screen(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    screening.save(ref, {key: Given(value) for key, value in story.screening.items()}, by=by, now=now)
    screening.finish(ref, by=by, now=now)


def _write(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Fill the pages that the act names, or change the answers that it gives."""
    by, ref = stage.people[act.by], stage.refs[name]
    everything = "all" in act.pages
    seen = sight.see(ref, Permission.WRITE, actor=people.actor_of(by, today=clock.day_of(now)))
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
                Confidence(item.strength),
                place=item.place,
                groups=item.groups,
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


def _check(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Look at every page and score it; those of ``comments`` or ``pages`` do not satisfy, for that reason."""
    by, ref = stage.people[act.by], stage.refs[name]
    seen = sight.see(ref, Permission.CHECK, actor=people.actor_of(by, today=clock.day_of(now)))
    wrong = dict.fromkeys(act.pages, act.text) | act.comments
    pages = checks.pages_to_check(seen.assessment)
    unknown = wrong.keys() - {page.key for page in pages}
    if unknown:
        raise ValueError(f"no such pages: {', '.join(sorted(unknown))}")
    for page in pages:
        checks.find_section(
            ref,
            key=page.key,
            satisfied=page.key not in wrong,
            note_text=wrong.get(page.key, ""),
            by=by,
            now=now,
        )
    marks = {one.id: Mark(one.id, Score.GOOD) for one in criteria()}
    if wrong:
        marks["negatives"] = Mark("negatives", Score.WEAK, next(iter(wrong.values())))
    quality.mark(ref, marks, by=by, now=now)


def _decision(stage: Stage, act: Act, *, committee: bool) -> deciding.Decision:
    return deciding.Decision(
        outcome=Outcome(act.value),
        reasons=act.text,
        terms=tuple(
            deciding.Term(
                one.what, stage.people[one.owner] if one.owner else None, one.outside, stage.day(one.due)
            )
            for one in act.conditions
        ),
        meeting_on=stage.day(act.to) if committee else None,
        minute=act.minute,
        members_present=act.members,
        conflicts=act.conflicts or "None",
        version_circulated=committee,
    )


def _sha256(ref: str, by: int, now: datetime) -> str:
    actor = people.actor_of(by, today=clock.day_of(now))
    seen = sight.see(ref, Permission.READ, actor=actor)
    paper = deciding.paper_of(read(), seen)
    assert paper is not None, "there is nothing to decide"
    return paper.snapshot.sha256


def _read(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    deciding.say_read(ref, sha256=_sha256(ref, by, now), by=by, now=now)


def _again(now: datetime) -> Reauthenticated:
    return Reauthenticated(Reauthentication.PASSWORD, now)


def _decide(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    record = deciding.decide(
        ref,
        _decision(stage, act, committee=False),
        sha256=_sha256(ref, by, now),
        reauthenticated=_again(now),
        by=by,
        now=now,
    )
    stage.records.append(record.id)
    stage.texts.setdefault(name, record.text)


def _enter(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    deciding.enter(ref, _decision(stage, act, committee=True), sha256=_sha256(ref, by, now), by=by, now=now)


def _confirm(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    seen = sight.see(ref, Permission.READ, actor=people.actor_of(by, today=clock.day_of(now)))
    paper = deciding.paper_of(read(), seen)
    assert paper is not None, "there is nothing to decide"
    assert paper.entry is not None, "nothing was entered"
    record = deciding.confirm(ref, entry_id=paper.entry.id, reauthenticated=_again(now), by=by, now=now)
    stage.records.append(record.id)
    stage.texts.setdefault(name, record.text)


def _mitigation_ref(stage: Stage, name: str, act: Act) -> str:
    return f"{stage.refs[name]}-M{act.mitigation}"


def _claim(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    mitigations.claim(
        _mitigation_ref(stage, name, act),
        Claim(act.value),
        note_text=act.text,
        by=stage.people[act.by],
        now=now,
    )


def _verdict(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    audits.give_verdict(
        _mitigation_ref(stage, name, act),
        verdict=Verdict(act.value),
        found=act.text,
        proof=None,
        by=stage.people[act.by],
        now=now,
    )


def _review(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    planned = _planned(ref, by, now)
    reviews.carry_out(
        ref, outcome=ReviewOutcome(act.value), happened=act.text, revision=planned.revision, by=by, now=now
    )


def _move_review(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    planned = _planned(ref, by, now)
    reviews.change_date(
        ref, to_on=stage.day(act.to), reason=act.text, revision=planned.revision, by=by, now=now
    )


def _planned(ref: str, by: int, now: datetime) -> reviews.Review:
    seen = sight.see(ref, Permission.READ, actor=people.actor_of(by, today=clock.day_of(now)))
    planned = reviews.open_review(read(), seen.assessment)
    assert planned is not None, "no review is planned"
    return planned


def _answer_comments(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    seen = sight.see(ref, Permission.WRITE, actor=people.actor_of(by, today=clock.day_of(now)))
    for said in checks.comments_of(seen.assessment.id):
        if said.answered_at is None:
            answer = act.comments.get(said.section, act.text)
            checks.answer_comment(ref, said.id, answer=answer, by=by, now=now)


def _simple(
    call: Callable[[str, Act, int, datetime], object],
) -> Acted:
    def play(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
        call(stage.refs[name], act, stage.people[act.by], now)

    return play


ACTS: dict[str, Acted] = {
    "start": _start,
    "screen": _screen,
    "write": _write,
    "check": _check,
    "read": _read,
    "decide": _decide,
    "enter": _enter,
    "confirm": _confirm,
    "claim": _claim,
    "verdict": _verdict,
    "review": _review,
    "move_review": _move_review,
    "answer_comments": _answer_comments,
    "submit": _simple(lambda ref, act, by, now: submission.submit(ref, declared=True, by=by, now=now)),
    "agree": _simple(lambda ref, act, by, now: submission.agree(ref, by=by, now=now)),
    "return": _simple(
        lambda ref, act, by, now: submission.return_to_author(ref, reason=act.text, by=by, now=now)
    ),
    "send_back": _simple(lambda ref, act, by, now: checks.send_back(ref, message=act.text, by=by, now=now)),
    "pass": _simple(lambda ref, act, by, now: checks.pass_check(ref, reservations=act.text, by=by, now=now)),
    "comment": _simple(
        lambda ref, act, by, now: checks.say(ref, section=act.pages[0], text=act.text, by=by, now=now)
    ),
    "countersign": _simple(lambda ref, act, by, now: screening.countersign(ref, by=by, now=now)),
    "pause": _simple(
        lambda ref, act, by, now: assessments.make_move(ref, "pause", reason=act.text, by=by, now=now)
    ),
    "withdraw": _simple(
        lambda ref, act, by, now: assessments.make_move(ref, "withdraw", reason=act.text, by=by, now=now)
    ),
    "restrict": _simple(
        lambda ref, act, by, now: restriction.restrict(ref, reason=act.text, until_on=None, by=by, now=now)
    ),
}
"""What can happen in a story."""
