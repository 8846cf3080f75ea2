"""Three years of an organisation: whatever breaks, everybody is told what they must be told, on the day.

``Simulated`` lives day by day; what must have come of it is in the oracle. One seed decides everything that
is random, and is in the message of every failure.
"""

from __future__ import annotations

import re
import time as clocks
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from ehiia.domain.vocabulary import ReviewState
from ehiia.extensions import db
from ehiia.notify import delivery
from ehiia.notify.calendar import uid_of
from ehiia.services import history, outbox, people, review_list
from ehiia.services import jobs as table
from ehiia.services.reminders import remind
from ehiia.store.decisions import Review
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.reviews import RaisedTrigger
from ehiia.store.telling import CalendarEvent
from tests.services.together import at_once
from tests.simulation.oracle import DAY, works
from tests.simulation.organisation import FIRST, LAST, MITIGATIONS, Town, build
from tests.simulation.post import in_london, in_summer, mails
from tests.simulation.years import AGAIN, NOON, Death, Killed, MailServer, moments, once_more

pytestmark = pytest.mark.slow

SEED = 2010
QUIET = timedelta(days=14)
"""After the three years nobody does anything for so long, and all that waits is told."""
OFTEN = ("send-mail", "update-calendars", "send-digests")
"""Jobs that may have something to do at every moment."""
DAILY = ("raise-triggers", "remind")
"""Jobs that are rung for each morning, as often as the scheduler rings.

The others have nothing to do here, and are rung for on Wednesdays."""


@dataclass
class Simulated:
    """The machine on which it runs: two schedulers, a mail server, and what goes wrong."""

    app: Flask
    town: Town
    server: MailServer
    death: Death
    random: Random
    asleep_until: date = FIRST
    down_until: date = FIRST
    slept: int = 0
    outages: int = 0
    passes: list[tuple[date, bool]] = field(default_factory=list)
    """The days on which it was awake; True for the evening of one, after the clock was set back."""
    wrong: list[str] = field(default_factory=list)

    def live(self, day: date) -> None:
        """Live through a day: the morning's rings, then what people do, then the rest of the rings."""
        asleep = self._asleep(day)
        self._weather(day)
        noon = datetime.combine(day, NOON, UTC)
        if not asleep:
            self._ring_all([now for now in moments(day) if now < noon])
            self.town.oracle.look_at_calendars(day)
            self.town.oracle.look(day)
        with self.app.app_context():
            for happening in self.town.happens.pop(day, []):
                happening(noon)
        if not asleep:
            self._ring_all([now for now in moments(day) if now > noon])
            self.town.oracle.look_at_calendars(day)
            self.passes.append((day, False))
            if self.random.random() < 0.03:
                self._ring_all(once_more(day))
                if in_summer(noon):  # then it was seven in London, the time of this search; the look was over
                    self.town.oracle.look_for_reasons(day, after_all=True)
                self.passes.append((day, True))

    def _asleep(self, day: date) -> bool:
        if day < self.asleep_until:
            return True
        if self.random.random() < 0.008:
            self.asleep_until = day + timedelta(days=self.random.randrange(1, 12))
            self.slept += 1
            return True
        return False

    def _weather(self, day: date) -> None:
        if self.random.random() < 0.015:
            self.down_until = day + timedelta(days=self.random.randrange(1, 6))
            self.outages += 1
        self.server.down = day < self.down_until

    def _ring_all(self, times: list[datetime]) -> None:
        for now in times:
            if self._ring(now, self._jobs(now)):
                self.one_rings(now + AGAIN, self._jobs(now))

    def _jobs(self, now: datetime) -> list[table.Job]:
        if now.hour == 16 and now.isoweekday() == 3:
            return list(table.JOBS)
        wanted = OFTEN + DAILY * (now.hour < 12)
        return [job for job in table.JOBS if job.name in wanted]

    def _ring(self, now: datetime, jobs: list[table.Job]) -> bool:
        """One scheduler rings, or both at the same moment; say whether one was killed and the other rang."""
        if self.random.random() < 0.03:
            for job in jobs:
                given = at_once(self.app, *[lambda job=job: table.ring(job, now=now)] * 2)
                self._must_not_fail(given)
            if works(now.date()) and now.hour == 8:
                self._must_not_fail(at_once(self.app, *[lambda: remind(now=now)] * 2))
            return False
        if self.random.random() < 0.06:
            self.death.comes(self.random)
        try:
            self.one_rings(now, jobs)
        except Killed:
            self.death.strikes()
            self.one_rings(now, jobs)
            return True
        self.death.spares()
        return False

    def one_rings(self, now: datetime, jobs: list[table.Job]) -> None:
        """One scheduler rings for these jobs."""
        with self.app.app_context():
            try:
                self._must_not_fail([table.ring(job, now=now) for job in jobs])
            finally:
                db.session.remove()

    def _must_not_fail(self, results: list[Any]) -> None:
        self.wrong += [
            repr(one)
            for one in results
            if isinstance(one, BaseException) or (isinstance(one, str) and one.startswith(table.FAILED))
        ]


def reviews_seen_as_overdue(town: Town, day: date) -> set[int]:
    """Return the reviews that an equality lead finds overdue in the list of reviews, page by page."""
    lead = people.actor_of(min(town.oracle.leads), today=day)
    found: set[int] = set()
    page, after = review_list.register(lead, town.id, today=day)
    while True:
        found |= {one.id for one in page if one.due_on < day}
        if not after or page[-1].due_on >= day:
            break
        page, after = review_list.register(lead, town.id, today=day, after=after)
    db.session.rollback()
    return found


def test_three_years(app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seed = SEED
    began, random = clocks.monotonic(), Random(seed)
    with app.app_context():
        town = build(seed)
    server = MailServer(random)
    machine = Simulated(app, town, server, Death(server), random)
    monkeypatch.setattr(delivery, "way", lambda _mail: server)
    with machine.death.lurks(monkeypatch.setattr):
        day = FIRST
        while day <= LAST + QUIET:
            if day > LAST:
                town.happens.clear()
            machine.live(day)
            if day.day == 1:
                with app.app_context():
                    lead = min(town.oracle.leads)
                    seen = reviews_seen_as_overdue(town, day)
                    assert seen == town.oracle.overdue_reviews(day, seen_by=lead), (seed, day)
            day += DAY
        empty_the_outbox(machine, day)
    assert machine.wrong + town.wrong == [], (seed, (machine.wrong + town.wrong)[:5])
    with app.app_context():
        made_at = notices_are_those_of_the_oracle(town, seed)
        mails_came_once(machine, made_at)
        calendars_show_what_they_should(machine)
        assert history.verify_chain(town.id) == [], seed
        db.session.rollback()
    enough_happened(machine)
    with capsys.disabled():
        print(report(machine, seed, clocks.monotonic() - began))  # noqa: T201


def empty_the_outbox(machine: Simulated, day: date) -> None:
    """After the last day everything that still waits is sent."""
    machine.server.down = False
    send = [table.find("send-mail")]
    for hour in range(200):
        machine.one_rings(datetime.combine(day, NOON, UTC) + timedelta(hours=hour), send)
        with machine.app.app_context():
            if not db.session.scalar(select(func.count()).where(MailRow.state != DeliveryState.DONE)):
                return
    raise AssertionError("mail still waits")


def notices_are_those_of_the_oracle(town: Town, seed: int) -> dict[str, datetime]:
    """Each notice once, none missing, none early, none late; return when each was made.

    What the service thinks of by itself is told on no day on which nobody works. A calendar is put right
    at once.
    """
    rows = db.session.execute(select(Notice.dedupe_key, Notice.person_id, Notice.made_at)).all()
    names = own_names()
    got = {names(key): (person, at) for key, person, at in rows}
    assert len(got) == len(rows)
    wanted = town.oracle.expected
    missing = sorted(wanted.keys() - got.keys())
    more = sorted(got.keys() - wanted.keys())
    both = sorted(got.keys() & wanted.keys())
    other = [
        (key, got[key], wanted[key])
        for key in both
        if (got[key][0], in_london(got[key][1]).date()) != (wanted[key].person, wanted[key].day)
    ]
    told = (
        f"seed {seed}: {len(missing)} missing {missing[:5]}, {len(more)} too many {more[:5]}, "
        f"{len(other)} on another day or to somebody else {other[:5]} of {len(wanted)}"
    )
    assert [missing, more, other] == [[], [], []], told
    assert all(works(in_london(at).date()) for key, (_, at) in got.items() if not key.startswith("calendar"))
    return {key: at for key, (_, at) in got.items()}


def own_names() -> Any:
    """Return what turns the key of a notice into the oracle's: which has no ids of rows it does not know."""
    triggers = dict(db.session.execute(select(RaisedTrigger.id, RaisedTrigger.dedupe_key)).all())
    entries = {
        row.id: f"{row.kind.value}:{row.subject_id}" for row in db.session.scalars(select(CalendarEvent))
    }

    def name(key: str) -> str:
        kind, row, *rest = key.split(":")
        if kind == "trigger_found":
            return ":".join([str(triggers[int(row)]).replace("overdue", "trigger:mitigation"), *rest])
        if kind == "calendar":
            return ":".join([kind, entries[int(row)], *rest])
        return key

    return name


def mails_came_once(machine: Simulated, made_at: dict[str, datetime]) -> None:
    """Everybody found each mail once; twice only where we died with the server's answer in our hands."""
    town, taken = machine.town, machine.server.taken
    told_in = mails(town.oracle, town.chosen, made_at, machine.passes)
    names = own_names()
    rows = db.session.execute(select(Notice.dedupe_key, Notice.told_in)).all()
    keys = {names(key): key for key, _ in rows}
    ids = {key: mail and outbox.message_id(keys.get(mail, mail)) for key, mail in told_in.items()}
    got = {names(key): mail for key, mail in rows}
    other = [(key, told_in[key], made_at[key]) for key in sorted(got) if got[key] != ids[key]]
    assert not other, (len(other), other[:5])
    wanted = {(mail, town.names[town.oracle.expected[key].person]) for key, mail in ids.items() if mail}
    assert taken.keys() == wanted, len(taken.keys() ^ wanted)
    death = machine.death
    twice = {message for (message, _), times in taken.items() if times > 1}
    assert twice <= death.may_come_twice.keys(), twice - death.may_come_twice.keys()
    assert all(times <= 1 + death.may_come_twice[message] for (message, _), times in taken.items())


def calendars_show_what_they_should(machine: Simulated) -> None:
    """Whatever order the mail came in: everybody who is here sees the last date, or none where it is over."""
    town = machine.town
    wanted = {
        (town.names[person], uid_of(kind, row, town.id)): (
            entry.sequence,
            f"{entry.on:%Y%m%d}",
            "CANCEL" if entry.cancelled else "REQUEST",
        )
        for (person, kind, row), entry in town.oracle.calendars.items()
        if person not in town.oracle.gone
    }
    other = [(key, machine.server.calendars.get(key), shown) for key, shown in wanted.items()]
    assert [one for one in other if one[1] != one[2]] == []


def enough_happened(machine: Simulated) -> None:
    """A quiet simulation shows nothing."""
    town = machine.town
    what = Counter(step(key) for key in town.oracle.expected)
    for one in ("before", "overdue", "still_overdue", "to_director", "to_equality_lead", "trigger"):
        assert what[one] > 20, what
    assert min(what["calendar"], what["handed_over"]) > 20, what
    assert min(machine.slept, machine.outages, len(town.oracle.gone)) >= 3
    assert machine.death.deaths > 30
    assert len(machine.death.may_come_twice) > 10
    assert {day.year for day, second in machine.passes if second} >= {2027, 2028, 2029}
    with machine.app.app_context():
        open_reviews = db.session.scalar(select(func.count()).where(Review.state == ReviewState.PLANNED))
    assert open_reviews == sum(one.open for one in town.oracle.things.values() if one.kind == "review")


def step(key: str) -> str:
    """Return what a notice is, from its key."""
    found = re.search("^(calendar|handed_over|trigger)|:([a-z_]+):[0-9]+:person", key)
    assert found is not None, key
    return found[1] or found[2]


def report(machine: Simulated, seed: int, seconds: float) -> str:
    """Return in a line what happened."""
    town, death = machine.town, machine.death
    return (
        f"\nseed {seed}: {MITIGATIONS} actions, {len(town.oracle.expected)} notices, "
        f"{len(machine.server.taken)} mails, {len(machine.passes)} days awake, "
        f"{death.deaths} deaths, {len(death.may_come_twice)} with a mail in hand, {machine.slept} sleeps, "
        f"{machine.outages} outages, {len(town.oracle.gone)} people left; {seconds:.0f} s"
    )
