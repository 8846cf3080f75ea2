"""One transaction for one thing somebody does, and the words a service uses to refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.domain.workflow import Refused
from ehiia.extensions import db, reading
from ehiia.store import history
from ehiia.store.assessments import Assessment
from ehiia.store.history import Entry

__all__ = [
    "Entry",
    "Invalid",
    "NotAllowed",
    "NotFound",
    "Refused",
    "Stale",
    "looking",
    "note",
    "note_all",
    "note_on",
    "read",
    "transaction",
]


class NotFound(Exception):
    """There is no such thing, or the person does not know of it: a 404 on the page."""


class NotAllowed(Exception):
    """It is known, and the person may not do this: a 403 on the page with the reason."""

    def __init__(self, reason: str) -> None:
        """Keep the sentence that people read."""
        super().__init__(reason)
        self.reason = reason


class Invalid(Exception):
    """What was given cannot be used. ``errors``: field name -> sentence that says what to do."""

    def __init__(self, **errors: str) -> None:
        """Keep the sentences by field."""
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class Stale(Exception):
    """Somebody else changed it meanwhile. The page shows what they wrote and keeps what was typed."""


_OPEN = "ehiia.transaction"
"""In the notes of a session while a transaction of ours is open."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit at the end of the block, or roll everything back where it raises.

    Within another one it is part of that: a service that calls others commits all of it or nothing.
    """
    session: Session = db.session()
    if _OPEN in session.info:
        yield session
        return
    session.info[_OPEN] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info[_OPEN]


def read() -> Session:
    """Return the session for queries that change nothing."""
    return db.session()


@contextmanager
def looking() -> Iterator[Session]:
    """Give a session that only reads; what was begun for writing does not go on in it."""
    with reading():
        session = read()
        session.rollback()
        try:
            yield session
        finally:
            session.rollback()


def note(
    session: Session,
    verb: str,
    *,
    organisation_id: int,
    subject: str,
    by: int | None,
    at: datetime,
    **body: object,
) -> history.Head:
    """Write the history row of what was done, in the transaction that did it."""
    return history.append(
        session, organisation_id=organisation_id, at=at, by=by, verb=verb, subject=subject, body=body
    )


def note_on(
    session: Session,
    assessment: Assessment,
    verb: str,
    *,
    by: int | None,
    at: datetime,
    named: str = "",
    **body: object,
) -> history.Head:
    """Write the history row of what was done with an assessment. ``named``: who, where it was nobody here."""
    if by is None and named:
        body["named"] = named
    subject, organisation_id = f"assessment:{assessment.id}", assessment.organisation_id
    return note(session, verb, organisation_id=organisation_id, subject=subject, by=by, at=at, **body)


def note_all(session: Session, entries: Sequence[Entry]) -> None:
    """Write many history rows at once, in the transaction that did what they tell."""
    of: dict[int, list[Entry]] = {}
    for entry in entries:
        of.setdefault(entry.organisation_id, []).append(entry)
    for organisation_id in sorted(of):
        history.append_all(session, organisation_id, of[organisation_id])
