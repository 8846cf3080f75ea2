"""The acts of a story: each calls the services as the person who acts, and can do only what they could."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ehiia.clock import day_of
from ehiia.content.criteria import criteria
from ehiia.demonstration import keeping
from ehiia.demonstration.keeping import mitigation_ref
from ehiia.demonstration.publishing import publish
from ehiia.demonstration.stage import Stage, seen_by
from ehiia.demonstration.story import Act, Story
from ehiia.demonstration.writing import screen, start, write
from ehiia.domain.answers import Risk
from ehiia.domain.checking import Mark, Score
from ehiia.domain.looking_back import Found, Predicted, Turned, Worked
from ehiia.domain.vocabulary import (
    Claim,
    Likelihood,
    Outcome,
    Permission,
    Reauthentication,
    ReviewOutcome,
    Severity,
    Verdict,
)
from ehiia.services import (
    audits,
    bodies,
    checks,
    deciding,
    decision_entry,
    finishing,
    looking_back,
    material,
    mitigations,
    papers,
    quality,
    restriction,
    review_dates,
    reviews,
    screening,
    stopping,
    submission,
)
from ehiia.services.looking_back import Ended, GivenAction
from ehiia.services.people import Reauthenticated
from ehiia.services.signatories import AlsoSigns
from ehiia.services.transaction import read

Acted = Callable[[Stage, str, Story, Act, datetime], None]
"""Stage, name of the story, story, act, moment."""


def _check(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Look at every page and score it; those of ``comments`` or ``pages`` do not satisfy, for that reason."""
    by, ref = stage.people[act.by], stage.refs[name]
    seen = seen_by(ref, Permission.CHECK, by, now)
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


def _decision(stage: Stage, act: Act, *, committee: bool) -> decision_entry.Decision:
    return decision_entry.Decision(
        outcome=Outcome(act.value),
        reasons=act.text,
        terms=tuple(
            decision_entry.Term(
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
    paper = papers.paper_of(read(), seen_by(ref, Permission.READ, by, now))
    assert paper is not None, "there is nothing to decide"
    return paper.snapshot.sha256


def _read(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    papers.say_read(ref, sha256=_sha256(ref, by, now), by=by, now=now)


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
    seen = seen_by(ref, Permission.READ, by, now)
    paper = papers.paper_of(read(), seen)
    assert paper is not None, "there is nothing to decide"
    assert paper.entry is not None, "nothing was entered"
    record = deciding.confirm(ref, entry_id=paper.entry.id, reauthenticated=_again(now), by=by, now=now)
    stage.records.append(record.id)
    stage.texts.setdefault(name, record.text)


def _claim(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    mitigations.claim(
        mitigation_ref(stage, name, act),
        Claim(act.value),
        note_text=act.text,
        by=stage.people[act.by],
        now=now,
    )


def _verdict(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    audits.give_verdict(
        mitigation_ref(stage, name, act),
        verdict=Verdict(act.value),
        found=act.text,
        proof=None,
        by=stage.people[act.by],
        now=now,
    )


def _review(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    seen = seen_by(ref, Permission.REVIEW, by, now)
    here = looking_back.opened(seen.assessment)
    for page in here.pages:
        given = {one.key: _found(act, one) for one in page.impacts}
        looking_back.save_page(ref, page.key, given, revision=page.revision, by=by, now=now)
    worked = {
        one.id: GivenAction(*_worked(act.found.get(one.ref.removeprefix(f"{ref}-")))) for one in here.actions
    }
    looking_back.save_actions(ref, worked, revision=here.actions_revision, by=by, now=now)
    ended = Ended(ReviewOutcome(act.value), act.text, act.reasons, act.lessons)
    stale = material.stale(seen.assessment, now=now)
    changes = stale.seen if stale else ""
    finishing.finish(ref, ended, revision=here.review.revision, by=by, now=now, changes=changes)


def _found(act: Act, one: Predicted) -> Found:
    """Return what happened to a group in one respect: "worse 4x3: what happened", or that it is not known."""
    turned, _, text = act.found.get(f"{one.subject}.{one.dimension}", "").partition(": ")
    if not turned:
        return Found(Turned.NOT_KNOWN, "It cannot be seen yet; the next review looks at it first.")
    word, _, rated = turned.partition(" ")
    likelihood, _, severity = rated.partition("x")
    risk = Risk(Likelihood(int(likelihood)), Severity(int(severity))) if rated else None
    return Found(Turned(word), text, "", risk)


def _worked(said: str | None) -> tuple[Worked, str]:
    """Return whether an action worked: "partly: what shows it", or that it is too early to tell."""
    worked, _, text = (said or "too_early: It has begun.").partition(": ")
    return Worked(worked), text


def _move_review(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    planned = _planned(ref, by, now)
    review_dates.ask(ref, to_on=stage.day(act.to), reason=act.text, revision=planned.revision, by=by, now=now)


def _planned(ref: str, by: int, now: datetime) -> reviews.Review:
    seen = seen_by(ref, Permission.READ, by, now)
    planned = reviews.open_review(read(), seen.assessment)
    assert planned is not None, "no review is planned"
    return planned


def _answer_comments(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    by, ref = stage.people[act.by], stage.refs[name]
    seen = seen_by(ref, Permission.WRITE, by, now)
    for said in checks.comments_of(seen.assessment.id):
        if said.answered_at is None:
            answer = act.comments.get(said.section, act.text)
            checks.answer_comment(ref, said.id, answer=answer, by=by, now=now)


def _also_signs(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Have the accountable director sign the records of a body too, from now on."""
    body = next(
        one
        for one in bodies.listed(stage.organisation_id, today=day_of(now))
        if one.id == stage.bodies[act.value]
    )
    bodies.change(
        stage.organisation_id,
        body.id,
        chair_id=body.chair_id,
        secretary_id=body.secretary_id,
        signs=(AlsoSigns(act.text),),
        revision=body.revision,
        by=stage.people[act.by],
        now=now,
    )


def _simple(
    call: Callable[[str, Act, int, datetime], object],
) -> Acted:
    def play(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
        call(stage.refs[name], act, stage.people[act.by], now)

    return play


ACTS: dict[str, Acted] = {
    "start": start,
    "screen": screen,
    "write": write,
    "check": _check,
    "read": _read,
    "decide": _decide,
    "enter": _enter,
    "confirm": _confirm,
    "claim": _claim,
    "verdict": _verdict,
    "review": _review,
    "move_review": _move_review,
    "accept": keeping.accept,
    "decline": keeping.decline,
    "ask_date": keeping.ask_date,
    "agree_date": keeping.agree_date,
    "note": keeping.note,
    "measure": keeping.measure,
    "raise_trigger": keeping.raise_trigger,
    "decline_trigger": keeping.decline_trigger,
    "begin_programme": keeping.begin_programme,
    "draw": keeping.draw,
    "audit": keeping.audit,
    "find": keeping.find,
    "publish": publish,
    "answer_comments": _answer_comments,
    "also_signs": _also_signs,
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
    "pause": _simple(lambda ref, act, by, now: stopping.stop(ref, "pause", reason=act.text, by=by, now=now)),
    "withdraw": _simple(
        lambda ref, act, by, now: stopping.stop(ref, "withdraw", reason=act.text, by=by, now=now)
    ),
    "restrict": _simple(
        lambda ref, act, by, now: restriction.restrict(ref, reason=act.text, until_on=None, by=by, now=now)
    ),
}
"""What can happen in a story."""
