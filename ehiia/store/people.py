"""People, their accounts and posts, who is signed in, and how often somebody tried."""

from __future__ import annotations

from datetime import date, datetime

from flask_security import AsaList, UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ehiia.domain.vocabulary import Role
from ehiia.store.base import Base, Digest, Key, Line, Moment, word


class Person(Base):
    """Somebody who acts or is named. An account is optional: a partner's contact has none."""

    __tablename__ = "person"

    id: Mapped[Key]
    name: Mapped[Line]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case."""
    left_on: Mapped[date | None]
    created_at: Mapped[Moment]
    revision: Mapped[int] = mapped_column(default=1)


class Account(UserMixin, Base):
    """How a person signs in. The columns are those Flask-Security asks for."""

    __tablename__ = "account"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    create_datetime: Mapped[Moment]
    update_datetime: Mapped[Moment]
    password_set_at: Mapped[datetime | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Post(Base):
    """A role held in an organisation from a date to a date (both included)."""

    __tablename__ = "post"
    __table_args__ = (Index(None, "person_id", "organisation_id"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(word(Role))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class LoginSession(Base):
    """A signed-in browser: the cookie holds a random id, this row its digest and its limits."""

    __tablename__ = "login_session"

    id_sha256: Mapped[Digest] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]


class Throttle(Base):
    """How many times something was tried within a window; the key is a digest."""

    __tablename__ = "throttle"

    key_sha256: Mapped[Digest] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_started_at: Mapped[Moment]


class SigningKey(Base):
    """A key of the organisation: the certificate is public, the private key is encrypted."""

    __tablename__ = "signing_key"
    __table_args__ = (Index(None, "organisation_id", "purpose"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    purpose: Mapped[str] = mapped_column(String(16))
    """root, seal or clock; authority: the certificate, without a key, of one that gave a time-stamp."""
    certificate_pem: Mapped[str] = mapped_column(String(8000).with_variant(Text(), "postgresql"))
    """Its own certificate first, then those above it as far as they are known; SQLite enforces no length."""
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted; empty where there is none (an authority), or where it never leaves its token."""
    supplied: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the organisation brought it along; otherwise it was made here."""
    made_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None]
    """Since when it is not to be relied upon."""
    revoked_why: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    leaked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was revoked because somebody else may have it; otherwise a newer one took its place."""
    crl: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a root: the newest list of revoked certificates (DER)."""
