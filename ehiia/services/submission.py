"""Submitting: what is missing blocks the move, the author declares, the director agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import holidays
from ehiia.domain import completeness, paper, schedule
from ehiia.domain.frozen import Snapshot
from ehiia.domain.lacking import MissingAnswer
from ehiia.domain.paper import Harm, NotKnown
from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import Attested, Gate, Permission, Reauthentication
from ehiia.services import freezing, moves, organisations, people
from ehiia.services.answered import answers_of, question_set_of
from ehiia.services.circumstances import adoption_of
from ehiia.services.scales import scale_of
from ehiia.services.sight import deciding_step, see
from ehiia.services.telling import authors, may_check, tell
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.services.unseen import unseen
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import AttestationRow, Comment, QualityCheck
from ehiia.store.quality import CommentClosing


@dataclass(frozen=True)
class Readiness:
    """Whether an assessment can be submitted: what is missing or does not fit."""

    missing: tuple[MissingAnswer, ...]
    """What is missing; ``rule`` is set where the conclusion does not fit what was found."""
    details: tuple[str, ...]
    """What is missing of the details: director, route and dates, in sentences."""
    access: tuple[str, ...]
    """Who cannot see it yet and has to, where it is restricted, in sentences."""
    open_comments: int

    @property
    def count(self) -> int:
        """How many things stand in the way."""
        return len(self.missing) + len(self.details) + len(self.access) + self.open_comments

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way."""
        return self.count == 0


class NotReady(Invalid):
    """It cannot be submitted yet; ``readiness`` lists why."""

    def __init__(self, readiness: Readiness) -> None:
        """Keep the list."""
        left = readiness.count
        super().__init__(missing=f"{left} {'thing is' if left == 1 else 'things are'} still to be done")
        self.readiness = readiness


def readiness_of(assessment: Assessment, *, today: date, session: Session | None = None) -> Readiness:
    """Say what still stands in the way of submitting."""
    session = session or read()
    answers, questions = answers_of(session, assessment), question_set_of(assessment)
    settings = organisations.settings_of(organisations.get(assessment.organisation_id, session=session))
    borders = scale_of(assessment).bands
    details = []
    if assessment.director_id is None and settings.director_agrees:
        details.append("Name the accountable director")
    outside = assessment.outside_author or assessment.outside_body
    if outside and adoption_of(assessment, session=session) is None:
        details.append(f"The accountable director must adopt what {outside} wrote (ADO-01)")
    step = deciding_step(session, assessment.id)
    if step is None:
        details.append("Say on the route which body decides")
    elif step[1].chair_id is None:
        details.append(f"An administrator must name who chairs or is “{step[1].name}”")
    open_comments = session.scalars(
        select(Comment.id)
        .outerjoin(CommentClosing, CommentClosing.comment_id == Comment.id)
        .where(
            Comment.assessment_id == assessment.id,
            Comment.answered_at.is_(None),
            CommentClosing.comment_id.is_(None),
        )
    ).all()
    return Readiness(
        completeness.missing(questions, answers, borders),
        tuple(details),
        unseen(assessment, today=today, session=session) if assessment.restricted else (),
        len(open_comments),
    )


def attest(
    session: Session,
    assessment: Assessment,
    what: Attested,
    *,
    by: int,
    role: str,
    now: datetime,
    snapshot_id: int | None = None,
    method: Reauthentication | None = None,
    reauthenticated_at: datetime | None = None,
) -> AttestationRow:
    """Write that a person put their name to something, in the caller's transaction."""
    row = AttestationRow(
        assessment_id=assessment.id,
        person_id=by,
        role=role,
        what=what,
        snapshot_id=snapshot_id,
        method=method,
        reauthenticated_at=reauthenticated_at,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def submit(ref: str, *, declared: bool, by: int, now: datetime) -> None:
    """Send it on: to the director where the organisation wants that, otherwise to be checked.

    Raises NotReady with the list of what is missing, Invalid (field ``declared``) without the declaration.
    """
    if not declared:
        raise Invalid(declared="Tick the box to say that it is complete and true as far as you know")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.SUBMIT, actor=actor, session=session, lock=True).assessment
        settings = organisations.settings_of(organisations.get(assessment.organisation_id, session=session))
        to_director = settings.director_agrees and assessment.depth != Depth.RAPID  # one agreed its urgency
        name = "submit_to_director" if to_director else "submit_to_check"
        readiness = readiness_of(assessment, today=day_of(now), session=session)
        if not readiness.ready:
            raise NotReady(readiness)
        moves.move(session, assessment, name, by=by, now=now)
        snapshot = freezing.freeze(session, assessment, Gate.SUBMITTED, by=by, now=now)
        attest(session, assessment, Attested.DECLARED, by=by, role="Author", now=now, snapshot_id=snapshot.id)
        if to_director and assessment.director_id:
            tell(session, assessment, "submitted_to_director", {assessment.director_id}, by=by, now=now)
        else:
            to_check(session, assessment, by=by, now=now)


def to_check(session: Session, assessment: Assessment, *, by: int, now: datetime) -> None:
    """Open a check and tell the equality leads who may do it, in the caller's transaction."""
    session.add(QualityCheck(assessment_id=assessment.id, version_no=assessment.version_no, begun_at=now))
    session.flush()
    tell(
        session,
        assessment,
        "waiting_for_check",
        may_check(session, assessment, day_of(now)),
        by=by,
        now=now,
        check_by=check_by(assessment.organisation_id, now, session=session),
    )


def check_by(organisation_id: int, begun_at: datetime, *, session: Session | None = None) -> date:
    """Return the last day of the check's clock: so many working days after it began, a setting."""
    settings = organisations.settings_of(organisations.get(organisation_id, session=session))
    return schedule.add_working_days(day_of(begun_at), settings.check_working_days, holidays.bank_holidays())


def agree(ref: str, *, by: int, now: datetime) -> None:
    """The accountable director agrees; it goes to be checked."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.AGREE, actor=actor, session=session, lock=True).assessment
        moves.move(session, assessment, "agree", by=by, now=now)
        attest(session, assessment, Attested.AGREED, by=by, role="Accountable director", now=now)
        to_check(session, assessment, by=by, now=now)


def return_to_author(ref: str, *, reason: str, by: int, now: datetime) -> None:
    """The accountable director sends it back with a reason."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.AGREE, actor=actor, session=session, lock=True).assessment
        moves.move(session, assessment, "director_return", by=by, now=now, reason=reason)
        tell(
            session, assessment, "sent_back", authors(session, assessment.id), by=by, now=now, comment=reason
        )


def take_back(ref: str, *, by: int, now: datetime) -> None:
    """The author takes it back before it was agreed or checked; an open check ends."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.SUBMIT, actor=actor, session=session, lock=True).assessment
        moves.move(session, assessment, "take_back", by=by, now=now)
        end_checks(session, assessment, now=now)


def end_checks(session: Session, assessment: Assessment, *, now: datetime) -> None:
    """End the check that is open, neither passed nor sent back, in the caller's transaction."""
    session.execute(
        update(QualityCheck)
        .where(QualityCheck.assessment_id == assessment.id, QualityCheck.ended_at.is_(None))
        .values(ended_at=now)
    )


@dataclass(frozen=True)
class Summary:
    """An assessment in short for its accountable director."""

    snapshot: Snapshot
    """As it was submitted; nothing was changed since."""
    submitted_at: datetime
    harms: tuple[Harm, ...]
    not_known: tuple[NotKnown, ...]


def summary_of(assessment: Assessment) -> Summary | None:
    """Return what was submitted last of the version in hand, in short, or None."""
    row = freezing.newest(read(), assessment, Gate.SUBMITTED)
    if row is None:
        return None
    snapshot = freezing.thaw_snapshot(row.text)
    return Summary(snapshot, row.frozen_at, paper.harms(snapshot), paper.not_known(snapshot))
