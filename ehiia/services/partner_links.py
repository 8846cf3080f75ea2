"""Links of owners outside: making one, and ending those that were sent. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.services import by_link
from ehiia.services.tries import digest
from ehiia.store import due
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.partners import PartnerLink

PURPOSE = "an action of an owner outside"
ENDED_SUBJECT = "EHIIA: A link that was taken back"


def make(
    session: Session,
    row: MitigationRow,
    *,
    key: str,
    days: int,
    made_by: int,
    restricted: bool,
    now: datetime,
) -> tuple[PartnerLink, str] | None:
    """Make a link for the owner outside; return it with the path it opens at, or None where the key is known.

    ``key``: what it is sent for; ``restricted``: the assessment is, and this person is meant to know.
    """
    token = by_link.new_token()
    made = due.insert_once(
        session,
        PartnerLink,
        [PartnerLink.dedupe_key],
        {
            "mitigation_id": row.id,
            "dedupe_key": key,
            "token_sha256": digest(token),
            "name": row.outside_owner,
            "email": row.outside_email,
            "made_by": made_by,
            "made_at": now,
            "expires_at": now + timedelta(days=days),
            "replaced": False,
            "for_restricted": restricted,
            "opened": 0,
        },
    )
    if made is None:
        return None
    return session.get_one(PartnerLink, made), f"/partner/{by_link.signed(token, PURPOSE)}"


def mail_key(link: PartnerLink) -> str:
    """Return the key of the mail in which a link was sent."""
    return f"partner-link:{link.dedupe_key}"


def newest(session: Session, mitigation_id: int) -> PartnerLink | None:
    """Return the link that was sent last."""
    query = select(PartnerLink).where(PartnerLink.mitigation_id == mitigation_id)
    return session.scalar(query.order_by(PartnerLink.id.desc()).limit(1))


def remindable(session: Session, row: MitigationRow, assessment: Assessment) -> PartnerLink | None:
    """Return the link sent last to the owner outside where reminders go on from it, or None.

    None before somebody here sent a first one, and after it was taken back; of a restricted assessment only
    where it was sent to somebody who is meant to know.
    """
    if row.owner_id is not None or not row.outside_email:
        return None
    link = newest(session, row.id)
    if link is None or link.ended_at is not None or link.email != row.outside_email:
        return None
    return link if link.for_restricted or not assessment.restricted else None


def end(
    session: Session, mitigation_ids: Collection[int], *, now: datetime, replaced: bool = False
) -> list[PartnerLink]:
    """End every link to these actions that had not ended, for good; return them."""
    rows = session.scalars(
        select(PartnerLink)
        .where(PartnerLink.mitigation_id.in_(mitigation_ids), PartnerLink.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for link in rows:
        link.ended_at, link.replaced = now, replaced
    if rows:
        by_link.drop_mail(session, [mail_key(link) for link in rows], subject=ENDED_SUBJECT)
    return list(rows)


def end_all(session: Session, assessment: Assessment, *, now: datetime) -> None:
    """End every link to an action of an assessment that is restricted now.

    Whoever wants an owner outside to go on sends a new one, and means it. Mail that was sent before keeps
    nothing of what it said, however its link ended.
    """
    ids = session.scalars(select(MitigationRow.id).where(MitigationRow.assessment_id == assessment.id)).all()
    end(session, ids, now=now)
    every = session.scalars(select(PartnerLink).where(PartnerLink.mitigation_id.in_(ids))).all()
    by_link.drop_mail(session, [mail_key(link) for link in every], subject=ENDED_SUBJECT)
