"""Answering what the public says: what becomes of it, the mail to whoever left an address, what is removed.

A reply is recorded first and mailed once, after whoever sends it was shown the mail. It never holds what the
person wrote: nobody has shown that the address is theirs, and nothing is to be sent to others through us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import feedback as rules
from ehiia.domain.access import Actor
from ehiia.domain.feedback import FeedbackState
from ehiia.notify.messages import render
from ehiia.services import organisations, outbox, people, triggers
from ehiia.services.feedback import Heard, one_of
from ehiia.services.installation import config
from ehiia.services.transaction import Invalid, Refused, Stale, note_on, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.duties import DeliveryState, MailRow
from ehiia.store.feedback import FeedbackRow
from ehiia.store.published import EditionEntry

__all__ = ["Letter", "answer", "ask_for_review", "became_of_mail", "forget", "forgotten", "letter", "mail"]

NOTHING = "There is no answer to be mailed, or no address to mail it to."
WAITS = "It waits to be sent."
BECAME = {
    DeliveryState.WAITING: WAITS,
    DeliveryState.CLAIMED: WAITS,
    DeliveryState.DONE: "The mail server took it.",
    DeliveryState.FAILED: "It could not be sent: an administrator sees why, and can send it again.",
}
"""What became of a mail. What is not in the outbox any more was sent long ago."""


@dataclass(frozen=True)
class Letter:
    """A mail with an answer, as it is sent. ``revision``: of the feedback whose words are in it."""

    to: str
    subject: str
    body: str
    revision: int


# -- what becomes of it --------------------------------------------------------------------------


def answer(
    feedback_id: int,
    *,
    state: FeedbackState,
    reply: str,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Say what became of it: answered and how, noted and why nothing is done, spam, or not spam after all.

    Nothing is mailed by this. Raises NotFound, NotAllowed, Invalid (``reply``, ``state``), Stale, and Refused
    where the answer was mailed.
    """
    reply = reply.strip()
    with transaction() as session:
        one = _locked(session, feedback_id, organisation_id, by, now)
        row = one.row
        if (row.state, row.reply, row.answered_by, row.revision - 1) == (state, reply, by, revision):
            return  # the form was sent twice
        if row.mailed_at is not None:
            raise Refused("The answer was mailed, so its words stand.")
        if row.revision != revision:
            raise Stale
        if state not in rules.becomes(row.state):
            raise Invalid(state="Ask for a review, so that somebody answers for it")
        if state in rules.MAILED and not reply:
            raise Invalid(reply="Enter what was answered, or why nothing is done")
        row.reply = reply
        _settle(session, one, state, by, now)


def ask_for_review(
    feedback_id: int, *, trigger: str, reason: str, organisation_id: int, by: int, now: datetime
) -> str:
    """Raise a reason to review the assessment early, as the feedback gave it; return its reference.

    An equality lead then accepts or declines it, as any other; an answer that was recorded stays. Raises
    NotFound, NotAllowed, Refused, Invalid.
    """
    with transaction() as session:
        one = _locked(session, feedback_id, organisation_id, by, now)
        if one.row.state is FeedbackState.REVIEW:
            return one.ref  # the form was sent twice
        triggers.raise_one(one.ref, trigger=trigger, reason=reason, by=by, now=now)
        _settle(session, one, FeedbackState.REVIEW, by, now)
        return one.ref


def _locked(session: Session, feedback_id: int, organisation_id: int, by: int, now: datetime) -> Heard:
    actor = people.actor_of(by, today=day_of(now), session=session)
    one = one_of(actor, organisation_id, feedback_id, session)
    session.refresh(one.row, with_for_update=True)
    return one


def _settle(session: Session, one: Heard, state: FeedbackState, by: int, now: datetime) -> None:
    row = one.row
    row.state, row.answered_by, row.answered_at = state, by, now
    row.revision += 1
    _noted(session, row, "feedback_settled", by, now)


def _noted(session: Session, row: FeedbackRow, verb: str, by: int, now: datetime) -> None:
    session.flush()
    assessment = session.get_one(Assessment, row.assessment_id)
    note_on(session, assessment, verb, by=by, at=now, became=row.state.label)


# -- the answer by mail --------------------------------------------------------------------------


def letter(actor: Actor, organisation_id: int, feedback_id: int) -> Letter:
    """Return the mail as it would be sent now.

    Raises NotFound, NotAllowed, and Refused where nobody left an address, nothing was answered, or it was
    mailed.
    """
    made = _letter(read(), one_of(actor, organisation_id, feedback_id))
    if made is None:
        raise Refused(NOTHING)
    return made


def _letter(session: Session, one: Heard) -> Letter | None:
    row = one.row
    if not one.can_be_mailed:
        return None
    entry = session.get_one(EditionEntry, row.edition_id)
    organisation = organisations.get(row.organisation_id, session=session)
    message = render(
        "feedback_answered",
        {
            "of": entry.title,
            "ref": one.edition_ref,
            "wrote_on": day_of(row.at),
            "organisation": organisation.name,
            "reply": row.reply,
            "days": organisations.settings_of(organisation).feedback_days,
            "path": f"/published/{one.edition_ref}",
        },
        public_url=config().public_url,
    )
    return Letter(row.email, message.subject, message.body, row.revision)


def mail(feedback_id: int, *, revision: int, organisation_id: int, by: int, now: datetime) -> None:
    """Put the answer into the outbox, once.

    Raises NotFound, NotAllowed, Stale where the words changed since they were shown, and Refused where there
    is nothing to be mailed or nobody to mail it to.
    """
    with transaction() as session:
        one = _locked(session, feedback_id, organisation_id, by, now)
        if one.row.mailed_at is not None:
            return  # the form was sent twice
        made = _letter(session, one)
        if made is None:
            raise Refused(NOTHING)
        if made.revision != revision:
            raise Stale
        outbox.queue_mail(
            session,
            dedupe_key=_key(feedback_id),
            recipient=made.to,
            subject=made.subject,
            body=made.body,
            organisation_id=organisation_id,
            now=now,
            private=True,
        )
        one.row.mailed_at = now
        one.row.revision += 1
        _noted(session, one.row, "feedback_mailed", by, now)


def _key(feedback_id: int) -> str:
    return f"feedback_answered:{feedback_id}"


def became_of_mail(one: Heard) -> str:
    """Return what became of the mail as a sentence; "" where none was sent."""
    if one.row.mailed_at is None:
        return ""
    mails = select(MailRow.state).where(MailRow.message_id == outbox.message_id(_key(one.row.id)))
    return BECAME[read().scalar(mails) or DeliveryState.DONE]


# -- names and addresses are not kept for ever ---------------------------------------------------


def _old(now: datetime) -> ColumnElement[bool]:
    """Say of which feedback name and address have been kept for as long as its organisation keeps them."""
    kept_long = (
        and_(
            FeedbackRow.organisation_id == organisation.id,
            FeedbackRow.at < now - timedelta(days=organisations.settings_of(organisation).feedback_days),
        )
        for organisation in organisations.everything()
    )
    return and_(or_(FeedbackRow.said_by != "", FeedbackRow.email != ""), or_(False, *kept_long))


def forget(*, now: datetime) -> int:
    """Remove name and address of whoever gave feedback long ago, with the mail to them; return of how many.

    What they said and what was answered stays. A mail that is being sent at this moment is left to end.
    """
    with transaction() as session:
        cleared = update(FeedbackRow).where(_old(now)).values(said_by="", email="", cleared_at=now)
        returned = cleared.returning(FeedbackRow.id).execution_options(synchronize_session=False)
        ids = session.scalars(returned).all()
        mails = [outbox.message_id(_key(feedback_id)) for feedback_id in ids]
        gone = and_(MailRow.message_id.in_(mails), MailRow.state != DeliveryState.CLAIMED)
        session.execute(delete(MailRow).where(gone).execution_options(synchronize_session=False))
        return len(ids)


def forgotten(*, now: datetime) -> int:
    """Count of how much feedback ``forget`` would remove name and address."""
    return read().scalar(select(func.count()).select_from(FeedbackRow).where(_old(now))) or 0
