"""Another date for a mitigating action: asked for with a reason, in three cases approved by somebody else.

Every change and every request stays. Until a request is agreed the date is what
it was, and overdue keeps counting from it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import scoring
from ehiia.domain.access import QUIET
from ehiia.domain.mitigating import TOOK_EFFECT, Answering, Asking, Slip, approval_needed, may_approve
from ehiia.domain.vocabulary import Band, Part, Permission, Role, Stage
from ehiia.services import answering, moves, people
from ehiia.services.answered import answers_of
from ehiia.services.date_history import Change, changes_of
from ehiia.services.mitigation_sight import links_of, opened, see_one
from ehiia.services.relied import relied_on
from ehiia.services.scales import scale_of
from ehiia.services.sight import Seen
from ehiia.services.telling import authors, equality_leads, tell_of_action
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, note_on, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.promised import DateChange

__all__ = ["Change", "answer", "ask", "changes_of", "may_answer", "may_ask", "settled", "take_back"]

LONGEST = 2000
PAGE = "/date"
"""Below the page of the action: where its dates are."""


def may_ask(seen: Seen, row: MitigationRow) -> bool:
    """Say whether the person may ask for another date now: it was decided, and they say how it is going."""
    return settled(seen.assessment, row) and bool(seen.may_with(Permission.CLAIM, row))


def settled(assessment: Assessment, row: MitigationRow, session: Session | None = None) -> bool:
    """Say whether its date was decided, so that another one is asked for and not just written."""
    if assessment.stage in QUIET:
        return False
    if assessment.stage in (Stage.IN_FORCE, Stage.AWAITING_SIGNATURES):
        return True
    relied = relied_on(assessment.id, session=session)
    return relied is not None and row.ref in relied.actions


def may_answer(seen: Seen, row: MitigationRow, change: Change) -> str:
    """Return why the person may not answer this request, or "" where they may."""
    who = Answering(
        director=Part.DIRECTOR in seen.facts.parts,
        equality_lead=seen.actor.has(seen.assessment.organisation_id, Role.EQUALITY_LEAD),
        owner=row.owner_id == seen.actor.person_id,
        asked=change.by_id == seen.actor.person_id,
    )
    refused = may_approve(who)
    return refused.text if refused else ""


def residual(session: Session, assessment: Assessment, row: MitigationRow) -> Band:
    """Return the worst risk left of what an action answers; where it answers nothing, of the assessment."""
    answers, bands = answers_of(session, assessment), scale_of(assessment).bands
    links = set(links_of(row.id, session=session))
    if not links:
        return assessment.worst_left or Band.NONE
    answered = [impact for impact in scoring.counted(answers) if (impact.subject, impact.dimension) in links]
    effects = [one for one in scoring.answered_once(answers) if (one.question, scoring.OVERALL) in links]
    return scoring.worst((*answered, *effects), "after", bands).band


# -- asking ----------------------------------------------------------------------------------------


def ask(
    mitigation_ref: str,
    *,
    to_on: date | None,
    reason: str,
    revision: int,
    by: int | None,
    named: str = "",
    now: datetime,
) -> Asking:
    """Give an action another date, with a reason; return MADE, or ASKED where it needs an approval first.

    For the owner, the author or the director; ``by`` None: the owner outside, ``named``. Raises Invalid by
    field, Stale, NotAllowed, and Refused where it was not decided yet, rests, or a request waits.
    """
    reason, named, today = reason.strip(), named.strip(), day_of(now)
    errors = {}
    if to_on is None:
        errors["to_on"] = "Enter the new date"
    elif to_on <= today:
        errors["to_on"] = "The new date must be in the future"
    if not reason:
        errors["reason"] = "Enter why it takes another date; it is kept in the history"
    elif len(reason) > LONGEST:
        errors["reason"] = f"The reason must be {LONGEST:,} characters or fewer"
    if errors or to_on is None:
        raise Invalid(**errors)
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.CLAIM, by=by, named=named, now=now)
        before = changes_of(row.id, session=session)
        last = before[-1] if before else None
        if last and last.standing and (last.to_on, last.reason, last.by_id) == (to_on, reason, by):
            return last.state  # the form was sent twice
        if not settled(assessment, row, session):
            raise Refused(
                "Its date is asked for anew only after the decision, while the work goes on. While it is "
                "written, change what is promised."
            )
        if row.revision != revision:
            raise Stale
        if last and last.waits:
            raise Refused("Another date is asked for already. Wait for the answer, or take the request back.")
        if row.due_on == to_on:
            raise Invalid(to_on="This is its date already")
        needed = approval_needed(
            Slip(row.due_on, to_on),
            residual=residual(session, assessment, row),
            go_live_on=assessment.actual_go_live_on or assessment.expected_go_live_on,
            before=[Slip(one.from_on, one.to_on) for one in before if one.state in TOOK_EFFECT],
            today=today,
        )
        state = Asking.ASKED if needed else Asking.MADE
        change = DateChange(
            organisation_id=row.organisation_id,
            mitigation_id=row.id,
            state=state,
            from_on=row.due_on,
            to_on=to_on,
            reason=reason,
            rules=" ".join(one.rule for one in needed),
            by=by,
            name=named if by is None else "",
            at=now,
        )
        session.add(change)
        verb = "mitigation_date_asked" if needed else "mitigation_date_moved"
        _noted(session, verb, assessment, row, change, by, named, now, reason=reason)
        if needed:
            told = equality_leads(session, assessment, now)
            told |= {assessment.director_id} if assessment.director_id else set()
            message = "mitigation_date_asked"
        else:
            _move(session, assessment, row, to_on, now)
            told, message = _concerned(session, assessment, row), "mitigation_date_moved"
        tell_of_action(
            session,
            assessment,
            row,
            message,
            told,
            by=by,
            named=named,
            now=now,
            page=PAGE,
            due_on=to_on,
            comment=reason,
        )
    return state


def answer(mitigation_ref: str, change_id: int, *, agreed: bool, reason: str, by: int, now: datetime) -> None:
    """Agree to another date or not, as accountable director or equality lead who neither owns nor asked.

    Raises Invalid (``reason`` where it is not agreed), NotAllowed, NotFound, Refused where it was answered
    meanwhile or the date asked for has gone by.
    """
    reason = reason.strip()
    if not agreed and not reason:
        raise Invalid(reason="Say why not; whoever asked is told")
    if len(reason) > LONGEST:
        raise Invalid(reason=f"This must be {LONGEST:,} characters or fewer")
    state = Asking.AGREED if agreed else Asking.REFUSED
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen, row = see_one(mitigation_ref, actor=actor, session=session, lock=True)
        change = _request(session, row, change_id)
        why_not = may_answer(seen, row, change)
        if why_not:
            raise NotAllowed(why_not)
        if change.state is state and change.answer == reason:
            return  # the form was sent twice
        if not change.waits:
            raise Refused("This was answered meanwhile. Look at it again.")
        if seen.assessment.stage in QUIET:
            raise Refused(f"The assessment is “{seen.assessment.stage.label}”, so its actions rest.")
        if agreed and change.to_on <= day_of(now):
            raise Refused("The date that was asked for has gone by. Ask for another one.")
        _answered(session, row, change, state, reason, by, now)
        _noted(
            session,
            "mitigation_date_answered",
            seen.assessment,
            row,
            change,
            by,
            "",
            now,
            agreed=agreed,
            **({"reason": reason} if reason else {}),
        )
        if agreed:
            _move(session, seen.assessment, row, change.to_on, now)
        told = _concerned(session, seen.assessment, row) | ({change.by_id} if change.by_id else set())
        message = "mitigation_date_agreed" if agreed else "mitigation_date_refused"
        tell_of_action(
            session,
            seen.assessment,
            row,
            message,
            told,
            by=by,
            now=now,
            page=PAGE,
            due_on=change.to_on,
            comment=reason or None,
        )


def take_back(mitigation_ref: str, change_id: int, *, by: int | None, named: str = "", now: datetime) -> None:
    """Take one's own request back; nothing happens where it was taken back already.

    ``by`` None: the owner outside, ``named``. Raises NotAllowed, NotFound, Refused where it was answered.
    """
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.READ, by=by, named=named, now=now)
        change = _request(session, row, change_id)
        if change.by_id != by or (by is None and change.by != named):
            raise NotAllowed("Only whoever asked takes it back.")
        if change.state is Asking.TAKEN_BACK:
            return
        if not change.waits:
            raise Refused("This was answered meanwhile. Look at it again.")
        _answered(session, row, change, Asking.TAKEN_BACK, "", by, now, named=named)
        _noted(session, "mitigation_date_taken_back", assessment, row, change, by, named, now)


def _request(session: Session, row: MitigationRow, change_id: int) -> Change:
    for one in changes_of(row.id, session=session):
        if one.id == change_id and one.state is not Asking.MADE:
            return one
    raise NotFound


def _answered(
    session: Session,
    row: MitigationRow,
    change: Change,
    state: Asking,
    reason: str,
    by: int | None,
    now: datetime,
    *,
    named: str = "",
) -> None:
    session.add(
        DateChange(
            organisation_id=row.organisation_id,
            mitigation_id=row.id,
            request_id=change.id,
            state=state,
            from_on=change.from_on,
            to_on=change.to_on,
            reason=reason,
            by=by,
            name=named if by is None else "",
            at=now,
        )
    )
    session.flush()


def _move(session: Session, assessment: Assessment, row: MitigationRow, to_on: date, now: datetime) -> None:
    row.due_on, row.revision = to_on, row.revision + 1
    moves.touch(assessment, now)
    session.flush()
    answering.recount(session, assessment)


def _concerned(session: Session, assessment: Assessment, row: MitigationRow) -> set[int]:
    named = {person for person in (row.owner_id, assessment.director_id) if person}
    return authors(session, assessment.id) | named


def _noted(
    session: Session,
    verb: str,
    assessment: Assessment,
    row: MitigationRow,
    change: DateChange | Change,
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
        from_on=change.from_on.isoformat() if change.from_on else "",
        to_on=change.to_on.isoformat(),
        named=named,
        **body,
    )
