"""Organisations and what belongs to them: places, bodies, local groups. All are data with dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import LegalStatus
from ehiia.store.base import Base, Code, Key, Line, Long, word


class Organisation(Base):
    """An NHS body that assesses. ``ref_prefix`` begins its references and is never used again."""

    __tablename__ = "organisation"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[Line]
    ref_prefix: Mapped[str] = mapped_column(String(16), unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Intervals, bands and switches; read through ``services.organisations.settings``."""
    valid_from_on: Mapped[date | None]
    valid_to_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)


class Place(Base):
    """A part of the organisation's area: an Alliance, a district, a neighbourhood."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("organisation_id", "code"), UniqueConstraint("organisation_id", "id"))

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[Code]
    name: Mapped[Line]
    valid_from_on: Mapped[date | None]
    valid_to_on: Mapped[date | None]


class Body(Base):
    """What is consulted or decides: a committee with a chair, or one person with delegated power."""

    __tablename__ = "body"
    __table_args__ = (UniqueConstraint("organisation_id", "code"), UniqueConstraint("organisation_id", "id"))

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[Code]
    name: Mapped[Line]
    committee: Mapped[bool] = mapped_column(default=True)
    """True: a meeting decides and its chair confirms. False: ``chair`` decides alone."""
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    secretary_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_from_on: Mapped[date | None]
    valid_to_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)


class LocalGroup(Base):
    """A group the organisation chose to consider beside the national ones: a local PLUS group."""

    __tablename__ = "local_group"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[Code]
    label: Mapped[Line]
    people: Mapped[Line]
    hint: Mapped[Long] = mapped_column(default="")
    basis: Mapped[Line] = mapped_column(default="")
    legal_status: Mapped[LegalStatus] = mapped_column(word(LegalStatus), default=LegalStatus.POLICY)
    valid_from_on: Mapped[date | None]
    valid_to_on: Mapped[date | None]


class RefCounter(Base):
    """The next number of a series of references in a year; numbers are never used again."""

    __tablename__ = "ref_counter"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(16), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    next: Mapped[int] = mapped_column(default=1)
