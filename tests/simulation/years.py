"""The machine of the simulation: a mail server that breaks down, schedulers that die, a clock that is set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from ehiia.notify.calendar import written
from ehiia.notify.delivery import Accepted, Outgoing, Result, TryLater
from tests.simulation.oracle import works

NOBODY_THERE = TryLater("connection refused", nobody_there=True)


Shown = tuple[int, str, str]
"""SEQUENCE, date and METHOD of an invitation."""


class Killed(BaseException):
    """The process is gone; no handler of ours catches this."""


@dataclass
class MailServer:
    """Takes mail, and now and then does not. ``taken`` is what people find in their mailboxes."""

    random: Random
    down: bool = False
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(Message-ID, recipient) -> how often."""
    calendars: dict[tuple[str, str], Shown] = field(default_factory=dict)
    """(recipient, UID) -> what a calendar makes of the invitations: the highest SEQUENCE counts."""
    unmarked: str | None = None
    """The mail that was taken last, until our mark of it is committed."""
    dies_after: int | None = None
    """After so many more mails the sender is killed, with the answer of the server in its hands."""

    def __call__(self, outgoing: Outgoing) -> Result:
        """Take a mail, or answer as servers do on bad days."""
        if self.down:
            return NOBODY_THERE
        if self.random.random() < 0.01:
            return TryLater("451 try again later")
        self.taken[outgoing.message_id, outgoing.recipient] += 1
        for text in map(written, outgoing.calendar):
            said = dict(re.findall(r"^(METHOD|UID|SEQUENCE|DTSTART;VALUE=DATE):(.*)\r$", text, re.MULTILINE))
            shown = (int(said["SEQUENCE"]), said["DTSTART;VALUE=DATE"], said["METHOD"])
            key = outgoing.recipient, said["UID"]
            self.calendars[key] = max(shown, self.calendars.get(key, shown))
        self.unmarked = outgoing.message_id
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after <= 0:
                raise Killed
        return Accepted()


@dataclass
class Death:
    """Kills whoever commits for the n-th time, just before or just after it reached the database."""

    server: MailServer
    commits: int | None = None
    before: bool = True
    may_come_twice: Counter[str] = field(default_factory=Counter)
    """Message-IDs that the server had taken and we had not marked when we were killed -> how often."""
    deaths: int = 0

    @contextmanager
    def lurks(self, patch: Callable[[Any, str, Any], None]) -> Iterator[None]:
        """Watch every commit within this block."""
        commit = Session.commit

        def commit_or_die(session: Session) -> None:
            if self.commits is not None:
                self.commits -= 1
            dies = self.commits is not None and self.commits <= 0
            if dies and self.before:
                raise Killed
            commit(session)
            self.server.unmarked = None
            if dies:
                raise Killed

        patch(Session, "commit", commit_or_die)
        yield
        patch(Session, "commit", commit)

    def strikes(self) -> None:
        """Take down what a death left behind, and let the next one live."""
        if self.server.unmarked is not None:
            self.may_come_twice[self.server.unmarked] += 1
        self.spares()
        self.deaths += 1

    def spares(self) -> None:
        """Let everybody live."""
        self.commits, self.server.dies_after, self.server.unmarked = None, None, None

    def comes(self, random: Random) -> None:
        """Decide when the next one dies: at a commit, or with the server's answer in its hands."""
        if random.random() < 0.5:
            self.commits, self.before = random.randrange(1, 12), random.random() < 0.5
        else:
            self.server.dies_after = random.randrange(1, 4)


NOON = time(12, 0)
"""In UTC: people do what they do between the morning's rings and the afternoon's."""
AGAIN = timedelta(minutes=25)
"""So long after a death the one that stands by rings again: by then what the dead one held is free."""


def moments(day: date) -> list[datetime]:
    """Return the moments (UTC) at which a scheduler rings on a day.

    On the days on which the clocks change it rings through the night; where nobody works it rings once, and
    must find nothing to tell but what waited while the machine slept.
    """
    times = ["07:00", "08:00", "16:00"] if works(day) else ["09:00"]
    if day.month in (3, 10) and day.day >= 25 and day.isoweekday() == 7:
        times[:0] = ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30"]
    return [datetime.combine(day, time.fromisoformat(at), UTC) for at in times]


def once_more(day: date) -> list[datetime]:
    """Return the moments of an evening on which somebody has set the machine's clock back."""
    return [datetime.combine(day, time.fromisoformat(at), UTC) for at in ("06:00", "08:10", "09:00")]
