"""Practice assessments: to learn with, seen by their author alone, counted nowhere, thrown away at will."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Part, Permission, ProposalKind, Stage
from ehiia.services import assessments, people
from ehiia.services.assessments import Details
from ehiia.services.sight import see
from ehiia.services.transaction import Refused, note, read, transaction
from ehiia.store.answers import Answer, ImpactRow, MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.library import CitationRow, EvidenceUse, GapRow
from ehiia.store.practice import WITH_PRACTICE

MOST = 5
"""Practice assessments a person keeps at a time."""
GONE = "Practice, thrown away"


@dataclass(frozen=True)
class Practice:
    """A practice assessment in its author's list."""

    ref: str
    title: str
    stage: Stage
    answered: int
    asked: int
    begun_at: datetime


def list_of(person_id: int) -> list[Practice]:
    """Return the practice assessments a person keeps, the newest first."""
    rows = read().scalars(
        select(Assessment)
        .join(Participant, Participant.assessment_id == Assessment.id)
        .where(
            Assessment.practice.is_(True),
            Participant.person_id == person_id,
            Participant.part == Part.AUTHOR,
            Participant.ended_at.is_(None),
        )
        .order_by(Assessment.created_at.desc(), Assessment.id.desc())
        .execution_options(**{WITH_PRACTICE: True})
    )
    return [
        Practice(row.ref, row.title, row.stage, row.answered_count, row.asked_count, row.created_at)
        for row in rows
    ]


def start(
    title: str, kind: ProposalKind, *, organisation_id: int, by: int, now: datetime, once: str = ""
) -> Assessment:
    """Start a practice assessment; ``once`` as for a real one.

    Raises NotAllowed, Invalid (``title``), Refused where there are many.
    """
    details = Details(
        title=title, summary="", kind=kind, place_ids=(), director_id=None, expected_go_live_on=None
    )
    with transaction() as session:
        made = assessments.start(
            details, organisation_id=organisation_id, by=by, now=now, practice=True, once=once
        )
        session.flush()
        if len(list_of(by)) > MOST:
            raise Refused(f"You have {MOST} practice assessments. Throw one away before you start another.")
        return made


def throw_away(ref: str, *, by: int, now: datetime) -> None:
    """Throw a practice assessment away: what was written is removed, and nobody finds it again.

    Raises Refused for an assessment that is not practice. The history keeps that there was one.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        if not assessment.practice:
            raise Refused("Only a practice assessment can be thrown away. A real one can be withdrawn.")
        here = assessment.id
        for table in (Answer, ImpactRow, CitationRow):
            session.execute(delete(table).where(table.assessment_id == here))
        session.execute(
            update(EvidenceUse)
            .where(EvidenceUse.assessment_id == here)
            .values(shows_here="", taken_out_at=now)
        )
        session.execute(
            update(GapRow)
            .where(GapRow.assessment_id == here)
            .values(unknown="", plan="", plain="", found="", taken_out_at=now)
        )
        session.execute(
            update(MitigationRow)
            .where(MitigationRow.assessment_id == here)
            .values(what="", measure="", taken_out_at=now)
        )
        session.execute(
            update(Participant)
            .where(Participant.assessment_id == here, Participant.ended_at.is_(None))
            .values(ended_at=now)
        )
        assessment.once = None  # its form, sent again, starts another
        assessment.title = GONE
        assessment.title_folded = GONE.casefold()
        assessment.summary = ""
        note(
            session,
            "practice_thrown_away",
            organisation_id=assessment.organisation_id,
            subject=f"assessment:{here}",
            by=by,
            at=now,
        )
