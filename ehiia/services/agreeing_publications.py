"""Agreeing how an assessment is published: asked by one person, agreed by another; and ending a publication.

Agreeing makes the edition and leaves the work of sealing it; one that is out already is replaced at that
moment. What was withdrawn stays in the register as withdrawn.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import codes
from ehiia.domain import publishing as rules
from ehiia.domain.personal_data import pointed
from ehiia.domain.publishing import PublicationState, Publishing
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import people, public_entries, publishable, telling, work
from ehiia.services.being_published import (
    RESTRICTED,
    locked,
    looked_of,
    marks_of,
    noted,
    open_of,
    open_or_none,
    prepared_now,
    settings_in,
    why_not_agree,
)
from ehiia.services.publishable import Publishable
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotAllowed, Refused, Stale, read, transaction
from ehiia.store import publications
from ehiia.store.assessments import Assessment
from ehiia.store.publications import Edition, Publication

__all__ = ["EDITION_WORK", "agree", "ask", "give_up", "seal_at_once", "seal_edition", "send_back", "withdraw"]

EDITION_WORK = "seal_edition"


def ask(ref: str, *, by: int, now: datetime) -> None:
    """Ask somebody else to agree. Raises as ``begin``; Refused while something is left to do."""
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = open_of(session, whole)
        if row.state is PublicationState.ASKED:
            return
        _must_be_ready(session, assessment, whole, row)
        row.state, row.asked_by, row.asked_at, row.note = PublicationState.ASKED, by, now, ""
        row.revision += 1
        noted(session, assessment, "publication_asked", whole.ref, by, now, kind=row.kind.label)
        may = _may_agree(session, assessment, row, now)
        _tell(session, assessment, "publication_asked", may, whole.ref, row, by, now)


def _must_be_ready(session: Session, assessment: Assessment, whole: Publishable, row: Publication) -> None:
    if row.kind is Publishing.WITHHELD:
        if not row.reason or row.exemption is None:
            raise Refused("Give the reason and the section of the Act before it is withheld.")
        return
    marks = marks_of(session, row)
    if row.kind is Publishing.REDACTED and not marks:
        raise Refused("Mark what is left out, or publish it in full.")
    if row.kind is Publishing.FULL and marks:
        raise Refused(
            "Parts are marked to be left out: take the marks back, or publish it with parts left out."
        )
    settings, looked = settings_in(session, assessment), looked_of(session, row)
    edition = prepared_now(session, whole, row, settings).edition
    left = [one for one in pointed(edition, threshold=settings.small_numbers_below) if one.key not in looked]
    if left:
        raise Refused(
            f"{len(left)} places that may show who somebody is were not looked at."
            if len(left) > 1
            else "1 place that may show who somebody is was not looked at."
        )


def shown(row: Publication) -> str:
    """Return what names a publication as somebody was shown it."""
    return f"{row.id}.{row.revision}"


def agree(ref: str, *, by: int, now: datetime, as_shown: str | None = None) -> Publication:
    """Agree how it is published: the edition is frozen, and one that was out is replaced.

    ``as_shown``: the publication that the person was shown, see ``shown``; only that one is agreed.
    Raises NotFound, NotAllowed, Refused; Stale where it was changed meanwhile.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.AGREE_PUBLICATION, actor=actor, session=session, lock=True)
        assessment = seen.assessment
        if assessment.restricted:
            raise Refused(RESTRICTED)
        whole = publishable.of_assessment(session, assessment)
        row = _asked(session, whole)
        if as_shown is not None and as_shown != shown(row):
            raise Stale
        if why_not := why_not_agree(seen, row, marks_of(session, row)):
            raise NotAllowed(why_not)
        _must_be_ready(session, assessment, whole, row)
        for before, _ in publications.of_assessment(session, assessment.id):
            # what waits for its decision takes no place of a record: that is still in force
            if before.state is PublicationState.AGREED and (whole.decided or before.snapshot_id is not None):
                before.state = rules.ended_as(
                    before.state, PublicationState.REPLACED, before.not_before_on, today=day_of(now)
                )
                before.ended_by, before.ended_at = by, now
                before.revision += 1
        lead = actor.has(assessment.organisation_id, Role.EQUALITY_LEAD)
        row.state, row.agreed_by, row.agreed_at = PublicationState.AGREED, by, now
        row.agreed_as = (Role.EQUALITY_LEAD if lead else Role.DIRECTOR).label
        row.revision += 1
        made = None
        if row.kind is not Publishing.WITHHELD:
            made = _make(session, assessment, whole, row, now)
        noted(
            session,
            assessment,
            "publication_agreed",
            whole.ref,
            by,
            now,
            kind=row.kind.label,
            edition=made.ref if made else "",
            reason=row.reason,
        )
        _tell(session, assessment, "publication_agreed", _preparers(row), whole.ref, row, by, now)
    return row


def _make(
    session: Session, assessment: Assessment, whole: Publishable, row: Publication, now: datetime
) -> Edition:
    code = "".join(secrets.choice(codes.LETTERS) for _ in range(codes.LENGTH))
    shown = prepared_now(session, whole, row, settings_in(session, assessment), code=code, now=now).edition
    assert shown.published is not None
    made = Edition(
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        record_id=whole.record_id,
        publication_id=row.id,
        number=shown.published.number,
        ref=shown.reference,
        code=shown.code,
        text=shown.canonical(),
        sha256=shown.digest(),
        made_at=now,
    )
    session.add(made)
    session.flush()
    public_entries.enter(session, made, shown)
    work.enqueue(session, EDITION_WORK, made.id, f"{EDITION_WORK}:{made.id}", now)
    return made


def _asked(session: Session, whole: Publishable) -> Publication:
    row = open_or_none(session, whole)
    if row is None or row.state is not PublicationState.ASKED:
        raise Refused("Nothing waits for agreement: nobody has asked yet, or it was answered meanwhile.")
    return row


def send_back(ref: str, note: str, *, by: int, now: datetime) -> None:
    """Send it back with what should change. Raises as ``agree``, Invalid (``note``)."""
    if not note.strip():
        raise Invalid(note="Say what should change")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.AGREE_PUBLICATION, actor=actor, session=session, lock=True)
        whole = publishable.of_assessment(session, seen.assessment)
        row = _asked(session, whole)
        row.state, row.note = PublicationState.PREPARING, note.strip()
        row.revision += 1
        noted(session, seen.assessment, "publication_sent_back", whole.ref, by, now, note=row.note)
        told = _preparers(row)
        _tell(session, seen.assessment, "publication_sent_back", told, whole.ref, row, by, now)


def _may_agree(session: Session, assessment: Assessment, row: Publication, now: datetime) -> set[int]:
    """Return the equality leads who wrote none of it and did not prepare it; without any, the director."""
    prepared_by = _preparers(row) | {one.by for one in marks_of(session, row)}
    leads = telling.equality_leads(session, assessment, now)
    leads &= telling.may_check(session, assessment, day_of(now))
    return leads - prepared_by or telling.directors(session, assessment) - prepared_by


def _preparers(row: Publication) -> set[int]:
    return {person for person in (row.begun_by, row.asked_by) if person}


def _tell(
    session: Session,
    assessment: Assessment,
    message: str,
    person_ids: set[int],
    ref: str,
    row: Publication,
    by: int,
    now: datetime,
) -> None:
    telling.tell(
        session,
        assessment,
        message,
        person_ids,
        by=by,
        now=now,
        item=ref,
        how=row.kind.label.lower(),
        comment=row.note,
        public_from=row.not_before_on or "",
        path=f"/a/{assessment.ref}/publication",
    )


def give_up(ref: str, reason: str, *, by: int, now: datetime) -> None:
    """Give up what is being prepared. Raises as ``begin``, Invalid (``reason``)."""
    _end(ref, reason, PublicationState.GIVEN_UP, by=by, now=now)


def withdraw(ref: str, reason: str, *, by: int, now: datetime) -> None:
    """Withdraw what is published; the edition stays in the register as withdrawn. Raises as ``give_up``.

    What was not out yet is given up, so that nobody learns of it when its day comes.
    """
    _end(ref, reason, PublicationState.WITHDRAWN, by=by, now=now)


def _end(ref: str, reason: str, state: PublicationState, *, by: int, now: datetime) -> None:
    if not reason.strip():
        raise Invalid(reason="Give the reason")
    withdrawn = state is PublicationState.WITHDRAWN
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.PUBLISH, actor=actor, session=session, lock=True).assessment
        wanted = {PublicationState.AGREED} if withdrawn else rules.OPEN
        found = [one for one, _ in publications.of_assessment(session, assessment.id) if one.state in wanted]
        if not found:
            raise Refused(
                "There is nothing published that could be withdrawn."
                if withdrawn
                else "There is nothing being prepared."
            )
        row = found[0]
        row.state = rules.ended_as(row.state, state, row.not_before_on, today=day_of(now))
        row.ended_by, row.ended_at, row.ended_reason = by, now, reason.strip()
        row.revision += 1
        verb = "publication_withdrawn" if withdrawn else "publication_given_up"
        ref = publishable.ref_of(session, assessment, row)
        noted(session, assessment, verb, ref, by, now, reason=reason.strip())


def seal_at_once(publication_id: int, *, now: datetime) -> bool:
    """Try to seal the edition now; where that fails it waits for the scheduler. Say whether it is done."""
    edition_id = read().scalar(select(Edition.id).where(Edition.publication_id == publication_id))
    return edition_id is not None and work.do_now(f"{EDITION_WORK}:{edition_id}", now=now)


def seal_edition(edition_id: int, *, now: datetime) -> None:
    """Seal an edition; doing it twice changes nothing. ``now`` is the true moment."""
    # here and not above: it loads about 24 MB, which most web processes never need
    from ehiia.services import edition_work

    edition_work.seal_edition(edition_id, now=now)


work.HANDLERS[EDITION_WORK] = seal_edition
