"""What is of no more use is removed at night. Nothing of an assessment is ever touched here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from ehiia.services import answering_feedback, drafting, outbox, sealing, uploads
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
FORGET_UNFINISHED = timedelta(days=1)
"""Nothing is written for so long; whoever began to was killed."""


@dataclass(frozen=True)
class Tidied:
    """How many rows were removed."""

    sessions: int
    tries: int
    runs: int
    mail: int
    drafts: int = 0
    files: int = 0
    """Files that were being written when the process was killed."""
    feedback: int = 0
    """Feedback whose name and address were removed; the words stay."""

    def __str__(self) -> str:
        """Return it in words, for the list of jobs."""
        return (
            f"removed {self.sessions} old sign-ins, {self.tries} counts of failed sign-ins, "
            f"{self.runs} runs of jobs, {self.drafts} old drafts, {self.mail} sent mails, "
            f"{self.files} unfinished files and the name and address of {self.feedback} who gave feedback"
        )


NAMES: dict[type[Base], str] = {
    Draft: "old drafts",
    PageOpen: "old notes of who had a page open",
    LoginSession: "old sign-ins",
    Throttle: "counts of failed sign-ins",
    JobRun: "runs of jobs",
}
"""What the rows that are removed are called."""


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
    """Remove old sign-ins, counts of failed sign-ins, runs of jobs, drafts, sent mail and unfinished files.

    ``frequent``: jobs whose runs are forgotten after days, not after a year.
    """
    counts = {}
    with transaction() as session:
        for table, old in _old(now, frequent).items():
            column = next(iter(table.__table__.primary_key))
            removed = delete(table).where(old).returning(column).execution_options(synchronize_session=False)
            counts[table] = len(session.execute(removed).all())
    mail = outbox.forget_sent(now=now)
    unfinished = _unfinished(now)
    for path in unfinished:
        path.unlink(missing_ok=True)
    return Tidied(
        sessions=counts[LoginSession],
        tries=counts[Throttle],
        runs=counts[JobRun],
        mail=mail,
        drafts=counts[Draft],
        files=len(unfinished),
        feedback=answering_feedback.forget(now=now),
    )


def _unfinished(now: datetime) -> list[Path]:
    rooms = (uploads.room(), sealing.signed_files())
    return [path for room in rooms for path in room.unfinished(now - FORGET_UNFINISHED)]


def would_tidy_up(*, now: datetime, frequent: frozenset[str] = frozenset()) -> list[str]:
    """Return in sentences what ``tidy_up`` would remove; sent mail is not counted."""
    session = read()
    counts = {
        NAMES[table]: session.scalar(select(func.count()).select_from(table).where(old)) or 0
        for table, old in _old(now, frequent).items()
    }
    counts["unfinished files"] = len(_unfinished(now))
    counts["name and address of whoever gave feedback"] = answering_feedback.forgotten(now=now)
    return [f"remove {name}: {count}" for name, count in counts.items() if count]
