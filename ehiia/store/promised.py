"""What happens to a mitigating action after it was promised; rows are only ever added.

Who did it is a person here (``by``) or a named contact outside (``name``).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Double, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.mitigating import Asking, Ending
from ehiia.store.base import Base, Code, Key, Line, Long, Moment, word


class DateChange(Base):
    """Another date was asked for, made, or answered; an answer names the request it answers."""

    __tablename__ = "date_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"], ["mitigation.organisation_id", "mitigation.id"]
        ),
        UniqueConstraint("request_id"),
        Index(None, "mitigation_id", "id"),
        Index(None, "organisation_id", "state", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    mitigation_id: Mapped[int]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("date_change.id"))
    """The request that this row answers; None where it is one, or was made at once."""
    state: Mapped[Asking] = mapped_column(word(Asking))
    from_on: Mapped[date | None]
    to_on: Mapped[date]
    reason: Mapped[Long]
    """Why another date, or why it was agreed or not."""
    rules: Mapped[Line] = mapped_column(default="", server_default="")
    """Ids of the rules by which it needs an approval, with spaces."""
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line] = mapped_column(default="", server_default="")
    at: Mapped[Moment]


class MitigationEnding(Base):
    """The body that decided was asked to give an action up or to let it promise less, or it answered."""

    __tablename__ = "mitigation_ending"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"], ["mitigation.organisation_id", "mitigation.id"]
        ),
        ForeignKeyConstraint(["organisation_id", "body_id"], ["body.organisation_id", "body.id"]),
        UniqueConstraint("request_id"),
        Index(None, "mitigation_id", "id"),
        Index("ix_mitigation_ending_state", "organisation_id", "state", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    mitigation_id: Mapped[int]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("mitigation_ending.id"))
    """The request that this row answers; None where it is one."""
    state: Mapped[Asking] = mapped_column(word(Asking))
    kind: Mapped[Ending] = mapped_column(word(Ending))
    body_id: Mapped[int]
    """The body that decided, and that is asked."""
    reason: Mapped[Long]
    what: Mapped[Long] = mapped_column(default="", server_default="")
    """With ``measure`` and ``target``: what would be promised instead."""
    measure: Mapped[Long] = mapped_column(default="", server_default="")
    target: Mapped[Line] = mapped_column(default="", server_default="")
    meeting_on: Mapped[date | None]
    minute: Mapped[Line] = mapped_column(default="", server_default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line] = mapped_column(default="", server_default="")
    at: Mapped[Moment]


class ProgressNote(Base):
    """What was done for an action so far, in words, with a file that shows it where there is one."""

    __tablename__ = "progress_note"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"], ["mitigation.organisation_id", "mitigation.id"]
        ),
        Index(None, "mitigation_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    mitigation_id: Mapped[int]
    text: Mapped[Long]
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line] = mapped_column(default="", server_default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line] = mapped_column(default="", server_default="")
    at: Mapped[Moment]


class Measurement(Base):
    """A figure of an action's measure on a day, for one group or for everybody.

    The newest row of a group and a day counts; the one that it puts right stays.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"], ["mitigation.organisation_id", "mitigation.id"]
        ),
        Index(None, "mitigation_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    mitigation_id: Mapped[int]
    measured_on: Mapped[date]
    subject: Mapped[Code] = mapped_column(default="")
    """Code of a group, or "" for everybody."""
    label: Mapped[Line] = mapped_column(default="")
    """Label of the group as it was then."""
    value: Mapped[float] = mapped_column(Double())
    note: Mapped[Long] = mapped_column(default="", server_default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line] = mapped_column(default="", server_default="")
    at: Mapped[Moment]
