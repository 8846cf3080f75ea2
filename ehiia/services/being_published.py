"""What is known of what is being published, and the edition as it would be made now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.countdown import working_days_before
from ehiia.domain.hiding import Earlier
from ehiia.domain.publishing import Period, PublicationState
from ehiia.domain.redaction import Cover, Mark, NamedRole, NothingThere, Prepared, Rules, prepared
from ehiia.domain.schedule import add_working_days
from ehiia.domain.vocabulary import Permission
from ehiia.services import freezing, organisations, people, publishable, voices
from ehiia.services.organisations import Settings
from ehiia.services.publishable import Publishable
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on
from ehiia.store import history, publications
from ehiia.store.assessments import Assessment
from ehiia.store.publications import LookedAt, Publication, Redaction

RESTRICTED = "It is restricted to those who take part. Lift the restriction before anything is published."


def due_on(made_at: datetime, settings: Settings) -> date:
    """Return by when a record that was made then is to be published, or withheld with a reason."""
    return add_working_days(day_of(made_at), settings.publish_working_days, bank_holidays())


def paper_due_on(meeting_on: date, settings: Settings) -> date:
    """Return by when what is decided at a meeting is to be published: the day on which its papers go out."""
    return working_days_before(meeting_on, settings.paper_working_days, bank_holidays())


def periods(settings: Settings) -> tuple[Period, ...]:
    """Return the pre-election periods of an organisation."""
    pairs = (one.partition("/") for one in settings.pre_election)
    return tuple(Period(date.fromisoformat(first), date.fromisoformat(last)) for first, _, last in pairs)


def settings_in(session: Session, assessment: Assessment) -> Settings:
    return organisations.settings_of(organisations.get(assessment.organisation_id, session=session))


def open_or_none(session: Session, whole: Publishable) -> Publication | None:
    return publications.open_one(session, whole.assessment_id, whole.record_id, whole.snapshot_id)


def open_of(session: Session, whole: Publishable) -> Publication:
    found = open_or_none(session, whole)
    if found is None:
        raise NotFound
    return found


def marks_of(session: Session, row: Publication) -> Sequence[Redaction]:
    return session.scalars(
        select(Redaction).where(Redaction.publication_id == row.id).order_by(Redaction.id)
    ).all()


def why_looked_at(session: Session, row: Publication) -> dict[str, str]:
    """Return what was looked at and may stay, by key, with the reason."""
    chosen = select(LookedAt.point, LookedAt.reason).where(LookedAt.publication_id == row.id)
    return dict(session.execute(chosen).all())


def looked_of(session: Session, row: Publication) -> set[str]:
    return set(why_looked_at(session, row))


def _earlier(session: Session, row: Publication) -> list[Earlier]:
    """Return the editions of the same assessment that were made before."""
    found = []
    for ref, shown_text, record, version in publications.editions_of(session, row.assessment_id):
        shown = freezing.thaw_record(shown_text)
        if record is not None:
            whole = freezing.thaw_record(record)
        else:  # of the version that waited for its decision; its check is known as it was shown
            whole = replace(shown, snapshot=freezing.thaw_snapshot(version))
        found.append(Earlier(ref, whole, shown))
    return found


def prepared_now(
    session: Session,
    whole: Publishable,
    row: Publication,
    settings: Settings,
    *,
    code: str = "",
    now: datetime | None = None,
    extra: Sequence[Mark] = (),
) -> Prepared:
    """Make the edition, and say which numbers of people it hides; without ``now`` a preview, never kept.

    Raises Invalid.
    """
    number = 1 + publications.count_editions(session, whole.record_id, whole.snapshot_id)
    head = history.head(session, row.organisation_id)
    cover = Cover(
        kind=row.kind,
        number=number,
        reference=f"{whole.ref}-P{number}",
        code=code,
        published_by=whole.whole.snapshot.organisation,
        made_at=now or row.begun_at,
        history_sequence=head.seq,
        history_sha256=head.hash,
        whole_sha256=whole.sha256,
    )
    since = whole.whole.snapshot.frozen_at
    voices_stay = not voices.withdrawn_since(row.assessment_id, since, session=session)
    named = tuple(NamedRole(role) for role in settings.named_in_public)
    marks = [Mark(one.place, one.passage, one.reason, one.exemption) for one in marks_of(session, row)]
    try:
        return prepared(
            whole.whole,
            cover=cover,
            rules=Rules(settings.small_numbers_below, named, voices_stay),
            marks=[*marks, *extra],
            kept=looked_of(session, row),
            earlier=_earlier(session, row),
        )
    except NothingThere as error:
        raise Invalid(passage=str(error)) from error


def locked(session: Session, ref: str, by: int, now: datetime) -> tuple[Assessment, Publishable]:
    actor = people.actor_of(by, today=day_of(now), session=session)
    assessment = see(ref, Permission.PUBLISH, actor=actor, session=session, lock=True).assessment
    if assessment.restricted:
        raise Refused(RESTRICTED)
    return assessment, publishable.of_assessment(session, assessment)


def preparing(session: Session, whole: Publishable) -> Publication:
    row = open_of(session, whole)
    if row.state is not PublicationState.PREPARING:
        raise Refused("It waits for agreement. It can be changed when it was sent back.")
    return row


def noted(
    session: Session,
    assessment: Assessment,
    verb: str,
    ref: str,
    by: int,
    now: datetime,
    **body: str | int,
) -> None:
    """Write into the history what was done about publishing what is called ``ref``."""
    note_on(session, assessment, verb, by=by, at=now, named="", record=ref, **body)


def why_not_agree(seen: Seen, row: Publication, marks: Sequence[Redaction]) -> str:
    ruling = seen.may(Permission.AGREE_PUBLICATION)
    if not ruling:
        return ruling.reason
    if seen.actor.person_id in {row.begun_by, row.asked_by, *(one.by for one in marks)}:
        return "You prepared it, so somebody else must agree it."
    return ""
