"""The frame of an audit: everything that could be drawn at the close of a period.

Restricted assessments are left out: whoever draws need not know of them. So is what rests or has ended.
What an owner said after the close does not count, nor a date that was moved after it, so that nobody leaves
a frame by saying something else. Everything else is read as it stands when the sample is drawn, on the day
after the close; what was changed in between is in the history.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ehiia.clock import LONDON
from ehiia.domain import scoring
from ehiia.domain.access import QUIET
from ehiia.domain.answers import Risk
from ehiia.domain.mitigating import TOOK_EFFECT
from ehiia.domain.programmes import Period
from ehiia.domain.sampling import Candidate, Frame, Item, Pool, Rule, pool_of
from ehiia.domain.scoring import BandBorders, band, effect
from ehiia.domain.vocabulary import Band, Claim, Conclusion, Dimension, Likelihood, Severity, Stage
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.store.answers import Answer, ImpactRow, MitigationImpact, MitigationRow
from ehiia.store.assessments import Assessment, Move
from ehiia.store.decisions import DecisionRow
from ehiia.store.history import History, HistoryBody
from ehiia.store.promised import DateChange

__all__ = ["Origin", "begins", "closes", "frame_of", "stratum_of"]

HIGH = frozenset({Band.HIGH, Band.VERY_HIGH})


@dataclass(frozen=True)
class Origin:
    """What an item of a frame is in the register."""

    assessment_id: int
    mitigation_id: int | None = None


def begins(period: Period) -> datetime:
    """Return the moment (UTC) at which a period begins in London."""
    return datetime.combine(period.first_on, time(), LONDON).astimezone(UTC)


def closes(period: Period) -> datetime:
    """Return the moment (UTC) at which a period is closed in London."""
    return datetime.combine(period.closes_on, time(), LONDON).astimezone(UTC)


def frame_of(
    session: Session, organisation_id: int, period: Period, rule: Rule
) -> tuple[Frame, dict[str, Origin]]:
    """Return what could be drawn of a period, and what each reference stands for: at most seven queries."""
    wanted = {take.pool for take in rule}
    items: list[Item] = []
    origins: dict[str, Origin] = {}
    for pool, stratum, ref, origin in [
        *_actions(session, organisation_id, period),
        *_screened_out(session, organisation_id, period),
    ]:
        if pool in wanted:
            items.append(Item(pool, stratum, ref))
            origins[ref] = origin
    return Frame(rule, tuple(items)), origins


def stratum_of(director_id: int | None, groups: set[str]) -> str:
    """Return the stratum: who directs it, and the first of its groups by alphabet."""
    director = f"director-{director_id}" if director_id else "no-director"
    return f"{director}/{min(groups)}" if groups else f"{director}/no-group"


Row = tuple[Pool, str, str, Origin]


def _actions(session: Session, organisation_id: int, period: Period) -> list[Row]:
    close, opens = closes(period), begins(period)
    newest = (
        select(func.max(DecisionRow.id).label("id"))
        .where(DecisionRow.organisation_id == organisation_id, DecisionRow.decided_at < close)
        .group_by(DecisionRow.assessment_id)
        .subquery()
    )
    rows = session.execute(
        select(MitigationRow, Assessment, DecisionRow.conclusion)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .join(DecisionRow, DecisionRow.assessment_id == Assessment.id)
        .join(newest, newest.c.id == DecisionRow.id)
        .where(
            MitigationRow.organisation_id == organisation_id,
            MitigationRow.taken_out_at.is_(None),
            Assessment.restricted.is_(False),
            Assessment.stage.not_in(QUIET),
        )
        .order_by(MitigationRow.ref)
    ).all()
    groups, high = _answered(session, organisation_id)
    since = [(row, assessment) for row, assessment, _ in rows if row.claimed_at and row.claimed_at >= close]
    said_then, due_then = _said_then(session, since, close), _due_then(session, organisation_id, close)
    found = []
    for row, assessment, conclusion in rows:
        claim, claimed_at = said_then.get(row.ref, (row.claim, row.claimed_at))
        due_on = due_then.get(row.id, row.due_on)
        one = Candidate(
            overdue=due_on is not None and due_on < period.closes_on and claim in OPEN_CLAIMS,
            risk_high=row.id in high,
            harm_left=assessment.worst_left in HIGH,
            despite=conclusion is Conclusion.GO_AHEAD,
            done_in_period=claim is Claim.DONE and claimed_at is not None and opens <= claimed_at < close,
        )
        pool = pool_of(one)
        if pool is not None:
            stratum = stratum_of(assessment.director_id, groups[row.id])
            found.append((pool, stratum, row.ref, Origin(assessment.id, row.id)))
    return found


def _said_then(
    session: Session, since: Sequence[tuple[MitigationRow, Assessment]], close: datetime
) -> dict[str, tuple[Claim, datetime | None]]:
    """Return what owners said last before the close, and when, of actions that were claimed since.

    By reference, from the history. The moment is None where only what was said after the close tells how it
    stood before.
    """
    if not since:
        return {}
    stood: dict[str, tuple[Claim, datetime | None]] = {}
    rows = session.execute(
        select(History.at, HistoryBody.text)
        .join(HistoryBody, HistoryBody.history_id == History.id)
        .where(
            History.subject.in_({f"assessment:{assessment.id}" for _, assessment in since}),
            History.verb == "claimed",
        )
        .order_by(History.id)
    )
    for at, text in rows:
        body = json.loads(text)
        if at < close:
            stood[body["mitigation"]] = Claim(body["claim"]), at
        else:
            stood.setdefault(body["mitigation"], (Claim(body["before"]), None))
    return {row.ref: stood.get(row.ref, (Claim.NOT_STARTED, None)) for row, _ in since}


def _due_then(session: Session, organisation_id: int, close: datetime) -> dict[int, date | None]:
    """Return the dates at the close of actions whose date was moved since, by id of the action."""
    due: dict[int, date | None] = {}
    rows = session.execute(
        select(DateChange.mitigation_id, DateChange.from_on)
        .where(
            DateChange.organisation_id == organisation_id,
            DateChange.at >= close,
            DateChange.state.in_(TOOK_EFFECT),
        )
        .order_by(DateChange.id)
    )
    for mitigation_id, from_on in rows:
        due.setdefault(mitigation_id, from_on)
    return due


def _answered(session: Session, organisation_id: int) -> tuple[dict[int, set[str]], set[int]]:
    """Return the groups that each action is about, and the actions that answer a high risk."""
    groups: dict[int, set[str]] = defaultdict(set)
    high: set[int] = set()
    here = and_(
        MitigationRow.id == MitigationImpact.mitigation_id, MitigationRow.organisation_id == organisation_id
    )
    dimensions = [dimension.value for dimension in Dimension]
    rows = session.execute(
        select(MitigationImpact, ImpactRow, Assessment)
        .join(MitigationRow, here)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .outerjoin(
            ImpactRow,
            and_(
                ImpactRow.assessment_id == MitigationRow.assessment_id,
                ImpactRow.subject == MitigationImpact.subject,
                ImpactRow.dimension == MitigationImpact.dimension,
            ),
        )
        .where(MitigationImpact.dimension.in_(dimensions))
    )
    for link, impact, assessment in rows:
        groups[link.mitigation_id].add(link.subject)
        if impact is not None and impact.likelihood_before and impact.severity_before:
            before = Risk(Likelihood(impact.likelihood_before), Severity(impact.severity_before))
            if band(before, _borders(assessment)) in HIGH:
                high.add(link.mitigation_id)
    effects = session.execute(
        select(MitigationImpact, Answer, Assessment)
        .join(MitigationRow, here)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .join(
            Answer,
            and_(
                Answer.assessment_id == MitigationRow.assessment_id,
                Answer.question == MitigationImpact.subject,
                Answer.subject == "",
            ),
        )
        .where(MitigationImpact.dimension == scoring.OVERALL)
    )
    for link, answer, assessment in effects:
        groups[link.mitigation_id].add(link.subject)
        rated = effect(answer.question, answer.value)
        if rated is not None and rated.before and band(rated.before, _borders(assessment)) in HIGH:
            high.add(link.mitigation_id)
    return groups, high


def _borders(assessment: Assessment) -> BandBorders:
    return BandBorders(assessment.band_low_to, assessment.band_medium_to, assessment.band_high_to)


def _screened_out(session: Session, organisation_id: int, period: Period) -> list[Row]:
    rows = session.execute(
        select(Assessment)
        .join(Move, Move.assessment_id == Assessment.id)
        .where(
            Assessment.organisation_id == organisation_id,
            Assessment.stage == Stage.NOT_NEEDED,
            Assessment.restricted.is_(False),
            Move.move == "countersign",
            Move.at >= begins(period),
            Move.at < closes(period),
        )
        .order_by(Assessment.ref)
        .distinct()
    ).scalars()
    return [(Pool.SCREENED_OUT, stratum_of(one.director_id, set()), one.ref, Origin(one.id)) for one in rows]
