"""The engagement log: who was listened to, what they said and what changed. Changing it counts as writing.

Nobody's name stands in the log. Who took part and wants to be named is kept
apart (``services.voices``), because that choice can be withdrawn at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.vocabulary import HeadCount, Permission
from ehiia.services import answering, people
from ehiia.services.answered import effect_questions, question_set_of
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, Stale, note_on, read, transaction
from ehiia.store.assessments import AssessmentGroup
from ehiia.store.engagement import EngagementGroup, EngagementRow

__all__ = [
    "EngagementRow",
    "Entry",
    "add",
    "change",
    "channel_labels",
    "entry_of",
    "feed_back",
    "one_of",
    "put_back",
    "take_out",
    "taken_out",
]

LONGEST = {
    "place": 300,
    "others": 300,
    "led_by": 300,
    "partner": 300,
    "reached": 4000,
    "shown": 4000,
    "shown_version": 300,
    "said": 8000,
    "changed": 8000,
    "fed_back_how": 300,
    "not_reached": 4000,
}


@dataclass(frozen=True)
class Entry:
    """One time people were listened to, as it is entered. Nothing of it has to be given to save it."""

    on_date: date | None = None
    place: str = ""
    channel: str = ""
    heard: Mapping[str, HeadCount | None] = field(default_factory=dict)
    """Group code (or id of a question of one effect) -> how many were heard; None where nobody counted."""
    everybody: HeadCount | None = None
    others: str = ""
    led_by: str = ""
    partner: str = ""
    reached: str = ""
    shown: str = ""
    shown_version: str = ""
    said: str = ""
    changed: str = ""
    fed_back_on: date | None = None
    fed_back_how: str = ""
    not_reached: str = ""


_COLUMNS = tuple(one.name for one in fields(Entry) if one.name != "heard")


def channel_labels() -> dict[str, str]:
    """Return the labels of the ways of listening by id."""
    return {option.id: option.label for option in load.engagement_channels()}


def one_of(assessment_id: int, number: int, *, session: Session | None = None) -> EngagementRow:
    """Return an entry of the log of this assessment by its number, or raise NotFound."""
    row = (session or read()).scalar(
        select(EngagementRow).where(
            EngagementRow.assessment_id == assessment_id,
            EngagementRow.number == number,
            EngagementRow.taken_out_at.is_(None),
        )
    )
    if row is None:
        raise NotFound
    return row


def taken_out(assessment_id: int) -> list[EngagementRow]:
    """Return the entries that were taken out and can be put back, the last one first."""
    return list(
        read().scalars(
            select(EngagementRow)
            .where(EngagementRow.assessment_id == assessment_id, EngagementRow.taken_out_at.is_not(None))
            .order_by(EngagementRow.taken_out_at.desc())
        )
    )


def entry_of(row: EngagementRow, *, session: Session | None = None) -> Entry:
    """Return an entry as it would be entered."""
    rows = (session or read()).execute(
        select(EngagementGroup.subject, EngagementGroup.band)
        .where(EngagementGroup.engagement_id == row.id)
        .order_by(EngagementGroup.subject)
    )
    heard: dict[str, HeadCount | None] = dict(rows.all())
    return Entry(heard=heard, **{name: getattr(row, name) for name in _COLUMNS})


def _checked(session: Session, seen: Seen, entry: Entry, today: date, before: Entry | None = None) -> Entry:
    errors = {}
    if entry.channel and entry.channel not in channel_labels():
        errors["channel"] = "Choose how you listened from the list"
    for name in ("on_date", "fed_back_on"):
        day = getattr(entry, name)
        if day is not None and day > today:
            errors[name] = "The date must be today or in the past"
    if entry.on_date and entry.fed_back_on and entry.fed_back_on < entry.on_date:
        errors["fed_back_on"] = "People hear back on or after the day on which they were asked"
    text = {name: getattr(entry, name).strip() for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(text[name]) > longest:
            errors[name] = f"This must be {longest:,} characters or fewer"
    known = set(
        session.scalars(
            select(AssessmentGroup.code).where(AssessmentGroup.assessment_id == seen.assessment.id)
        )
    )
    known |= effect_questions(question_set_of(seen.assessment)) | set(before.heard if before else ())
    if not set(entry.heard) <= known:
        errors["heard"] = "Choose groups that this assessment considers"
    if not any((*text.values(), entry.on_date, entry.channel, entry.heard, entry.everybody)):
        errors["on_date"] = "Enter something about it, for example its date"
    if errors:
        raise Invalid(**errors)
    return Entry(
        on_date=entry.on_date,
        channel=entry.channel,
        heard=dict(entry.heard),
        everybody=entry.everybody,
        fed_back_on=entry.fed_back_on,
        **text,
    )


def add(ref: str, entry: Entry, *, by: int, now: datetime) -> EngagementRow:
    """Add an entry. Raises Invalid by field, NotAllowed where answers may not be changed."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        given = _checked(session, seen, entry, day_of(now))
        here = seen.assessment.id
        newest = session.scalar(
            select(EngagementRow)
            .where(EngagementRow.assessment_id == here)
            .order_by(EngagementRow.number.desc())
            .limit(1)
        )
        if (
            newest is not None
            and newest.by == by
            and newest.taken_out_at is None
            and entry_of(newest, session=session) == given
        ):
            return newest  # the form was sent twice
        row = EngagementRow(assessment_id=here, number=(newest.number if newest else 0) + 1, by=by, at=now)
        session.add(row)
        _fill(session, row, given)
        _wrote(session, seen, by, now, added=row.number)
    return row


def change(ref: str, number: int, entry: Entry, *, revision: int, by: int, now: datetime) -> EngagementRow:
    """Change an entry. Raises Stale where somebody else changed it meanwhile, Invalid by field."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = one_of(seen.assessment.id, number, session=session)
        before = entry_of(row, session=session)
        given = _checked(session, seen, entry, day_of(now), before)
        if given == before:
            return row  # nothing new, or the form was sent twice
        if row.revision != revision:
            raise Stale
        _fill(session, row, given)
        _touch(row, by, now)
        _wrote(session, seen, by, now, changed=number)
    return row


def take_out(ref: str, number: int, *, by: int, now: datetime) -> None:
    """Take an entry out; the row stays, and it can be put back."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = one_of(seen.assessment.id, number, session=session)
        row.taken_out_at = now
        _touch(row, by, now)
        _wrote(session, seen, by, now, taken_out=number)


def put_back(ref: str, number: int, *, by: int, now: datetime) -> None:
    """Put an entry back that was taken out; nothing happens where it is there."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = session.scalar(
            select(EngagementRow).where(
                EngagementRow.assessment_id == seen.assessment.id, EngagementRow.number == number
            )
        )
        if row is None:
            raise NotFound
        if row.taken_out_at is None:
            return
        row.taken_out_at = None
        _touch(row, by, now)
        _wrote(session, seen, by, now, put_back=number)


def feed_back(ref: str, number: int, *, on: date, how: str, by: int, now: datetime) -> None:
    """Note that people were told what changed; also after the decision, because that is when many hear.

    Raises Invalid where the day lies ahead or before the day on which they were asked.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.INVITE, actor=actor, session=session, lock=True)
        row = one_of(seen.assessment.id, number, session=session)
        errors = {}
        if on > day_of(now):
            errors["fed_back_on"] = "The date must be today or in the past"
        elif row.on_date and on < row.on_date:
            errors["fed_back_on"] = "People hear back on or after the day on which they were asked"
        if len(how.strip()) > LONGEST["fed_back_how"]:
            errors["fed_back_how"] = f"This must be {LONGEST['fed_back_how']:,} characters or fewer"
        if errors:
            raise Invalid(**errors)
        if (row.fed_back_on, row.fed_back_how) == (on, how.strip()):
            return
        row.fed_back_on, row.fed_back_how = on, how.strip()
        _touch(row, by, now)
        note_on(
            session,
            seen.assessment,
            "engagement_fed_back",
            by=by,
            at=now,
            number=number,
            on=on.isoformat(),
        )


def _touch(row: EngagementRow, by: int, now: datetime) -> None:
    row.revision += 1
    row.by, row.at = by, now


def _fill(session: Session, row: EngagementRow, entry: Entry) -> None:
    for name in _COLUMNS:
        setattr(row, name, getattr(entry, name))
    session.flush()
    session.execute(
        delete(EngagementGroup)
        .where(EngagementGroup.engagement_id == row.id)
        .execution_options(synchronize_session="fetch")
    )
    session.add_all(
        EngagementGroup(engagement_id=row.id, subject=code, band=band) for code, band in entry.heard.items()
    )


def _writing(session: Session, ref: str, by: int, now: datetime) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.WRITE, actor=actor, session=session, lock=True)


def _wrote(session: Session, seen: Seen, by: int, now: datetime, **what: int) -> None:
    session.flush()
    answering.changed_answers(session, seen.assessment, by=by, now=now, what={"engagement": what})
    answering.recount(session, seen.assessment)


def count_of(assessment_id: int) -> int:
    """Return how many entries the log has."""
    return (
        read().scalar(
            select(func.count())
            .select_from(EngagementRow)
            .where(EngagementRow.assessment_id == assessment_id, EngagementRow.taken_out_at.is_(None))
        )
        or 0
    )
