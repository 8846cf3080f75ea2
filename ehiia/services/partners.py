"""Owners outside, as the people here see them: the link they are sent, and what they said by it.

What somebody outside does by a link is in ``services.outside``. Nobody outside is written to before
somebody here has sent a first link; reminders go on from there, until it is taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.partnering import REMINDED_FOR, SILENT, PartnerLinkState, link_state
from ehiia.domain.vocabulary import Claim, Permission
from ehiia.notify.messages import Value, render
from ehiia.services import addresses, by_link, mitigations, organisations, outbox, partner_links, people
from ehiia.services.installation import config
from ehiia.services.transaction import Invalid, Refused, note_on, read, transaction
from ehiia.services.tries import digest
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.duties import DeliveryState, MailRow
from ehiia.store.partners import PartnerLink, PartnerUpdate, times_said
from ehiia.store.people import Person

__all__ = ["DAYS", "PartnerUpdate", "Sent", "links_of", "mail", "send", "take_back", "updates_of", "why_not"]

DAYS = (14, 28, 56)
"""For how many days a link may open."""


@dataclass(frozen=True)
class Sent:
    """A link that was sent, and where it stands."""

    id: int
    name: str
    email: str
    made_at: datetime
    expires_at: datetime
    reminder: bool
    """It came with a reminder, not from a person."""
    opened: int
    last_opened_at: datetime | None
    updates: int
    state: PartnerLinkState
    mail: DeliveryState | None
    """What became of its mail; None where that is no longer in the outbox."""
    mail_error: str


def links_of(row: MitigationRow, assessment: Assessment, *, now: datetime) -> list[Sent]:
    """Return the links that the owner outside of an action was sent, the newest first: two queries."""
    found = read().execute(
        select(PartnerLink, times_said())
        .where(PartnerLink.mitigation_id == row.id)
        .order_by(PartnerLink.id.desc())
    )
    links = [(link, updates) for link, updates in found]
    ids = [outbox.message_id(partner_links.mail_key(link)) for link, _ in links]
    mails = {
        one.message_id: one for one in read().scalars(select(MailRow).where(MailRow.message_id.in_(ids)))
    }
    return [
        Sent(
            link.id,
            link.name,
            link.email,
            link.made_at,
            link.expires_at,
            link.dedupe_key.startswith(REMINDER),
            link.opened,
            link.last_opened_at,
            updates,
            link_state(
                now=now,
                expires_at=link.expires_at,
                ended_at=link.ended_at,
                replaced=link.replaced,
                claim=row.claim,
                stage=assessment.stage,
                updates=updates,
            ),
            mails[message_id].state if message_id in mails else None,
            mails[message_id].last_error if message_id in mails else "",
        )
        for (link, updates), message_id in zip(links, ids, strict=True)
    ]


REMINDER = "reminder:"
"""How the key of a link begins that came with a reminder."""


def updates_of(mitigation_id: int) -> list[PartnerUpdate]:
    """Return what owners outside said of an action, the newest first."""
    query = select(PartnerUpdate).where(PartnerUpdate.mitigation_id == mitigation_id)
    return list(read().scalars(query.order_by(PartnerUpdate.id.desc())))


def why_not(row: MitigationRow, assessment: Assessment) -> str:
    """Return why nobody can be sent a link to this action now, or ""."""
    if row.owner_id is not None or not row.outside_owner:
        return "A link is for an owner outside. Name one in the action first: their name and organisation."
    if assessment.stage in SILENT:
        return f"The assessment is “{assessment.stage.label}”, so its actions have ended too."
    if row.claim in (Claim.SUPERSEDED, Claim.CANCELLED):
        return f"The action is “{row.claim.label.lower()}”, so nothing more is asked of its owner."
    return ""


def send(mitigation_ref: str, *, email: str, days: int, meant: bool, by: int, now: datetime) -> None:
    """Send the owner outside a link to their action; links that were sent before are replaced by it.

    ``meant``: of a restricted assessment, that this person may know of the action. The address is kept with
    the action. Raises Invalid by field; Refused where there is nobody to send it to, or the action has ended.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen, row = mitigations.see_one(
            mitigation_ref, actor=actor, permission=Permission.INVITE, session=session, lock=True
        )
        assessment, email = seen.assessment, email.strip().lower()
        if refused := why_not(row, assessment):
            raise Refused(refused)
        errors = {}
        if not addresses.is_address(email):
            errors["email"] = addresses.WRONG
        if days not in DAYS:
            errors["days"] = "Choose for how long the link opens"
        if assessment.restricted and not meant:
            errors["meant"] = "Say that they may know of this action, or do not send a link"
        if errors:
            raise Invalid(**errors)
        newest = partner_links.newest(session, row.id)
        if (
            newest is not None
            and newest.ended_at is None
            and newest.email == email
            and now - newest.made_at < by_link.TWICE
        ):
            return  # the form was sent twice
        if row.outside_email != email:
            row.outside_email = email
            row.revision += 1
        partner_links.end(session, [row.id], now=now, replaced=True)
        made = partner_links.make(
            session,
            row,
            key=f"sent:{row.id}:{newest.id if newest else 0}:{now.isoformat()}",
            days=days,
            made_by=by,
            restricted=assessment.restricted,
            now=now,
        )
        assert made is not None, "a key with its moment is new"
        mail(session, assessment, row, *made, "partner_link", {}, now=now)
        note_on(
            session,
            assessment,
            "partner_link_sent",
            by=by,
            at=now,
            mitigation=row.ref,
            name=row.outside_owner,
        )


def remind(
    session: Session,
    assessment: Assessment,
    mitigation_id: int,
    *,
    message: str,
    key: str,
    values: Mapping[str, Value],
    told: Collection[int],
    now: datetime,
) -> str:
    """Remind the owner outside of an action, with a fresh link, once; return their name, or "" if not.

    ``key``: of the reminder; ``told``: ids of the people here who are reminded of it, so that nobody is
    written to twice at one address.
    """
    row = session.get_one(MitigationRow, mitigation_id)
    before = partner_links.remindable(session, row, assessment)
    if before is None:
        return ""
    here = select(Person.id).where(Person.id.in_(told), Person.email == row.outside_email)
    if told and session.scalar(here) is not None:
        return ""
    made = partner_links.make(
        session,
        row,
        key=f"{REMINDER}{key}:{digest(row.outside_email)[:16]}",
        days=REMINDED_FOR,
        made_by=before.made_by,
        restricted=before.for_restricted,
        now=now,
    )
    if made is None:
        return ""
    own = {name: values[name] for name in ("due_on", "in_days", "days_ago") if name in values}
    mail(session, assessment, row, *made, message.replace("mitigation_", "partner_", 1), own, now=now)
    return row.outside_owner


def mail(
    session: Session,
    assessment: Assessment,
    row: MitigationRow,
    link: PartnerLink,
    path: str,
    message_name: str,
    values: Mapping[str, Value],
    *,
    now: datetime,
) -> None:
    """Queue a mail with a link. It names the action and the organisation, and nothing of the assessment."""
    told: dict[str, Value] = {
        "by": people.names({link.made_by}, session=session).get(link.made_by, ""),
        "organisation": organisations.get(assessment.organisation_id, session=session).name,
        "item": row.ref,
        "what": row.what,
        "path": path,
        "until": day_of(link.expires_at),
    }
    if row.due_on is not None:
        told["due_on"] = row.due_on
    message = render(
        message_name, told | dict(values), public_url=config().public_url, restricted=assessment.restricted
    )
    by_link.queue(session, partner_links.mail_key(link), message, email=link.email, now=now)


def take_back(mitigation_ref: str, *, by: int, now: datetime) -> None:
    """Take every link to an action back: they say so from now on, and reminders end. Harmless twice."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen, row = mitigations.see_one(
            mitigation_ref, actor=actor, permission=Permission.INVITE, session=session, lock=True
        )
        ended = partner_links.end(session, [row.id], now=now)
        if ended:
            note_on(
                session,
                seen.assessment,
                "partner_link_taken_back",
                by=by,
                at=now,
                mitigation=row.ref,
                name=ended[-1].name,
            )
