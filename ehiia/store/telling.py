"""How a person is told: what they chose, which dates they were sent, and where their calendar is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, case, literal_column, null, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from ehiia.domain.telling import DateKind, Telling
from ehiia.store.base import Base, Digest, Key, Moment, word


class TellingChoice(Base):
    """What a person chose; who has no row chose nothing yet."""

    __tablename__ = "telling_choice"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    choice: Mapped[Telling] = mapped_column(word(Telling))
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Moment]


class CalendarEvent(Base):
    """A date that a person was sent for their calendar, so that it can be moved and cancelled there."""

    __tablename__ = "calendar_event"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject_id"),
        Index(None, "cancelled_at", "kind", "subject_id"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[DateKind] = mapped_column(word(DateKind))
    subject_id: Mapped[int]
    """Of the action, the review or the finding; for a meeting, of the assessment that it decides."""
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    """None for a finding that is about no assessment."""
    on: Mapped[date]
    """The date as it was sent last."""
    sequence: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    cancelled_at: Mapped[datetime | None]


def show_all(session: Session, entries: Sequence[Mapping[str, Any]]) -> list[int]:
    """Put dates into people's calendars, as rows to be; return the SEQUENCE of each, in the order given.

    The same date again keeps its SEQUENCE; another one, or one that was cancelled, gets the next. Each entry
    stands once in ``entries``.
    """
    if not entries:
        return []
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = CalendarEvent.__table__.c
    statement = make(CalendarEvent)
    new = statement.excluded
    # without parameters of its own the conflict's part lets many rows go in one statement
    differs = or_(row.on != new.on, row.cancelled_at.is_not(None))
    shown = statement.on_conflict_do_update(
        index_elements=[row.person_id, row.kind, row.subject_id],
        set_={
            "sequence": case((differs, row.sequence + literal_column("1")), else_=row.sequence),
            "changed_at": case((differs, new.changed_at), else_=row.changed_at),
            "on": new.on,
            "cancelled_at": null(),
        },
    ).returning(row.person_id, row.kind, row.subject_id, row.sequence)
    given = [dict(entry) for entry in entries]
    found = {tuple(key): sequence for *key, sequence in session.execute(shown, given)}
    return [found[one["person_id"], one["kind"], one["subject_id"]] for one in given]


class CalendarFeed(Base):
    """The secret address at which a person's dates can be fetched. Only the token's digest is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    token_sha256: Mapped[Digest] = mapped_column(unique=True)
    made_at: Mapped[Moment]
