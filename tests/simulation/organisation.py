"""The organisation of the simulation: its rows in the database, the oracle's idea of it, and what happens.

Rows are made directly: playing 200 assessments through every service would take an hour and say nothing more
about time. Whoever leaves does so through the service, and what they had is handed over through the service.
People do all this at noon of working days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import update

from ehiia.domain.telling import Telling
from ehiia.domain.vocabulary import Claim, Part, ProposalKind, ReviewState, ReviewTrigger, Role, Stage
from ehiia.services import handing_over, organisations, people
from ehiia.services.transaction import transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.base import Base
from ehiia.store.decisions import Review
from ehiia.store.people import Account
from ehiia.store.telling import TellingChoice
from tests.simulation.oracle import DAY, Case, Oracle, Thing, Told, next_working

FIRST, LAST = date(2027, 1, 1), date(2029, 12, 31)
LONG_AGO = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ASSESSMENTS, MITIGATIONS = 200, 1500
STAFF, DIRECTORS, LEADS = 60, 8, 3

HANDED_OVER = 0.75
"""So many of those who leave have what was theirs handed over; what the others had stays in their name."""

Happening = Callable[[datetime], None]


@dataclass
class Town:
    """The organisation as it goes through its years: ``happens`` by day, and the oracle that is told too."""

    random: Random
    id: int = 0
    staff: list[int] = field(default_factory=list)
    directors: list[int] = field(default_factory=list)
    oracle: Oracle = field(default_factory=lambda: Oracle(set()))
    happens: dict[date, list[Happening]] = field(default_factory=lambda: defaultdict(list))
    names: dict[int, str] = field(default_factory=dict)
    """Person -> address."""
    chosen: dict[int, str] = field(default_factory=dict)
    """Person -> how they chose to be told."""
    wrong: list[str] = field(default_factory=list)

    def on(self, day: date, happening: Happening) -> None:
        """Let something happen on a day, or the next on which people work."""
        self.happens[next_working(day)].append(happening)

    # -- what happens ---------------------------------------------------------------------------

    def change(self, table: type[Base], row_id: int, **values: Any) -> None:
        """Change a row past all services."""
        with transaction() as session:
            changed = update(table).where(table.__table__.c.id == row_id).values(**values)
            session.execute(changed.execution_options(synchronize_session=False))

    def finish(self, thing: Thing, now: datetime) -> None:
        """An action is done, or a review carried out; a review arms the next one."""
        if not thing.open:
            return
        thing.open = False
        if thing.kind == "mitigation":
            self.change(MitigationRow, thing.id, claim=Claim.DONE)
            return
        self.change(Review, thing.id, state=ReviewState.DONE, ended_at=now)
        if not thing.case.quiet:
            next_due = thing.due_on + timedelta(days=self.random.choice((182, 365)))
            self.plan(self.add_review(thing.case, next_due, now), now.date())

    def move(self, thing: Thing, days: int, now: datetime) -> None:
        """The date of something that is open is moved."""
        if thing.open:
            thing.due_on += timedelta(days=days)
            self.change(
                MitigationRow if thing.kind == "mitigation" else Review, thing.id, due_on=thing.due_on
            )

    def rest(self, case: Case, stage: Stage, now: datetime) -> None:
        """An assessment is paused, closed or goes on."""
        case.quiet, case.ended = stage is not Stage.IN_FORCE, stage is Stage.CLOSED
        self.change(Assessment, case.id, stage=stage)

    def leave(self, person: int, now: datetime) -> None:
        """Somebody leaves; some weeks later others have what they had, or nobody has."""
        people.deactivate(person, organisation_id=self.id, by=None, now=now)
        self.oracle.gone[person] = now.date()
        if self.random.random() < HANDED_OVER:
            later = now.date() + timedelta(days=self.random.randrange(1, 40))
            self.on(later, lambda moment: self.hand_over(person, moment))

    def hand_over(self, person: int, now: datetime) -> None:
        """Everything somebody had goes to others, as far as an equality lead may know of it."""
        lead = self.random.choice(sorted(self.oracle.leads))
        actor = people.actor_of(lead, today=now.date())
        listed = handing_over.left_behind(actor, self.id, person, today=now.date()).duties
        left = self.oracle.duties(person, asked_by=lead)
        if {(duty.kind.value, duty.id) for duty in listed} != left:
            self.wrong.append(f"{now.date()}: {listed} are listed as left behind, and not {left}")
        given = {}
        for kind, row in sorted(left):
            among = self.directors if kind == "director" else self.staff
            new = self.random.choice([one for one in among if one not in self.oracle.gone])
            given[f"{kind}:{row}"] = new
            self._take(kind, row, person, new)
        handing_over.hand_over(self.id, person, given, by=lead, now=now)
        for new in set(given.values()):
            key = f"handed_over:{self.id}:{person}:{now.isoformat()}:person{new}"
            self.oracle.tell(key, Told(new, now.date(), urgent=True))

    def _take(self, kind: str, row: int, old: int, new: int) -> None:
        if kind == "action":
            thing = self.oracle.things["mitigation", row]
            thing.owner = new
            thing.case.taking_part.add(new)
        elif kind == "author":
            self.oracle.cases[row].authors ^= {old, new}
        else:
            self.oracle.cases[row].director = new

    # -- what is there --------------------------------------------------------------------------

    def add_review(self, case: Case, due_on: date, now: datetime) -> Thing:
        """Plan a review."""
        with transaction() as session:
            row = Review(
                organisation_id=self.id,
                assessment_id=case.id,
                due_on=due_on,
                trigger=ReviewTrigger.PLANNED,
                reasons="",
                made_at=now,
            )
            session.add(row)
            session.flush()
            thing = Thing("review", row.id, case, due_on)
        self.oracle.things[thing.kind, thing.id] = thing
        return thing

    def plan(self, thing: Thing, today: date) -> None:
        """Decide what will happen to a thing: most are done about their date, some late, some never."""
        lot = self.random.random()
        if lot < 0.12:
            when = thing.due_on + timedelta(days=self.random.randrange(-70, 30))
            days = self.random.randrange(10, 90)
            self.on(max(when, today + DAY), lambda now: self.move(thing, days, now))
        if lot < 0.98:
            spread = (-60, 2) if lot < 0.75 else (0, 75)
            when = thing.due_on + timedelta(days=self.random.randrange(*spread))
            self.on(max(when, today + DAY), lambda now: self.finish(thing, now))


def _part(assessment: int, person: int, part: Part) -> Participant:
    return Participant(
        assessment_id=assessment, person_id=person, part=part, added_by=person, added_at=LONG_AGO
    )


def build(seed: int) -> Town:
    """Make the rows and decide what will happen, all from one seed. Within an application context."""
    town = Town(Random(seed))
    town.id = organisations.create(code="icb", name="An ICB", ref_prefix="ICB", by=None, now=LONG_AGO).id
    town.staff = [_person(town, f"staff{n}", Role.STAFF) for n in range(STAFF)]
    town.directors = [_person(town, f"director{n}", Role.DIRECTOR) for n in range(DIRECTORS)]
    town.oracle.leads = {_person(town, f"lead{n}", Role.EQUALITY_LEAD) for n in range(LEADS)}
    for number in range(ASSESSMENTS):
        _case(town, number)
    cases = list(town.oracle.cases.values())
    _mitigations(town, cases)
    for case in cases:
        due_on = FIRST + timedelta(days=town.random.randrange(10, 400))
        town.plan(town.add_review(case, due_on, LONG_AGO), FIRST)
    _happenings(town, cases)
    return town


def _person(town: Town, name: str, role: Role) -> int:
    address = f"{name}@example.nhs.uk"
    made = people.add_person(
        organisation_id=town.id,
        name=name.capitalize(),
        email=address,
        roles=(role,),
        password=None,
        by=None,
        now=LONG_AGO,
    ).id
    with transaction() as session:
        session.add(
            Account(
                person_id=made,
                email=address,
                active=True,
                fs_uniquifier=name,
                create_datetime=LONG_AGO,
                update_datetime=LONG_AGO,
            )
        )
        choice = town.random.choice((Telling.AT_ONCE, Telling.DAILY, None, None))
        if choice is not None:  # most never choose
            session.add(TellingChoice(person_id=made, choice=choice, changed_at=LONG_AGO))
    town.names[made] = address
    town.chosen[made] = choice.value if choice else "urgent_at_once"
    return made


def _case(town: Town, number: int) -> None:
    author, director = town.random.choice(town.staff), town.random.choice(town.directors)
    restricted = number % 20 == 19
    lead = {town.random.choice(sorted(town.oracle.leads))} if restricted and number % 40 == 19 else set()
    with transaction() as session:
        row = Assessment(
            organisation_id=town.id,
            ref=f"ICB-2026-{number + 1:03d}",
            title=f"Proposal {number + 1}",
            title_folded=f"proposal {number + 1}",
            kind=ProposalKind.SERVICE_CHANGE,
            stage=Stage.IN_FORCE,
            question_set_version=1,
            screening_version=1,
            director_id=director,
            restricted=restricted,
            created_by=author,
            created_at=LONG_AGO,
            updated_at=LONG_AGO,
        )
        session.add(row)
        session.flush()
        session.add_all([_part(row.id, author, Part.AUTHOR), _part(row.id, director, Part.DIRECTOR)])
        session.add_all(_part(row.id, one, Part.CONTRIBUTOR) for one in lead)
    town.oracle.cases[row.id] = Case(row.id, {author}, director, restricted=restricted, taking_part=lead)


def _mitigations(town: Town, cases: list[Case]) -> None:
    days = (LAST - FIRST).days
    with transaction() as session:
        rows = []
        for number in range(MITIGATIONS):
            case = town.random.choice(cases)
            rows.append(
                MitigationRow(
                    organisation_id=town.id,
                    assessment_id=case.id,
                    ref=f"ICB-2026-{case.id:03d}-M{number + 1}",
                    what=f"Promise {number + 1}",
                    owner_id=town.random.choice(town.staff) if town.random.random() < 0.9 else None,
                    due_on=FIRST + timedelta(days=town.random.randrange(5, days - 10)),
                    by=next(iter(case.authors)),
                    at=LONG_AGO,
                )
            )
        session.add_all(rows)
        session.flush()
        for row in rows:
            assert row.due_on is not None
            case = town.oracle.cases[row.assessment_id]
            thing = Thing("mitigation", row.id, case, row.due_on, row.owner_id)
            town.oracle.things[thing.kind, thing.id] = thing
            town.plan(thing, FIRST)
            if row.owner_id is not None and row.owner_id not in case.taking_part:
                case.taking_part.add(row.owner_id)
                session.add(_part(case.id, row.owner_id, Part.OWNER))


def _happenings(town: Town, cases: list[Case]) -> None:
    """Let people leave, and assessments pause, go on and end."""

    def some_day() -> date:
        return FIRST + timedelta(days=town.random.randrange(20, (LAST - FIRST).days - 20))

    for person in (*town.random.sample(town.staff, 25), *town.random.sample(town.directors, 3)):
        town.on(some_day(), partial(town.leave, person))
    for case in town.random.sample(cases, 50):
        paused = some_day()
        ends = town.random.random() < 0.3
        after = Stage.CLOSED if ends else Stage.IN_FORCE
        back = paused + timedelta(days=town.random.randrange(3, 90))
        town.on(paused, partial(town.rest, case, Stage.PAUSED))
        town.on(back, partial(town.rest, case, after))
