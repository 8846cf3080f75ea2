"""Commitments, what a deferral awaits, and pages given to people: told of before and after their dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from ehiia.domain.vocabulary import Outcome, Part, Promise, Stage
from ehiia.extensions import db
from ehiia.services import assigning, commitments, digests, people, restriction, team
from ehiia.services.commitments import Commitment
from ehiia.services.reminders import remind
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment
from ehiia.store.duties import MailRow, Notice
from ehiia.store.people import Person
from tests import factories, writing
from tests.people import Cast, gather

DAY = timedelta(days=1)
DUE = date(2026, 6, 1)
"""A Monday."""


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def live(first: date, last: date) -> None:
    """Ring on every day at eight."""
    while first <= last:
        remind(now=datetime(first.year, first.month, first.day, 8, tzinfo=UTC))
        first += DAY


def told(*about: str) -> list[tuple[str, str]]:
    """Return who was told what of these kinds, in order."""
    rows = db.session.execute(
        select(Person.name, Notice.message)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.message.startswith(about[0]) if len(about) == 1 else Notice.message.in_(about))
        .order_by(Notice.id)
    )
    found = [(name.split()[0], message) for name, message in rows]
    db.session.rollback()
    return found


def newest_mail() -> MailRow:
    found = db.session.scalars(select(MailRow).order_by(MailRow.id.desc())).first()
    assert found is not None
    db.session.rollback()
    return found


def change(ref: str, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(Assessment).where(Assessment.ref == ref).values(**values))
    db.session.expire_all()


def promised(cast: Cast, now: datetime, **changes: Any) -> str:
    """Helen has promised the bus by 1 June."""
    owned: dict[str, Any] = {"owner_id": cast.helen, "due_on": DUE}
    ref = writing.writing(cast, now)
    given = Commitment("Keep the bus", "Paper 7", **(owned | changes))
    commitments.record(ref, given, by=cast.amina, now=now)
    return ref


# -- commitments -----------------------------------------------------------------------------------


def test_a_commitment_is_reminded_of_before_its_date_and_escalated_after_it(
    cast: Cast, now: datetime
) -> None:
    ref = promised(cast, now)
    live(DUE - 7 * DAY, DUE)
    assert told("commitment") == [("Helen", "commitment_due")] * 2
    assert f"/a/{ref}/commitments" in newest_mail().body
    live(DUE + DAY, DUE + 7 * DAY)
    assert told("commitment_overdue") == [("Amina", "commitment_overdue"), ("Helen", "commitment_overdue")]
    live(DUE + 8 * DAY, DUE + 30 * DAY)
    later = told("commitment_overdue")[2:]
    assert ("Daniel", "commitment_overdue_director") in later
    assert {name for name, message in later if message == "commitment_overdue_lead"} == {"Ben", "Ivan"}
    before = len(told("commitment"))
    remind(now=datetime(2026, 7, 1, 9, tzinfo=UTC))
    remind(now=datetime(2026, 7, 1, 10, tzinfo=UTC))
    assert len(told("commitment")) == before, "nobody is told twice"


def test_a_commitment_that_was_kept_reminds_nobody(cast: Cast, now: datetime) -> None:
    ref = promised(cast, now)
    commitments.say(ref, 1, state=Promise.KEPT, note_text="It runs.", revision=1, by=cast.helen, now=now)
    live(DUE, DUE + 3 * DAY)
    assert told("commitment") == []


def test_an_owner_who_cannot_see_it_any_more_is_told_nothing_of_it(cast: Cast, now: datetime) -> None:
    ref = promised(cast, now)
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    live(DUE - DAY, DUE + 40 * DAY)
    heard = {name for name, _ in told("commitment")}
    assert heard == {"Amina", "Daniel"}, "the author and the director take part; the equality leads do not"
    assert "bus" not in newest_mail().body


def test_a_commitment_of_somebody_outside_reminds_the_author(cast: Cast, now: datetime) -> None:
    promised(cast, now, owner_id=None, outside_owner="Jo Bell, Harbour Minibuses")
    live(DUE - 3 * DAY, DUE - 3 * DAY)  # the Friday before
    assert told("commitment") == [("Amina", "commitment_due")]
    assert "Owner: Jo Bell, Harbour Minibuses." in newest_mail().body


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.CLOSED, Stage.WITHDRAWN])
def test_commitments_of_work_that_rests_remind_nobody(cast: Cast, now: datetime, stage: Stage) -> None:
    change(promised(cast, now), stage=stage)
    live(DUE, DUE + 3 * DAY)
    assert told("commitment") == []


# -- what a deferral awaits ------------------------------------------------------------------------


def test_what_a_deferral_awaits_is_told_of_until_it_is_sent_on(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now, Outcome.DEFERRED)  # until 29 January 2027
    awaited = date(2027, 1, 29)
    live(awaited - 7 * DAY, awaited - 7 * DAY)
    assert told("awaited") == [("Amina", "awaited_due")]
    digests.send(now=datetime(2027, 1, 22, 8, tzinfo=UTC))
    assert "The survey of patients." in newest_mail().body
    live(awaited + DAY, awaited + 3 * DAY)  # it is a Friday
    assert told("awaited_overdue") == [("Amina", "awaited_overdue")]
    live(awaited + 14 * DAY, awaited + 18 * DAY)
    assert ("Daniel", "awaited_overdue_director") in told("awaited")
    change(ref, stage=Stage.CHECKING)
    before = len(told("awaited"))
    live(awaited + 19 * DAY, awaited + 60 * DAY)
    assert len(told("awaited")) == before


def test_an_approval_awaits_nothing(cast: Cast, now: datetime) -> None:
    factories.decided(cast, now)
    live(date(2027, 1, 20), date(2027, 2, 20))
    assert told("awaited") == []


# -- pages -----------------------------------------------------------------------------------------


def given(cast: Cast, now: datetime) -> str:
    """Helen has two pages to write by 1 June."""
    ref = writing.writing(cast, now)
    team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    pages = [("characteristics", "age"), ("characteristics", "disability")]
    assigning.give(ref, pages, person_id=cast.helen, due_on=DUE, held={}, by=cast.amina, now=now)
    return ref


def test_pages_of_one_day_are_told_of_together_and_stay_among_those_who_write(
    cast: Cast, now: datetime
) -> None:
    ref = given(cast, now)
    live(DUE - 3 * DAY, DUE - 3 * DAY)  # the Friday before
    assert told("pages_due") == [("Helen", "pages_due")]
    assert "Age; Disability" in newest_mail().body
    assigning.finish(ref, ("characteristics", "age"), by=cast.helen, now=now)
    live(DUE + DAY, DUE + 40 * DAY)
    heard = told("pages_overdue")
    assert heard[:2] == [("Amina", "pages_overdue"), ("Helen", "pages_overdue")]
    assert {name for name, _ in heard} == {"Amina", "Helen"}
    assert "Age" not in newest_mail().body
    assert "were needed from Helen Marsh" in newest_mail().body


def test_finished_pages_and_those_of_an_assessment_that_was_sent_on_remind_nobody(
    cast: Cast, now: datetime
) -> None:
    ref = given(cast, now)
    change(ref, stage=Stage.CHECKING)
    live(DUE - DAY, DUE + 3 * DAY)
    assert told("pages_due", "pages_overdue") == []
    change(ref, stage=Stage.WRITING)
    for page in (("characteristics", "age"), ("characteristics", "disability")):
        assigning.finish(ref, page, by=cast.helen, now=now)
    live(DUE - DAY, DUE + 3 * DAY)
    assert told("pages_due", "pages_overdue") == []


def test_pages_given_shortly_before_their_day_are_not_told_of_twice(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    due_on = now.date() + 5 * DAY
    page = [("characteristics", "age")]
    assigning.give(ref, page, person_id=cast.amina, due_on=due_on, held={}, by=cast.amina, now=now)
    live(now.date(), now.date() + 3 * DAY)
    assert told("pages_due") == [], "it was said when they were given"
    live(due_on - DAY, due_on - DAY)


def test_somebody_who_has_left_is_told_nothing_and_the_author_is(cast: Cast, now: datetime) -> None:
    given(cast, now)
    people.deactivate(cast.helen, organisation_id=cast.organisation_id, by=None, now=now)
    live(DUE + DAY, DUE + 2 * DAY)
    assert told("pages_overdue") == [("Amina", "pages_overdue")]


# -- checks ------------------------------------------------------------------------------------------


def test_a_check_is_reminded_of_by_its_clock_and_escalated(cast: Cast, now: datetime) -> None:
    ref = factories.agreed(cast, now)  # on Monday 2 March 2026: ten working days until the 16th
    live(date(2026, 3, 3), date(2026, 3, 16))
    both = [("Ben", "check_due"), ("Ivan", "check_due")]
    assert sorted(told("check_")) == sorted(2 * both), "7 days and a day before; 30 days before had passed"
    before = len(told("check_"))
    live(date(2026, 3, 17), date(2026, 3, 18))
    late = [(name, "check_overdue") for name in ("Amina", "Ben", "Ivan")]
    assert sorted(told("check_")[before:]) == late
    live(date(2026, 3, 30), date(2026, 4, 14))
    assert {
        ("Daniel", "check_overdue_director"),
        ("Ben", "check_overdue_lead"),
        ("Ivan", "check_overdue_lead"),
    } <= set(told("check_"))
    change(ref, stage=Stage.SENT_BACK)
    before = len(told("check_"))
    live(date(2026, 4, 15), date(2026, 5, 15))
    assert len(told("check_")) == before, "the clock stands still"


def test_whoever_has_begun_a_check_is_reminded_of_it_and_nobody_else(cast: Cast, now: datetime) -> None:
    ref = factories.agreed(cast, now)
    factories.satisfy(ref, cast.ben, now + timedelta(hours=3))
    live(date(2026, 3, 9), date(2026, 3, 13))
    assert set(told("check_")) == {("Ben", "check_due")}


def test_of_a_restricted_check_only_those_who_take_part_are_told(cast: Cast, now: datetime) -> None:
    ref = factories.agreed(cast, now)
    change(ref, restricted=True)
    live(date(2026, 3, 9), date(2026, 4, 14))
    assert {name for name, _ in told("check_")} == {"Amina", "Daniel"}
    assert "Harbour Road" not in newest_mail().subject + newest_mail().body
