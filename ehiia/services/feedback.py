"""What the public says of a published assessment: taken without login, and answered by an equality lead.

Nothing of it is public. Spam is kept off without anybody else's service: a field that people do not see, the
time that a form takes, how often one network address sends, and how many web addresses stand in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import feedback as rules
from ehiia.domain.access import Actor, may_in
from ehiia.domain.feedback import FeedbackState
from ehiia.domain.vocabulary import Permission
from ehiia.services import addresses, by_link, notices, people, published, triggers
from ehiia.services.telling import equality_leads
from ehiia.services.transaction import (
    Invalid,
    NotAllowed,
    NotFound,
    Stale,
    note_on,
    read,
    transaction,
)
from ehiia.services.tries import check_tries, count_try, digest
from ehiia.store import due
from ehiia.store.assessments import Assessment
from ehiia.store.feedback import FeedbackRow
from ehiia.store.people import Person
from ehiia.store.publications import Edition
from ehiia.store.visible import known_in

__all__ = ["Heard", "Said", "answer", "ask_for_review", "heard", "one_of", "opened", "send"]

PURPOSE = "give feedback on {ref}"
MOST = 500


@dataclass(frozen=True)
class Said:
    """What somebody sends. ``trap``: what stands in the field that people do not see."""

    text: str
    said_by: str
    email: str
    consent: bool
    trap: str
    opened: str
    """The token that the form was opened with."""
    once: str


@dataclass(frozen=True)
class Heard:
    """What was said, with the assessment and the edition that it is about."""

    row: FeedbackRow
    ref: str
    title: str
    edition_ref: str
    answered_by: str


# -- from the public -----------------------------------------------------------------------------


def opened(edition_ref: str, *, now: datetime) -> str:
    """Return the token of a form that is opened now: it says when, and that it was us who opened it."""
    return by_link.signed(str(int(now.timestamp())), PURPOSE.format(ref=edition_ref))


def _opened_at(token: str, edition_ref: str) -> datetime | None:
    moment = by_link.unsigned(token, PURPOSE.format(ref=edition_ref))
    return datetime.fromtimestamp(int(moment), UTC) if moment and moment.isdigit() else None


def send(edition_ref: str, said: Said, *, address: str, now: datetime) -> None:
    """Take what somebody says of an edition that is out; the equality leads are told.

    ``address``: of the network, of which only a digest is counted. What looks as if no person had sent it is
    kept apart as spam, and nobody is told. Raises NotFound, TooManyTries, Invalid by field; ``opened``: the
    form was open for too long.
    """
    key = f"feedback:{address}"
    check_tries(key, now=now)
    shown = published.see(edition_ref, today=day_of(now))
    if shown.withdrawn:
        raise NotFound
    errors = _errors(said)
    opened_at = _opened_at(said.opened, edition_ref)
    if opened_at is None or rules.too_old(opened_at, now):
        errors["opened"] = "This page was open for too long. Nothing is lost: send it again"
    if errors or opened_at is None:
        raise Invalid(**errors)
    count_try(key, now=now)
    spam = bool(said.trap) or rules.too_quick(opened_at, now)
    with transaction() as session:
        assessment = session.get_one(Assessment, shown.edition.assessment_id)
        made = due.insert_once(
            session,
            FeedbackRow,
            [FeedbackRow.dedupe_key],
            {
                "organisation_id": assessment.organisation_id,
                "assessment_id": assessment.id,
                "edition_id": shown.edition.id,
                "dedupe_key": digest(f"{edition_ref}:{said.once}"),
                "text": said.text.strip(),
                "said_by": " ".join(said.said_by.split()),
                "email": said.email.strip(),
                "at": now,
                "state": FeedbackState.SPAM if spam else FeedbackState.WAITS,
                "reply": "",
                "revision": 1,
            },
        )
        if made is None or spam:
            return  # the form was sent twice, or by no person
        note_on(session, assessment, "feedback_came", by=None, at=now, edition=edition_ref)
        for person_id in sorted(equality_leads(session, assessment, now)):
            notices.tell(
                session,
                assessment=assessment,
                person_id=person_id,
                message_name="feedback_came",
                values={"path": f"/feedback/{made}"},
                dedupe_key=f"feedback_came:{made}",
                now=now,
            )


def _errors(said: Said) -> dict[str, str]:
    errors, text = {}, said.text.strip()
    if not text:
        errors["text"] = "Enter what you want to say"
    elif len(text) > rules.LONGEST:
        errors["text"] = f"This must be {rules.LONGEST:,} characters or fewer"
    elif rules.links_in(text) > rules.MOST_LINKS:
        errors["text"] = f"Take out web addresses: at most {rules.MOST_LINKS} can be sent"
    if said.email.strip() and not addresses.is_address(said.email.strip()):
        errors["email"] = addresses.WRONG
    if not said.consent:
        errors["consent"] = "Tick the box so that we may keep what you wrote"
    return errors


# -- for equality leads --------------------------------------------------------------------------


def heard(actor: Actor, organisation_id: int, *, state: FeedbackState | None = None) -> list[Heard]:
    """Return what was said of assessments that the person knows of, newest first: one query.

    Without a ``state`` everything but spam. Raises NotAllowed.
    """
    which = FeedbackRow.state == state if state else FeedbackRow.state != FeedbackState.SPAM
    return _heard(read(), actor, organisation_id, which)


def one_of(actor: Actor, organisation_id: int, feedback_id: int, session: Session | None = None) -> Heard:
    """Return one thing that was said. Raises NotAllowed, NotFound."""
    found = _heard(session or read(), actor, organisation_id, FeedbackRow.id == feedback_id)
    if not found:
        raise NotFound
    return found[0]


def _heard(session: Session, actor: Actor, organisation_id: int, which: ColumnElement[bool]) -> list[Heard]:
    ruling = may_in(actor, Permission.ANSWER_FEEDBACK, organisation_id)
    if not ruling:
        raise NotAllowed(ruling.reason)
    rows = session.execute(
        select(FeedbackRow, Assessment.ref, Assessment.title, Edition.ref, Person.name)
        .join(Assessment, Assessment.id == FeedbackRow.assessment_id)
        .join(Edition, Edition.id == FeedbackRow.edition_id)
        .outerjoin(Person, Person.id == FeedbackRow.answered_by)
        .where(
            FeedbackRow.organisation_id == organisation_id,
            known_in(organisation_id, actor.person_id, holds_post=True),
            which,
        )
        .order_by(FeedbackRow.id.desc())
        .limit(MOST)
    )
    return [Heard(row, ref, title, edition, name or "") for row, ref, title, edition, name in rows]


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

    Raises NotFound, NotAllowed, Invalid (``reply``, ``state``), Stale.
    """
    reply = reply.strip()
    if state is FeedbackState.REVIEW:
        raise Invalid(state="Ask for a review, so that somebody answers for it")
    if state in (FeedbackState.REPLIED, FeedbackState.NOTED) and not reply:
        raise Invalid(reply="Enter what was answered, or why nothing is done")
    with transaction() as session:
        one = _locked(session, feedback_id, organisation_id, by, now)
        row = one.row
        if row.revision != revision:
            if (row.state, row.reply, row.answered_by) == (state, reply, by):
                return  # the form was sent twice
            raise Stale
        _settle(session, one, state, reply, by, now)


def ask_for_review(
    feedback_id: int, *, trigger: str, reason: str, organisation_id: int, by: int, now: datetime
) -> str:
    """Raise a reason to review the assessment early, as the feedback gave it; return its reference.

    An equality lead then accepts or declines it, as any other. Raises NotFound, NotAllowed, Refused, Invalid.
    """
    with transaction() as session:
        one = _locked(session, feedback_id, organisation_id, by, now)
        if one.row.state is FeedbackState.REVIEW:
            return one.ref  # the form was sent twice
        triggers.raise_one(one.ref, trigger=trigger, reason=reason, by=by, now=now)
        _settle(session, one, FeedbackState.REVIEW, reason.strip(), by, now)
        return one.ref


def _locked(session: Session, feedback_id: int, organisation_id: int, by: int, now: datetime) -> Heard:
    actor = people.actor_of(by, today=day_of(now), session=session)
    one = one_of(actor, organisation_id, feedback_id, session)
    session.refresh(one.row, with_for_update=True)
    return one


def _settle(session: Session, one: Heard, state: FeedbackState, reply: str, by: int, now: datetime) -> None:
    row = one.row
    row.state, row.reply, row.answered_by, row.answered_at = state, reply, by, now
    row.revision += 1
    session.flush()
    assessment = session.get_one(Assessment, row.assessment_id)
    note_on(session, assessment, "feedback_settled", by=by, at=now, became=state.label)
