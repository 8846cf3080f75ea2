"""Putting the papers of a meeting together as one PDF: asked for once, laid out beside everything else.

Laying out many papers takes longer than anybody should wait for a page, or hold a lock: it is a piece of
work, done at once where the papers are few and otherwise by the scheduler.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.frozen import Snapshot
from ehiia.domain.meeting import MeetingPaper, PaperPack
from ehiia.services import checks, freezing, installation, meetings, organisations, people, work
from ehiia.services.meetings import Lies, Meeting
from ehiia.services.sealing import signed_files
from ehiia.services.transaction import (
    NotAllowed,
    NotFound,
    Refused,
    looking,
    note,
    read,
    transaction,
)
from ehiia.store import due
from ehiia.store.decisions import QualityCheck, SnapshotRow
from ehiia.store.duties import DeliveryState, Work
from ehiia.store.meetings import PaperPackOrder, PaperPackRow
from ehiia.store.organisations import Body
from ehiia.store.people import Person

__all__ = ["Ordered", "ordered", "prepare"]

MOST = 60
"""So many papers are in a pack at most."""
AT_ONCE = 3
"""A pack of so many papers is put together while somebody waits for the page."""
PAPERS_WORK = "paper_pack"
"""Kind of the work; its subject is a ``PaperPackOrder``."""


@dataclass(frozen=True)
class Ordered:
    """A pack that was asked for and is not there yet."""

    number: int
    papers: int
    by: str
    at: datetime
    state: DeliveryState
    """Of the work: given up where it could not be done; then it may be asked for again."""

    @property
    def failed(self) -> bool:
        """Whether it was given up."""
        return self.state is DeliveryState.FAILED


def prepare(organisation_id: int, body_id: int, on: date, *, by: int, now: datetime) -> PaperPackRow | None:
    """Have the papers of a meeting put together; return the pack, or None while it is being made.

    Where nothing changed since the last pack, that one is returned. Raises NotFound, NotAllowed, Refused
    where there is nothing to put together or too much.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        session.execute(select(Body.id).where(Body.id == body_id).with_for_update())  # one at a time
        meeting = meetings.one(actor, organisation_id, body_id, on)
        ruling = meetings.may_prepare(actor, organisation_id, meeting.body)
        if not ruling:
            raise NotAllowed(ruling.reason)
        if not meeting.papers:
            raise Refused("Only restricted assessments lie before this meeting. Hand them out by themselves.")
        if len(meeting.papers) > MOST:
            raise Refused(f"A pack holds {MOST} papers at most. Give some of them another date.")
        if meeting.newest is not None:
            return meeting.newest.row
        order = _order(session, meeting, by, now)
        key, few = _work_key(order), len(meeting.papers) <= AT_ONCE
        wanted = _pack(order)
    if few:
        work.do_now(key, now=now)
    return read().scalar(wanted)


def _order(session: Session, meeting: Meeting, by: int, now: datetime) -> PaperPackOrder:
    """Ask for the next pack of a meeting; one that was asked for already is not asked for twice."""
    number = (meeting.packs[0].row.number if meeting.packs else 0) + 1
    values = {
        "organisation_id": meeting.body.organisation_id,
        "body_id": meeting.body.id,
        "meeting_on": meeting.on,
        "number": number,
        "papers": len(meeting.papers),
        "by": by,
        "at": now,
    }
    unique = [PaperPackOrder.body_id, PaperPackOrder.meeting_on, PaperPackOrder.number]
    made = due.insert_once(session, PaperPackOrder, unique, values)
    order = session.scalars(
        select(PaperPackOrder).where(
            PaperPackOrder.body_id == meeting.body.id,
            PaperPackOrder.meeting_on == meeting.on,
            PaperPackOrder.number == number,
        )
    ).one()
    if made is not None:
        work.enqueue(session, PAPERS_WORK, order.id, _work_key(order), now)
    elif work.begin_again(session, _work_key(order), now=now):  # it was given up
        order.by, order.at, order.papers = by, now, len(meeting.papers)
    return order


def _work_key(order: PaperPackOrder) -> str:
    return f"{PAPERS_WORK}:{order.id}"


def ordered(meeting: Meeting) -> Ordered | None:
    """Return the pack of a meeting that was asked for and is not there yet: one query."""
    newest = meeting.packs[0].row.number if meeting.packs else 0
    found = read().execute(
        select(PaperPackOrder, Person.name, Work.state)
        .join(Person, Person.id == PaperPackOrder.by)
        .join(Work, (Work.kind == PAPERS_WORK) & (Work.subject_id == PaperPackOrder.id))
        .where(
            PaperPackOrder.body_id == meeting.body.id,
            PaperPackOrder.meeting_on == meeting.on,
            PaperPackOrder.number > newest,
        )
    )
    row = found.one_or_none()
    return Ordered(row[0].number, row[0].papers, row[1], row[0].at, row[2]) if row else None


# -- the work -----------------------------------------------------------------------------------------


def put_together(order_id: int, *, now: datetime) -> None:
    """Lay out a pack that was asked for and keep it; doing it twice makes one pack.

    It holds the papers as they are now. Nothing is locked while it is laid out.
    """
    from ehiia.documents.pdf.papers import lay_out_pack  # it loads ReportLab, which most processes never need

    with looking() as session:
        order = session.get(PaperPackOrder, order_id)
        if order is None:
            raise NotFound
        if session.scalar(_pack(order)) is not None:
            return
        pack, listed = _frozen(session, order, now)
    pdf = lay_out_pack(pack)
    sha256 = signed_files().keep(pdf)
    with transaction() as session:
        order = session.scalars(
            select(PaperPackOrder).where(PaperPackOrder.id == order_id).with_for_update()
        ).one()
        if session.scalar(_pack(order)) is not None:
            return
        session.add(
            PaperPackRow(
                organisation_id=order.organisation_id,
                body_id=order.body_id,
                meeting_on=order.meeting_on,
                number=order.number,
                papers=listed,
                sha256=sha256,
                size=len(pdf),
                by=order.by,
                at=now,
            )
        )
        session.flush()
        note(
            session,
            "papers_prepared",
            organisation_id=order.organisation_id,
            subject=f"organisation:{order.organisation_id}",
            by=order.by,
            at=now,
            body=pack.body,
            meeting_on=order.meeting_on.isoformat(),
            number=order.number,
            sha256=sha256,
        )


work.HANDLERS[PAPERS_WORK] = put_together


def _pack(order: PaperPackOrder) -> Select[PaperPackRow]:
    """Return the query for the pack that came of an order."""
    return select(PaperPackRow).where(
        PaperPackRow.body_id == order.body_id,
        PaperPackRow.meeting_on == order.meeting_on,
        PaperPackRow.number == order.number,
    )


def _frozen(session: Session, order: PaperPackOrder, now: datetime) -> tuple[PaperPack, list[object]]:
    """Return what the pack holds, and how its papers are listed in its row."""
    actor = people.actor_of(order.by, today=day_of(now), session=session)
    try:
        meeting = meetings.one(actor, order.organisation_id, order.body_id, order.meeting_on)
    except NotFound:
        meeting = None
    if meeting is None or not meeting.papers:
        raise work.CannotBeDone("nothing lies before this meeting any more that may be in a pack")
    pack = PaperPack(
        organisation=organisations.get(order.organisation_id, session=session).name,
        body=meeting.body.name,
        meeting_on=order.meeting_on,
        number=order.number,
        made_by=people.names({order.by}, session=session)[order.by],
        made_at=now,
        papers=_papers(session, meeting.papers, now),
        duties=tuple(
            duty.in_full
            for duty in load.in_force(load.duties(), day_of(now))
            if any(duty.applies(paper.assessment.kind) for paper in meeting.papers)
        ),
        demonstration=installation.config().demonstration,
    )
    return pack, [_listed(paper) for paper in meeting.papers]


def _papers(session: Session, lying: Sequence[Lies], now: datetime) -> tuple[MeetingPaper, ...]:
    """Return what a pack holds: what was frozen as it was, a draft as it is now."""
    frozen = [lies.assessment for lies in lying if lies.snapshot is not None]
    ids = [lies.snapshot.id for lies in lying if lies.snapshot is not None]
    texts = dict(
        session.execute(select(SnapshotRow.id, SnapshotRow.text).where(SnapshotRow.id.in_(ids))).all()
    )
    passed = checks.passed_checks(session, frozen)
    names = people.names({one.checked_by for one in passed.values() if one.checked_by}, session=session)
    return tuple(
        _paper(
            lies,
            freezing.snapshot_of(session, lies.assessment, now=now)
            if lies.snapshot is None
            else freezing.thaw_snapshot(texts[lies.snapshot.id]),
            passed.get(lies.assessment.id),
            names,
        )
        for lies in lying
    )


def _paper(
    lies: Lies, snapshot: Snapshot, check: QualityCheck | None, names: Mapping[int, str]
) -> MeetingPaper:
    return MeetingPaper(
        mark=lies.mark,
        snapshot=snapshot,
        sha256=lies.snapshot.sha256 if lies.snapshot else "",
        part=lies.part.label,
        record=lies.record,
        outcome=lies.outcome,
        checked_by=names.get(check.checked_by or 0, "") if check else "",
        checked_at=check.ended_at if check else None,
        reservations=check.message if check else "",
        late=lies.assessment.late,
    )


def _listed(lies: Lies) -> dict[str, object]:
    assessment_id, mark, sha256, record, revision = meetings.key_of(lies)
    return {
        "assessment_id": assessment_id,
        "ref": lies.assessment.ref,
        "title": lies.assessment.title,
        "mark": mark,
        "snapshot_id": lies.snapshot.id if lies.snapshot else None,
        "sha256": sha256,
        "record": record,
        "revision": revision,
    }
