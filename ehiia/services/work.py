"""Work to be done later, once: queued with what asks for it, leased, done, marked.

A kind of work has a handler in ``HANDLERS``, put there by the service that
knows how. A handler opens its own transactions and must bear being called
twice: after a crash the work is claimed again.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.services import installation
from ehiia.services.transaction import read, transaction
from ehiia.store import due
from ehiia.store.duties import DeliveryState
from ehiia.store.duties import Work as Row

log = structlog.get_logger(__name__)

Handler = Callable[..., None]
"""Called as ``handler(subject_id, now=now)``; raises where it could not be done now."""

HANDLERS: dict[str, Handler] = {}
"""Kind of work -> what does it."""

LEASE = timedelta(minutes=10)


class CannotBeDone(Exception):
    """Raised by a handler where trying again would not help; the message says why."""


def demonstration() -> bool:
    """Say whether what is loaded is the demonstration."""
    return installation.config().demonstration


def enqueue(session: Session, kind: str, subject_id: int, dedupe_key: str, now: datetime) -> int | None:
    """Leave work in the caller's transaction; return its id, or None where the key is known."""
    return due.insert_once(
        session,
        Row,
        [Row.dedupe_key],
        {
            "dedupe_key": dedupe_key,
            "kind": kind,
            "subject_id": subject_id,
            "state": DeliveryState.WAITING,
            "attempts": 0,
            "next_try_at": now,
            "last_error": "",
            "made_at": now,
        },
    )


@dataclass(frozen=True)
class Claimed:
    """Work that is ours until its lease runs out."""

    id: int
    kind: str
    subject_id: int
    attempt: int


@dataclass(frozen=True)
class Done:
    """What became of the work that was due."""

    done: int = 0
    later: int = 0
    given_up: int = 0

    def __str__(self) -> str:
        """Return it in words, for the list of jobs."""
        return f"{self.done} done, {self.later} to be tried again, {self.given_up} given up"


def claim(*, now: datetime) -> Claimed | None:
    """Claim the piece of work that has waited longest, or return None."""
    with transaction() as session:
        rows = due.claim(session, Row, now=now, lease=LEASE, limit=1)
        return Claimed(rows[0].id, rows[0].kind, rows[0].subject_id, rows[0].attempts) if rows else None


def finish(claimed: Claimed, *, now: datetime) -> bool:
    """Mark work as done; False where the lease was lost meanwhile."""
    values = {"state": DeliveryState.DONE, "done_at": now, "leased_until": None, "last_error": ""}
    with transaction() as session:
        return due.finish(session, Row, claimed.id, claimed.attempt, values)


def fail(claimed: Claimed, *, words: str, now: datetime, for_good: bool = False) -> DeliveryState:
    """Mark work as failed: it is tried again later, or given up after about three days."""
    values = due.after_failure(claimed.attempt, now=now, words=words)
    if for_good:
        values = {"state": DeliveryState.FAILED, "leased_until": None, "last_error": words}
    with transaction() as session:
        due.finish(session, Row, claimed.id, claimed.attempt, values)
    state = values["state"]
    assert isinstance(state, DeliveryState)
    return state


def do_due(
    *,
    now: datetime,
    limit: int = 20,
    go_on: Callable[[], bool] = lambda: True,
    elapsed: Callable[[], float] = time.monotonic,
) -> Done:
    """Do what is due, at most ``limit`` pieces while ``go_on``; one that fails does not stop the rest."""
    began, done, later, given_up = elapsed(), 0, 0, 0
    for _ in range(limit):
        moment = now + timedelta(seconds=int(elapsed() - began))
        claimed = claim(now=moment) if go_on() else None
        if claimed is None:
            break
        state = _do(claimed, now=moment)
        done += state is DeliveryState.DONE
        later += state is DeliveryState.WAITING
        given_up += state is DeliveryState.FAILED
    return Done(done, later, given_up)


def do_now(dedupe_key: str, *, now: datetime) -> bool:
    """Do one piece of work at once, where it is due; say whether it is done now. Nothing is raised."""
    with transaction() as session:
        row = session.scalar(
            select(Row)
            .where(Row.dedupe_key == dedupe_key, due.is_due(Row, now))
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return False
        row.state, row.leased_until, row.attempts = DeliveryState.CLAIMED, now + LEASE, row.attempts + 1
        claimed = Claimed(row.id, row.kind, row.subject_id, row.attempts)
    return _do(claimed, now=now) is DeliveryState.DONE


def _do(claimed: Claimed, *, now: datetime) -> DeliveryState:
    handler = HANDLERS.get(claimed.kind)
    if handler is None:
        return fail(claimed, words=f"nothing here does work of the kind {claimed.kind!r}", now=now)
    try:
        handler(claimed.subject_id, now=now)
    except CannotBeDone as error:
        read().rollback()  # what the handler left open must not be kept with our mark
        return fail(claimed, words=str(error), now=now, for_good=True)
    except Exception as error:
        read().rollback()
        log.error(
            "work_failed",
            kind=claimed.kind,
            subject=claimed.subject_id,
            attempt=claimed.attempt,
            traceback=traceback.format_exc(),
        )
        return fail(claimed, words=f"{type(error).__name__}: {error}", now=now)
    finish(claimed, now=now)
    return DeliveryState.DONE


def begin_again(session: Session, dedupe_key: str, *, now: datetime) -> bool:
    """Let work that was given up be tried from the start, in the caller's transaction; say whether it was."""
    row = session.scalar(select(Row).where(Row.dedupe_key == dedupe_key).with_for_update())
    if row is None or row.state is not DeliveryState.FAILED:
        return False
    again(row, now=now)
    return True


def again(row: Row, *, now: datetime) -> None:
    """Let work that failed be tried from the start, in the caller's transaction, which holds the row."""
    for name, value in due.again(now).items():
        setattr(row, name, value)
