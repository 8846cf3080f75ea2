"""The quality check: section by section, sent back with comments or passed and frozen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from ehiia.clock import day_of
from ehiia.domain import meeting_dates as rules
from ehiia.domain.completeness import SectionState, review
from ehiia.domain.vocabulary import Attested, Gate, Part, Permission, Role, Stage
from ehiia.services import freezing, meeting_dates, moves, people, quality, threads
from ehiia.services.answered import answers_of, question_set_of
from ehiia.services.sight import Seen, deciding_step, see
from ehiia.services.submission import attest
from ehiia.services.telling import authors, tell
from ehiia.services.threads import Said, answer_comment, comments_of
from ehiia.services.transaction import Invalid, NotFound, Refused, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import Comment, QualityCheck, SectionCheck, SnapshotRow

__all__ = [
    "Said",
    "SectionFinding",
    "answer_comment",
    "comments_of",
    "current_check",
    "find_section",
    "flag_late",
    "meeting_of",
    "pages_to_check",
    "pass_check",
    "passed_check",
    "passed_checks",
    "say",
    "send_back",
    "version_for_decision",
]


@dataclass(frozen=True)
class SectionFinding:
    """What the equality lead has found of a page so far; ``satisfied`` None where not looked at."""

    key: str
    title: str
    part: str
    section_id: str
    subject: str
    satisfied: bool | None
    note: str


def key_of(state: SectionState) -> str:
    """Return the key of a page: "section", or "section:subject" for a page of a group."""
    return f"{state.section_id}:{state.subject}" if state.subject else state.section_id


def current_check(session: Session, assessment: Assessment) -> QualityCheck | None:
    """Return the newest check of this assessment, ended or not."""
    return session.scalar(
        select(QualityCheck)
        .where(QualityCheck.assessment_id == assessment.id)
        .order_by(QualityCheck.id.desc())
        .limit(1)
    )


def pages_to_check(assessment: Assessment, *, session: Session | None = None) -> list[SectionFinding]:
    """Return every page of the assessment with what was found of it in the current check."""
    session = session or read()
    check = current_check(session, assessment)
    found = {}
    if check is not None:
        found = {
            row.section: row
            for row in session.scalars(select(SectionCheck).where(SectionCheck.check_id == check.id))
        }
    states = review(question_set_of(assessment), answers_of(session, assessment)).states
    return [
        SectionFinding(
            key_of(state),
            state.title,
            state.part,
            state.section_id,
            state.subject,
            found[key_of(state)].satisfied if key_of(state) in found else None,
            found[key_of(state)].note if key_of(state) in found else "",
        )
        for state in states
    ]


def _open_check(session: Session, seen: Seen, by: int) -> QualityCheck:
    check = current_check(session, seen.assessment)
    if check is None or check.ended_at is not None:
        raise Refused("There is no open check of this assessment.")
    if seen.assessment.stage is not Stage.CHECKING:
        raise Refused(f"It cannot be checked while it is “{seen.assessment.stage.label}”.")
    check.checked_by = by
    return check


def find_section(ref: str, *, key: str, satisfied: bool, note_text: str, by: int, now: datetime) -> None:
    """Keep what the equality lead found of one page. A page that does not satisfy needs a comment."""
    note_text = note_text.strip()
    if not satisfied and not note_text:
        raise Invalid(note="Say what the author should change")
    if len(note_text) > 4000:
        raise Invalid(note="The comment must be 4,000 characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.CHECK, actor=actor, session=session, lock=True)
        check = _open_check(session, seen, by)
        if key not in {page.key for page in pages_to_check(seen.assessment, session=session)}:
            raise NotFound
        row = session.get(SectionCheck, (check.id, key))
        if row is None:
            row = SectionCheck(check_id=check.id, section=key)
            session.add(row)
        row.satisfied, row.note, row.at = satisfied, note_text, now


def send_back(ref: str, *, message: str, by: int, now: datetime) -> None:
    """Send it back: every page that does not satisfy becomes a comment to answer."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.CHECK, actor=actor, session=session, lock=True)
        check = _open_check(session, seen, by)
        pages = [page for page in pages_to_check(seen.assessment, session=session) if page.satisfied is False]
        if not pages and not message.strip():
            raise Invalid(message="Say what the author should change, here or at a section")
        moves.move(
            session,
            seen.assessment,
            "send_back",
            by=by,
            now=now,
            reason=message.strip() or f"Comments on {len(pages)} sections",
        )
        for page in pages:
            session.add(
                Comment(
                    assessment_id=seen.assessment.id,
                    check_id=check.id,
                    section=page.key,
                    text=page.note,
                    by=by,
                    at=now,
                )
            )
        check.ended_at, check.passed, check.message = now, False, message.strip()
        tell(
            session,
            seen.assessment,
            "sent_back",
            authors(session, seen.assessment.id),
            by=by,
            now=now,
            comment=message.strip() or f"Comments on {len(pages)} sections.",
        )


def role_of(seen: Seen) -> str:
    """Return in which role this person checks: the organisation's own lead, or one from another body."""
    lead = seen.actor.has(seen.assessment.organisation_id, Role.EQUALITY_LEAD)
    return "Equality lead" if lead else Part.CHECKER.label


def pass_check(ref: str, *, reservations: str, by: int, now: datetime) -> SnapshotRow:
    """Pass it: freeze the version for decision. Late for ever where the meeting's date has gone by.

    Raises Invalid (field ``sections``) while a page was not found to satisfy.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.CHECK, actor=actor, session=session, lock=True)
        assessment = seen.assessment
        check = _open_check(session, seen, by)
        left = [page for page in pages_to_check(assessment, session=session) if not page.satisfied]
        if left:
            raise Invalid(sections=f"Look at every section first: {len(left)} are not marked as satisfying")
        waiting = answers_of(session, assessment).unanswered_comments
        if waiting:
            many = "1 comment" if len(waiting) == 1 else f"{len(waiting)} comments"
            raise Invalid(sections=f"{many} of public reviewers still need the author's answer (rule PUB-01)")
        if objections := quality.objections_to(check, session=session):
            raise Invalid(criteria=" ".join(one.text for one in objections[:5]))
        step = deciding_step(session, assessment.id)
        check.meeting_on = step[0].meeting_on if step else None
        check.ended_at, check.passed, check.message = now, True, reservations.strip()
        session.flush()
        flag_late(session, assessment, check.meeting_on)
        moves.move(session, assessment, "pass_check", by=by, now=now, reason=reservations.strip())
        snapshot = freezing.freeze(session, assessment, Gate.FOR_DECISION, by=by, now=now)
        attest(
            session,
            assessment,
            Attested.PASSED,
            by=by,
            role=role_of(seen),
            now=now,
            snapshot_id=snapshot.id,
        )
        tell(session, assessment, "ready_for_decision", authors(session, assessment.id), by=by, now=now)
        if step and step[1].chair_id:
            deciders = {step[1].chair_id} | ({step[1].secretary_id} if step[1].secretary_id else set())
            tell(session, assessment, "waiting_for_decision", deciders, by=by, now=now)
    return snapshot


def passed_check(session: Session, assessment: Assessment) -> QualityCheck | None:
    """Return the check that froze the version in hand, or None."""
    return session.scalar(
        select(QualityCheck)
        .where(
            QualityCheck.assessment_id == assessment.id,
            QualityCheck.version_no == assessment.version_no,
            QualityCheck.passed.is_(True),
        )
        .order_by(QualityCheck.id.desc())
        .limit(1)
    )


def passed_checks(session: Session, assessments: Collection[Assessment]) -> dict[int, QualityCheck]:
    """Return for each of these assessments the check that froze the version in hand, by its id: one query."""
    rows = session.scalars(
        select(QualityCheck)
        .join(Assessment, Assessment.id == QualityCheck.assessment_id)
        .where(
            Assessment.id.in_([one.id for one in assessments]),
            QualityCheck.version_no == Assessment.version_no,
            QualityCheck.passed.is_(True),
        )
        .order_by(QualityCheck.id)
    )
    return {row.assessment_id: row for row in rows}


def flag_late(session: Session, assessment: Assessment, meeting_on: date | None) -> None:
    """Flag a check that passed after the day of the meeting, in the caller's transaction (rule CHK-01).

    Called when the check passes, with the date on the route, and again when a decision names the date on
    which the meeting really was. A day that was moved after it had passed still counts (rule DAT-03). The
    flag is never taken back.
    """
    check = passed_check(session, assessment)
    if check is None or check.late or check.ended_at is None:
        return
    kept = meeting_dates.kept_of(session, assessment)
    if rules.late(day_of(check.ended_at), kept, meeting_on):
        check.late, check.meeting_on, assessment.late = True, rules.rests_on(kept, meeting_on), True
        session.flush()


def version_for_decision(session: Session, assessment: Assessment) -> SnapshotRow | None:
    """Return the frozen version that may be decided: the newest of the version in hand."""
    return freezing.newest(session, assessment, Gate.FOR_DECISION)


def versions_for_decision(session: Session, assessments: Collection[Assessment]) -> dict[int, SnapshotRow]:
    """Return for each of these assessments the frozen version that may be decided, by its id: one query.

    Their texts, which are long, are not read with them.
    """
    rows = session.scalars(
        select(SnapshotRow)
        .join(Assessment, Assessment.id == SnapshotRow.assessment_id)
        .where(
            Assessment.id.in_([one.id for one in assessments]),
            SnapshotRow.version_no == Assessment.version_no,
            SnapshotRow.gate == Gate.FOR_DECISION,
        )
        .options(defer(SnapshotRow.text))
        .order_by(SnapshotRow.n)
    )
    return {row.assessment_id: row for row in rows}


def meeting_of(assessment: Assessment) -> date | None:
    """Return the day on which the deciding body meets, or None where the route does not say."""
    step = deciding_step(read(), assessment.id)
    return step[0].meeting_on if step else None


# -- comments --------------------------------------------------------------------------------------


def say(ref: str, *, section: str, text: str, by: int, now: datetime, question: str = "") -> None:
    """Comment on a page, or on one question of it. Comments and advice do not count as writing."""
    actor = people.actor_of(by, today=day_of(now))
    assessment = see(ref, Permission.COMMENT, actor=actor).assessment
    pages = frozenset(page.key for page in pages_to_check(assessment))
    threads.say(ref, section=section, text=text, by=by, now=now, question=question, pages=pages)
