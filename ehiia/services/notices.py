"""What people are told, once: a notice, with a mail of its own or in the digest of a day.

A notice is a row with a key. Its mail is queued in the same transaction, and
only by whoever inserted the row; or the row waits for a digest, which takes it
with one statement (``digests``). Two schedulers at the same moment, or one
after a week asleep, tell nobody twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ehiia.clock import LONDON, day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.telling import alone, digest_day
from ehiia.notify import at_once
from ehiia.notify.messages import Message, Value, render
from ehiia.services import addresses, outbox, people
from ehiia.services.choices import choice_of
from ehiia.services.installation import config
from ehiia.services.outbox import Queued
from ehiia.services.remembering import remembered
from ehiia.services.transaction import Invalid, NotFound, note, transaction
from ehiia.store import due
from ehiia.store.assessments import Assessment
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.people import Account, Person, Post

ASSESSMENT_PATH = "/a/{ref}"
"""The page a notice leads to where the caller gives no other ``path``."""


Attach = Callable[[int, str], str]
"""Gives for a person and their address the invitation that goes with a message, or ""."""


@dataclass(frozen=True)
class Telling:
    """What people are to be told: which message, to whom, of what. ``key`` is without the person."""

    message: str
    key: str
    person_ids: tuple[int, ...]
    assessment: Assessment | None
    values: Mapping[str, Value]
    organisation_id: int = field(kw_only=True)
    last_day: bool = field(default=False, kw_only=True)
    """Whether no working day is left before the date it is about."""


T = TypeVar("T", bound=Telling)


Invite = Callable[[Sequence[tuple[T, int, str]]], Sequence[str]]
"""Gives for messages, each with a person and their address, the invitation that goes with it, or ""."""


def tell_all(session: Session, tellings: Sequence[T], *, invite: Invite[T], now: datetime) -> list[list[int]]:
    """Tell people many things found by the daily look; return for each who had not been told of it before.

    As ``tell`` tells one. Everybody's mail, notices and invitations are put in together.
    """
    today = day_of(now)
    reached = [
        {
            _key(telling.key, person_id): (person_id, address)
            for person_id in telling.person_ids
            if (address := address_of(session, person_id, today=today)) is not None
        }
        for telling in tellings
    ]
    keys = [key for one in reached for key in one]
    known = set(session.scalars(select(Notice.dedupe_key).where(Notice.dedupe_key.in_(keys))))
    to_tell = [
        (telling, those, sorted(those.keys() - known))
        for telling, those in zip(tellings, reached, strict=True)
        if not those.keys() <= known
    ]
    invited = [(telling, *those[key]) for telling, those, unknown in to_tell for key in unknown]
    invitations = iter(invite(invited))
    rows, mails = [], []
    for telling, those, unknown in to_tell:
        about = telling.assessment
        message = _message(telling.message, telling.values, about)
        for key in unknown:
            (person_id, address), calendar = those[key], next(invitations)
            single = _single(session, person_id, telling.message, last_day=telling.last_day)
            here = telling.organisation_id
            row = _row(key, person_id, message, here, about, now) | {"calendar": calendar}
            rows.append(row | _way(key, now, single=single, reminder=True))
            if single:
                mail = Queued(key, address, message.subject, message.body, here, calendar)
                mails.append(mail)
    new = due.insert_all_once(session, Notice, Notice.dedupe_key, rows)
    outbox.queue_all(session, [mail for mail in mails if mail.dedupe_key in new], now=now)
    return [
        [person_id for person_id in telling.person_ids if _key(telling.key, person_id) in new]
        for telling in tellings
    ]


def tell(
    session: Session,
    *,
    person_id: int,
    message_name: str,
    values: Mapping[str, object],
    dedupe_key: str,
    now: datetime,
    assessment: Assessment | None = None,
    organisation_id: int | None = None,
    last_day: bool = False,
    reminder: bool = False,
    attach: Attach | None = None,
) -> bool:
    """Tell a person something once, in the caller's transaction; say whether it was new.

    It is sent at once or waits for the digest of a day, by what it is and what the person chose.
    ``last_day``: no working day is left before the date it is about. ``reminder``: worked out by the daily
    look, whose digest is still to come today. ``attach``: makes the invitation that goes with it.

    ``values``: text, whole numbers and dates by name; None counts as not given. An assessment gives its
    reference, its title (unless it is restricted), its page and its organisation. ``dedupe_key`` gets the
    person added. Whoever left, or has no active account or no post today, is told nothing.
    Raises UnknownMessage or MissingValue: mistakes of the caller.
    """
    if assessment is not None:
        organisation_id = assessment.organisation_id
    assert organisation_id is not None, "a notice needs an assessment or an organisation"
    message = _message(message_name, values, assessment)
    address = address_of(session, person_id, today=day_of(now))
    if address is None:
        return False
    key = _key(dedupe_key, person_id)
    single = _single(session, person_id, message_name, last_day=last_day)
    row = _row(key, person_id, message, organisation_id, assessment, now) | _way(
        key, now, single=single, reminder=reminder
    )
    if due.insert_once(session, Notice, [Notice.dedupe_key], row) is None:
        return False
    calendar = attach(person_id, address) if attach is not None else ""
    if calendar:
        _put_calendar(session, key, calendar)
    if single:
        mail = Queued(key, address, message.subject, message.body, organisation_id, calendar)
        outbox.queue_all(session, [mail], now=now)
    return True


def _put_calendar(session: Session, key: str, calendar: str) -> None:
    """Keep the invitation with its notice, for the digest that tells it."""
    put = update(Notice).where(Notice.dedupe_key == key).values(calendar=calendar)
    session.execute(put.execution_options(synchronize_session=False))


def _key(key: str, person_id: int) -> str:
    ending = f":person{person_id}"
    return key if key.endswith(ending) else key + ending


def _message(name: str, values: Mapping[str, object], assessment: Assessment | None) -> Message:
    given: dict[str, Value] = {}
    if assessment is not None:
        given = {"ref": assessment.ref, "title": assessment.title}
        given["path"] = ASSESSMENT_PATH.format(ref=assessment.ref)
    return render(
        name,
        given | _plain(values),
        public_url=config().public_url,
        restricted=assessment is not None and assessment.restricted,
    )


def _row(
    key: str,
    person_id: int,
    message: Message,
    organisation_id: int,
    assessment: Assessment | None,
    now: datetime,
) -> dict[str, object]:
    return {
        "organisation_id": organisation_id,
        "dedupe_key": key,
        "person_id": person_id,
        "message": message.name,
        "assessment_id": assessment.id if assessment is not None else None,
        "made_at": now,
        "subject": message.subject,
        "said": message.said,
        "link": message.link,
    }


def _single(session: Session, person_id: int, message_name: str, *, last_day: bool) -> bool:
    """Say whether it is told in a mail of its own, by what it is and what the person chose."""
    chosen = remembered(session, "choice", person_id, lambda: choice_of(person_id, session=session))
    return alone(chosen.telling, urgent=bool(at_once.reason(message_name, last_day=last_day)))


def _way(key: str, now: datetime, *, single: bool, reminder: bool) -> dict[str, object]:
    """Return by which mail a notice is told, or for which digest it waits."""
    if single:
        return {"waits_for": None, "told_in": outbox.message_id(key)}
    day = digest_day(now.astimezone(LONDON), bank_holidays(), reminder=reminder)
    return {"waits_for": day, "told_in": None}


def _plain(values: Mapping[str, object]) -> dict[str, Value]:
    plain: dict[str, Value] = {}
    for name, value in values.items():
        if isinstance(value, str | int | date):
            plain[name] = value
        elif value is not None:
            raise TypeError(f"a message cannot be told {name} as {type(value).__name__}")
    return plain


def address_of(session: Session, person_id: int, *, today: date) -> str | None:
    """Return where to write to, or None where the person left or has no active account or post today."""
    return remembered(
        session,
        "address",
        person_id,
        lambda: addresses_of(session, [person_id], today=today).get(person_id),
    )


def addresses_of(session: Session, person_ids: Collection[int], *, today: date) -> dict[int, str]:
    """Return where to write to for each of these people who can be reached, as ``address_of``."""
    query = (
        select(Person.id, Person.email)
        .join(Account, Account.person_id == Person.id)
        .join(Post, Post.person_id == Person.id)
        .where(
            Person.id.in_(person_ids),
            or_(Person.left_on.is_(None), Person.left_on > today),
            Account.active.is_(True),
            Post.starts_on <= today,
            or_(Post.ends_on.is_(None), Post.ends_on >= today),
        )
        .distinct()
    )
    return dict(session.execute(query).all())


# -- for an administrator ----------------------------------------------------------------------


def send_again(mail_id: int, *, organisation_id: int, by: int | None, now: datetime) -> None:
    """Let a mail that was given up be tried again from the start; one that waits already goes on waiting.

    Raises NotAllowed, NotFound, Invalid where it was sent or its text was removed.
    """
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        row = session.scalar(
            select(MailRow)
            .where(MailRow.id == mail_id, outbox.of_organisation(organisation_id))
            .with_for_update()
        )
        if row is None:
            raise NotFound
        if row.state is DeliveryState.DONE:
            raise Invalid(mail="It was sent meanwhile")
        if row.state is not DeliveryState.FAILED:
            return
        if not row.body:
            raise Invalid(mail="Its link has expired and its text was removed: ask for a new password again")
        for name, value in due.again(now).items():
            setattr(row, name, value)
        note(
            session,
            "mail_sent_again",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            mail=mail_id,
        )


def send_all_again(*, organisation_id: int, by: int | None, now: datetime) -> int:
    """Let all mail that was given up be tried again from the start; return how many. Raises NotAllowed.

    Mail whose text was removed stays given up: its link has expired.
    """
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        failed = (
            update(MailRow)
            .where(
                outbox.of_organisation(organisation_id),
                MailRow.state == DeliveryState.FAILED,
                MailRow.body != "",
            )
            .values(**due.again(now))
            .returning(MailRow.id)
        )
        count = len(session.scalars(failed.execution_options(synchronize_session=False)).all())
        if count:
            note(
                session,
                "mails_sent_again",
                organisation_id=organisation_id,
                subject=f"organisation:{organisation_id}",
                by=by,
                at=now,
                mails=count,
            )
    return count


def send_test(*, organisation_id: int, recipient: str, by: int | None, now: datetime) -> int | None:
    """Queue a test mail to an address, for an administrator; return its id, None where one was just queued.

    A form that is sent twice within a minute queues one mail. Raises NotAllowed, Invalid (``recipient``).
    """
    if not addresses.is_address(recipient):
        raise Invalid(recipient=addresses.WRONG)
    message = render("test_mail", {})
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        mail = outbox.queue_mail(
            session,
            dedupe_key=f"test:{organisation_id}:{by}:{recipient}:{now:%Y-%m-%dT%H:%M}",
            recipient=recipient,
            subject=message.subject,
            body=message.body,
            organisation_id=organisation_id,
            now=now,
        )
        if mail is None:
            return None
        note(
            session,
            "test_mail_queued",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            recipient=recipient,
        )
    return mail


def password_reset(*, link: str, valid_for: str) -> Message:
    """Return the mail with the link to choose a new password; ``valid_for`` in words: "2 hours"."""
    return render("password_reset", {"link": link, "valid_for": valid_for})
