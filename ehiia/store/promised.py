"""What happens to a mitigating action after it was promised; rows are only ever added.

Who did it is a person here (``by``) or a named contact outside (``name``).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.mitigating import Asking
from ehiia.store.base import Base, Key, Line, Long, Moment, word


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
