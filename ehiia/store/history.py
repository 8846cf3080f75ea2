"""The history: who did what, when; append-only, chained by SHA-256 per organisation.

The chain covers the digest of each body, so that disposal can remove a body
and leave the chain whole. ``store/protect.py`` holds the triggers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    cast,
    exists,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from ehiia.domain.chain import GENESIS, Link, Told, row_hash
from ehiia.store.base import Base, Digest, Key, Long, Moment
from ehiia.store.people import Person


class History(Base):
    """One thing somebody did. ``verb`` names a sentence in ``services.history``."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("organisation_id", "seq"), Index(None, "subject", "seq"))

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    seq: Mapped[int]
    at: Mapped[Moment]
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: the system, such as a notice sent by a job."""
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    """What it happened to: "assessment:12", "person:3", "organisation:1"."""
    body_sha256: Mapped[Digest]
    prev_hash: Mapped[Digest]
    hash: Mapped[Digest]


def spoken_of(assessment_id: InstrumentedAttribute[int], *, since: datetime) -> ColumnElement[bool]:
    """Return the condition that somebody did something with an assessment since a moment (UTC)."""
    return exists().where(
        History.subject == literal("assessment:") + cast(assessment_id, String),
        History.at >= since,
        History.by.is_not(None),
    )


class HistoryBody(Base):
    """The particulars of a history row, as canonical JSON."""

    __tablename__ = "history_body"

    history_id: Mapped[int] = mapped_column(ForeignKey("history.id"), primary_key=True)
    text: Mapped[Long]


class HistoryHead(Base):
    """The newest row of each organisation's chain; locking it orders the writers."""

    __tablename__ = "history_head"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[Digest]


_ROWS, _BODIES, _HEADS = (
    Base.metadata.tables[kind.__tablename__] for kind in (History, HistoryBody, HistoryHead)
)
# Built once and past the unit of work: every save adds a row.
_HEAD = (
    select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.organisation_id == bindparam("here")).with_for_update()
)
_INSERT = insert(_ROWS).returning(_ROWS.c.id)
_INSERT_MANY = insert(_ROWS)
_IDS = (
    select(_ROWS.c.id)
    .where(
        _ROWS.c.organisation_id == bindparam("here"),
        _ROWS.c.seq.between(bindparam("first"), bindparam("last")),
    )
    .order_by(_ROWS.c.seq)
)
_INSERT_BODY = insert(_BODIES)
_NEW_HEAD: dict[str, Any] = {"seq": bindparam("new_seq"), "hash": bindparam("new_hash")}
_MOVE_HEAD = update(_HEADS).where(_HEADS.c.organisation_id == bindparam("here")).values(_NEW_HEAD)
_FIRST_HEAD = insert(_HEADS).values({"organisation_id": bindparam("here")} | _NEW_HEAD)


@dataclass(frozen=True)
class Head:
    """Sequence number and hash of the newest row."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Entry:
    """What is to be written down: a row of the history before it has its place in the chain."""

    organisation_id: int
    at: datetime
    by: int | None
    verb: str
    subject: str
    body: Mapping[str, object] | None = None


def append(
    session: Session,
    *,
    organisation_id: int,
    at: datetime,
    by: int | None,
    verb: str,
    subject: str,
    body: Mapping[str, object] | None = None,
) -> Head:
    """Add a row to the organisation's chain in the caller's transaction and return the new head."""
    return append_all(session, organisation_id, [Entry(organisation_id, at, by, verb, subject, body)])


def append_all(session: Session, organisation_id: int, entries: Sequence[Entry]) -> Head:
    """Add rows (one or more) to one organisation's chain, in their order, as ``append`` adds one."""
    session.flush()
    current = session.execute(_HEAD, {"here": organisation_id}).one_or_none()
    seq, newest = (current.seq, current.hash) if current else (0, GENESIS)
    rows, texts = [], []
    for entry in entries:
        seq, prev = seq + 1, newest
        text = json.dumps(
            entry.body or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
        )
        facts: dict[str, Any] = {
            "organisation_id": organisation_id,
            "seq": seq,
            "at": entry.at.replace(microsecond=0),
            "by": entry.by,
            "verb": entry.verb,
            "subject": entry.subject,
        }
        digest = hashlib.sha256(text.encode()).hexdigest()
        newest = row_hash(**facts, body=digest, prev=prev)
        rows.append(facts | {"body_sha256": digest, "prev_hash": prev, "hash": newest})
        texts.append(text)
    if len(rows) == 1:
        ids = [session.execute(_INSERT, rows[0]).scalar_one()]
    else:
        session.execute(_INSERT_MANY, rows)
        placed = {"here": organisation_id, "first": rows[0]["seq"], "last": seq}
        ids = list(session.scalars(_IDS, placed))
    session.execute(
        _INSERT_BODY, [{"history_id": row_id, "text": text} for row_id, text in zip(ids, texts, strict=True)]
    )
    moved = {"here": organisation_id, "new_seq": seq, "new_hash": newest}
    session.execute(_MOVE_HEAD if current else _FIRST_HEAD, moved)
    return Head(seq, newest)


def head(session: Session, organisation_id: int) -> Head:
    """Return the newest row of the chain; sequence 0 where nothing has happened yet."""
    row = session.execute(
        select(HistoryHead.seq, HistoryHead.hash).where(HistoryHead.organisation_id == organisation_id)
    ).one_or_none()
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def head_before(session: Session, organisation_id: int, moment: datetime) -> Head:
    """Return the newest row of the chain that is older than a moment (UTC); sequence 0 for none."""
    row = session.execute(
        select(History.seq, History.hash)
        .where(History.organisation_id == organisation_id, History.at < moment)
        .order_by(History.seq.desc())
        .limit(1)
    ).one_or_none()
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    seq: int
    what: str


def breaks(session: Session, organisation_id: int) -> Iterator[Break]:
    """Walk the whole chain and yield every place where it does not hold."""
    expected_seq, prev = 1, GENESIS
    rows = session.execute(
        select(History, HistoryBody.text)
        .outerjoin(HistoryBody, HistoryBody.history_id == History.id)
        .where(History.organisation_id == organisation_id)
        .order_by(History.seq)
        .execution_options(yield_per=500)
    )
    for row, text in rows:
        if row.seq != expected_seq:
            yield Break(row.seq, f"expected number {expected_seq}")
        if row.prev_hash != prev:
            yield Break(row.seq, "does not follow the row before it")
        if text is not None and hashlib.sha256(text.encode()).hexdigest() != row.body_sha256:
            yield Break(row.seq, "its particulars were changed")
        actual = row_hash(
            organisation_id=row.organisation_id,
            seq=row.seq,
            at=row.at,
            by=row.by,
            verb=row.verb,
            subject=row.subject,
            body=row.body_sha256,
            prev=row.prev_hash,
        )
        if actual != row.hash:
            yield Break(row.seq, "was changed")
        expected_seq, prev = row.seq + 1, row.hash
    newest = head(session, organisation_id)
    if (newest.seq, newest.hash) != (expected_seq - 1, prev):
        yield Break(newest.seq, "the newest row is missing")


def part(
    session: Session, organisation_id: int, *, first: int, last: int, subjects: Collection[str]
) -> list[Link]:
    """Return a part of the chain, both ends included, with the rows about some subjects in full: two queries.

    ``who`` is filled; ``says`` is left to whoever knows the sentences.
    """
    here = (History.organisation_id == organisation_id, History.seq.between(first, last))
    rows = session.execute(
        select(History, HistoryBody.text, Person.name)
        .outerjoin(HistoryBody, HistoryBody.history_id == History.id)
        .outerjoin(Person, Person.id == History.by)
        .where(*here, History.subject.in_(subjects))
    )
    told = {
        row.seq: Told(
            row.organisation_id,
            row.at.isoformat(timespec="seconds"),
            row.by,
            row.verb,
            row.subject,
            text,
            row.body_sha256,
            row.prev_hash,
            who=name or "",
        )
        for row, text, name in rows
    }
    every = session.execute(select(History.seq, History.hash).where(*here).order_by(History.seq))
    return [Link(seq, digest, told.get(seq)) for seq, digest in every]
