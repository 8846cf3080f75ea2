"""Things that are due: notices, mail, work and the runs of jobs. All are rows that are claimed first."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import Word
from ehiia.store.base import Base, Key, Line, Long, Moment, word


class DeliveryState(Word):
    """Where a mail or a piece of work is."""

    WAITING = "waiting", "Waiting"
    CLAIMED = "claimed", "Being worked on"
    DONE = "done", "Done"
    FAILED = "failed", "Given up"


class Notice(Base):
    """Something a person is told once: the dedupe key makes twice harmless."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "person_id", "made_at"), Index(None, "waits_for", "person_id"))

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    """Such as "review:42:2027-03-01:overdue:person7"."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message: Mapped[str] = mapped_column(String(64))
    """Name of the message in ``notify.messages``."""
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    made_at: Mapped[Moment]
    subject: Mapped[Line] = mapped_column(default="")
    said: Mapped[Long] = mapped_column(default="")
    """What it says, for the digest; without the page to open, which is ``link``."""
    link: Mapped[Long] = mapped_column(default="")
    waits_for: Mapped[date | None]
    """The working day whose digest tells it; None where it was told, or is not to be told any more."""
    told_in: Mapped[str | None] = mapped_column(String(200), index=True)
    """Message-ID of the mail that tells it: its own, or a digest."""
    calendar: Mapped[Long] = mapped_column(default="")
    """The invitation that goes with it, as ``notify.calendar.queued`` gives it, or ""."""


class MailRow(Base):
    """A mail in the outbox. It is leased, sent outside the transaction, then marked."""

    __tablename__ = "mail"
    __table_args__ = (Index(None, "state", "next_try_at"),)

    id: Mapped[Key]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    """Message-ID header; the same on every resend."""
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[Line]
    body: Mapped[Long]
    calendar: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Invitations that are attached, as ``notify.calendar.queued`` gives them."""
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[Moment]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[Long] = mapped_column(default="")
    made_at: Mapped[Moment]
    sent_at: Mapped[datetime | None]
    private: Mapped[bool] = mapped_column(default=False)
    """Whether nobody is shown to whom it goes."""


class Work(Base):
    """A piece of work to be done later, once: sealing a record is one."""

    __tablename__ = "work"
    __table_args__ = (Index(None, "state", "next_try_at"),)

    id: Mapped[Key]
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[Moment]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[Long] = mapped_column(default="")
    made_at: Mapped[Moment]
    done_at: Mapped[datetime | None]


class JobRun(Base):
    """A run of a job in its slot: whoever inserts the row first does it."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "slot"), Index(None, "job", "began_at"))

    id: Mapped[Key]
    job: Mapped[str] = mapped_column(String(40))
    slot: Mapped[str] = mapped_column(String(40))
    """The moment or day the run is for, such as "2027-03-01" or "2027-03-01T08:05Z"."""
    began_at: Mapped[Moment]
    heartbeat_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    result: Mapped[Long] = mapped_column(default="")
