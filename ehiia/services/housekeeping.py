"""What is of no more use is removed at night. Nothing of an assessment is ever touched here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from ehiia.services import drafting, outbox
from ehiia.services.installation import config
from ehiia.services.transaction import read, transaction
from ehiia.store.base import Base
from ehiia.store.duties import JobRun
from ehiia.store.people import LoginSession, Throttle
from ehiia.store.together import Draft, PageOpen

FORGET_TRIES = timedelta(days=1)
FORGET_SESSIONS = timedelta(days=7)
"""After a session cannot be used any more."""
FORGET_FREQUENT_RUNS = timedelta(days=3)
FORGET_RUNS = timedelta(days=400)


@dataclass(frozen=True)
class Tidied:
    """How many rows were removed."""

    sessions: int
    tries: int
    runs: int
    mail: int
    drafts: int = 0

    def __str__(self) -> str:
        """Return it in words, for the list of jobs."""
        return (
            f"removed {self.sessions} old sign-ins, {self.tries} counts of failed sign-ins, "
            f"{self.runs} runs of jobs, {self.drafts} old drafts and {self.mail} sent mails"
        )


def _old(now: datetime, frequent: frozenset[str]) -> dict[type[Base], ColumnElement[bool]]:
    useless = now - timedelta(hours=config().session_hours) - FORGET_SESSIONS
    return {
        Draft: drafting.old_drafts(now),
        PageOpen: drafting.old_stays(now),
        LoginSession: LoginSession.created_at < useless,
        Throttle: Throttle.window_started_at < now - FORGET_TRIES,
        JobRun: or_(
            JobRun.began_at < now - FORGET_RUNS,
            and_(JobRun.job.in_(frequent), JobRun.began_at < now - FORGET_FREQUENT_RUNS),
        ),
    }


def tidy_up(*, now: datetime, frequent: frozenset[str] = frozenset()) -> Tidied:
    """Remove old sign-ins, counts of failed sign-ins, runs of jobs, drafts and sent mail.

    ``frequent``: jobs whose runs are forgotten after days, not after a year.
    """
    counts = {}
    with transaction() as session:
        for table, old in _old(now, frequent).items():
            column = next(iter(table.__table__.primary_key))
            removed = delete(table).where(old).returning(column).execution_options(synchronize_session=False)
            counts[table] = len(session.execute(removed).all())
    mail = outbox.forget_sent(now=now)
    return Tidied(counts[LoginSession], counts[Throttle], counts[JobRun], mail, counts[Draft])


def would_tidy_up(*, now: datetime, frequent: frozenset[str] = frozenset()) -> list[str]:
    """Return in sentences what ``tidy_up`` would remove; sent mail is not counted."""
    session = read()
    return [
        f"{session.scalar(select(func.count()).select_from(table).where(old))} rows of {table.__tablename__}"
        for table, old in _old(now, frequent).items()
    ]
