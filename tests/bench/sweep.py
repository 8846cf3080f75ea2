"""The daily look for what is due among many mitigating actions, and the same rows found and put in barely.

Each measured sweep needs actions of which nobody was told yet, and the history cannot be taken back. So
the actions lie in sets, one for each sweep, far enough apart that a sweep meets its own set only; what was
told is marked as done before the next. All other actions are finished, or due in ten years.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from random import Random
from statistics import median
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import Table, func, insert, select, update

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import is_working_day
from ehiia.domain.telling import DateKind, Telling
from ehiia.domain.vocabulary import Claim, Part, ProposalKind, Role, Stage
from ehiia.extensions import db
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.reminders import remind
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.history import History, HistoryBody
from ehiia.store.people import Account, Person, Post
from ehiia.store.telling import CalendarEvent, TellingChoice
from tests.bench.measure import Cost, Line
from tests.people import Cast

DUE = 500
"""Actions that are due in a sweep, however many are stored."""
ROUNDS, WARM = 5, 1
APART = timedelta(days=70)
BEFORE = timedelta(days=7)
OWNERS, ASSESSMENTS = 300, 2_000
CHUNK = 5000
SIZES = (10_000, 100_000)


def table(kind: Any) -> Table:
    """Return the table behind a model."""
    found: Table = kind.__table__
    return found


@dataclass
class Field:
    """A database with so many actions, of which a set is due on each of these days."""

    app: Flask
    cast: Cast
    days: Iterator[date]
    told: list[int] = field(default_factory=list)
    """How many notices each sweep of ours has queued."""

    def ours(self, day: date) -> None:
        """Let our sweep find and queue what is due."""
        with self.app.app_context():
            self.told.append(remind(now=eight(day)))
            db.session.remove()

    def bare(self, day: date) -> None:
        """Find the same actions by their index, and put in as many rows of the same tables and sizes."""
        with self.app.app_context(), db.engine.begin() as connection:
            actions, cases = table(MitigationRow), table(Assessment)
            found = connection.execute(
                select(
                    actions.c.id, actions.c.ref, actions.c.what, actions.c.owner_id, cases.c.id, cases.c.title
                )
                .join(cases, cases.c.id == actions.c.assessment_id)
                .where(
                    actions.c.organisation_id == self.cast.organisation_id,
                    actions.c.due_on == day + BEFORE,
                    actions.c.claim.in_(OPEN_CLAIMS),
                )
            ).all()
            self._put_in(connection, found, eight(day))

    def _put_in(self, connection: Any, found: Any, now: datetime) -> None:
        heads = connection.scalar(select(func.max(table(History).c.seq))) or 0
        first = (connection.scalar(select(func.max(table(History).c.id))) or 0) + 1
        notices, mails, rows, bodies, dates = [], [], [], [], []
        for place, (action, ref, what, owner, case, title) in enumerate(found):
            notices.append(
                {
                    "organisation_id": self.cast.organisation_id,
                    "dedupe_key": f"bare:{action}:{now:%Y-%m-%d}:before:7:person{owner}",
                    "person_id": owner,
                    "message": "mitigation_due",
                    "assessment_id": case,
                    "made_at": now,
                    "subject": f"Due in 7 days: mitigating action {ref}",
                    "said": f"{what} {title} " + "x" * 300,
                    "link": f"http://127.0.0.1:5000/mitigations/{ref}",
                    "calendar": "x" * 400,
                    "told_in": f"{uuid4()}@ehiia.invalid",
                }
            )
            mails.append(
                {
                    "organisation_id": self.cast.organisation_id,
                    "message_id": f"{uuid4()}@ehiia.invalid",
                    "recipient": f"owner-{owner}@example.org",
                    "subject": f"Due in 7 days: mitigating action {ref}",
                    "body": f"{what} {title} " + "x" * 500,
                    "calendar": ["x" * 400],
                    "state": DeliveryState.WAITING,
                    "attempts": 0,
                    "next_try_at": now,
                    "last_error": "",
                    "made_at": now,
                }
            )
            rows.append(
                {
                    "id": first + place,
                    "organisation_id": self.cast.organisation_id,
                    "seq": heads + place + 1_000_000,
                    "at": now,
                    "by": None,
                    "verb": "reminded",
                    "subject": f"assessment:{case}",
                    "body_sha256": sha256(ref.encode()).hexdigest(),
                    "prev_hash": "0" * 64,
                    "hash": "0" * 64,
                }
            )
            bodies.append({"history_id": first + place, "text": f'{{"about":"{ref}"}}'})
            dates.append(
                {
                    "person_id": owner,
                    "kind": DateKind.MITIGATION,
                    "subject_id": action,
                    "assessment_id": case,
                    "on": day_of(now) + BEFORE,
                    "sequence": 0,
                    "made_at": now,
                    "changed_at": now,
                }
            )
        made = {Notice: notices, MailRow: mails, History: rows, HistoryBody: bodies, CalendarEvent: dates}
        for kind, values in made.items():
            connection.execute(insert(table(kind)), values)

    def settle(self, day: date) -> None:
        """Let the set of a day be done, so that no later sweep meets it."""
        with self.app.app_context(), db.engine.begin() as connection:
            actions = table(MitigationRow)
            connection.execute(
                update(actions).where(actions.c.due_on == day + BEFORE).values(claim=Claim.DONE)
            )


def eight(day: date) -> datetime:
    """Return 08:00 UTC of a day."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def sow(app: Flask, cast: Cast, number: int, *, now: datetime) -> Field:
    """Put so many actions into the database, a set of them for each sweep."""
    sets = 2 * (ROUNDS + WARM)
    days = list(islice(_working_wednesdays(day_of(now) + APART), sets))
    with app.app_context(), db.engine.begin() as connection:
        first_person = (connection.scalar(select(func.max(Person.id))) or 0) + 1
        first_case = (connection.scalar(select(func.max(Assessment.id))) or 0) + 1
        made = {
            Person: _people(first_person, now),
            Account: _accounts(first_person, now),
            Post: _posts(cast, first_person, now),
            Assessment: _cases(cast, first_case, first_person, now),
            Participant: _authors(first_case, first_person, now),
            TellingChoice: _choices(first_person, now),
            MitigationRow: _actions(cast, number, days, first_case, first_person, now),
        }
        for kind, rows in made.items():
            while chunk := list(islice(rows, CHUNK)):
                connection.execute(insert(table(kind)), chunk)
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")  # the server would do it by itself before long
    return Field(app, cast, iter(days))


def _working_wednesdays(start: date) -> Iterator[date]:
    day = start + timedelta(days=(2 - start.weekday()) % 7)
    while True:
        if is_working_day(day, bank_holidays()):
            yield day
        day += APART


def _people(first: int, now: datetime) -> Iterator[dict[str, Any]]:
    for place in range(OWNERS):
        name = f"Owner {place + 1}"
        yield {
            "id": first + place,
            "name": name,
            "email": f"owner-{first + place}@example.org",
            "created_at": now,
            "revision": 1,
        }


def _accounts(first: int, now: datetime) -> Iterator[dict[str, Any]]:
    for place in range(OWNERS):
        yield {
            "person_id": first + place,
            "email": f"owner-{first + place}@example.org",
            "active": True,
            "fs_uniquifier": f"owner-{first + place}",
            "create_datetime": now,
            "update_datetime": now,
        }


def _posts(cast: Cast, first: int, now: datetime) -> Iterator[dict[str, Any]]:
    for place in range(OWNERS):
        yield {
            "person_id": first + place,
            "organisation_id": cast.organisation_id,
            "role": Role.STAFF,
            "starts_on": day_of(now),
        }


def _choices(first: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Let everybody be told everything at once, so that each notice has its mail."""
    for place in range(OWNERS):
        chosen = {"person_id": first + place, "choice": Telling.AT_ONCE, "revision": 1, "changed_at": now}
        yield chosen


def _cases(cast: Cast, first: int, first_person: int, now: datetime) -> Iterator[dict[str, Any]]:
    for place in range(ASSESSMENTS):
        title = f"Evening surgeries: a change of opening hours, {place + 1}"
        yield {
            "id": first + place,
            "organisation_id": cast.organisation_id,
            "ref": f"SWEEP-{first + place:06d}",
            "title": title,
            "title_folded": title.casefold(),
            "summary": "",
            "kind": ProposalKind.SERVICE_CHANGE,
            "stage": Stage.IN_FORCE,
            "question_set_version": 1,
            "screening_version": 1,
            "director_id": cast.daniel,
            "created_by": first_person + place % OWNERS,
            "created_at": now,
            "updated_at": now,
        }


def _authors(first: int, first_person: int, now: datetime) -> Iterator[dict[str, Any]]:
    for place in range(ASSESSMENTS):
        person = first_person + place % OWNERS
        yield {
            "assessment_id": first + place,
            "person_id": person,
            "part": Part.AUTHOR,
            "expertise": "",
            "added_by": person,
            "added_at": now,
        }


def _actions(
    cast: Cast, number: int, days: list[date], first_case: int, first_person: int, now: datetime
) -> Iterator[dict[str, Any]]:
    random = Random(2010)
    due = [day + BEFORE for day in days for _ in range(DUE)]
    for place in range(number):
        if place < len(due):
            due_on, claim = due[place], Claim.ON_TRACK
        elif place % 5:
            due_on, claim = day_of(now) - timedelta(days=random.randrange(1, 2000)), Claim.DONE
        else:
            due_on, claim = day_of(now) + timedelta(days=3650 + random.randrange(400)), Claim.NOT_STARTED
        owner = first_person + random.randrange(OWNERS)
        yield {
            "organisation_id": cast.organisation_id,
            "assessment_id": first_case + random.randrange(ASSESSMENTS),
            "ref": f"SWEEP-M{place + 1}",
            "what": "Evening sessions stay on two days a week, with a bus that stops at the door.",
            "owner_id": owner,
            "due_on": due_on,
            "claim": claim,
            "by": owner,
            "at": now,
        }


def sweeps(fields: dict[int, Field], used: Callable[[Cost], float]) -> Iterator[Line]:
    """Compare our sweep with the bare one at every size, and the largest with the smallest."""
    costs = {size: _measured(one) for size, one in fields.items()}
    for size, one in fields.items():
        if any(told != DUE for told in one.told):
            raise RuntimeError(f"{DUE} are due, and our sweeps queued {one.told}")
        bare, ours = (used(costs[size][name]) for name in ("bare", "ours"))
        yield Line(f"sweep, {DUE} due of {size:,} actions", bare, ours, "ms", 2)
    few, many = (used(costs[size]["ours"]) for size in (min(fields), max(fields)))
    yield Line(f"sweep, {max(fields):,} actions against {min(fields):,}", few, many, "ms", 1.5)


def _measured(one: Field) -> dict[str, Cost]:
    """Let both take turns, each with a set of its own, and return the medians."""
    acts = {"bare": one.bare, "ours": one.ours}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in acts}
    for _ in range(ROUNDS + WARM):
        for name, act in acts.items():
            day = next(one.days)
            gc.collect()
            began, began_cpu = time.perf_counter(), time.process_time()
            act(day)
            spent[name].append((time.process_time() - began_cpu, time.perf_counter() - began))
            one.settle(day)
    return {
        name: Cost(*(median(times) * 1000 for times in zip(*taken[WARM:], strict=True)))
        for name, taken in spent.items()
    }
