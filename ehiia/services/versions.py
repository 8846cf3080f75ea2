"""Versions of an assessment: each is begun for a reason and pinned to the questions it began with.

A new version carries every answer over. The records of earlier ones stay as
they were signed; they are replaced when the new one is decided.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.answers import SubjectGroup
from ehiia.domain.vocabulary import Part, Permission
from ehiia.services import answering, moves, organisations, people, renewing
from ehiia.services.answered import question_set_of
from ehiia.services.sight import see
from ehiia.services.telling import tell
from ehiia.services.transaction import Invalid, transaction
from ehiia.store.assessments import Assessment, AssessmentGroup, AssessmentVersion, Participant, RouteStep

REASON_LENGTH = 2000
LINE = 300
"""As much of the reason stands in the list of versions; the move keeps all of it."""


def begin_new(ref: str, *, reason: str, by: int, now: datetime, after: int = 0) -> int:
    """Begin the next version of an assessment that is in force; returns its number.

    By the author, the accountable director or an equality lead. Answers stay and may be changed again; the
    decision stands until the new version is decided. ``after``: number of the version on the page, so that
    a form sent twice begins one. Raises Invalid (field ``reason``), Refused.
    """
    if len(reason.strip()) > REASON_LENGTH:
        raise Invalid(reason=f"The reason must be {REASON_LENGTH:,} characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True).assessment
        if after and _begun_by(session, assessment, after + 1, by=by, reason=reason):
            return assessment.version_no
        moves.move(session, assessment, "begin_update", by=by, now=now, reason=reason)
        begin_version(session, assessment, reason=reason.strip(), by=by, now=now, renew=True)
        told = session.scalars(
            select(Participant.person_id).where(
                Participant.assessment_id == assessment.id,
                Participant.part.in_([Part.AUTHOR, Part.CONTRIBUTOR, Part.DIRECTOR]),
                Participant.ended_at.is_(None),
            )
        )
        tell(session, assessment, "version_begun", set(told), by=by, now=now, comment=reason.strip())
        return assessment.version_no


def _begun_by(session: Session, assessment: Assessment, number: int, *, by: int, reason: str) -> bool:
    """Say whether the version in hand has this number and was begun by this person for this reason."""
    if assessment.version_no != number:
        return False
    row = session.get(AssessmentVersion, (assessment.id, number))
    return row is not None and (row.begun_by, row.reason) == (by, reason.strip()[:LINE])


def begin_version(
    session: Session, assessment: Assessment, *, reason: str, by: int, now: datetime, renew: bool = False
) -> None:
    """Begin the next version in the caller's transaction: answers stay and may be changed again.

    The route stays; when its bodies meet again is to be said anew.

    ``renew``: ask today's questions and consider groups in today's words; otherwise those of the version
    before, as after a decision that was deferred.
    """
    before = session.get(AssessmentVersion, (assessment.id, assessment.version_no))
    assessment.version_no += 1
    if renew and assessment.question_set_version != load.question_set("assessment").version:
        renewing.carry(session, assessment, by=by, now=now)
    session.add(
        AssessmentVersion(
            assessment_id=assessment.id,
            number=assessment.version_no,
            question_set_version=assessment.question_set_version,
            reference_data=load.reference_data() if renew or before is None else before.reference_data,
            reason=reason[:LINE],
            begun_by=by,
            begun_at=now,
        )
    )
    session.execute(
        update(RouteStep)
        .where(RouteStep.assessment_id == assessment.id)
        .values(meeting_on=None, minute="")
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
    if renew:
        _renew_groups(session, assessment, now)
        answering.recount(session, assessment)


def _renew_groups(session: Session, assessment: Assessment, now: datetime) -> None:
    """Take today's words and legal status for the groups; those that are always asked about are there."""
    known = {
        group.code: SubjectGroup(
            group.code, group.label, group.people, group.legal_status, group.first_aim_only
        )
        for group in load.groups()
    }
    for local in organisations.local_groups(assessment.organisation_id, today=day_of(now), session=session):
        known[local.code] = SubjectGroup(local.code, local.label, local.people, local.legal_status)
    present = {
        row.code: row
        for row in session.scalars(
            select(AssessmentGroup).where(AssessmentGroup.assessment_id == assessment.id)
        )
    }
    for code, row in present.items():
        group = known.get(code)  # one that ended since keeps its words
        if group is not None:
            row.label, row.people, row.legal_status = group.label, group.people, group.legal_status
            row.first_aim_only = group.first_aim_only
    for position, code in enumerate(answering.always_asked(question_set_of(assessment))):
        if code not in present:
            answering.add_group(session, assessment.id, known[code], position)
    session.flush()
