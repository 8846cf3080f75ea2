"""An urgent decision: one page first, a whole assessment after it, by a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.content import load
from ehiia.content.holidays import bank_holidays
from ehiia.domain.questions import Depth
from ehiia.domain.schedule import add_working_days
from ehiia.domain.vocabulary import Outcome, Stage
from ehiia.services import answering, checks, circumstances, freezing, reminders, submission, urgency
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import Invalid, NotAllowed, Refused, read
from ehiia.store.assessments import AssessmentVersion
from ehiia.store.decisions import RecordRow, Review
from ehiia.store.duties import Notice
from tests import factories, writing
from tests.factories import HOUR, current
from tests.people import Cast, gather

QUESTIONS = load.question_set("assessment")
RAPID = next(section for section in QUESTIONS.sections if section.depth is Depth.RAPID)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def declared(cast: Cast, now: datetime) -> str:
    ref = factories.started(cast, now)
    urgency.declare(ref, reason="The roof is unsafe.", agreed_by=cast.daniel, by=cast.amina, now=now)
    return ref


def written(cast: Cast, now: datetime) -> str:
    ref = declared(cast, now)
    given = {question.id: Given(f"Answer to {question.id}.") for question in RAPID.questions}
    answering.save_page(ref, answers=given, by=cast.amina, now=now)
    return ref


def decided(cast: Cast, now: datetime, outcome: Outcome = Outcome.APPROVED) -> tuple[str, RecordRow]:
    ref = written(cast, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    factories.satisfy(ref, cast.ben, now + HOUR)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + HOUR)
    return ref, factories.decide_alone(cast, ref, now + 2 * HOUR, outcome)


def test_one_page_is_asked_before_an_urgent_decision(cast: Cast, now: datetime) -> None:
    ref = declared(cast, now)
    found = current(ref)
    assert (found.stage, found.depth, found.asked_count) == (Stage.WRITING, "rapid", 9)
    pages = checks.pages_to_check(found)
    assert [page.section_id for page in pages] == ["rapid"]
    agreed = urgency.agreed_for(found.id)
    assert agreed is not None
    assert (agreed.agreed_by, agreed.reason) == ("Daniel Ashby", "The roof is unsafe.")
    told = [(one.message, one.person_id) for one in read().scalars(select(Notice))]
    assert told == [("urgency_named", cast.daniel)]


def test_the_day_on_which_it_was_agreed_is_that_of_london(cast: Cast, now: datetime) -> None:
    ref = factories.started(cast, now)
    late = datetime(2026, 6, 9, 23, 30, tzinfo=UTC)  # half past midnight in London
    urgency.declare(ref, reason="The roof fell in.", agreed_by=cast.daniel, by=cast.amina, now=late)
    [found] = circumstances.circumstances_of(current(ref))
    assert "10 June 2026" in found.text[0]


def test_a_director_who_is_not_the_author_agrees_with_a_reason(cast: Cast, now: datetime) -> None:
    ref = factories.started(cast, now)
    with pytest.raises(Invalid) as refused:
        urgency.declare(ref, reason=" ", agreed_by=cast.carol, by=cast.amina, now=now)
    assert set(refused.value.errors) == {"reason", "agreed_by"}
    with pytest.raises(NotAllowed):
        urgency.declare(ref, reason="Now.", agreed_by=cast.daniel, by=cast.ben, now=now)
    assert current(ref).depth == "extended"


def test_the_lead_checks_it_the_same_day_without_the_director(cast: Cast, now: datetime) -> None:
    ref = written(cast, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert current(ref).stage is Stage.CHECKING
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    assert current(ref).stage is Stage.READY


@pytest.mark.rule("RAP-01", fires=True)
def test_after_the_decision_a_whole_one_is_due_and_begins_with_what_was_written(
    cast: Cast, now: datetime
) -> None:
    ref, row = decided(cast, now)
    found = current(ref)
    due = add_working_days(now.date(), 20, bank_holidays())
    assert (found.stage, found.version_no, found.depth) == (Stage.WRITING, 2, "extended")
    assert (found.full_due_on, found.review_due_on) == (due, None)
    assert page_of(found).values["who_was_asked"] == "Answer to rapid_asked."
    assert page_of(found).values["aim_foster"] == "Answer to rapid_foster."
    assert "RAP-01" in found.depth_reason
    reasons = read().scalars(select(AssessmentVersion.reason).order_by(AssessmentVersion.number)).all()
    assert reasons[-1] == "A whole assessment after an urgent decision"
    assert read().scalars(select(Review)).all() == []
    record = freezing.thaw_record(row.text)
    assert record.snapshot.circumstances[0].title == "Rapid assessment"
    assert "Daniel Ashby agreed" in record.snapshot.circumstances[0].text[0]
    assert [section.id for section in record.snapshot.sections] == ["rapid"]
    assert (record.snapshot.groups, record.review.due_on) == ((), due)


@pytest.mark.rule("RAP-01", fires=False)
def test_a_decision_on_a_whole_assessment_leaves_nothing_due(cast: Cast, now: datetime) -> None:
    ref, row = factories.decided(cast, now)
    assert (current(ref).stage, current(ref).full_due_on) == (Stage.IN_FORCE, None)
    assert freezing.thaw_record(row.text).snapshot.circumstances == ()


def test_ratifying_the_whole_one_ends_what_was_due(cast: Cast, now: datetime) -> None:
    ref, _ = decided(cast, now)
    later = now + timedelta(days=3)
    factories.complete_assessment(cast, ref, later)
    submission.submit(ref, declared=True, by=cast.amina, now=later)
    submission.agree(ref, by=cast.daniel, now=later)
    factories.satisfy(ref, cast.ben, later)
    checks.pass_check(ref, reservations="", by=cast.ben, now=later)
    row = factories.decide_alone(cast, ref, later + HOUR)
    assert (current(ref).stage, current(ref).full_due_on) == (Stage.IN_FORCE, None)
    assert freezing.thaw_record(row.text).snapshot.circumstances[0].title == (
        "It followed an urgent decision"
    )


def test_what_was_not_approved_is_closed_and_nothing_is_due(cast: Cast, now: datetime) -> None:
    ref, _ = decided(cast, now, Outcome.NOT_APPROVED)
    assert (current(ref).stage, current(ref).full_due_on) == (Stage.CLOSED, None)


def test_people_are_reminded_until_it_is_ratified(cast: Cast, now: datetime) -> None:
    ref, _ = decided(cast, now)
    due = current(ref).full_due_on
    assert due is not None
    reminders.remind(now=_eight(due - timedelta(days=7)))
    reminders.remind(now=_eight(due - timedelta(days=7)))
    reminders.remind(now=_eight(due + timedelta(days=15)))
    told = [one.message for one in read().scalars(select(Notice).order_by(Notice.id))]
    assert told.count("full_due") == 1
    assert "full_overdue" in told
    assert "full_overdue_director" in told


def _eight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def test_it_can_wait_after_all_and_what_was_written_stays(cast: Cast, now: datetime) -> None:
    ref = written(cast, now)
    urgency.give_up(ref, by=cast.amina, now=now)
    found = current(ref)
    assert (found.depth, found.stage, found.version_no) == ("extended", Stage.WRITING, 1)
    assert page_of(found).values["measures"] == "Answer to rapid_will_know."


def test_what_stands_in_the_whole_one_is_never_written_over(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    answering.save_page(ref, answers={"measures": Given("Calls each week.")}, by=cast.amina, now=now)
    urgency.declare(ref, reason="The roof.", agreed_by=cast.daniel, by=cast.amina, now=now)
    answering.save_page(ref, answers={"rapid_will_know": Given("Complaints.")}, by=cast.amina, now=now)
    urgency.give_up(ref, by=cast.amina, now=now)
    assert page_of(current(ref)).values["measures"] == "Calls each week."


def test_after_the_first_decision_it_is_too_late_to_be_urgent(cast: Cast, now: datetime) -> None:
    ref, _ = decided(cast, now)
    with pytest.raises(Refused):
        urgency.declare(ref, reason="Again.", agreed_by=cast.daniel, by=cast.amina, now=now)
