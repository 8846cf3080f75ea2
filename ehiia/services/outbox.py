"""Mail waits here and is sent from here: queued with what it tells of, leased, sent, marked.

The promise: a mail is queued once, and sent at least once. Only a crash between
the server's acceptance and our mark may send it again, with the same Message-ID.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from ehiia.notify import delivery
from ehiia.notify.delivery import Accepted, Delivery, Outgoing, Refused, TryLater
from ehiia.notify.messages import KINDS
from ehiia.services.installation import config
from ehiia.services.transaction import read, transaction
from ehiia.store import due
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.people import Person, Post

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=15)
"""After so long a claimed mail may be claimed by somebody else."""

KEYS = UUID("5b0f6a1e-2d0c-4f43-9d0c-0d6f8c1f7a51")
"""Namespace of the Message-IDs."""

KEPT = timedelta(days=90)
"""So long a sent mail is kept in the outbox; the notice it belongs to stays."""

PAGE = 50
OUTSIDE = "somebody outside"
"""What is shown instead of an address that nobody is shown."""


def message_id(dedupe_key: str) -> str:
    """Return the Message-ID of a key, without angle brackets: the same whenever it is asked for."""
    return f"{uuid5(KEYS, dedupe_key)}@ehiia.invalid"


def queue_mail(
    session: Session,
    *,
    dedupe_key: str,
    recipient: str,
    subject: str,
    body: str,
    organisation_id: int | None,
    now: datetime,
    calendar: Sequence[str] = (),
    private: bool = False,
) -> int | None:
    """Put a mail into the outbox in the caller's transaction; return its id, None where the key is known.

    ``private``: nobody is shown to whom it goes.
    """
    mail = Queued(dedupe_key, recipient, subject, body, organisation_id, private=private)
    row = _row(mail, now) | {"calendar": list(calendar)}
    return due.insert_once(session, MailRow, [MailRow.message_id], row)


@dataclass(frozen=True)
class Queued:
    """A mail that is to be put into the outbox."""

    dedupe_key: str
    recipient: str
    subject: str
    body: str
    organisation_id: int | None
    calendar: str = ""
    """The invitation that goes with it, or ""."""
    private: bool = False
    """Whether nobody is shown to whom it goes."""


def queue_all(session: Session, mails: Sequence[Queued], *, now: datetime) -> None:
    """Put many mails into the outbox in the caller's transaction; those whose keys are known are left out."""
    due.insert_all_once(session, MailRow, MailRow.message_id, [_row(mail, now) for mail in mails])


def _row(mail: Queued, now: datetime) -> dict[str, object]:
    return {
        "organisation_id": mail.organisation_id,
        "message_id": message_id(mail.dedupe_key),
        "recipient": mail.recipient,
        "subject": " ".join(mail.subject.split())[:300],
        "body": mail.body,
        "calendar": [mail.calendar] if mail.calendar else [],
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "next_try_at": now,
        "last_error": "",
        "made_at": now,
        "private": mail.private,
    }


# -- sending ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """What became of the mail that was due."""

    accepted: int = 0
    later: int = 0
    given_up: int = 0

    def __str__(self) -> str:
        """Return it in words, for the list of jobs."""
        return f"{self.accepted} sent, {self.later} to be tried again, {self.given_up} given up"


@dataclass(frozen=True)
class _Claimed:
    id: int
    attempt: int
    outgoing: Outgoing


def send_due(
    *,
    now: datetime,
    limit: int = 20,
    by_way_of: Delivery | None = None,
    go_on: Callable[[], bool] = lambda: True,
    elapsed: Callable[[], float] = time.monotonic,
) -> Sent:
    """Send what is due, at most ``limit`` mails: claim, send outside the transaction, mark each.

    ``by_way_of``: how mail leaves; as configured where None, and where nothing is configured everything
    waits. A mail that fails is tried again later and does not hold up the others; a server that cannot
    be used at all ends this round. ``go_on`` is asked before each; what is left then goes back.
    ``elapsed``: seconds of a clock that only goes forward.
    """
    send = by_way_of or delivery.way(config().mail)
    if send is None:
        return Sent()
    began, accepted, later, given_up = elapsed(), 0, 0, 0
    claimed = _claim(now=now, limit=limit)
    for position, mail in enumerate(claimed):
        passed = timedelta(seconds=int(elapsed() - began))
        if passed > LEASE / 2 or not go_on():  # a slow server: back with it before the lease runs out
            _release(claimed[position:], now=now)
            break
        result = _send(send, mail)
        state = _mark(mail, result, now=now + passed)
        accepted += state is DeliveryState.DONE
        later += state is DeliveryState.WAITING
        given_up += state is DeliveryState.FAILED
        if isinstance(result, TryLater) and result.nobody_there:
            _release(claimed[position + 1 :], now=now)
            break
    return Sent(accepted, later, given_up)


def _send(send: Delivery, mail: _Claimed) -> delivery.Result:
    """Send one mail; one that nobody can send must not hold up those behind it."""
    try:
        return send(mail.outgoing)
    except Exception as error:
        log.error("mail_failed", mail=mail.id, attempt=mail.attempt, traceback=traceback.format_exc())
        return TryLater(f"{type(error).__name__}: {error}")


def _claim(*, now: datetime, limit: int) -> list[_Claimed]:
    with transaction() as session:
        rows = due.claim(session, MailRow, now=now, lease=LEASE, limit=limit)
        return [
            _Claimed(
                row.id,
                row.attempts,
                Outgoing(
                    row.message_id,
                    row.recipient,
                    row.subject,
                    row.body,
                    row.made_at,
                    calendar=tuple(row.calendar),
                    attempt=row.attempts,
                ),
            )
            for row in rows
        ]


def _mark(mail: _Claimed, result: delivery.Result, *, now: datetime) -> DeliveryState:
    match result:
        case Accepted():
            values = {"state": DeliveryState.DONE, "sent_at": now, "leased_until": None, "last_error": ""}
        case Refused(words):
            values = {"state": DeliveryState.FAILED, "leased_until": None, "last_error": words}
        case TryLater(words):
            values = due.after_failure(mail.attempt, now=now, words=words)
    with transaction() as session:
        due.finish(session, MailRow, mail.id, mail.attempt, values)
    state = values["state"]
    assert isinstance(state, DeliveryState)
    return state


def _release(mails: list[_Claimed], *, now: datetime) -> None:
    """Give mails back that nobody tried: the attempt does not count."""
    with transaction() as session:
        for mail in mails:
            values = {"state": DeliveryState.WAITING, "leased_until": None, "attempts": mail.attempt - 1}
            due.finish(session, MailRow, mail.id, mail.attempt, values)


# -- an administrator's page ------------------------------------------------------------------


@dataclass(frozen=True)
class MailInOutbox:
    """A mail as an administrator sees it: never its text, which may hold a link that signs somebody in."""

    id: int
    recipient: str
    subject: str
    state: DeliveryState
    attempts: int
    made_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str


@dataclass(frozen=True)
class MailPage:
    """A page of the outbox, newest first; ``next_before`` begins the next page, None where there is none."""

    mails: tuple[MailInOutbox, ...]
    next_before: int | None


@dataclass(frozen=True)
class Wanted:
    """What of the mail is shown. ``find``: words in address or subject; ``kind``: of ``messages.KINDS``."""

    find: str = ""
    kind: str = ""
    before: int | None = None
    """Id of the last mail of the page before."""


def waiting(organisation_id: int, wanted: Wanted = Wanted(), *, limit: int = PAGE) -> MailPage:
    """Return the mail that still waits to be sent."""
    return _page(organisation_id, (DeliveryState.WAITING, DeliveryState.CLAIMED), wanted, limit)


def failed(organisation_id: int, wanted: Wanted = Wanted(), *, limit: int = PAGE) -> MailPage:
    """Return the mail that was given up."""
    return _page(organisation_id, (DeliveryState.FAILED,), wanted, limit)


def sent(organisation_id: int, wanted: Wanted = Wanted(), *, limit: int = PAGE) -> MailPage:
    """Return the mail that was sent."""
    return _page(organisation_id, (DeliveryState.DONE,), wanted, limit)


def count_failed(organisation_id: int) -> int:
    """Count the mail that was given up."""
    query = select(func.count()).select_from(MailRow)
    return (
        read().scalar(query.where(of_organisation(organisation_id), MailRow.state == DeliveryState.FAILED))
        or 0
    )


def of_organisation(organisation_id: int) -> ColumnElement[bool]:
    """Return the predicate of an organisation's mail, with mail about the accounts of its people."""
    addresses = (
        select(Person.email)
        .join(Post, Post.person_id == Person.id)
        .where(Post.organisation_id == organisation_id)
    )
    return or_(
        MailRow.organisation_id == organisation_id,
        and_(MailRow.organisation_id.is_(None), MailRow.recipient.in_(addresses)),
    )


def _of_kind(kind: str) -> ColumnElement[bool]:
    """Return the predicate of mail that tells something of this kind; a digest tells of several.

    Mail about accounts, with links and for tests tells no notice.
    """
    told = select(Notice.id).where(Notice.told_in == MailRow.message_id)
    if kind == "accounts":
        return ~told.exists()
    return told.where(Notice.message.in_(KINDS[kind][1])).exists()


def _page(organisation_id: int, states: tuple[DeliveryState, ...], wanted: Wanted, limit: int) -> MailPage:
    query = (
        select(MailRow)
        .where(of_organisation(organisation_id), MailRow.state.in_(states))
        .order_by(MailRow.id.desc())
        .limit(limit + 1)
    )
    if wanted.before is not None:
        query = query.where(MailRow.id < wanted.before)
    if wanted.kind:
        query = query.where(_of_kind(wanted.kind))
    for word in wanted.find.split():
        by_address = and_(MailRow.private.is_(False), MailRow.recipient.icontains(word, autoescape=True))
        query = query.where(or_(by_address, MailRow.subject.icontains(word, autoescape=True)))
    rows = list(read().scalars(query))
    shown = tuple(
        MailInOutbox(
            row.id,
            shown_recipient(row),
            row.subject,
            row.state,
            row.attempts,
            row.made_at,
            row.next_try_at,
            row.sent_at,
            _without_address(row),
        )
        for row in rows[:limit]
    )
    return MailPage(shown, shown[-1].id if len(rows) > limit else None)


def shown_recipient(row: MailRow) -> str:
    """Return to whom a mail goes, as anybody is shown it."""
    return OUTSIDE if row.private else row.recipient


def _without_address(row: MailRow) -> str:
    """Return what the server said, which may have the address in it."""
    if not row.private:
        return row.last_error
    return re.sub(re.escape(row.recipient), OUTSIDE, row.last_error, flags=re.IGNORECASE)


def forget_sent(*, now: datetime) -> int:
    """Remove sent mail after 90 days, and the text of mail about accounts after a day; return how many."""
    sent_before = and_(MailRow.state == DeliveryState.DONE, MailRow.sent_at < now - KEPT)
    of_accounts = and_(
        MailRow.organisation_id.is_(None),
        MailRow.made_at < now - timedelta(days=1),
        MailRow.state.in_((DeliveryState.DONE, DeliveryState.FAILED)),
        MailRow.body != "",
    )
    with transaction() as session:
        emptied = update(MailRow).where(of_accounts).values(body="").returning(MailRow.id)
        count = len(session.scalars(emptied.execution_options(synchronize_session=False)).all())
        removed = delete(MailRow).where(sent_before).returning(MailRow.id)
        return count + len(session.scalars(removed.execution_options(synchronize_session=False)).all())
