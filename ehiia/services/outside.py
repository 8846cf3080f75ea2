"""What an owner outside does by a link: open one mitigating action, and say how it is going.

Nobody is signed in here. A link opens one action and nothing else of its assessment, not even its title. An
unknown token, one that was not signed here and one of an assessment that was restricted since look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.mitigating import Acceptance
from ehiia.domain.partnering import READS, SAYS, PartnerLinkState, link_state
from ehiia.domain.schedule import overdue
from ehiia.domain.vocabulary import Claim
from ehiia.services import by_link, claims, notices, partner_links, taking_on
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.telling import authors, taking_part
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.services.tries import digest
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.organisations import Organisation
from ehiia.store.partners import PartnerLink, PartnerUpdate, times_said
from ehiia.store.people import Person

__all__ = ["OpenLink", "Reading", "accept", "decline", "find", "open_link", "reading_of", "say", "saying"]


@dataclass(frozen=True)
class OpenLink:
    """A link that is known: where it stands, and whom to ask."""

    link_id: int
    state: PartnerLinkState
    name: str
    organisation: str
    expires_at: datetime
    contact: str
    """Who sent it, or "" where they have left."""
    contact_email: str
    mitigation_id: int
    assessment_id: int


@dataclass(frozen=True)
class Reading:
    """What an owner outside reads of their action."""

    ref: str
    what: str
    due_on: date | None
    days_overdue: int
    measure: str
    baseline: str
    target: str
    claim: Claim
    acceptance: Acceptance
    acceptance_reason: str
    revision: int
    said: tuple[PartnerUpdate, ...]
    """What owners outside said of it so far, the newest first."""


def find(text: str, *, address: str, now: datetime) -> OpenLink:
    """Return the link of an address.

    Raises NotFound for an unknown one and for one that the restriction of its assessment ended, alike;
    TooManyTries where unknown ones were tried too often from this network address.
    """
    return by_link.find(lambda: _known(read(), text, now), kind="partner", address=address, now=now)


def _known(session: Session, text: str, now: datetime) -> OpenLink | None:
    token = by_link.unsigned(text, partner_links.PURPOSE)
    if token is None:
        return None
    row = session.execute(
        select(PartnerLink, MitigationRow, Assessment, Organisation.name, Person, times_said())
        .join(MitigationRow, MitigationRow.id == PartnerLink.mitigation_id)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .join(Organisation, Organisation.id == Assessment.organisation_id)
        .join(Person, Person.id == PartnerLink.made_by)
        .where(
            PartnerLink.token_sha256 == digest(token),
            or_(Assessment.restricted.is_(False), PartnerLink.for_restricted.is_(True)),
        )
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    link, action, assessment, organisation, sender, updates = row
    state = link_state(
        now=now,
        expires_at=link.expires_at,
        ended_at=link.ended_at,
        replaced=link.replaced,
        claim=action.claim,
        stage=assessment.stage,
        updates=updates,
    )
    here = sender.left_on is None or sender.left_on > day_of(now)
    return OpenLink(
        link.id,
        state,
        link.name,
        organisation,
        link.expires_at,
        sender.name if here else "",
        sender.email if here else "",
        action.id,
        assessment.id,
    )


def _held(session: Session, text: str, now: datetime) -> tuple[OpenLink, Assessment, MitigationRow]:
    """Return what a link opens with its rows held, the assessment first. Raises NotFound, Refused."""
    first = _known(session, text, now)
    if first is None:
        raise NotFound
    assessment = session.get_one(
        Assessment, first.assessment_id, with_for_update=True, populate_existing=True
    )
    action = session.get_one(MitigationRow, first.mitigation_id, with_for_update=True, populate_existing=True)
    found = _known(session, text, now)  # it may have ended while we waited
    if found is None:
        raise NotFound
    if found.state not in READS:
        raise Refused(found.state.meaning)
    return found, assessment, action


def saying(session: Session, text: str, now: datetime) -> tuple[OpenLink, Assessment, MitigationRow]:
    """Return the same for somebody who says something by it. Raises NotFound, Refused where it is used up."""
    found, assessment, action = _held(session, text, now)
    if found.state is PartnerLinkState.USED_UP:
        raise Refused(found.state.meaning)
    return found, assessment, action


def open_link(text: str, *, now: datetime) -> None:
    """Use a link: it is counted, and stands in the history. Raises NotFound, or Refused with the reason."""
    with transaction() as session:
        found, assessment, action = _held(session, text, now)
        link = session.get_one(PartnerLink, found.link_id)
        link.opened += 1
        link.last_opened_at = now
        note_on(
            session,
            assessment,
            "partner_opened",
            by=None,
            at=now,
            mitigation=action.ref,
            name=link.name,
        )


def reading_of(found: OpenLink, *, today: date) -> Reading:
    """Return what is read by a link that opens. Raises Refused where it does not."""
    if found.state not in READS:
        raise Refused(found.state.meaning)
    row = read().get_one(MitigationRow, found.mitigation_id)
    said = read().scalars(
        select(PartnerUpdate)
        .where(PartnerUpdate.mitigation_id == row.id, PartnerUpdate.name == found.name)
        .order_by(PartnerUpdate.id.desc())
    )
    late = overdue(row.due_on, today) if row.due_on and row.claim in OPEN_CLAIMS else 0
    return Reading(
        row.ref,
        row.what,
        row.due_on,
        late,
        row.measure,
        row.baseline,
        row.target,
        row.claim,
        row.acceptance,
        row.acceptance_reason,
        row.revision,
        tuple(said),
    )


def accept(text: str, *, revision: int, now: datetime) -> None:
    """Take the action on, by a link. Raises NotFound, Refused, Stale where it was changed since."""
    with transaction() as session:
        found, _, action = _held(session, text, now)
        taking_on.accept(action.ref, revision=revision, by=None, named=found.name, now=now)


def decline(text: str, *, reason: str, revision: int, now: datetime) -> None:
    """Say by a link why the action is not theirs to do; the author and the director are told.

    Raises Invalid (``reason``), NotFound, Refused, Stale where it was changed since it was read.
    """
    with transaction() as session:
        found, _, action = _held(session, text, now)
        taking_on.decline(action.ref, reason=reason, revision=revision, by=None, named=found.name, now=now)


def say(text: str, said: Claim, *, note_text: str, now: datetime) -> None:
    """Say by a link how the action is going; its author is told. The same rules as for an owner here.

    Raises Invalid by field, NotFound, or Refused with the reason.
    """
    if said not in SAYS:
        raise Invalid(claim="Choose how it is going")
    note_text = claims.check_note(said, note_text)
    with transaction() as session:
        found, assessment, action = saying(session, text, now)
        new = claims.record(
            session, assessment, action, said, note_text, by=None, outside=found.name, now=now
        )
        if not new:
            return
        session.add(
            PartnerUpdate(
                mitigation_id=action.id,
                link_id=found.link_id,
                name=found.name,
                claim=said,
                note=note_text,
                at=now,
            )
        )
        session.flush()
        _tell(session, assessment, action, found, said, note_text, now)


def _tell(
    session: Session,
    assessment: Assessment,
    action: MitigationRow,
    found: OpenLink,
    said: Claim,
    note_text: str,
    now: datetime,
) -> None:
    """Tell the authors, and whoever sent the link; of a restricted assessment only who takes part."""
    told = authors(session, assessment.id) | {session.get_one(PartnerLink, found.link_id).made_by}
    if assessment.restricted:
        told &= taking_part(session, assessment.id)
    for person_id in sorted(told):
        notices.tell(
            session,
            assessment=assessment,
            person_id=person_id,
            message_name="partner_said",
            values={
                "item": action.ref,
                "what": action.what,
                "owner": found.name,
                "claim": said.label,
                "comment": note_text or None,
                "path": f"/mitigations/{action.ref}",
            },
            dedupe_key=f"partner_said:{action.id}:{found.link_id}:{now.isoformat()}",
            now=now,
        )
