"""Taking one duty over from somebody who has left, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.handing import OF_AUDITS, Duty, DutyKind
from ehiia.domain.vocabulary import Part, Role
from ehiia.services import assigning, owning, people, team
from ehiia.services.sight import sees
from ehiia.services.taking_on import ask_anew
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.auditing import FindingRow
from ehiia.store.engagement import CommitmentRow
from ehiia.store.library import GapRow
from ehiia.store.organisations import Body
from ehiia.store.people import Post
from ehiia.store.together import SectionAssignment

GONE = "It is somebody else’s by now. Load the page again"


def subject_of(session: Session, duty: Duty, organisation_id: int) -> tuple[str, str]:
    """Return what the history row is about, and the words for it."""
    if duty.kind in OF_AUDITS:
        return f"finding:{duty.id}", duty.item
    if not duty.ref:
        return f"organisation:{organisation_id}", duty.item
    here = session.scalar(select(Assessment.id).where(Assessment.ref == duty.ref))
    return f"assessment:{here}", duty.ref


def take(session: Session, duty: Duty, new: int, *, by: int, now: datetime) -> str:
    """Give a duty to somebody; return why it cannot be theirs, or "" where it is now."""
    assessment = None
    if duty.ref:
        assessment = session.scalar(
            select(Assessment)
            .where(Assessment.ref == duty.ref)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if assessment is None:
            return GONE
    match duty.kind:
        case DutyKind.AUTHOR | DutyKind.DIRECTOR | DutyKind.SECRETARY:
            assert assessment is not None
            return _part(session, assessment, duty, new, by, now)
        case DutyKind.ACTION | DutyKind.GAP | DutyKind.COMMITMENT:
            assert assessment is not None
            return _owned(session, assessment, duty, new, by, now)
        case DutyKind.ANSWER | DutyKind.FINDING:
            return _finding(session, assessment, duty, new, by, now)
        case DutyKind.PAGES:
            assert assessment is not None
            return _pages(session, assessment, duty, new, by, now)
        case DutyKind.CHAIR | DutyKind.BODY_SECRETARY:
            return _body(session, duty, new)
        case DutyKind.POST:
            return _post(session, duty, new, now)


def _part(session: Session, assessment: Assessment, duty: Duty, new: int, by: int, now: datetime) -> str:
    part = Part(duty.kind.value)
    if part is Part.DIRECTOR:
        directors = people.with_role(
            assessment.organisation_id, Role.DIRECTOR, today=day_of(now), session=session
        )
        if new not in {one.id for one in directors}:
            return "Choose somebody who holds the post of a director"
        if new == team.author_of(session, assessment.id):
            return "The author cannot be the accountable director too"
    if part is Part.AUTHOR and new == assessment.director_id:
        return "The accountable director cannot be the author too"
    row = session.get(
        Participant, (assessment.id, duty.person_id, part), with_for_update=True, populate_existing=True
    )
    if row is None or row.ended_at is not None:
        return GONE
    row.ended_at = now
    team.take_part(session, assessment.id, new, part, by=by, now=now)
    if part is Part.DIRECTOR:
        assessment.director_id = new
    return ""


def _owned(session: Session, assessment: Assessment, duty: Duty, new: int, by: int, now: datetime) -> str:
    row: MitigationRow | GapRow | CommitmentRow | None
    if duty.kind is DutyKind.ACTION:
        row = session.get(MitigationRow, duty.id, populate_existing=True)
    elif duty.kind is DutyKind.GAP:
        row = session.get(GapRow, duty.id, populate_existing=True)
    else:
        row = session.get(CommitmentRow, duty.id, populate_existing=True)
    if row is None or row.owner_id != duty.person_id:
        return GONE
    if duty.kind is DutyKind.COMMITMENT and not sees(session, assessment, new, today=day_of(now)):
        return "They cannot see this assessment: let them take part in it first"
    row.owner_id = new
    row.revision += 1
    if isinstance(row, MitigationRow):
        ask_anew(row)
    session.flush()
    if duty.kind is not DutyKind.COMMITMENT:
        owning.drop_owner(session, assessment.id, duty.person_id, now=now)
        owning.name_owner(session, assessment.id, new, by=by, now=now)
    return ""


def _finding(
    session: Session, assessment: Assessment | None, duty: Duty, new: int, by: int, now: datetime
) -> str:
    row = session.get(FindingRow, duty.id, with_for_update=True, populate_existing=True)
    name = "answers_id" if duty.kind is DutyKind.ANSWER else "owner_id"
    if row is None or getattr(row, name) != duty.person_id:
        return GONE
    if duty.kind is DutyKind.ANSWER and new == row.raised_by:
        return "They wrote this finding: choose somebody else to answer it"
    if assessment is not None and not sees(session, assessment, new, today=day_of(now)):
        return "They cannot see the assessment that it is about: let them take part in it first"
    setattr(row, name, new)
    row.revision += 1
    row.by, row.at = by, now
    session.flush()
    return ""


def _pages(session: Session, assessment: Assessment, duty: Duty, new: int, by: int, now: datetime) -> str:
    rows = session.scalars(
        select(SectionAssignment)
        .where(
            SectionAssignment.assessment_id == assessment.id,
            SectionAssignment.person_id == duty.person_id,
            SectionAssignment.done_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return GONE
    if new not in assigning.writers(assessment.id, session=session):
        team.take_part(session, assessment.id, new, Part.CONTRIBUTOR, by=by, now=now)
    for row in rows:
        row.person_id, row.assigned_by, row.assigned_at = new, by, now
        row.revision += 1
    session.flush()
    return ""


def _body(session: Session, duty: Duty, new: int) -> str:
    body = session.get(Body, duty.id, with_for_update=True, populate_existing=True)
    name = "chair_id" if duty.kind is DutyKind.CHAIR else "secretary_id"
    if body is None or getattr(body, name) != duty.person_id:
        return GONE
    other = body.secretary_id if duty.kind is DutyKind.CHAIR else body.chair_id
    if other == new:
        return "Choose somebody else: the secretary enters what the chair confirms"
    setattr(body, name, new)
    body.revision += 1
    session.flush()
    return ""


def _post(session: Session, duty: Duty, new: int, now: datetime) -> str:
    post = session.get(Post, duty.id)
    if post is None:
        return GONE
    session.add(
        Post(person_id=new, organisation_id=post.organisation_id, role=post.role, starts_on=day_of(now))
    )
    session.flush()
    return ""
