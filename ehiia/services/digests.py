"""The digest of a day: notices that could wait are told in one mail for each person.

The notice rows stay the truth. In one transaction a person's mail is inserted
under the key of that person and day, the rows that wait are claimed by one
UPDATE that only takes those still waiting, and the mail gets its text from the
rows that were claimed. Whoever comes second finds the key taken; a crash before
the commit leaves everything waiting; after it the outbox has the mail and sends
it until a server takes it, always with the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from ehiia.clock import LONDON, day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.access import Sight, sight
from ehiia.domain.schedule import is_working_day, on_or_after
from ehiia.domain.telling import DIGEST_AT
from ehiia.notify.digest import Digest, Item, compose
from ehiia.services import outbox, people
from ehiia.services.installation import config
from ehiia.services.notices import ASSESSMENT_PATH, address_of
from ehiia.services.one_by_one import each
from ehiia.services.sight import facts_of_many
from ehiia.services.transaction import read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.duties import MailRow, Notice

CHOOSE_PATH = "/account/messages"

FURTHEST = timedelta(days=14)
"""No working day is further off: what waits for a later one was put down by a clock that was ahead."""


def is_time(now: datetime) -> bool:
    """Say whether digests go out at this moment: on a working day in London, from 08:00 on."""
    local = now.astimezone(LONDON)
    return local.time() >= DIGEST_AT and is_working_day(local.date(), bank_holidays())


def send(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Queue the digest of each person for whom something waits; return how many.

    Nothing outside working days and before 08:00. Each person is a transaction of its own, and one that
    fails does not stop the rest. Raises one_by_one.SomeFailed after all others are done.
    """
    return each(
        waiting_people(now=now),
        lambda person_id: _digest_of(person_id, now=now),
        called=lambda person_id: f"person {person_id}",
        verb="queued",
        go_on=go_on,
    )


def waiting_people(*, now: datetime) -> list[int]:
    """Return the ids of those for whom something waits that today's digest tells."""
    if not is_time(now):
        return []
    query = select(Notice.person_id).where(_is_due(day_of(now))).distinct()
    found = sorted(read().scalars(query))
    read().rollback()
    return found


@dataclass(frozen=True)
class Waiting:
    """What waits for a person's next digest: how much, and the London day on which it comes."""

    count: int
    on: date


def waiting_for(person_id: int, *, today: date) -> Waiting | None:
    """Return what waits for a person's next digest, or None where nothing does: one query."""
    query = select(func.count(), func.min(Notice.waits_for)).where(
        Notice.person_id == person_id, Notice.waits_for.is_not(None)
    )
    count, day = read().execute(query).one()
    return None if day is None else Waiting(count, on_or_after(max(day, today), bank_holidays()))


def _is_due(today: date) -> ColumnElement[bool]:
    return or_(Notice.waits_for <= today, Notice.waits_for > today + FURTHEST)


def key_of(person_id: int, day: date) -> str:
    """Return the key under which the mail of a person and day is queued once."""
    return f"digest:{day.isoformat()}:person{person_id}"


def _digest_of(person_id: int, *, now: datetime) -> int:
    today = day_of(now)
    waits = (Notice.person_id == person_id, _is_due(today))
    with transaction() as session:
        address = address_of(session, person_id, today=today)
        if address is None:  # whoever has left is told nothing
            _set(session, *waits, waits_for=None)
            return 0
        key = key_of(person_id, today)
        mail_id = outbox.queue_mail(
            session, dedupe_key=key, recipient=address, subject="", body="", organisation_id=None, now=now
        )
        if mail_id is None:  # today's is on its way: what came after it waits for the next
            _set(session, *waits, waits_for=on_or_after(today + timedelta(days=1), bank_holidays()))
            return 0
        claimed = _set(session, *waits, waits_for=None, told_in=outbox.message_id(key))
        told = _visible(session, person_id, claimed, now=now)
        mail = session.get_one(MailRow, mail_id)
        if not told:
            session.delete(mail)
            return 0
        mail.organisation_id = told[0].organisation_id
        _write(session, mail, told)
        return 1


def _set(session: Session, *which: object, **values: object) -> list[int]:
    """Change notices in one statement; return the ids of those that it changed."""
    changed = update(Notice).where(*which).values(**values).returning(Notice.id)  # type: ignore[arg-type]
    return sorted(session.scalars(changed.execution_options(synchronize_session=False)))


def _visible(session: Session, person_id: int, ids: Iterable[int], *, now: datetime) -> list[Notice]:
    """Return the notices that may still be told; the others are marked as told in no mail."""
    rows = session.scalars(
        select(Notice)
        .where(Notice.id.in_(list(ids)))
        .order_by(Notice.id)
        .execution_options(populate_existing=True)
    ).all()
    actor = people.actor_of(person_id, today=day_of(now), session=session)
    assessments = _about(session, rows)
    facts = facts_of_many(session, list(assessments.values()), person_id)
    known: set[int | None] = {one for one in assessments if sight(actor, facts[one]) is not Sight.NONE} | {
        None
    }
    for row in rows:
        if row.assessment_id not in known:
            row.told_in = None
    return [row for row in rows if row.assessment_id in known]


def _about(session: Session, told: Iterable[Notice]) -> dict[int, Assessment]:
    """Return the assessments that notices are about, by their ids, as they are now."""
    ids = {row.assessment_id for row in told if row.assessment_id is not None}
    query = select(Assessment).where(Assessment.id.in_(ids)).execution_options(populate_existing=True)
    return {one.id: one for one in session.scalars(query)}


def render(session: Session, told: Sequence[Notice]) -> Digest:
    """Return the digest that tells these notices (one or more), with the assessments as they are now."""
    url = config().public_url.rstrip("/")
    about = _about(session, told)
    items = []
    for row in told:
        heading = link = ""
        if row.assessment_id is not None:
            one = about[row.assessment_id]
            heading = one.ref if one.restricted else f"“{one.title}” ({one.ref})"
            link = url + ASSESSMENT_PATH.format(ref=one.ref)
        items.append(Item(row.subject, row.said, row.link, heading, link))
    return compose(items, choose=url + CHOOSE_PATH)


def _write(session: Session, mail: MailRow, told: Sequence[Notice]) -> None:
    digest = render(session, told)
    mail.subject, mail.body = digest.subject, digest.body
    mail.calendar = [row.calendar for row in told if row.calendar]


def write_again(session: Session, mail: MailRow) -> None:
    """Write a digest again from the notices it tells, after one of them changed; without any it is removed.

    One that was sent is written again too, because its text stays in the outbox.
    """
    told = session.scalars(select(Notice).where(Notice.told_in == mail.message_id).order_by(Notice.id)).all()
    if told:
        _write(session, mail, told)
    else:
        session.delete(mail)
