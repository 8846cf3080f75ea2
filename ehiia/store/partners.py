"""Owners outside, who have no account: the links they were sent, and what they said by them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import Claim
from ehiia.store.base import Base, Digest, Key, Line, Long, Moment, word
from ehiia.store.promised import DateChange, Measurement, ProgressNote


class PartnerLink(Base):
    """A link to one mitigating action for its owner outside. Only the token's digest is kept."""

    __tablename__ = "partner_link"
    __table_args__ = (Index(None, "mitigation_id", "id"),)

    id: Mapped[Key]
    mitigation_id: Mapped[int] = mapped_column(ForeignKey("mitigation.id"))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    """What it was sent for: a reminder that fell due once makes one link."""
    token_sha256: Mapped[Digest] = mapped_column(unique=True)
    name: Mapped[Line]
    """Name and organisation of the owner when it was sent."""
    email: Mapped[str] = mapped_column(String(254))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Who sent it, or sent the one before it where it came with a reminder."""
    made_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    replaced: Mapped[bool] = mapped_column(default=False)
    """It ended because a newer one was sent."""
    for_restricted: Mapped[bool] = mapped_column(default=False)
    """The assessment was restricted already, and whoever sent it meant this person to know of the action."""
    opened: Mapped[int] = mapped_column(default=0)
    """How many times it was used; each is in the history."""
    last_opened_at: Mapped[datetime | None]


class PartnerUpdate(Base):
    """What an owner outside said of their action by a link; insert-only."""

    __tablename__ = "partner_update"
    __table_args__ = (Index(None, "mitigation_id", "id"), Index(None, "link_id", "id"))

    id: Mapped[Key]
    mitigation_id: Mapped[int] = mapped_column(ForeignKey("mitigation.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("partner_link.id"))
    name: Mapped[Line]
    claim: Mapped[Claim] = mapped_column(word(Claim))
    note: Mapped[Long] = mapped_column(default="")
    at: Mapped[Moment]


def times_said() -> ColumnElement[int]:
    """Return, beside ``PartnerLink``, how often something was said by it: updates, notes, figures, dates.

    Notes, figures and dates stand with the action, so those count that came under the name of the link while
    it was open.
    """
    updates = select(func.count()).select_from(PartnerUpdate).where(PartnerUpdate.link_id == PartnerLink.id)
    total: ColumnElement[int] = updates.correlate(PartnerLink).scalar_subquery()
    for kind in (ProgressNote, Measurement, DateChange):
        while_open = (
            select(func.count())
            .select_from(kind)
            .where(
                kind.mitigation_id == PartnerLink.mitigation_id,
                kind.by.is_(None),
                kind.name == PartnerLink.name,
                kind.at >= PartnerLink.made_at,
                or_(PartnerLink.ended_at.is_(None), kind.at < PartnerLink.ended_at),
            )
        )
        total = total + while_open.correlate(PartnerLink).scalar_subquery()
    return total
