"""Requests for information: recording one, claiming an exemption, approving it, closing with an answer.

Whoever claims an exemption never approves it. What withholds anything waits until it is approved.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import anywhere
from ehiia.domain import foi as rules
from ehiia.domain.access import Actor
from ehiia.domain.foi import MOVES, Answered, Ground, Requester, RequestMove, RequestState
from ehiia.domain.publishing import Exemption
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import notices, organisations, people
from ehiia.services.foi import must_see, row_of
from ehiia.services.transaction import Invalid, NotAllowed, Refused, Stale, note, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.foi import FoiAbout, FoiRequest
from ehiia.store.visible import known_in

__all__ = ["Answer", "Asked", "Claim", "answer", "approvers", "change", "claim", "record", "rule"]

LONGEST = 8000
TWICE = timedelta(minutes=1)
"""The same request within so long is one form that was sent twice."""
APPROVES = (Role.DIRECTOR, Role.EQUALITY_LEAD, Role.DECISION_MAKER)
"""Who may be asked to approve an exemption."""


@dataclass(frozen=True)
class Asked:
    """A request as it is recorded."""

    received_on: date | None
    requester: Requester | None
    asked: str
    requester_name: str = ""
    owner_id: int | None = None
    about: tuple[str, ...] = ()
    """References of assessments."""


@dataclass(frozen=True)
class Claim:
    """An exemption as it is claimed."""

    exemptions: tuple[Exemption | Ground, ...]
    withheld: str
    public_interest: str
    approver_id: int | None


@dataclass(frozen=True)
class Answer:
    """How a request is closed."""

    outcome: Answered | None
    answer: str
    released: str
    answered_on: date | None


# -- recording -----------------------------------------------------------------------------------


def record(given: Asked, *, organisation_id: int, by: int, now: datetime) -> FoiRequest:
    """Record a request; it is due by the twentieth working day. Raises NotAllowed, Invalid by field."""
    with transaction() as session:
        actor = _keeper(session, organisation_id, by, now)
        about = _checked(session, given, actor, organisation_id, now)
        assert given.received_on is not None
        assert given.requester is not None
        last = session.scalar(
            select(FoiRequest)
            .where(FoiRequest.organisation_id == organisation_id, FoiRequest.recorded_by == by)
            .order_by(FoiRequest.id.desc())
            .limit(1)
        )
        same = last and (last.asked, last.received_on) == (given.asked.strip(), given.received_on)
        if last and same and now - last.recorded_at < TWICE:
            return last
        organisation = organisations.get(organisation_id, session=session)
        year = given.received_on.year
        number = organisations.next_ref(session, organisation, "foi", year)
        row = FoiRequest(
            organisation_id=organisation_id,
            ref=f"{organisation.ref_prefix}-FOI{year}-{number:03d}",
            recorded_by=by,
            recorded_at=now,
            **_values(given, by),
        )
        session.add(row)
        session.flush()
        _say_about(session, row, about, kept=())
        _note(session, row, "foi_recorded", by, now)
        return row


def change(
    request_ref: str, given: Asked, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Change what was recorded of a request that is not closed; its due date follows.

    Raises NotFound, NotAllowed, Invalid by field, Refused where it is closed, Stale.
    """
    with transaction() as session:
        actor = _keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        about = _checked(session, given, actor, organisation_id, now)
        if row.state is RequestState.CLOSED:
            raise Refused("It is closed, so what was recorded stands.")
        values = _values(given, by)
        if row.revision != revision:
            if all(getattr(row, name) == value for name, value in values.items()):
                return  # the form was sent twice
            raise Stale
        for name, value in values.items():
            setattr(row, name, value)
        row.revision += 1
        known = select(Assessment.id).where(known_in(organisation_id, by, holds_post=True))
        session.execute(
            delete(FoiAbout).where(FoiAbout.request_id == row.id, FoiAbout.assessment_id.in_(known))
        )
        kept = session.scalars(select(FoiAbout.assessment_id).where(FoiAbout.request_id == row.id)).all()
        _say_about(session, row, about, kept=kept)
        _note(session, row, "foi_changed", by, now)


def _keeper(session: Session, organisation_id: int, by: int, now: datetime) -> Actor:
    actor = people.actor_of(by, today=day_of(now), session=session)
    must_see(actor, organisation_id, Permission.KEEP_REQUESTS)
    return actor


def _checked(
    session: Session, given: Asked, actor: Actor, organisation_id: int, now: datetime
) -> Collection[int]:
    """Return the ids of the assessments that it is about. Raises Invalid by field."""
    errors = {}
    if given.received_on is None:
        errors["received_on"] = "Enter the day on which the request came"
    elif given.received_on > day_of(now):
        errors["received_on"] = "The request cannot have come later than today"
    if given.requester is None:
        errors["requester"] = "Choose who asked"
    if not given.asked.strip():
        errors["asked"] = "Enter what was asked"
    here = {one.id for one in people.with_role(organisation_id, today=day_of(now), session=session)}
    if given.owner_id is not None and given.owner_id not in here:
        errors["owner_id"] = "Choose somebody from the list"
    found = dict(
        session.execute(
            select(Assessment.ref, Assessment.id).where(
                Assessment.ref.in_(given.about),
                known_in(organisation_id, actor.person_id, holds_post=True),
            )
        ).all()
    )
    if unknown := [ref for ref in given.about if ref not in found]:
        errors["about"] = f"{', '.join(unknown)} was not found among what you may see"
    if errors:
        raise Invalid(**errors)
    return list(found.values())


def _values(given: Asked, by: int) -> dict[str, Any]:
    assert given.received_on is not None
    return {
        "received_on": given.received_on,
        "due_on": rules.due_on(given.received_on, anywhere()),
        "requester": given.requester,
        "requester_name": given.requester_name.strip(),
        "asked": given.asked.strip(),
        "owner_id": given.owner_id,
        "by": by,
    }


def _say_about(session: Session, row: FoiRequest, about: Collection[int], *, kept: Collection[int]) -> None:
    """Tie a request to assessments; what the person does not know of stays tied."""
    for assessment_id in sorted(set(about) - set(kept)):
        session.add(
            FoiAbout(request_id=row.id, assessment_id=assessment_id, organisation_id=row.organisation_id)
        )
    session.flush()


# -- exemptions ----------------------------------------------------------------------------------


def approvers(
    organisation_id: int, *, by: int, today: date, session: Session | None = None
) -> dict[int, str]:
    """Return who may be asked to approve an exemption that this person claims: id and name."""
    found = people.with_role(organisation_id, *APPROVES, today=today, session=session)
    return {one.id: one.name for one in found if one.id != by}


def claim(
    request_ref: str, given: Claim, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Claim exemptions and ask somebody else to approve them; they are told.

    Raises NotFound, NotAllowed, Invalid by field, Refused where it is closed, Stale.
    """
    errors = {}
    if not given.exemptions:
        errors["exemptions"] = "Choose at least one section of the Act"
    if not given.withheld.strip():
        errors["withheld"] = "Enter what is withheld, and why the section covers it"
    if rules.needs_test(given.exemptions) and not given.public_interest.strip():
        errors["public_interest"] = (
            "Enter why the public interest in withholding it outweighs that in disclosing it"
        )
    with transaction() as session:
        _keeper(session, organisation_id, by, now)
        if given.approver_id not in approvers(organisation_id, by=by, today=day_of(now), session=session):
            errors["approver_id"] = "Choose who approves it: somebody other than you"
        if errors:
            raise Invalid(**errors)
        row = row_of(session, organisation_id, request_ref, lock=True)
        values: dict[str, Any] = {
            "exemptions": [one.value for one in given.exemptions],
            "withheld": given.withheld.strip(),
            "public_interest": given.public_interest.strip(),
            "approver_id": given.approver_id,
            "claimed_by": by,
        }
        if row.revision != revision:
            if all(getattr(row, name) == value for name, value in values.items()):
                return  # the form was sent twice
            raise Stale
        _move(row, RequestMove.CLAIM, by)
        for name, value in values.items():
            setattr(row, name, value)
        row.claimed_at, row.ruled_at, row.ruled_words = now, None, ""
        session.flush()
        _note(session, row, "foi_claimed", by, now, exemptions=[one.label for one in given.exemptions])
        _tell(session, row, "foi_to_approve", given.approver_id, by, now)


def rule(
    request_ref: str,
    *,
    approve: bool,
    words: str,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Approve what was claimed, or send it back with a reason, as the one who was asked.

    Raises NotFound, NotAllowed, Invalid (``words``), Refused, Stale.
    """
    words = words.strip()
    if not approve and not words:
        raise Invalid(words="Enter why it is sent back; whoever claimed it will read it")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        must_see(actor, organisation_id)
        row = row_of(session, organisation_id, request_ref, lock=True)
        if by != row.approver_id or by == row.claimed_by:
            raise NotAllowed("Only whoever was asked approves an exemption, and never their own.")
        wanted = MOVES[RequestState.TO_APPROVE, RequestMove.APPROVE if approve else RequestMove.RETURN]
        if row.revision == revision + 1 and (row.state, row.ruled_words) == (wanted, words):
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        _move(row, RequestMove.APPROVE if approve else RequestMove.RETURN, by)
        row.ruled_at, row.ruled_words = now if approve else None, words
        session.flush()
        _note(session, row, "foi_approved" if approve else "foi_returned", by, now, reason=words)
        _tell(session, row, "foi_approved" if approve else "foi_returned", row.claimed_by, by, now)


# -- answering -----------------------------------------------------------------------------------


def answer(
    request_ref: str, given: Answer, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Close a request. What withholds anything needs an approved exemption; what releases says what.

    Raises NotFound, NotAllowed, Invalid by field, Refused, Stale.
    """
    errors = {}
    if given.outcome is None:
        errors["outcome"] = "Choose how the request was answered"
    if not given.answer.strip():
        errors["answer"] = "Enter what was answered"
    if given.outcome in rules.RELEASES and not given.released.strip():
        errors["released"] = "Enter what was released: which edition, which files"
    with transaction() as session:
        _keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        if given.answered_on is None:
            errors["answered_on"] = "Enter the day of the answer"
        elif not row.received_on <= given.answered_on <= day_of(now):
            errors["answered_on"] = (
                f"The day must be between {in_full(row.received_on)}, when it came, and today"
            )
        if errors:
            raise Invalid(**errors)
        values = {
            "outcome": given.outcome,
            "answer": given.answer.strip(),
            "released": given.released.strip(),
            "answered_on": given.answered_on,
            "answered_by": by,
        }
        if row.revision != revision:
            if all(getattr(row, name) == value for name, value in values.items()):
                return  # the form was sent twice
            raise Stale
        if given.outcome in rules.WITHHOLDS and row.state is not RequestState.APPROVED:
            raise Refused("Nothing is withheld until somebody else has approved the exemption.")
        _move(row, RequestMove.ANSWER, by)
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        assert given.outcome is not None
        _note(session, row, "foi_answered", by, now, outcome=given.outcome.label)


def _move(row: FoiRequest, move: RequestMove, by: int) -> None:
    to = MOVES.get((row.state, move))
    if to is None:
        raise Refused(f"“{move.label}” is not possible while the request is “{row.state.label}”.")
    row.state, row.by = to, by
    row.revision += 1


def _note(session: Session, row: FoiRequest, verb: str, by: int, now: datetime, **body: object) -> None:
    note(
        session,
        verb,
        organisation_id=row.organisation_id,
        subject=f"foi:{row.id}",
        by=by,
        at=now,
        request=row.ref,
        **body,
    )


def _tell(
    session: Session, row: FoiRequest, message: str, person_id: int | None, by: int, now: datetime
) -> None:
    if person_id is None:
        return
    notices.tell(
        session,
        person_id=person_id,
        message_name=message,
        values={
            "by": people.names({by}, session=session).get(by, ""),
            "item": row.ref,
            "due_on": row.due_on,
            "comment": row.ruled_words or None,
            "path": f"/foi/{row.ref}",
        },
        dedupe_key=f"{message}:{row.id}:{row.revision}",
        now=now,
        organisation_id=row.organisation_id,
    )
