"""The papers of a meeting: which assessments lie before a body on a date, and packs of them.

A pack is a PDF that is put together once and never changed; where a version
changed since, another one replaces it and both stay. Restricted assessments
are in no pack: whoever may hand them out does so by themselves. How a pack is
put together is in ``paper_packs``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from ehiia.domain.access import Actor, Ruling, may_prepare_papers
from ehiia.domain.meeting import PaperMark, mark_of
from ehiia.domain.vocabulary import RoutePart, Stage
from ehiia.services import checks
from ehiia.services.sealing import signed_files
from ehiia.services.transaction import NotAllowed, NotFound, read
from ehiia.store.assessments import Assessment, RouteStep
from ehiia.store.decisions import DecisionRow, RecordRow, SnapshotRow
from ehiia.store.meetings import PaperPackRow
from ehiia.store.organisations import Body
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = ["Lies", "Meeting", "Packed", "may_prepare", "one", "packs_with", "pdf_of", "upcoming"]

BEFORE = timedelta(days=120)
AFTER = timedelta(days=400)
"""How far back and ahead the list of meetings goes."""
CHANGED_SINCE = (
    "An assessment in this pack was restricted since it was put together, so it is no longer handed out. "
    "Put a new one together."
)


@dataclass(frozen=True)
class Lies:
    """An assessment that lies before a meeting."""

    assessment: Assessment
    part: RoutePart
    mark: PaperMark
    snapshot: SnapshotRow | None
    """The frozen version that may be decided, or that was; its text is read when it is asked for."""
    record: str
    """Reference of the record, where it was decided."""
    outcome: str


@dataclass(frozen=True)
class Packed:
    """A pack that was put together. ``stale``: what it holds has changed since."""

    row: PaperPackRow
    by: str
    withheld: str
    stale: bool


@dataclass(frozen=True)
class Meeting:
    """A meeting of a body on a date, with what lies before it."""

    body: Body
    on: date
    papers: tuple[Lies, ...]
    left_out: int
    """Restricted ones that the person who looks may see; they are in no pack."""
    packs: tuple[Packed, ...] = ()

    @property
    def newest(self) -> Packed | None:
        """The newest pack, where it still holds what lies before the meeting."""
        first = self.packs[0] if self.packs else None
        return first if first and not first.stale and not first.withheld else None

    def count(self, mark: PaperMark) -> int:
        """Return how many papers have a mark."""
        return sum(paper.mark is mark for paper in self.papers)


# -- which meetings, and what lies before them -------------------------------------------------------


def upcoming(actor: Actor, organisation_id: int, *, today: date) -> list[Meeting]:
    """Return the meetings of committees with papers the person knows of: soonest first, past ones last."""
    rows = _steps(actor, organisation_id, since=today - BEFORE, until=today + AFTER)
    meetings = _meetings(read(), rows)
    return sorted(meetings, key=lambda one: (one.on < today, abs((one.on - today).days), one.body.name))


def one(actor: Actor, organisation_id: int, body_id: int, on: date) -> Meeting:
    """Return a meeting with its packs, the newest first. Raises NotFound where nothing lies before it."""
    session = read()
    rows = _steps(actor, organisation_id, since=on, until=on, body_id=body_id)
    found = _meetings(session, rows)
    if not found:
        raise NotFound
    meeting = found[0]
    return Meeting(
        meeting.body, on, meeting.papers, meeting.left_out, _packs(session, meeting, actor, organisation_id)
    )


_Step = tuple[Assessment, RoutePart, date, Body]


def _steps(
    actor: Actor, organisation_id: int, *, since: date, until: date, body_id: int = 0
) -> Sequence[_Step]:
    holds = bool(actor.roles.get(organisation_id))
    query = (
        select(Assessment, RouteStep.part, RouteStep.meeting_on, Body)
        .join(RouteStep, RouteStep.assessment_id == Assessment.id)
        .join(Body, Body.id == RouteStep.body_id)
        .where(
            known_in(organisation_id, actor.person_id, holds_post=holds),
            RouteStep.meeting_on.between(since, until),
            Body.committee.is_(True),
            Assessment.stage != Stage.WITHDRAWN,
        )
        .order_by(RouteStep.meeting_on, Body.name, RouteStep.part != RoutePart.DECIDES, Assessment.ref)
    )
    if body_id:
        query = query.where(Body.id == body_id)
    return [(found, part, on, body) for found, part, on, body in read().execute(query) if on]


def _meetings(session: Session, rows: Sequence[_Step]) -> list[Meeting]:
    shown = [assessment for assessment, *_ in rows if not assessment.restricted]
    ready = checks.versions_for_decision(session, [one for one in shown if one.stage is Stage.READY])
    decided = _decided(session, {one.id for one in shown})
    grouped: dict[tuple[int, date], tuple[Body, list[Lies], int]] = {}
    for assessment, part, on, body in rows:
        of, papers, left_out = grouped.get((body.id, on), (body, [], 0))
        if assessment.restricted:
            left_out += 1
        elif all(paper.assessment.id != assessment.id for paper in papers):
            papers.append(_lies(assessment, part, ready.get(assessment.id), decided.get(assessment.id)))
        grouped[body.id, on] = (of, papers, left_out)
    return [Meeting(of, on, tuple(papers), left) for (_, on), (of, papers, left) in grouped.items()]


_Decided = tuple[SnapshotRow, str, str]


def _decided(session: Session, ids: Collection[int]) -> dict[int, _Decided]:
    """Return of each assessment that was decided the version without its text, record and outcome."""
    rows = session.execute(
        select(RecordRow.assessment_id, SnapshotRow, RecordRow.ref, DecisionRow.outcome)
        .join(DecisionRow, DecisionRow.id == RecordRow.decision_id)
        .join(SnapshotRow, SnapshotRow.id == DecisionRow.snapshot_id)
        .where(RecordRow.assessment_id.in_(ids))
        .options(defer(SnapshotRow.text))
        .order_by(RecordRow.id)
    )
    return {assessment_id: (snapshot, ref, outcome.label) for assessment_id, snapshot, ref, outcome in rows}


def _lies(
    assessment: Assessment, part: RoutePart, ready: SnapshotRow | None, decided: _Decided | None
) -> Lies:
    mark = mark_of(assessment.stage, version_ready=ready is not None)
    if mark is PaperMark.DECIDED and decided is not None:
        return Lies(assessment, part, mark, *decided)
    return Lies(assessment, part, mark, ready if mark is PaperMark.CHECKED else None, "", "")


# -- packs --------------------------------------------------------------------------------------------


def _packs(session: Session, meeting: Meeting, actor: Actor, organisation_id: int) -> tuple[Packed, ...]:
    rows = session.execute(
        select(PaperPackRow, Person.name)
        .join(Person, Person.id == PaperPackRow.by)
        .where(PaperPackRow.body_id == meeting.body.id, PaperPackRow.meeting_on == meeting.on)
        .order_by(PaperPackRow.number.desc())
    ).all()
    hidden = _hidden(session, actor, organisation_id, {i for row, _ in rows for i in _ids(row)})
    now = [key_of(paper) for paper in meeting.papers]
    return tuple(
        Packed(row, name, CHANGED_SINCE if hidden & _ids(row) else "", stale=_keys(row) != now)
        for row, name in rows
    )


def _ids(row: PaperPackRow) -> set[int]:
    return {paper["assessment_id"] for paper in row.papers}


def _hidden(session: Session, actor: Actor, organisation_id: int, ids: Collection[int]) -> set[int]:
    """Return those of the assessments that are restricted now or that the person may not know of."""
    holds = bool(actor.roles.get(organisation_id))
    known = known_in(organisation_id, actor.person_id, holds_post=holds)
    rows = select(Assessment.id).where(Assessment.id.in_(ids), Assessment.restricted.is_(True) | ~known)
    return set(session.scalars(rows))


_Key = tuple[int, str, str, str, int]


def key_of(paper: Lies) -> _Key:
    """Return what must be the same for a pack still to hold: a draft changes with its revision."""
    draft = paper.assessment.revision if paper.mark is PaperMark.DRAFT else 0
    sha256 = paper.snapshot.sha256 if paper.snapshot else ""
    return paper.assessment.id, paper.mark.value, sha256, paper.record, draft


def _keys(row: PaperPackRow) -> list[_Key]:
    return [
        (one["assessment_id"], one["mark"], one["sha256"], one["record"], one["revision"])
        for one in row.papers
    ]


def may_prepare(actor: Actor, organisation_id: int, body: Body) -> Ruling:
    """Say whether somebody puts the packs of a body together."""
    own = actor.person_id in {body.chair_id, body.secretary_id}
    return may_prepare_papers(actor, organisation_id, of_the_body=own)


def pdf_of(pack_id: int, *, actor: Actor, organisation_id: int) -> tuple[PaperPackRow, bytes]:
    """Return a pack with its PDF. Raises NotFound, NotAllowed where something in it was restricted since."""
    session = read()
    row = session.get(PaperPackRow, pack_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound
    if not actor.roles.get(organisation_id):
        raise NotFound
    if _hidden(session, actor, organisation_id, _ids(row)):
        raise NotAllowed(CHANGED_SINCE)
    return row, signed_files().get(row.sha256)


def packs_with(snapshot: SnapshotRow, body_id: int) -> list[PaperPackRow]:
    """Return the packs of a body in which this very version is, the newest first."""
    rows = read().scalars(
        select(PaperPackRow)
        .where(PaperPackRow.body_id == body_id, PaperPackRow.at >= snapshot.frozen_at)
        .order_by(PaperPackRow.id.desc())
    )
    return [row for row in rows if any(paper["snapshot_id"] == snapshot.id for paper in row.papers)]
