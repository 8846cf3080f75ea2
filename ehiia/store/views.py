"""What people keep for themselves: the filters of a list under a name."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Key, Line, Moment


class SavedView(Base):
    """The filters of the register of mitigating actions that somebody keeps; nobody else sees them."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", "name"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    """The organisation that was shown: directors and bodies are those of one."""
    name: Mapped[Line]
    query: Mapped[str] = mapped_column(String(1000))
    """The filters as the address has them: "due=overdue&kind=remove"."""
    at: Mapped[Moment]
