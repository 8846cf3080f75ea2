"""Drawing the sample of a period that has closed, and showing how it was drawn.

A draw is kept with its frame, its seed and its order, so that anyone can do it again. It may be drawn again
with a reason, because the frame was wrong; the seed stays the same, both draws are shown, and what was drawn
once is audited: a second draw adds items and takes none away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import sampling
from ehiia.domain.access import Actor
from ehiia.domain.programmes import Period, closed_periods
from ehiia.services import independence, organisations
from ehiia.services.framing import Origin, closes, frame_of
from ehiia.services.programmes import must_keep_audits, one_of, rule_from, rule_of, to_draw
from ehiia.services.transaction import Invalid, NotFound, Refused, note, read, transaction
from ehiia.store import history
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow, DrawRow, ProgrammeRow, RunRow
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = ["Draw", "draw", "draw_due", "draws_of", "frame_for", "lines_about", "refs_of", "would_draw"]

log = structlog.get_logger(__name__)

LONGEST_REASON = 1000


@dataclass(frozen=True)
class Draw:
    """A draw as it is shown. ``by``: "" for the service."""

    row: DrawRow
    by: str
    seed: str
    could: int
    """How many were in the frame."""

    @property
    def number(self) -> int:
        """How many were drawn."""
        return len(self.row.drawn)


def draws_of(run_id: int) -> list[Draw]:
    """Return the draws of a run, the first one first."""
    rows = read().execute(
        select(DrawRow, Person.name)
        .outerjoin(Person, Person.id == DrawRow.by)
        .where(DrawRow.run_id == run_id)
        .order_by(DrawRow.n)
    )
    return [
        Draw(row, name or "", sampling.seed_of(row.seed_seq, row.seed_hash), row.frame.count("\nitem\t"))
        for row, name in rows
    ]


# -- drawing -------------------------------------------------------------------------------------


def draw(
    programme_id: int,
    first_on: date,
    *,
    organisation_id: int,
    reason: str = "",
    by: int | None,
    now: datetime,
) -> RunRow:
    """Draw the sample of the period that begins on this day; again only with a reason.

    ``by`` None: the service, on the day after the period. A first draw that was made already is harmless.
    Raises NotAllowed, NotFound where no such period has closed since the programme was begun, Invalid
    (``reason``), Refused where nothing has changed, so that the same sample would come.
    """
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Invalid(reason=f"The reason must be {LONGEST_REASON:,} characters or fewer")
    with transaction() as session:
        if by is not None:
            must_keep_audits(session, organisation_id, by=by, now=now)
        programme = one_of(organisation_id, programme_id, session=session, lock=True)
        closed = closed_periods(programme.rhythm, begun_on=programme.begun_on, today=day_of(now))
        period = next((one for one in closed if one.first_on == first_on), None)
        run = session.scalar(
            select(RunRow).where(RunRow.programme_id == programme.id, RunRow.first_on == first_on)
        )
        if period is None or (
            run is None and period not in to_draw(programme, today=day_of(now), session=session)
        ):
            raise NotFound
        if run is not None and not reason:
            return run
        rule = rule_from(rule_of(programme.id, before=closes(period), session=session).rule)
        frame, origins = frame_of(session, organisation_id, period, rule)
        text = sampling.canonical(frame)
        newest = None if run is None else _newest(session, run.id)
        if newest is not None and newest.frame_sha256 == sampling.digest(text):
            raise Refused("Nothing has changed since the last draw, so the same sample would come.")
        run = run or _run(session, programme, period, now)
        head = history.head_before(session, organisation_id, closes(period))
        drawn = sampling.draw(frame, sampling.seed_of(head.seq, head.hash))
        row = DrawRow(
            run_id=run.id,
            n=1 if newest is None else newest.n + 1,
            seed_seq=head.seq,
            seed_hash=head.hash,
            frame=text,
            frame_sha256=sampling.digest(text),
            drawn=[one.item.ref for one in drawn],
            reason=reason,
            by=by,
            at=now,
        )
        session.add(row)
        session.flush()
        _add_cases(session, run, row, [one.item for one in drawn], origins, now)
        note(
            session,
            "sample_drawn",
            organisation_id=organisation_id,
            subject=f"programme:{programme.id}",
            by=by,
            at=now,
            run=run.ref,
            draw=row.n,
            number=len(drawn),
            seed=sampling.seed_of(head.seq, head.hash),
            frame_sha256=row.frame_sha256,
            reason=reason,
        )
    return run


def _newest(session: Session, run_id: int) -> DrawRow | None:
    return session.scalar(select(DrawRow).where(DrawRow.run_id == run_id).order_by(DrawRow.n.desc()).limit(1))


def _run(session: Session, programme: ProgrammeRow, period: Period, now: datetime) -> RunRow:
    organisation = organisations.get(programme.organisation_id, session=session)
    year = period.last_on.year
    number = organisations.next_ref(session, organisation, "audit", year)
    run = RunRow(
        organisation_id=organisation.id,
        programme_id=programme.id,
        ref=f"{organisation.ref_prefix}-A{year}-{number:03d}",
        first_on=period.first_on,
        last_on=period.last_on,
        begun_at=now,
    )
    session.add(run)
    session.flush()
    return run


def _add_cases(
    session: Session,
    run: RunRow,
    row: DrawRow,
    items: Sequence[sampling.Item],
    origins: dict[str, Origin],
    now: datetime,
) -> None:
    """Add what was not drawn before, each given to somebody who may audit it."""
    known = dict(
        session.execute(select(CaseRow.ref, CaseRow.auditor_id).where(CaseRow.run_id == run.id)).all()
    )
    new = [one for one in items if one.ref not in known]
    assessments = {
        one.id: one
        for one in session.scalars(
            select(Assessment).where(Assessment.id.in_({origins[item.ref].assessment_id for item in new}))
        )
    }
    actions = [origins[item.ref].mitigation_id for item in new]
    owners = dict(
        session.execute(
            select(MitigationRow.id, MitigationRow.owner_id).where(MitigationRow.id.in_(actions))
        ).all()
    )
    things = [
        (
            item.ref,
            assessments[origins[item.ref].assessment_id],
            owners.get(origins[item.ref].mitigation_id or 0),
        )
        for item in new
    ]
    people = independence.auditors(session, run.organisation_id, today=day_of(now))
    load: dict[int, int] = {}
    for auditor in known.values():
        if auditor is not None:
            load[auditor] = load.get(auditor, 0) + 1
    given = independence.spread(independence.may_audit(session, things, people), load)
    for item in new:
        origin = origins[item.ref]
        session.add(
            CaseRow(
                organisation_id=run.organisation_id,
                run_id=run.id,
                assessment_id=origin.assessment_id,
                mitigation_id=origin.mitigation_id,
                ref=item.ref,
                pool=item.pool,
                stratum=item.stratum,
                draw_n=row.n,
                auditor_id=given[item.ref],
                checks={},
                at=now,
            )
        )
    session.flush()


# -- by itself, on the day after a period ---------------------------------------------------------


def _waiting(now: datetime) -> list[tuple[int, int, date]]:
    session = read()
    rows = session.scalars(select(ProgrammeRow).order_by(ProgrammeRow.id)).all()
    return [
        (row.organisation_id, row.id, period.first_on)
        for row in rows
        for period in reversed(to_draw(row, today=day_of(now), session=session))
    ]


def draw_due(*, now: datetime) -> int:
    """Draw every sample whose period has closed; one that fails does not stop the rest. Returns how many."""
    waiting, drawn, failed = _waiting(now), 0, []
    for organisation_id, programme_id, first_on in waiting:
        try:
            draw(programme_id, first_on, organisation_id=organisation_id, by=None, now=now)
            drawn += 1
        except Exception as error:
            log.error("draw_failed", programme=programme_id, period=str(first_on), error=repr(error))
            failed.append(f"programme {programme_id} ({type(error).__name__})")
    if failed:
        raise RuntimeError(f"{drawn} drawn; failed: {'; '.join(failed)}")
    return drawn


def would_draw(*, now: datetime) -> list[str]:
    """Return in sentences which samples ``draw_due`` would draw."""
    return [
        f"the sample of programme {programme_id} for the period that began on {first_on}"
        for _, programme_id, first_on in _waiting(now)
    ]


def frame_for(run: RunRow, n: int, *, actor: Actor) -> tuple[str, bool]:
    """Return the frame of a draw as the person may see it, and whether it is whole: three queries.

    Lines about assessments that were restricted since are left out for those who take no part in them; the
    digest is that of the whole. Raises NotFound.
    """
    row = read().scalar(select(DrawRow).where(DrawRow.run_id == run.id, DrawRow.n == n))
    if row is None:
        raise NotFound
    holds = bool(actor.roles.get(run.organisation_id))
    refs = refs_of(known_in(run.organisation_id, actor.person_id, holds_post=holds))
    return lines_about(row.frame, refs)


def refs_of(known: ColumnElement[bool]) -> set[str]:
    """Return the references of the assessments that are known, and of their actions: two queries."""
    session = read()
    refs = set(session.scalars(select(Assessment.ref).where(known)))
    return refs | set(
        session.scalars(
            select(MitigationRow.ref)
            .join(Assessment, Assessment.id == MitigationRow.assessment_id)
            .where(known)
        )
    )


def lines_about(frame: str, refs: Collection[str]) -> tuple[str, bool]:
    """Return a frame with the items of these references only, and whether it is whole."""
    lines = frame.splitlines(keepends=True)
    kept = [
        line for line in lines if not line.startswith("item\t") or line.rstrip("\n").split("\t")[3] in refs
    ]
    return "".join(kept), len(kept) == len(lines)
