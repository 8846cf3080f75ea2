"""Giving up what a decision relied on, or promising less: asked for here, decided by the body that decided.

A request changes nothing: the action stays open, and overdue keeps counting,
until the answer of the body is recorded, with its meeting and minute, or by
whoever decided alone. Signed records never change.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import QUIET
from ehiia.domain.mitigating import CLAIM_OF, Asking, Deciding, Ending, may_end, must_be_decided
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import answering, moves, people
from ehiia.services.ending_history import AS_IT_STANDS, Request, Weaker, requests_of
from ehiia.services.mitigation_sight import opened, see_one
from ehiia.services.relied import relied_on
from ehiia.services.sight import Seen
from ehiia.services.telling import authors, tell_of_action
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, note_on, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.promised import MitigationEnding

__all__ = ["Request", "Weaker", "answer", "ask", "may_answer", "requests_of", "take_back"]

PAGE = "/ending"
"""Below the page of the action: where the body that decided is asked."""
LONGEST = {"reason": 4000, "what": 4000, "measure": 2000, "target": 300, "minute": 300}


def may_answer(seen: Seen, row: MitigationRow, request: Request) -> str:
    """Return why the person may not answer for the body that decided, or "" where they may."""
    me = seen.actor.person_id
    who = Deciding(
        committee=request.committee,
        chair=request.chair_id == me,
        secretary=request.secretary_id == me,
        decides=seen.actor.has(seen.assessment.organisation_id, Role.DECISION_MAKER),
        owner=row.owner_id == me,
        asked=request.by_id == me,
    )
    refused = may_end(who)
    return refused.text if refused else ""


# -- asking ----------------------------------------------------------------------------------------


def ask(
    mitigation_ref: str,
    kind: Ending,
    *,
    reason: str,
    instead: Weaker = AS_IT_STANDS,
    by: int | None,
    named: str = "",
    now: datetime,
) -> None:
    """Ask the body that decided, as owner, author or director; ``by`` None: the owner outside, ``named``.

    Raises Invalid by field (reason, what, measure, target), NotAllowed, NotFound, and Refused where no
    decision relied on it, another request waits, or it rests.
    """
    reason, named = reason.strip(), named.strip()
    given = {name: getattr(instead, name).strip() for name in ("what", "measure", "target")}
    errors = {
        name: f"This must be {LONGEST[name]:,} characters or fewer"
        for name, value in (given | {"reason": reason}).items()
        if len(value) > LONGEST[name]
    }
    if not reason:
        errors["reason"] = "Say why; the body that decided reads it"
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.CLAIM, by=by, named=named, now=now)
        changed = {name: value for name, value in given.items() if value != getattr(row, name)}
        instead = Weaker(**changed)
        if kind is Ending.WEAKENED and instead.empty and not errors:
            errors["what"] = "Say what would be promised instead"
        if errors:
            raise Invalid(**errors)
        instead = instead if kind is Ending.WEAKENED else AS_IT_STANDS
        request(session, assessment, row, kind, reason=reason, instead=instead, by=by, named=named, now=now)


def request(
    session: Session,
    assessment: Assessment,
    row: MitigationRow,
    kind: Ending,
    *,
    reason: str,
    instead: Weaker = AS_IT_STANDS,
    by: int | None,
    named: str,
    now: datetime,
) -> None:
    """Leave a request in the caller's transaction, which knows that the person may. Raises Refused."""
    relied = relied_on(assessment.id, session=session)
    if relied is None or not must_be_decided(kind, relied_on=row.ref in relied.actions):
        raise Refused("No decision relied on this action, so nobody has to be asked.")
    before = requests_of(row.id, session=session)
    last = before[-1] if before else None
    if last and last.waits:
        if (last.kind, last.reason, last.instead, last.by_id) == (kind, reason, instead, by):
            return  # the form was sent twice
        raise Refused(f"{last.body} is asked already. Wait for the answer, or take the request back.")
    if assessment.stage in QUIET:
        raise Refused(f"The assessment is “{assessment.stage.label}”, so its actions rest.")
    session.add(
        MitigationEnding(
            organisation_id=row.organisation_id,
            mitigation_id=row.id,
            state=Asking.ASKED,
            kind=kind,
            body_id=relied.body.id,
            reason=reason,
            what=instead.what,
            measure=instead.measure,
            target=instead.target,
            by=by,
            name=named if by is None else "",
            at=now,
        )
    )
    session.flush()
    _noted(session, "mitigation_end_asked", assessment, row, kind, by, named, now, reason=reason)
    told = {person for person in (relied.body.chair_id, relied.body.secretary_id) if person}
    tell_of_action(
        session,
        assessment,
        row,
        "mitigation_end_asked",
        told,
        by=by,
        named=named,
        now=now,
        page=PAGE,
        decision=kind.label.lower(),
        comment=reason,
    )


# -- answering -------------------------------------------------------------------------------------


def answer(
    mitigation_ref: str,
    request_id: int,
    *,
    agreed: bool,
    reason: str,
    meeting_on: date | None = None,
    minute: str = "",
    by: int,
    now: datetime,
) -> None:
    """Record what the body that decided answered: a committee with its meeting and minute.

    Only when it agreed does the action change. Raises Invalid by field (reason, meeting_on, minute),
    NotAllowed, NotFound, Refused where it was answered meanwhile.
    """
    reason, minute = reason.strip(), minute.strip()
    state = Asking.AGREED if agreed else Asking.REFUSED
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen, row = see_one(mitigation_ref, actor=actor, session=session, lock=True)
        found = _one(session, row, request_id)
        why_not = may_answer(seen, row, found)
        if why_not:
            raise NotAllowed(why_not)
        if found.state is state and (found.answer, found.minute) == (reason, minute):
            return  # the form was sent twice
        if not found.waits:
            raise Refused("This was answered meanwhile. Look at it again.")
        if seen.assessment.stage in QUIET:
            raise Refused(f"The assessment is “{seen.assessment.stage.label}”, so its actions rest.")
        _check(found, reason, meeting_on, minute, day_of(now))
        if not found.committee:
            meeting_on, minute = None, ""
        _answered(session, row, found, state, reason, meeting_on, minute, by, now)
        _noted(
            session,
            "mitigation_end_answered",
            seen.assessment,
            row,
            found.kind,
            by,
            "",
            now,
            agreed=agreed,
            body=found.body,
            minute=minute,
            reason=reason,
        )
        if agreed:
            _end(session, seen.assessment, row, found, now)
        told = authors(session, seen.assessment.id)
        told |= {one for one in (row.owner_id, seen.assessment.director_id, found.by_id) if one}
        message = "mitigation_end_agreed" if agreed else "mitigation_end_refused"
        tell_of_action(
            session,
            seen.assessment,
            row,
            message,
            told,
            by=by,
            now=now,
            page=PAGE,
            decision=found.kind.label.lower(),
            comment=reason,
        )


def _check(found: Request, reason: str, meeting_on: date | None, minute: str, today: date) -> None:
    errors = {}
    if not reason:
        errors["reason"] = "Enter the reasons"
    elif len(reason) > LONGEST["reason"]:
        errors["reason"] = f"This must be {LONGEST['reason']:,} characters or fewer"
    if found.committee:
        if meeting_on is None:
            errors["meeting_on"] = "Enter the day of the meeting"
        elif meeting_on > today:
            errors["meeting_on"] = "The meeting must be today or before"
        if not minute:
            errors["minute"] = "Enter the minute, so that somebody else can find it"
        elif len(minute) > LONGEST["minute"]:
            errors["minute"] = f"This must be {LONGEST['minute']:,} characters or fewer"
    if errors:
        raise Invalid(**errors)


def take_back(mitigation_ref: str, request_id: int, *, by: int, now: datetime) -> None:
    """Take one's own request back; nothing happens where it was taken back already."""
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.READ, by=by, now=now)
        found = _one(session, row, request_id)
        if found.by_id != by:
            raise NotAllowed("Only whoever asked takes it back.")
        if found.state is Asking.TAKEN_BACK:
            return
        if not found.waits:
            raise Refused("This was answered meanwhile. Look at it again.")
        _answered(session, row, found, Asking.TAKEN_BACK, "", None, "", by, now)
        _noted(session, "mitigation_end_taken_back", assessment, row, found.kind, by, "", now)


def _one(session: Session, row: MitigationRow, request_id: int) -> Request:
    for one in requests_of(row.id, session=session):
        if one.id == request_id:
            return one
    raise NotFound


def _answered(
    session: Session,
    row: MitigationRow,
    found: Request,
    state: Asking,
    reason: str,
    meeting_on: date | None,
    minute: str,
    by: int,
    now: datetime,
) -> None:
    asked = session.get_one(MitigationEnding, found.id)
    session.add(
        MitigationEnding(
            organisation_id=row.organisation_id,
            mitigation_id=row.id,
            request_id=found.id,
            state=state,
            kind=found.kind,
            body_id=asked.body_id,
            reason=reason,
            meeting_on=meeting_on,
            minute=minute,
            by=by,
            at=now,
        )
    )
    session.flush()


def _end(session: Session, assessment: Assessment, row: MitigationRow, found: Request, now: datetime) -> None:
    """Do what the body agreed to: the claim of whoever asked, or the weaker words."""
    if found.kind is Ending.WEAKENED:
        for name in ("what", "measure", "target"):
            setattr(row, name, getattr(found.instead, name) or getattr(row, name))
    else:
        row.claim, row.claim_note = CLAIM_OF[found.kind], found.reason
        row.claimed_by, row.claimed_at = found.by_id, now
        row.claimed_outside = "" if found.by_id else found.by
    row.revision += 1
    moves.touch(assessment, now)
    session.flush()
    answering.recount(session, assessment)


def _noted(
    session: Session,
    verb: str,
    assessment: Assessment,
    row: MitigationRow,
    kind: Ending,
    by: int | None,
    named: str,
    now: datetime,
    **body: object,
) -> None:
    note_on(
        session,
        assessment,
        verb,
        by=by,
        at=now,
        mitigation=row.ref,
        kind=kind.value,
        named=named,
        **body,
    )
