"""What people are told, once: a notice with its mail.

A notice is a row with a key; its mail is queued in the same transaction, and
only by whoever inserted the row. Two schedulers at the same moment, or one
after a week asleep, tell nobody twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.notify.messages import Message, Value, render
from ehiia.services import outbox, people
from ehiia.services.installation import config
from ehiia.services.transaction import Invalid, NotFound, note, transaction
from ehiia.store import due
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.people import Account, Person, Post

ASSESSMENT_PATH = "/a/{ref}"
"""The page a notice leads to where the caller gives no other ``path``."""


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
) -> bool:
    """Tell a person something once, in the caller's transaction; say whether it was new.

    ``values``: text, whole numbers and dates by name; None counts as not given. An assessment gives its
    reference, its title (unless it is restricted), its page and its organisation. ``dedupe_key`` gets the
    person added. Whoever left, or has no active account or no post today, is told nothing.
    Raises UnknownMessage or MissingValue: mistakes of the caller.
    """
    given: dict[str, Value] = {}
    if assessment is not None:
        organisation_id = assessment.organisation_id
        given = {"ref": assessment.ref, "title": assessment.title}
        given["path"] = ASSESSMENT_PATH.format(ref=assessment.ref)
    assert organisation_id is not None, "a notice needs an assessment or an organisation"
    given |= _plain(values)
    message = render(
        message_name,
        given,
        public_url=config().public_url,
        restricted=assessment is not None and assessment.restricted,
    )
    address = address_of(session, person_id, today=day_of(now))
    if address is None:
        return False
    ending = f":person{person_id}"
    key = dedupe_key if dedupe_key.endswith(ending) else dedupe_key + ending
    made = due.insert_once(
        session,
        Notice,
        [Notice.dedupe_key],
        {
            "organisation_id": organisation_id,
            "dedupe_key": key,
            "person_id": person_id,
            "message": message_name,
            "assessment_id": assessment.id if assessment is not None else None,
            "made_at": now,
        },
    )
    if made is None:
        return False
    outbox.queue_mail(
        session,
        dedupe_key=key,
        recipient=address,
        subject=message.subject,
        body=message.body,
        organisation_id=organisation_id,
        now=now,
    )
    return True


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
    return session.scalar(
        select(Person.email)
        .join(Account, Account.person_id == Person.id)
        .join(Post, Post.person_id == Person.id)
        .where(
            Person.id == person_id,
            or_(Person.left_on.is_(None), Person.left_on > today),
            Account.active.is_(True),
            Post.starts_on <= today,
            or_(Post.ends_on.is_(None), Post.ends_on >= today),
        )
        .limit(1)
    )


def hide(session: Session, assessment: Assessment) -> None:
    """Take what a restricted assessment is about out of the mail that told of it.

    In the caller's transaction. Mail that waits for people who take no part in it is dropped; all other
    mail, sent mail too, keeps the reference only, because an administrator reads the subjects.
    """
    keys = session.scalars(select(Notice.dedupe_key).where(Notice.assessment_id == assessment.id)).all()
    taking_part = set(
        session.scalars(
            select(Person.email)
            .join(Participant, Participant.person_id == Person.id)
            .where(Participant.assessment_id == assessment.id, Participant.ended_at.is_(None))
        )
    )
    message = render(
        "restricted_since",
        {"ref": assessment.ref, "path": ASSESSMENT_PATH.format(ref=assessment.ref)},
        public_url=config().public_url,
        restricted=True,
    )
    ids = [outbox.message_id(key) for key in keys]
    for mail in session.scalars(select(MailRow).where(MailRow.message_id.in_(ids)).with_for_update()):
        unsent = mail.state in (DeliveryState.WAITING, DeliveryState.FAILED)
        if unsent and mail.recipient not in taking_part:
            session.delete(mail)
        else:
            mail.subject, mail.body = message.subject, message.body
    session.flush()


# -- for an administrator ----------------------------------------------------------------------


def send_again(mail_id: int, *, organisation_id: int, by: int | None, now: datetime) -> None:
    """Let a mail that was given up be tried again from the start. Raises NotAllowed, NotFound, Invalid."""
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        row = session.scalar(
            select(MailRow)
            .where(MailRow.id == mail_id, outbox.of_organisation(organisation_id))
            .with_for_update()
        )
        if row is None:
            raise NotFound
        if row.state is not DeliveryState.FAILED:
            raise Invalid(mail="Only mail that was given up can be sent again")
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


def send_test(*, organisation_id: int, recipient: str, by: int | None, now: datetime) -> int | None:
    """Queue a test mail to an address, for an administrator; return its id, None where one was just queued.

    A form that is sent twice within a minute queues one mail. Raises NotAllowed.
    """
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
