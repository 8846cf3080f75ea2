"""How a person is told: what they chose for themselves."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.telling import Telling
from ehiia.store.base import Base, Key, Moment, word


class TellingChoice(Base):
    """What a person chose; who has no row chose nothing yet."""

    __tablename__ = "telling_choice"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    choice: Mapped[Telling] = mapped_column(word(Telling))
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Moment]
