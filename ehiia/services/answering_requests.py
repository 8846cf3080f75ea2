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
from ehiia.domain import foi as rules
from ehiia.domain.access import Actor
from ehiia.domain.foi import Answered, Ground, Requester, RequestMove, RequestState
from ehiia.domain.publishing import Exemption
from ehiia.domain.schedule import in_full
from ehiia.services import organisations, people
from ehiia.services.foi import must_see, releasable, row_of
from ehiia.services.foi_moves import count, day_error, judges, keeper, noted, tell, write
from ehiia.services.transaction import Invalid, Refused, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.foi import FoiAbout, FoiRequest
from ehiia.store.visible import known_in

__all__ = ["Answer", "Asked", "Claim", "answer", "approvers", "change", "claim", "record", "rule"]

LONGEST = 8000
TWICE = timedelta(minutes=1)
"""The same request within so long is one form that was sent twice."""


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
    things: tuple[str, ...] = ()
    """What of the assessments was released, by the keys of ``foi.releasable``."""


# -- recording -----------------------------------------------------------------------------------


def record(given: Asked, *, organisation_id: int, by: int, now: datetime) -> FoiRequest:
    """Record a request; it is due by the twentieth working day. Raises NotAllowed, Invalid by field."""
    with transaction() as session:
        actor = keeper(session, organisation_id, by, now)
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
            by=by,
            **_values(given),
        )
        count(row)
        session.add(row)
        session.flush()
        _say_about(session, row, about, kept=())
        noted(session, row, "foi_recorded", by, now)
        return row


def change(
    request_ref: str, given: Asked, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Change what was recorded of a request that is not closed; its due date follows.

    Raises NotFound, NotAllowed, Invalid by field, Refused where it is closed, Stale.
    """
    with transaction() as session:
        actor = keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        about = _checked(session, given, actor, organisation_id, now)
        if row.state not in rules.RUNNING | {RequestState.CLARIFYING}:
            raise Refused("It is closed, so what was recorded stands.")
        if row.asked_back_on and given.received_on and given.received_on > row.asked_back_on:
            asked_back = in_full(row.asked_back_on)
            raise Invalid(received_on=f"It came before clarification was asked for, on {asked_back}")
        if not write(row, _values(given), revision=revision, by=by):
            return
        count(row)
        known = select(Assessment.id).where(known_in(organisation_id, by, holds_post=True))
        session.execute(
            delete(FoiAbout).where(FoiAbout.request_id == row.id, FoiAbout.assessment_id.in_(known))
        )
        kept = session.scalars(select(FoiAbout.assessment_id).where(FoiAbout.request_id == row.id)).all()
        _say_about(session, row, about, kept=kept)
        noted(session, row, "foi_changed", by, now)


def _checked(
    session: Session, given: Asked, actor: Actor, organisation_id: int, now: datetime
) -> Collection[int]:
    """Return the ids of the assessments that it is about. Raises Invalid by field."""
    errors = {}
    if given.received_on is None:
        errors["received_on"] = "Enter the day on which the request came"
    elif given.received_on > day_of(now):
        errors["received_on"] = "The request cannot have come later than today"
    elif given.received_on < rules.IN_FORCE_SINCE:
        errors["received_on"] = (
            f"Enter a day from {in_full(rules.IN_FORCE_SINCE)} on, when the Act came into force"
        )
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


def _values(given: Asked) -> dict[str, Any]:
    return {
        "received_on": given.received_on,
        "requester": given.requester,
        "requester_name": given.requester_name.strip(),
        "asked": given.asked.strip(),
        "owner_id": given.owner_id,
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
    return judges(organisation_id, without={by}, today=today, session=session)


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
        keeper(session, organisation_id, by, now)
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
        if not write(row, values, revision=revision, by=by, move=RequestMove.CLAIM):
            return
        row.claimed_at, row.ruled_at, row.ruled_words = now, None, ""
        noted(session, row, "foi_claimed", by, now, exemptions=[one.label for one in given.exemptions])
        tell(session, row, "foi_to_approve", given.approver_id, by, now)


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
        move = RequestMove.APPROVE if approve else RequestMove.RETURN
        if not write(row, {"ruled_words": words}, revision=revision, by=by, move=move):
            return
        row.ruled_at = now if approve else None
        verb = "foi_approved" if approve else "foi_returned"
        noted(session, row, verb, by, now, reason=words)
        tell(session, row, verb, row.claimed_by, by, now, comment=words or None)


# -- answering -----------------------------------------------------------------------------------


def answer(
    request_ref: str, given: Answer, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Close a request. What withholds anything needs an approved exemption; what releases says what.

    Raises NotFound, NotAllowed, Invalid by field, Refused, Stale.
    """
    with transaction() as session:
        actor = keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        offered = releasable(session, row, actor)
        errors = _errors(given, row, offered, day_of(now))
        if errors or given.outcome is None:
            raise Invalid(**errors)
        values = {
            "outcome": given.outcome,
            "answer": given.answer.strip(),
            "released": given.released.strip(),
            "answered_on": given.answered_on,
            "answered_by": by,
        }
        if not write(row, values, revision=revision, by=by, move=rules.closed_by(given.outcome)):
            return
        session.add_all(offered[key].row(row) for key in given.things)
        noted(session, row, "foi_answered", by, now, outcome=given.outcome.label)


def _errors(given: Answer, row: FoiRequest, offered: Collection[str], today: date) -> dict[str, str]:
    errors = {}
    if given.outcome is None:
        errors["outcome"] = "Choose how the request was answered"
    if not given.answer.strip():
        errors["answer"] = "Enter what was answered"
    released = bool(given.released.strip() or given.things)
    if given.outcome in rules.RELEASES and not released:
        errors["released"] = "Choose or enter what was released: which edition, which files"
    if given.outcome and given.outcome not in rules.RELEASES and given.things:
        errors["things"] = "Nothing is released by this answer: take these out, or choose another answer"
    elif not set(given.things) <= set(offered):
        errors["things"] = "Choose from the list"
    if wrong := day_error(given.answered_on, first=row.received_on, why="it came", today=today):
        errors["answered_on"] = wrong
    return errors
