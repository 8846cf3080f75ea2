"""The equality lead's scores, the clock of a check, and what changed since it was sent back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import holidays
from ehiia.content.criteria import criteria
from ehiia.domain import checking
from ehiia.domain.checking import Clock, Criterion, Mark, Objection, Score
from ehiia.domain.comparing import Change, compare
from ehiia.domain.gates import Key
from ehiia.domain.vocabulary import Gate, Permission, Stage
from ehiia.services import freezing, organisations, people
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotFound, Refused, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import QualityCheck, SnapshotRow
from ehiia.store.quality import QualityScore

__all__ = [
    "Changes",
    "Scored",
    "changes_since",
    "clock_of",
    "clocks_of",
    "mark",
    "objections_to",
    "scored",
]

LONGEST = 4000


@dataclass(frozen=True)
class Scored:
    """A criterion with what was given for it; ``mark`` None where nothing was given yet."""

    criterion: Criterion
    mark: Mark | None


def _marks(session: Session, check_id: int) -> dict[str, Mark]:
    rows = session.scalars(
        select(QualityScore)
        .where(QualityScore.check_id == check_id)
        .execution_options(populate_existing=True)
    )
    return {
        row.criterion: Mark(row.criterion, None if row.score is None else Score(row.score), row.comment)
        for row in rows
    }


def scored(check: QualityCheck | None, *, session: Session | None = None) -> tuple[Scored, ...]:
    """Return every criterion with what was given for it in a check: one query."""
    marks = _marks(session or read(), check.id) if check is not None else {}
    return tuple(Scored(one, marks.get(one.id)) for one in criteria())


def objections_to(check: QualityCheck, *, session: Session | None = None) -> tuple[Objection, ...]:
    """Return why an assessment cannot pass with the scores given so far (rules CHK-02 to CHK-04)."""
    return checking.objections(criteria(), _marks(session or read(), check.id).values())


def mark(ref: str, marks: Mapping[str, Mark], *, by: int, now: datetime) -> int:
    """Keep scores and comments as far as they are given; returns how many changed.

    Raises NotAllowed for whoever may not check, Refused where no check is open, Invalid by criterion.
    """
    known = {one.id: one for one in criteria()}
    if not marks.keys() <= known.keys():
        raise NotFound
    wrong = {
        name: "The comment must be 4,000 characters or fewer"
        for name, one in marks.items()
        if len(one.comment.strip()) > LONGEST
    }
    if wrong:
        raise Invalid(**wrong)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.CHECK, actor=actor, session=session, lock=True).assessment
        check = session.scalar(
            select(QualityCheck)
            .where(QualityCheck.assessment_id == assessment.id, QualityCheck.ended_at.is_(None))
            .order_by(QualityCheck.id.desc())
        )
        if check is None or assessment.stage is not Stage.CHECKING:
            raise Refused(f"It cannot be checked while it is “{assessment.stage.label}”.")
        check.checked_by = by
        before = _marks(session, check.id)
        changed = 0
        for name, one in marks.items():
            given = Mark(name, one.score, one.comment.strip())
            if given == before.get(name):
                continue
            row = session.get(QualityScore, (check.id, name))
            if row is None:
                row = QualityScore(check_id=check.id, criterion=name)
                session.add(row)
            row.score = None if given.score is None else int(given.score)
            row.comment, row.by, row.at = given.comment, by, now
            changed += 1
    return changed


# -- the clock -----------------------------------------------------------------------------------


def clocks_of(
    assessments: Iterable[Assessment], *, turnaround: int, today: date, session: Session | None = None
) -> dict[int, Clock]:
    """Return the clock of each check by the id of the assessment: one query. A passed check ends it."""
    session = session or read()
    versions = {one.id: one.version_no for one in assessments}
    periods: dict[int, list[tuple[date, date | None]]] = {}
    for row in session.scalars(
        select(QualityCheck).where(QualityCheck.assessment_id.in_(versions)).order_by(QualityCheck.id)
    ):
        if row.version_no != versions[row.assessment_id]:
            continue
        mine = periods.setdefault(row.assessment_id, [])
        if row.passed:
            mine.clear()
        else:
            mine.append((day_of(row.begun_at), day_of(row.ended_at) if row.ended_at else None))
    days = holidays.bank_holidays()
    found = {
        here: checking.clock(spans, turnaround=turnaround, today=today, holidays=days)
        for here, spans in periods.items()
    }
    return {here: one for here, one in found.items() if one is not None}


def clocks_here(session: Session, organisation_id: int, *, today: date) -> dict[int, Clock]:
    """Return the clocks of all checks that wait in an organisation, by the id of the assessment."""
    settings = organisations.settings_of(organisations.get(organisation_id, session=session))
    waiting = session.scalars(
        select(Assessment).where(
            Assessment.organisation_id == organisation_id, Assessment.stage == Stage.CHECKING
        )
    ).all()
    return clocks_of(waiting, turnaround=settings.check_working_days, today=today, session=session)


def clock_of(assessment: Assessment, *, today: date, session: Session | None = None) -> Clock | None:
    """Return the clock of the check of one assessment, or None where none began."""
    settings = organisations.settings_of(organisations.get(assessment.organisation_id, session=session))
    days = settings.check_working_days
    return clocks_of((assessment,), turnaround=days, today=today, session=session).get(assessment.id)


# -- what changed since --------------------------------------------------------------------------


@dataclass(frozen=True)
class Changes:
    """What reads differently from the version that was submitted before."""

    before: Key
    after: Key
    changes: tuple[Change, ...]

    def on(self, section_id: str, subject: str = "") -> tuple[Change, ...]:
        """Return the changes on one page of the check."""
        area = f"group:{subject}" if subject else section_id
        return tuple(one for one in self.changes if one.area == area)


def changes_since(assessment: Assessment) -> Changes | None:
    """Compare the two versions that were submitted last; None where it was submitted once only."""
    rows = (
        read()
        .scalars(
            select(SnapshotRow)
            .where(SnapshotRow.assessment_id == assessment.id, SnapshotRow.gate == Gate.SUBMITTED)
            .order_by(SnapshotRow.id.desc())
            .limit(2)
        )
        .all()
    )
    if len(rows) < 2:
        return None
    after, before = rows
    changed: tuple[Change, ...] = ()
    if after.sections != before.sections or after.sha256 != before.sha256:
        changed = compare(freezing.thaw_snapshot(before.text), freezing.thaw_snapshot(after.text))
    return Changes(_key(before), _key(after), changed)


def _key(row: SnapshotRow) -> Key:
    return Key(row.version_no, row.gate, row.n)
