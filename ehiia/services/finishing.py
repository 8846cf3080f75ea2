"""Finishing a review: what it found is frozen, and the assessment goes on as it says.

Kept: the next review is planned from what was found. Updated: a new version is
begun. Assessed anew: so too, with every answer to be confirmed. Or it is closed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import looking_back as rules
from ehiia.domain import scoring
from ehiia.domain.answers import Risk
from ehiia.domain.looking_back import (
    FrozenAction,
    FrozenFinding,
    LookedBack,
    Predicted,
)
from ehiia.domain.questions import Depth
from ehiia.domain.reasons import Reason
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import (
    ADVERSE,
    Band,
    Dimension,
    Gate,
    Permission,
    ReviewOutcome,
    ReviewState,
)
from ehiia.services import answering, freezing, growing, material, moves, organisations, people, reviews
from ehiia.services.looking_back import Ended, Open, being_reviewed, fill, labels, opened, says
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, Stale, note_on, read, transaction
from ehiia.services.versions import begin_version
from ehiia.store.answers import Answer, ImpactRow
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import Review

__all__ = ["finish", "was_finished"]

TWICE = timedelta(days=1)
"""The same words of the same person within so long are one form that was sent twice."""


def finish(ref: str, ended: Ended, *, revision: int, by: int, now: datetime, changes: str = "") -> None:
    """Finish the review that is planned, by whoever may review it; sent twice it is finished once.

    ``changes``: what stood on the page for what was changed since the approval. Whoever keeps it as it is
    says of just that, that it is still right; the approval is stale no more until something else changes.
    Raises Invalid by field ("" for what is missing on other pages), Stale where somebody else changed it
    meanwhile, Refused where it is not in force, NotFound where no review is planned.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True).assessment
        if was_finished(assessment.id, ended, by=by, now=now, session=session):
            return
        row = being_reviewed(session, assessment)
        errors = ended.errors(finish=True)
        here = opened(assessment, session=session)
        if here.lacks:
            errors["lacks"] = f"Something is still to be said. {labels(here.lacks)}"
        kept = material.stale(assessment, now=now, session=session)
        kept = kept if ended.outcome is ReviewOutcome.KEEP else None
        if kept is not None and kept.seen != changes:
            errors["outcome"] = (
                f"What was approved was changed, and this page did not say so: {'; '.join(kept.words)}. Look "
                "at it, then finish the review again"
            )
        if errors:
            raise Invalid(**errors)
        if row.revision != revision:
            raise Stale
        fill(row, ended, revision=revision)
        outcome = row.outcome
        assert outcome is not None, "the errors name what is missing"
        before = assessment.worst_left or Band.NONE
        _rate_anew(session, assessment, here)
        worst = rules.worst_now(assessment.worst_left or Band.NONE, here.found.values(), here.scale.bands)
        row.state = ReviewState.DONE
        row.ended_by, row.ended_at, row.revision = by, now, row.revision + 1
        reviews.end_requests(session, row, now=now)
        reviews.end_triggers(session, assessment, now=now)
        assessment.review_due_on = None
        session.flush()
        frozen = freezing.freeze(
            session,
            assessment,
            Gate.REVIEWED,
            by=by,
            now=now,
            looked_back=_in_words(
                session, here, row, before, worst, kept.words if kept else (), by=by, now=now
            ),
        )
        row.frozen_key = f"{frozen.version_no}-{Gate.REVIEWED.value}-{frozen.n}"
        note_on(
            session,
            assessment,
            "reviewed",
            by=by,
            at=now,
            outcome=outcome.label,
            reason=row.outcome_reasons,
            **({"changed": "; ".join(kept.words)} if kept else {}),
        )
        moves.touch(assessment, now)
        _go_on(session, assessment, row, worst, by=by, now=now)


def was_finished(
    assessment_id: int, ended: Ended, *, by: int, now: datetime, session: Session | None = None
) -> bool:
    """Say whether this person has finished a review with just these words a short while ago."""
    newest = (session or read()).scalar(
        select(Review)
        .where(Review.assessment_id == assessment_id, Review.state == ReviewState.DONE)
        .order_by(Review.id.desc())
        .limit(1)
    )
    if newest is None or newest.ended_at is None or newest.ended_by != by:
        return False
    return now - newest.ended_at < TWICE and says(newest, ended)


def _go_on(
    session: Session, assessment: Assessment, row: Review, worst: Band, *, by: int, now: datetime
) -> None:
    reason = f"Reviewed: {row.outcome_reasons}"
    match row.outcome:
        case ReviewOutcome.KEEP:
            organisation = organisations.get(assessment.organisation_id, session=session)
            plan = reviews.plan_for(session, assessment, organisation, decided_at=now, worst=worst)
            reviews.plan_review(session, assessment, plan, now=now)
        case ReviewOutcome.CLOSE:
            moves.move(session, assessment, "close", by=by, now=now, reason=reason)
        case _:
            moves.move(session, assessment, "begin_update", by=by, now=now, reason=reason)
            anew = row.outcome is ReviewOutcome.REASSESS
            why = "Assessed anew after a review" if anew else "Updated after a review"
            begin_version(session, assessment, reason=why, by=by, now=now, renew=True)
            if anew:
                _confirm_everything(session, assessment, by=by, now=now)


def _confirm_everything(session: Session, assessment: Assessment, *, by: int, now: datetime) -> None:
    """Let every answer count as missing until somebody confirms or changes it; the form is extended."""
    if assessment.depth != Depth.EXTENDED:
        why = Reason("GRO-05", "A review found that the whole of it has to be assessed anew.")
        growing.extend(session, assessment, [why], by=by, now=now)
    for table in (Answer, ImpactRow):
        session.execute(
            update(table)
            .where(table.assessment_id == assessment.id)
            .values(to_confirm=True, revision=table.revision + 1)
            .execution_options(synchronize_session="fetch")
        )
    session.flush()
    answering.recount(session, assessment)


def _rate_anew(session: Session, assessment: Assessment, here: Open) -> None:
    """What is rated anew is what is left from now on, where people were said to be worse off."""
    for page in here.pages:
        for one in page.impacts:
            risk = here.found.get(one.key, rules.NOTHING).risk
            if risk is None:
                continue
            if one.dimension == scoring.OVERALL:
                answer = session.get(Answer, (assessment.id, one.subject, ""))
                if answer is not None and _worse_off(answer.value):
                    left = {
                        "likelihood_after": str(int(risk.likelihood)),
                        "severity_after": str(int(risk.severity)),
                    }
                    answer.value, answer.revision = answer.value | left, answer.revision + 1
                continue
            impact = session.get(ImpactRow, (assessment.id, one.subject, Dimension(one.dimension)))
            if impact is not None and impact.direction in ADVERSE:
                impact.likelihood_after, impact.severity_after = int(risk.likelihood), int(risk.severity)
                impact.revision += 1
    session.flush()
    answering.recount(session, assessment)


def _worse_off(value: object) -> bool:
    return isinstance(value, dict) and value.get("direction") in set(ADVERSE)


def _in_words(
    session: Session,
    here: Open,
    row: Review,
    before: Band,
    worst: Band,
    changed: tuple[str, ...],
    *,
    by: int,
    now: datetime,
) -> LookedBack:
    moved = reviews.moves_of(row.id, session=session)
    named = people.names({by}, session=session)
    return LookedBack(
        due_on=row.due_on,
        postponed=reviews.times_postponed(moved),
        findings=tuple(
            _finding(one, here) for page in here.pages for one in page.impacts if one.key in here.found
        ),
        actions=tuple(
            FrozenAction(one.ref, one.what, one.worked.label if one.worked else "", one.note)
            for one in here.actions
        ),
        happened=row.happened,
        outcome=row.outcome.label if row.outcome else "",
        reasons=row.outcome_reasons,
        lessons=row.lessons,
        worst_before=before.label,
        worst_now=worst.label,
        by=named[by],
        at=now,
        changed=changed,
    )


def _finding(one: Predicted, here: Open) -> FrozenFinding:
    found, impact = here.found[one.key], one.impact
    left = f"; {impact.band_after.lower()} risk left" if impact.band_after else ""
    return FrozenFinding(
        about=one.words,
        predicted=f"{impact.direction_label}{left}",
        turned=found.turned.label if found.turned else "",
        happened=found.happened,
        evidence=found.evidence,
        risk=risk_words(found.risk, here.scale) if found.risk else "",
    )


def risk_words(risk: Risk, scale: Scale) -> str:
    """Return a risk in words with its score: "Likely x major: 16, high"."""
    likelihood, severity = scale.likelihood_word(risk.likelihood), scale.severity_word(risk.severity)
    return f"{likelihood} x {severity.lower()}: {risk.score}, {scoring.band(risk, scale.bands).label.lower()}"
