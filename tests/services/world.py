"""A small world with something due: an assessment in force, one action, one review, and their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from ehiia.domain.vocabulary import Part, ProposalKind, ReviewTrigger, Role, Stage
from ehiia.extensions import db
from ehiia.services import organisations, people
from ehiia.services.reminders import remind
from ehiia.services.transaction import transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import Review
from ehiia.store.duties import MailRow, Notice
from ehiia.store.people import Account, Person

DUE = date(2027, 3, 1)
"""A Monday."""
LONG_AGO = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def eight(day: date) -> datetime:
    """Return 08:00 UTC of a day: 8 or 9 o'clock in London."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


@dataclass
class World:
    """An assessment in force with one action and one review, due on the same day."""

    icb: int
    amina: int  # author
    carol: int  # director
    ben: int  # equality lead
    grace: int  # owner of the action
    assessment: int
    mitigation: int
    review: int

    def change(self, table: type[Any], row_id: int, **values: Any) -> None:
        with transaction() as session:
            session.execute(update(table).where(table.id == row_id).values(**values))
        db.session.expire_all()
        db.session.rollback()

    def told(self) -> list[tuple[str, str]]:
        """Return who was told what, in order."""
        rows = db.session.execute(
            select(Person.name, Notice.message)
            .join(Notice, Notice.person_id == Person.id)
            .order_by(Notice.id)
        )
        found = [(name, message) for name, message in rows]
        db.session.rollback()
        return found

    def mails(self) -> list[MailRow]:
        found = list(db.session.scalars(select(MailRow).order_by(MailRow.id)))
        db.session.rollback()
        return found


def make_world() -> World:
    icb = organisations.create(code="icb", name="An ICB", ref_prefix="ICB", by=None, now=LONG_AGO).id

    def add(name: str, *roles: Role) -> int:
        address = f"{name.lower()}@example.nhs.uk"
        made = people.add_person(
            organisation_id=icb, name=name, email=address, roles=roles, password=None, by=None, now=LONG_AGO
        ).id
        with transaction() as session:  # an account without the price of hashing a password
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
        return made

    amina, carol = add("Amina", Role.STAFF), add("Carol", Role.DIRECTOR)
    ben, grace = add("Ben", Role.EQUALITY_LEAD), add("Grace", Role.STAFF)
    with transaction() as session:
        assessment = Assessment(
            organisation_id=icb,
            ref="ICB-2026-001",
            title="Closing the branch surgery",
            title_folded="closing the branch surgery",
            kind=ProposalKind.CLOSURE,
            stage=Stage.IN_FORCE,
            question_set_version=1,
            screening_version=1,
            director_id=carol,
            created_by=amina,
            created_at=LONG_AGO,
            updated_at=LONG_AGO,
        )
        session.add(assessment)
        session.flush()
        session.add(
            Participant(
                assessment_id=assessment.id,
                person_id=amina,
                part=Part.AUTHOR,
                added_by=amina,
                added_at=LONG_AGO,
            )
        )
        mitigation = MitigationRow(
            organisation_id=icb,
            assessment_id=assessment.id,
            ref="ICB-2026-001-M1",
            what="A minibus on Tuesdays",
            owner_id=grace,
            due_on=DUE,
            by=amina,
            at=LONG_AGO,
        )
        review = Review(
            organisation_id=icb,
            assessment_id=assessment.id,
            due_on=DUE,
            trigger=ReviewTrigger.PLANNED,
            reasons="",
            made_at=LONG_AGO,
        )
        session.add_all([mitigation, review])
        session.flush()
        return World(icb, amina, carol, ben, grace, assessment.id, mitigation.id, review.id)


def live(first: date, last: date) -> None:
    """Ring on every day."""
    day = first
    while day <= last:
        remind(now=eight(day))
        day += DAY
