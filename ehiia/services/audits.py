"""Auditing one mitigating action: a verdict with one piece of evidence.

Claim, verdict and overdue are three facts: the owner's, the auditor's, the
calendar's. Nobody verifies an action they own, or one of an assessment they
wrote, direct, checked or decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import scoring
from ehiia.domain.access import QUIET, Actor
from ehiia.domain.vocabulary import Claim, Dimension, Permission, Verdict
from ehiia.services import answering, mitigations, people, reviews, uploads
from ehiia.services.sight import see_many
from ehiia.services.telling import authors, tell
from ehiia.services.transaction import Invalid, NotFound, Refused, note, read, transaction
from ehiia.services.uploads import NotAccepted, Upload
from ehiia.store.answers import Answer, AuditItem, ImpactRow, MitigationImpact, MitigationRow, StoredFile
from ehiia.store.assessments import Assessment
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = [
    "AuditItem",
    "MitigationRow",
    "VerdictGiven",
    "Waiting",
    "give_verdict",
    "proof_of",
    "verdicts_of",
    "waiting_for_verdict",
]


@dataclass(frozen=True)
class VerdictGiven:
    """A verdict as it is shown."""

    id: int
    verdict: Verdict
    found: str
    by: str
    at: datetime
    file_sha256: str
    file_name: str


@dataclass(frozen=True)
class Waiting:
    """An action said to be done that waits for a verdict."""

    mitigation: MitigationRow
    assessment_ref: str
    title: str
    owner: str
    may: bool
    why_not: str


def waiting_for_verdict(actor: Actor, organisation_id: int, *, limit: int = 200) -> list[Waiting]:
    """Return the actions said to be done since their last verdict, longest waiting first."""
    newest = (
        select(AuditItem.mitigation_id, func.max(AuditItem.at).label("at"))
        .group_by(AuditItem.mitigation_id)
        .subquery()
    )
    holds = bool(actor.roles.get(organisation_id))
    session = read()
    rows = session.execute(
        select(MitigationRow, Assessment, Person.name)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .outerjoin(Person, Person.id == MitigationRow.owner_id)
        .outerjoin(newest, newest.c.mitigation_id == MitigationRow.id)
        .where(
            known_in(organisation_id, actor.person_id, holds_post=holds),
            MitigationRow.claim == Claim.DONE,
            MitigationRow.taken_out_at.is_(None),
            newest.c.at.is_(None) | (newest.c.at < MitigationRow.claimed_at),
            Assessment.stage.not_in(QUIET),
        )
        .order_by(MitigationRow.claimed_at, MitigationRow.id)
        .limit(limit)
    ).all()
    assessments = {assessment.id: assessment for _, assessment, _ in rows}
    seen = {one.assessment.id: one for one in see_many(session, tuple(assessments.values()), actor=actor)}
    found = []
    for row, assessment, owner in rows:
        if assessment.id in seen:
            ruling = seen[assessment.id].may_with(Permission.VERIFY, row)
            name = owner or row.outside_owner
            found.append(Waiting(row, assessment.ref, assessment.title, name, bool(ruling), ruling.reason))
    return found


def give_verdict(
    mitigation_ref: str, *, verdict: Verdict, found: str, proof: Upload | None, by: int, now: datetime
) -> None:
    """Record what an auditor found, with one piece of evidence.

    "Done, not working" opens the impact again and brings the review forward. Raises Invalid by field.
    """
    errors = {}
    if not found.strip():
        errors["found"] = "Say what you looked at and what you saw"
    elif len(found.strip()) > 4000:
        errors["found"] = "What you saw must be 4,000 characters or fewer"
    checked = None
    if proof is not None:
        try:
            checked = uploads.check(proof)
        except NotAccepted as error:
            errors["proof"] = str(error)
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen, row = mitigations.see_one(
            mitigation_ref, actor=actor, permission=Permission.VERIFY, session=session, lock=True
        )
        if seen.assessment.stage in QUIET:
            raise Refused(f"The assessment is “{seen.assessment.stage.label}”, so its actions rest.")
        assessment = seen.assessment
        # kept only now: whoever may give no verdict leaves no file
        sha256 = uploads.keep(session, checked, by=by, now=now) if checked else None
        newest = session.scalar(
            select(AuditItem).where(AuditItem.mitigation_id == row.id).order_by(AuditItem.id.desc()).limit(1)
        )
        given = (verdict, found.strip(), sha256, by)
        same = newest and (newest.verdict, newest.found, newest.file_sha256, newest.by) == given
        if newest and same and (row.claimed_at is None or newest.at >= row.claimed_at):
            return  # the form was sent twice: nobody is told twice
        session.add(
            AuditItem(
                organisation_id=row.organisation_id,
                mitigation_id=row.id,
                verdict=verdict,
                found=found.strip(),
                file_sha256=sha256,
                file_name=checked.name if checked else "",
                by=by,
                at=now,
            )
        )
        note(
            session,
            "verdict_given",
            organisation_id=row.organisation_id,
            subject=f"assessment:{assessment.id}",
            by=by,
            at=now,
            mitigation=row.ref,
            verdict=verdict.label,
        )
        if verdict is Verdict.NOT_WORKING:
            _open_again(session, assessment, row, by=by, now=now)


def _open_again(
    session: Session, assessment: Assessment, row: MitigationRow, *, by: int, now: datetime
) -> None:
    """The risk left is what it was before the action, and the review comes sooner."""
    for subject, dimension in session.execute(
        select(MitigationImpact.subject, MitigationImpact.dimension).where(
            MitigationImpact.mitigation_id == row.id
        )
    ):
        if dimension == scoring.OVERALL:
            _effect_as_before(session, assessment.id, subject)
        if dimension not in {str(known) for known in Dimension}:
            continue
        impact = session.get(ImpactRow, (assessment.id, subject, Dimension(dimension)))
        if impact is not None:
            impact.likelihood_after, impact.severity_after = impact.likelihood_before, impact.severity_before
            impact.revision += 1
    answering.recount(session, assessment)
    due_on = reviews.bring_forward(
        session, assessment, why=f"Mitigating action {row.ref} was found not to work", by=by, now=now
    )
    told = authors(session, assessment.id)
    told |= {person for person in (row.owner_id, assessment.director_id) if person}
    tell(
        session,
        assessment,
        "mitigation_not_working",
        told,
        by=by,
        now=now,
        item=row.ref,
        what=row.what,
        review_on=due_on,
    )


def _effect_as_before(session: Session, assessment_id: int, question: str) -> None:
    """Rate an effect that was answered in one question as it was before the action."""
    answer = session.get(Answer, (assessment_id, question, ""))
    if answer is None or not isinstance(answer.value, dict):
        return
    before = {
        f"{degree}_after": answer.value[f"{degree}_before"]
        for degree in ("likelihood", "severity")
        if answer.value.get(f"{degree}_before")
    }
    answer.value = answer.value | before
    answer.revision += 1


def proof_of(mitigation_ref: str, verdict_id: int, *, actor: Actor) -> tuple[str, str, bytes]:
    """Return the file of a verdict: name, media type and bytes. Raises NotFound, NotAllowed."""
    _, row = mitigations.see_one(mitigation_ref, actor=actor, permission=Permission.READ)
    found = (
        read()
        .execute(
            select(AuditItem, StoredFile)
            .join(StoredFile, StoredFile.sha256 == AuditItem.file_sha256)
            .where(AuditItem.id == verdict_id, AuditItem.mitigation_id == row.id)
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound
    item, file = found
    return item.file_name or "evidence", file.media_type, uploads.content_of(file.sha256)


def verdicts_of(mitigation_id: int) -> list[VerdictGiven]:
    """Return the verdicts on an action, newest first."""
    rows = read().execute(
        select(AuditItem, Person.name)
        .join(Person, Person.id == AuditItem.by)
        .where(AuditItem.mitigation_id == mitigation_id)
        .order_by(AuditItem.id.desc())
    )
    return [
        VerdictGiven(r.id, r.verdict, r.found, name, r.at, r.file_sha256 or "", r.file_name)
        for r, name in rows
    ]
