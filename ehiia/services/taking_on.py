"""Owning a mitigating action: its owner accepts or declines it, and another owner is named.

Nothing waits for the acceptance; what nobody took on shows as such. Another
owner is asked anew.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import ENDED
from ehiia.domain.mitigating import Acceptance
from ehiia.domain.telling import DateKind
from ehiia.domain.vocabulary import Permission
from ehiia.services import owning, partner_links, people
from ehiia.services.calendars import Dated, going_with
from ehiia.services.mitigation_sight import opened
from ehiia.services.notices import Attach
from ehiia.services.sight import Seen
from ehiia.services.telling import authors, tell_of_action
from ehiia.services.transaction import Invalid, NotAllowed, Refused, Stale, note_on, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment

__all__ = ["accept", "ask_anew", "decline", "give", "may_answer", "may_give", "name_owner"]

LONGEST = 2000
LONGEST_NAME = 300


def may_answer(seen: Seen, row: MitigationRow) -> bool:
    """Say whether the person is asked to accept or decline this action: its owner, while it is alive."""
    return row.owner_id == seen.actor.person_id and seen.assessment.stage not in ENDED


def may_give(seen: Seen) -> bool:
    """Say whether the person may name another owner after it was sent on: author, director, equality lead."""
    return seen.assessment.stage not in ENDED and bool(seen.may(Permission.REVIEW))


def accept(mitigation_ref: str, *, revision: int, by: int | None, named: str = "", now: datetime) -> None:
    """The owner takes the action on. ``by`` None: the owner outside, ``named``.

    Raises Stale where it was changed since they read it, NotAllowed for anybody else, Refused where the
    assessment has ended.
    """
    with transaction() as session:
        assessment, row = _owned(session, mitigation_ref, by, named, now)
        if row.acceptance is Acceptance.ACCEPTED:
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        row.acceptance, row.acceptance_reason = Acceptance.ACCEPTED, ""
        row.accepted_at, row.accepted_by, row.accepted_name = now, by, named.strip()
        note_on(session, assessment, "mitigation_accepted", by=by, at=now, named=named, mitigation=row.ref)


def decline(
    mitigation_ref: str, *, reason: str, revision: int, by: int | None, named: str = "", now: datetime
) -> None:
    """The owner says why the action is not theirs to do; author and accountable director are told.

    It stays theirs, and open, until another owner is named. Raises Invalid (``reason``), Stale, NotAllowed,
    Refused.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(reason="Say why it is not yours to do; the author is told")
    if len(reason) > LONGEST:
        raise Invalid(reason=f"The reason must be {LONGEST:,} characters or fewer")
    with transaction() as session:
        assessment, row = _owned(session, mitigation_ref, by, named, now)
        if row.acceptance is Acceptance.DECLINED and row.acceptance_reason == reason:
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        row.acceptance, row.acceptance_reason = Acceptance.DECLINED, reason
        row.accepted_at, row.accepted_by, row.accepted_name = None, None, ""
        note_on(
            session,
            assessment,
            "mitigation_declined",
            by=by,
            at=now,
            named=named,
            mitigation=row.ref,
            reason=reason,
        )
        told = authors(session, assessment.id)
        told |= {assessment.director_id} if assessment.director_id else set()
        tell_of_action(
            session, assessment, row, "mitigation_declined", told, by=by, named=named, now=now, comment=reason
        )


def give(
    mitigation_ref: str,
    *,
    owner_id: int | None,
    outside_owner: str = "",
    revision: int,
    by: int,
    now: datetime,
) -> None:
    """Name another owner, as author, accountable director or equality lead, at any time until it has ended.

    The new owner is told, can see the assessment, and is asked to accept. Raises Invalid by field, Stale,
    NotAllowed, Refused.
    """
    outside_owner = outside_owner.strip()
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.REVIEW, by=by, now=now)
        _alive(assessment)
        if (row.owner_id, row.outside_owner) == (owner_id, outside_owner):
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        known = {
            one.id for one in people.with_role(assessment.organisation_id, today=day_of(now), session=session)
        }
        errors = {}
        if owner_id is None and not outside_owner:
            errors["owner_id"] = "Choose an owner, or name one outside"
        elif owner_id is not None and outside_owner:
            errors["outside_owner"] = "Choose an owner here or name one outside, not both"
        elif owner_id is not None and owner_id not in known:
            errors["owner_id"] = "Choose an owner from the list"
        if len(outside_owner) > LONGEST_NAME:
            errors["outside_owner"] = f"This must be {LONGEST_NAME} characters or fewer"
        if errors:
            raise Invalid(**errors)
        before = row.owner_id
        row.owner_id, row.outside_owner, row.outside_email = owner_id, outside_owner, ""
        partner_links.end(session, [row.id], now=now)
        row.revision += 1
        ask_anew(row)
        session.flush()
        if before != owner_id:
            owning.drop_owner(session, assessment.id, before, now=now)
        if owner_id is not None:
            name_owner(session, assessment, row, owner_id, by=by, now=now)
        name = outside_owner or people.names({owner_id or 0}, session=session).get(owner_id or 0, "")
        note_on(session, assessment, "mitigation_given", by=by, at=now, mitigation=row.ref, name=name)


# -- in the caller's transaction -------------------------------------------------------------------


def ask_anew(row: MitigationRow) -> None:
    """Another owner has accepted nothing yet."""
    row.acceptance, row.acceptance_reason = Acceptance.WAITING, ""
    row.accepted_at, row.accepted_by, row.accepted_name = None, None, ""


def name_owner(
    session: Session, assessment: Assessment, row: MitigationRow, owner_id: int, *, by: int, now: datetime
) -> None:
    """Let the new owner see the assessment, and tell them that the action is theirs.

    Whoever puts it on themselves has accepted it.
    """
    owning.name_owner(session, assessment.id, owner_id, by=by, now=now)
    if owner_id == by:
        row.acceptance, row.accepted_at, row.accepted_by = Acceptance.ACCEPTED, now, by
        session.flush()
    tell_of_action(
        session,
        assessment,
        row,
        "mitigation_given",
        {owner_id},
        by=by,
        now=now,
        due_on=row.due_on,
        attach=_into_calendar(session, assessment, row, now),
    )


def _into_calendar(
    session: Session, assessment: Assessment, row: MitigationRow, now: datetime
) -> Attach | None:
    if row.due_on is None:
        return None
    return going_with(session, Dated(DateKind.MITIGATION, row.id, row.due_on), assessment, now=now)


def _owned(
    session: Session, mitigation_ref: str, by: int | None, named: str, now: datetime
) -> tuple[Assessment, MitigationRow]:
    assessment, row = opened(session, mitigation_ref, Permission.READ, by=by, named=named, now=now)
    if by is not None and row.owner_id != by:
        raise NotAllowed("Only the owner accepts or declines an action.")
    _alive(assessment)
    return assessment, row


def _alive(assessment: Assessment) -> None:
    if assessment.stage in ENDED:
        raise Refused(f"The assessment is “{assessment.stage.label}”, so its actions have ended too.")
