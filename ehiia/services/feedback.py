"""What the public says of a published assessment: taken without login, and read by the equality leads.

They answer it in ``services.answering_feedback``. Nothing of it is public.

Spam is kept off without anybody else's service: a field that people do not see, the time that a form takes,
how often one network address sends, and how many web addresses stand in it.
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
from ehiia.services import addresses, by_link, notices, organisations, published
from ehiia.services.telling import equality_leads
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, note_on, read, transaction
from ehiia.services.tries import check_tries, count_try, digest
from ehiia.store import due
from ehiia.store.assessments import Assessment
from ehiia.store.feedback import FeedbackRow
from ehiia.store.people import Person
from ehiia.store.publications import Edition
from ehiia.store.visible import known_in

__all__ = ["Heard", "Said", "heard", "kept_days", "one_of", "opened", "send"]

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
    restricted: bool
    """Whether the assessment is restricted now: then nothing of it is mailed to anybody outside."""

    @property
    def can_be_mailed(self) -> bool:
        """Whether there is an answer that was not mailed yet, and an address to mail it to."""
        row = self.row
        answered = row.state in rules.MAILED and bool(row.reply)
        return answered and bool(row.email) and row.mailed_at is None and not self.restricted


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


def kept_days(organisation_id: int) -> int:
    """Return after how many days name and address are removed here."""
    return organisations.settings_of(organisations.get(organisation_id)).feedback_days


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
    columns = (FeedbackRow, Assessment.ref, Assessment.title, Edition.ref, Person.name, Assessment.restricted)
    rows = session.execute(
        select(*columns)
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
    return [
        Heard(row, ref, title, edition, name or "", restricted)
        for row, ref, title, edition, name, restricted in rows
    ]
