"""Confirming what a meeting decided without signing in: by a one-time link, or by the signed minute.

The chair of a committee may have no time, or no account. The secretary sends
them a link that works once and for this entry only; or uploads the minute that
the chair signed, whose digest goes into the record. Either way the record says
how it was confirmed, and that is not the same as signing in again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Permission, Reauthentication, Stage
from ehiia.notify.messages import render
from ehiia.services import by_link, deciding, organisations, papers, people, uploads
from ehiia.services.installation import config
from ehiia.services.papers import PaperPage
from ehiia.services.people import Reauthenticated
from ehiia.services.recorded import RecordRow
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.services.tries import digest
from ehiia.services.uploads import NotAccepted, Upload
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import MeetingEntry
from ehiia.store.meetings import ConfirmLink, SignedMinute
from ehiia.store.organisations import Body, Organisation
from ehiia.store.people import Person

__all__ = ["OpenEntry", "Sent", "by_minute", "confirm", "find", "page_of", "send_link", "sent_to"]

PURPOSE = "confirming the decision of a meeting"
OPENS_FOR = timedelta(days=14)
ENDED_SUBJECT = "EHIIA: A link that was used or taken back"
NO_CHAIR = "The committee has no chair. An administrator names one."


@dataclass(frozen=True)
class OpenEntry:
    """What a link opens: the decision that was entered, and who is asked to confirm it."""

    link_id: int
    entry_id: int
    ref: str
    organisation: str
    body: str
    chair: int
    chair_name: str
    secretary: str
    secretary_email: str
    expires_at: datetime
    opens: bool
    used: bool


@dataclass(frozen=True)
class Sent:
    """A link that was sent for the entry in hand."""

    name: str
    at: datetime
    expires_at: datetime


def _entry(session: Session, ref: str, *, by: int, now: datetime) -> tuple[Seen, MeetingEntry, Body, Person]:
    """Return the entry that waits for its chair, to somebody who may enter decisions."""
    actor = people.actor_of(by, today=day_of(now), session=session)
    seen = see(ref, Permission.ENTER_DECISION, actor=actor, session=session, lock=True)
    paper = papers.paper_ready(session, seen)
    if paper.entry is None:
        raise Refused("Enter first what the meeting decided; then its chair can confirm it.")
    chair = session.get(Person, paper.body.chair_id) if paper.body.chair_id else None
    if chair is None:
        raise Refused(NO_CHAIR)
    return seen, paper.entry, paper.body, chair


def send_link(ref: str, *, by: int, now: datetime) -> str:
    """Send the chair a link that works once; return whom it went to. An earlier one ends.

    Raises Refused where nothing was entered, or the chair is not known.
    """
    with transaction() as session:
        seen, entry, body, chair = _entry(session, ref, by=by, now=now)
        _end(session, entry.id, now)
        token = by_link.new_token()
        link = ConfirmLink(
            entry_id=entry.id,
            token_sha256=digest(token),
            person_id=chair.id,
            made_by=by,
            made_at=now,
            expires_at=now + OPENS_FOR,
        )
        session.add(link)
        session.flush()
        organisation = organisations.get(seen.assessment.organisation_id, session=session)
        message = render(
            "confirm_link",
            {
                "body": body.name,
                "by": people.names({by}, session=session)[by],
                "organisation": organisation.name,
                "until": day_of(link.expires_at),
                "path": f"/confirm/{by_link.signed(token, PURPOSE)}",
            },
            public_url=config().public_url,
        )
        by_link.queue(session, _mail_key(link), message, email=chair.email, now=now)
        note_on(session, seen.assessment, "confirm_link_sent", by=by, at=now, name=chair.name)
        return chair.name


def _mail_key(link: ConfirmLink) -> str:
    return f"confirm-link:{link.id}"


def _end(session: Session, entry_id: int, now: datetime) -> None:
    """End every link for an entry, and drop the mail that carried it."""
    rows = session.scalars(
        select(ConfirmLink)
        .where(ConfirmLink.entry_id == entry_id, ConfirmLink.ended_at.is_(None))
        .with_for_update()
    ).all()
    for link in rows:
        link.ended_at = now
    if rows:
        by_link.drop_mail(session, [_mail_key(link) for link in rows], subject=ENDED_SUBJECT)


def sent_to(entry_id: int, *, now: datetime) -> Sent | None:
    """Return the link for an entry that still opens, or None."""
    row = read().execute(
        select(Person.name, ConfirmLink.made_at, ConfirmLink.expires_at)
        .join(Person, Person.id == ConfirmLink.person_id)
        .where(ConfirmLink.entry_id == entry_id, ConfirmLink.ended_at.is_(None), ConfirmLink.expires_at > now)
        .limit(1)
    )
    found = row.one_or_none()
    return Sent(*found) if found else None


# -- by the link ---------------------------------------------------------------------------------------


def find(text: str, *, address: str, now: datetime) -> OpenEntry:
    """Return what a link opens. Raises NotFound; TooManyTries after too many guesses from this address."""

    def known() -> OpenEntry | None:
        token = by_link.unsigned(text, PURPOSE)
        return _known(read(), token, now) if token else None

    return by_link.find(known, kind="confirm", address=address, now=now)


def _known(session: Session, token: str, now: datetime, *, lock: bool = False) -> OpenEntry | None:
    query = (
        select(ConfirmLink, MeetingEntry, Assessment, Organisation.name, Body, Person)
        .join(MeetingEntry, MeetingEntry.id == ConfirmLink.entry_id)
        .join(Assessment, Assessment.id == MeetingEntry.assessment_id)
        .join(Organisation, Organisation.id == Assessment.organisation_id)
        .join(Body, Body.id == MeetingEntry.body_id)
        .join(Person, Person.id == ConfirmLink.made_by)
        .where(ConfirmLink.token_sha256 == digest(token))
        .execution_options(populate_existing=True)
    )
    row = session.execute(query.with_for_update(of=ConfirmLink) if lock else query).one_or_none()
    if row is None:
        return None
    link, entry, assessment, organisation, body, sender = row
    opens = (
        link.ended_at is None
        and now < link.expires_at
        and entry.ended_at is None
        and assessment.stage is Stage.READY
        and body.chair_id == link.person_id
    )
    return OpenEntry(
        link_id=link.id,
        entry_id=entry.id,
        ref=assessment.ref,
        organisation=organisation,
        body=body.name,
        chair=link.person_id,
        chair_name=people.names({link.person_id}, session=session)[link.person_id],
        secretary=sender.name,
        secretary_email=sender.email,
        expires_at=link.expires_at,
        opens=opens,
        used=link.used_at is not None,
    )


def page_of(found: OpenEntry, *, now: datetime) -> tuple[Seen, PaperPage]:
    """Return the paper with what was entered, as its chair sees it. Raises NotFound where it is gone."""
    actor = people.actor_of(found.chair, today=day_of(now))
    seen = see(found.ref, Permission.CONFIRM_DECISION, actor=actor)
    page = papers.page_of(seen, today=day_of(now))
    if page is None or page.entered is None:
        raise NotFound
    return seen, page


def confirm(text: str, *, sha256: str, pack_id: int, now: datetime) -> RecordRow:
    """The chair confirms by the link, having read this version; the link is used up.

    ``sha256``: of the version on the page; ``pack_id``: the paper pack in which it was read, or 0. Raises
    NotFound, Refused where the link or what it opens has ended.
    """
    token = by_link.unsigned(text, PURPOSE)
    with transaction() as session:
        found = _known(session, token, now, lock=True) if token else None
        if found is None:
            raise NotFound
        if not found.opens:
            raise Refused("This link was used already, or what was entered has changed.")
        papers.say_read(found.ref, sha256=sha256, pack_id=pack_id, by=found.chair, now=now)
        session.get_one(ConfirmLink, found.link_id).used_at = now
        _end(session, found.entry_id, now)
        return deciding.confirm(
            found.ref,
            entry_id=found.entry_id,
            reauthenticated=Reauthenticated(Reauthentication.LINK, now),
            by=found.chair,
            now=now,
        )


# -- by the signed minute --------------------------------------------------------------------------------


def by_minute(ref: str, upload: Upload, *, entry_id: int, by: int, now: datetime) -> RecordRow:
    """The secretary uploads the minute that the chair signed; the decision is confirmed on its strength.

    ``entry_id`` is that of the page. Raises Invalid (field ``file``) for a file that is not taken, Refused
    where what was entered has changed.
    """
    if not upload.data.startswith(b"%PDF-"):
        raise Invalid(file="The signed minute must be a PDF")
    try:
        checked = uploads.check(upload)
    except NotAccepted as refused:
        raise Invalid(file=str(refused)) from None
    with transaction() as session:
        seen, entry, _, chair = _entry(session, ref, by=by, now=now)
        if entry.id != entry_id:
            raise Refused("What was entered has changed since you opened it. Read it again.")
        sha256 = uploads.keep(session, checked, by=by, now=now)
        session.add(
            SignedMinute(entry_id=entry.id, file_sha256=sha256, file_name=checked.name, by=by, at=now)
        )
        session.flush()
        note_on(
            session,
            seen.assessment,
            "minute_uploaded",
            by=by,
            at=now,
            name=chair.name,
            file=checked.name,
            sha256=sha256,
        )
        _end(session, entry.id, now)
        return deciding.confirm(
            ref,
            entry_id=entry.id,
            reauthenticated=Reauthenticated(Reauthentication.MINUTE, now),
            by=chair.id,
            now=now,
        )
