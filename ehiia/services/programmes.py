"""Audit programmes: beginning one, changing its rule for what is still to come, ending it.

Nobody chooses a sample: the rule counts that stood at the close of the period. A rule changed after the
close counts from the next period on. The sample is drawn in ``services.drawing``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import may_in
from ehiia.domain.auditing import CaseState
from ehiia.domain.programmes import Period, Rhythm, closed_periods, period_of
from ehiia.domain.sampling import Pool, Rule, Take
from ehiia.domain.vocabulary import Permission
from ehiia.services import people
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, note, read, transaction
from ehiia.store.auditing import CaseRow, ProgrammeRow, ProgrammeRule, RunRow

__all__ = [
    "Line",
    "ProgrammeRow",
    "RunRow",
    "begin",
    "change_rule",
    "end",
    "list_of",
    "must_keep_audits",
    "next_samples",
    "one_of",
    "rule_from",
    "rule_of",
    "running",
    "to_draw",
]

LONGEST_NAME = 300
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Line:
    """A programme as it is listed. ``to_draw``: closed periods without a sample, newest first."""

    row: ProgrammeRow
    rule: Rule
    period: Period
    """The period that runs now."""
    to_draw: tuple[Period, ...]
    runs: tuple[RunRow, ...]
    """Newest first."""
    open_cases: int


def must_keep_audits(session: Session, organisation_id: int, *, by: int, now: datetime) -> None:
    """Raise NotAllowed unless the person plans audits in the organisation."""
    actor = people.actor_of(by, today=day_of(now), session=session)
    ruling = may_in(actor, Permission.KEEP_AUDITS, organisation_id)
    if not ruling:
        raise NotAllowed(ruling.reason)


# -- reading -----------------------------------------------------------------------------------


def list_of(organisation_id: int, *, today: date) -> list[Line]:
    """Return the programmes of an organisation, those that have ended last: four queries."""
    session = read()
    rows = session.scalars(
        select(ProgrammeRow)
        .where(ProgrammeRow.organisation_id == organisation_id)
        .order_by(ProgrammeRow.ended_at.is_not(None), ProgrammeRow.name, ProgrammeRow.id)
    ).all()
    ids = [row.id for row in rows]
    rules: dict[int, Rule] = {}
    for kept in session.scalars(
        select(ProgrammeRule).where(ProgrammeRule.programme_id.in_(ids)).order_by(ProgrammeRule.id)
    ):
        rules[kept.programme_id] = rule_from(kept.rule)
    runs: dict[int, list[RunRow]] = {}
    for run in session.scalars(
        select(RunRow).where(RunRow.programme_id.in_(ids)).order_by(RunRow.first_on.desc())
    ):
        runs.setdefault(run.programme_id, []).append(run)
    left: dict[int, int] = {}
    for programme_id, count in session.execute(
        select(RunRow.programme_id, func.count())
        .join(CaseRow, CaseRow.run_id == RunRow.id)
        .where(RunRow.programme_id.in_(ids), CaseRow.state != CaseState.DONE)
        .group_by(RunRow.programme_id)
    ):
        left[programme_id] = count
    found = []
    for row in rows:
        drawn = runs.get(row.id, [])
        found.append(
            Line(
                row,
                rules[row.id],
                period_of(row.rhythm, today),
                _undrawn(row, {run.first_on for run in drawn}, today),
                tuple(drawn),
                left.get(row.id, 0),
            )
        )
    return found


def running(organisation_id: int) -> list[ProgrammeRow]:
    """Return the programmes of an organisation that have not ended, by name: one query."""
    return list(
        read().scalars(
            select(ProgrammeRow)
            .where(ProgrammeRow.organisation_id == organisation_id, ProgrammeRow.ended_at.is_(None))
            .order_by(ProgrammeRow.name, ProgrammeRow.id)
        )
    )


def next_samples(organisation_id: int, *, today: date) -> list[tuple[ProgrammeRow, date]]:
    """Return the running programmes with the day on which each draws its next sample, soonest first."""
    found = [(row, period_of(row.rhythm, today).closes_on) for row in running(organisation_id)]
    return sorted(found, key=lambda one: one[1])


def _undrawn(row: ProgrammeRow, drawn: set[date], today: date) -> tuple[Period, ...]:
    until = today if row.ended_at is None else min(today, day_of(row.ended_at))
    closed = closed_periods(row.rhythm, begun_on=row.begun_on, today=until)
    return tuple(period for period in closed if period.first_on not in drawn)


def one_of(
    organisation_id: int, programme_id: int, *, session: Session | None = None, lock: bool = False
) -> ProgrammeRow:
    """Return a programme of an organisation, or raise NotFound. ``lock`` holds its row."""
    query = select(ProgrammeRow).where(
        ProgrammeRow.id == programme_id, ProgrammeRow.organisation_id == organisation_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = (session or read()).scalar(query)
    if found is None:
        raise NotFound
    return found


def rule_from(kept: Iterable[Iterable[object]]) -> Rule:
    """Return a rule from what is kept of it."""
    return tuple(Take(Pool(str(pool)), int(str(share)), int(str(least))) for pool, share, least in kept)


def rule_of(
    programme_id: int, *, before: datetime | None = None, session: Session | None = None
) -> ProgrammeRule:
    """Return the newest rule of a programme, or the one that stood at a moment (UTC)."""
    query = (
        select(ProgrammeRule)
        .where(ProgrammeRule.programme_id == programme_id)
        .order_by(ProgrammeRule.id.desc())
        .limit(1)
    )
    if before is not None:
        query = query.where(ProgrammeRule.at < before)
    return (session or read()).scalars(query).one()


def to_draw(row: ProgrammeRow, *, today: date, session: Session | None = None) -> tuple[Period, ...]:
    """Return the closed periods of a programme of which no sample was drawn, newest first."""
    session = session or read()
    drawn = session.scalars(select(RunRow.first_on).where(RunRow.programme_id == row.id))
    return _undrawn(row, set(drawn), today)


# -- beginning and changing ------------------------------------------------------------------------


def begin(
    *, organisation_id: int, name: str, rhythm: Rhythm, rule: Rule, by: int, now: datetime
) -> ProgrammeRow:
    """Begin a programme. Its first sample is that of the period which runs now.

    Raises NotAllowed, and Invalid by field: name, rule.
    """
    name = " ".join(name.split())
    errors = {}
    if not name:
        errors["name"] = "Enter a name for the programme"
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"The name must be {LONGEST_NAME} characters or fewer"
    if not rule:
        errors["rule"] = "Draw from one pool at least"
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        if errors:
            raise Invalid(**errors)
        known = session.scalar(
            select(ProgrammeRow).where(
                ProgrammeRow.organisation_id == organisation_id,
                func.lower(ProgrammeRow.name) == name.lower(),
                ProgrammeRow.ended_at.is_(None),
            )
        )
        if known is not None:
            same = (known.rhythm, known.by) == (rhythm, by) and now - known.at < timedelta(minutes=1)
            if same:
                return known  # the form was sent twice
            raise Invalid(name="There is a programme with this name already")
        row = ProgrammeRow(
            organisation_id=organisation_id, name=name, rhythm=rhythm, begun_on=day_of(now), by=by, at=now
        )
        session.add(row)
        session.flush()
        _keep_rule(session, row.id, rule, "", by, now)
        _note(session, row, "programme_begun", by, now, rhythm=rhythm.value, rule=_plain(rule))
    return row


def change_rule(
    programme_id: int,
    rule: Rule,
    *,
    reason: str,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Change how much is drawn, from the period that runs now on.

    Raises NotFound, Refused, Stale, Invalid by field.
    """
    errors = {}
    if not reason.strip():
        errors["reason"] = "Enter why it changes; it is kept with the programme"
    elif len(reason.strip()) > LONGEST_REASON:
        errors["reason"] = f"The reason must be {LONGEST_REASON:,} characters or fewer"
    if not rule:
        errors["rule"] = "Draw from one pool at least"
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        row = one_of(organisation_id, programme_id, session=session, lock=True)
        if row.ended_at is not None:
            raise Refused("This programme has ended.")
        if errors:
            raise Invalid(**errors)
        newest = rule_of(row.id, session=session)
        if rule_from(newest.rule) == rule:
            return
        if row.revision != revision:
            raise Stale
        _keep_rule(session, row.id, rule, reason.strip(), by, now)
        row.revision += 1
        _note(session, row, "programme_changed", by, now, rule=_plain(rule), reason=reason.strip())


def end(programme_id: int, *, organisation_id: int, by: int, now: datetime) -> None:
    """End a programme: nothing more is drawn; what was drawn stays. Twice is harmless."""
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        row = one_of(organisation_id, programme_id, session=session, lock=True)
        if row.ended_at is None:
            row.ended_at = now
            row.revision += 1
            _note(session, row, "programme_ended", by, now)


def _keep_rule(session: Session, programme_id: int, rule: Rule, reason: str, by: int, now: datetime) -> None:
    session.add(ProgrammeRule(programme_id=programme_id, rule=_plain(rule), reason=reason, by=by, at=now))


def _plain(rule: Rule) -> list[list[object]]:
    return [[take.pool.value, take.share, take.least] for take in rule]


def _note(
    session: Session, row: ProgrammeRow, verb: str, by: int | None, now: datetime, **body: object
) -> None:
    note(
        session,
        verb,
        organisation_id=row.organisation_id,
        subject=f"programme:{row.id}",
        by=by,
        at=now,
        name=row.name,
        **body,
    )
