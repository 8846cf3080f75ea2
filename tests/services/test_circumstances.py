"""Decided already, written outside, workforce changes, statutory consultees, checkers from another body."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Part, Permission, ProposalKind, Stage
from ehiia.services import (
    answering,
    checks,
    external,
    freezing,
    particulars,
    people,
    reminders,
    restriction,
    submission,
    team,
)
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.particulars import Particulars
from ehiia.services.sight import see
from ehiia.services.submission import NotReady, readiness_of
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read
from ehiia.store.assessments import Assessment
from ehiia.store.duties import Notice
from tests import factories, writing
from tests.factories import HOUR, current
from tests.people import Cast, gather

BEFORE = date(2026, 2, 2)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def say(ref: str, cast: Cast, now: datetime, **given: object) -> None:
    particulars.change(
        ref,
        Particulars(**given),  # type: ignore[arg-type]
        revision=current(ref).revision,
        by=cast.amina,
        now=now,
    )


# -- decided already ------------------------------------------------------------------------------


def test_what_was_decided_already_is_late_from_the_start_and_for_ever(cast: Cast, now: datetime) -> None:
    ref = factories.started(cast, now, decided_before_on=BEFORE, decided_before_by="The Board")
    assert (current(ref).late, current(ref).decided_before_on) == (True, BEFORE)
    for given in ({}, {"decided_before_on": date(2026, 2, 9), "decided_before_by": "The Board"}):
        with pytest.raises(Invalid, match="for ever"):
            say(ref, cast, now, **given)
    assert current(ref).late


def test_the_day_cannot_lie_ahead_and_whoever_decided_is_named(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        factories.started(cast, now, decided_before_on=date(2027, 1, 1), decided_before_by="The Board")
    assert "future" in refused.value.errors["decided_before_on"]
    with pytest.raises(Invalid) as refused:
        factories.started(cast, now, decided_before_on=BEFORE)
    assert "decided_before_by" in refused.value.errors


def test_the_body_has_to_say_whether_it_thought_again(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now, decided_before_on=BEFORE, decided_before_by="The Board")
    assert page_of(current(ref)).values["can_still_change"]
    with pytest.raises(Invalid) as refused:
        factories.decide_alone(cast, ref, now + 4 * HOUR)
    assert "reconsidered" in refused.value.errors
    row = factories.decide_alone(cast, ref, now + 4 * HOUR, reconsidered="We kept it, and moved the date.")
    record = freezing.thaw_record(row.text)
    assert record.decided.reconsidered == "We kept it, and moved the date."
    assert record.check.late
    assert record.snapshot.circumstances[0].title == "Decided before it was assessed"


# -- written outside ------------------------------------------------------------------------------


@pytest.mark.rule("ADO-01", fires=True)
def test_what_was_written_outside_is_not_sent_on_until_the_director_adopts_it(
    cast: Cast, now: datetime
) -> None:
    ref = factories.answered(cast, now)
    say(ref, cast, now, outside_author="Jo Lane", outside_body="A support unit")
    assert [one for one in readiness_of(current(ref), today=now.date()).details if "ADO-01" in one]
    read().rollback()
    with pytest.raises(NotReady):
        submission.submit(ref, declared=True, by=cast.amina, now=now)
    for who in ("amina", "ben", "carol"):
        with pytest.raises(NotAllowed):
            particulars.adopt(ref, statement="Ours.", by=cast.ids[who], now=now)
    particulars.adopt(ref, statement="I read all of it.", by=cast.daniel, now=now)
    particulars.adopt(ref, statement="I read all of it.", by=cast.daniel, now=now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    row = checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    [found] = freezing.thaw_snapshot(row.text).circumstances
    assert found.text[0] == "It was written by Jo Lane, A support unit."
    assert found.text[-1] == "I read all of it."


@pytest.mark.rule("ADO-01", fires=False)
def test_another_author_has_to_be_adopted_anew(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    say(ref, cast, now, outside_author="Jo Lane", outside_body="A support unit")
    particulars.adopt(ref, statement="I read all of it.", by=cast.daniel, now=now)
    assert not [one for one in readiness_of(current(ref), today=now.date()).details if "ADO-01" in one]
    read().rollback()
    say(ref, cast, now + HOUR, outside_author="Lee Moss", outside_body="A contractor")
    assert [one for one in readiness_of(current(ref), today=now.date()).details if "ADO-01" in one]


# -- workforce ------------------------------------------------------------------------------------


def test_a_workforce_change_is_restricted_until_a_person_lifts_it(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now, kind=ProposalKind.WORKFORCE)
    assert current(ref).restricted
    with pytest.raises(NotFound):
        see(ref, Permission.READ, actor=people.actor_of(cast.carol, today=now.date()))
    opens = now.date() + timedelta(days=10)
    say(ref, cast, now, consultation_opens_on=opens)
    later = now + timedelta(days=10)
    reminders.remind(now=later - timedelta(days=1))
    assert _told() == []
    reminders.remind(now=later)
    reminders.remind(now=later + HOUR)
    assert _told() == [("consultation_opens", cast.amina)]
    assert current(ref).restricted, "only a person lifts it"
    restriction.lift_restriction(ref, by=cast.amina, now=later)
    assert not current(ref).restricted


def test_other_changes_are_open_and_have_no_consultation_of_staff(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    assert not current(ref).restricted
    with pytest.raises(Invalid):
        say(ref, cast, now, consultation_opens_on=now.date())


def _told() -> list[tuple[str, int]]:
    return [(one.message, one.person_id) for one in read().scalars(select(Notice).order_by(Notice.id))]


# -- statutory consultees -------------------------------------------------------------------------


@pytest.mark.rule("STA-01", fires=True)
@pytest.mark.rule("STA-01", fires=False)
def test_the_scrutiny_committee_has_to_be_asked_before_it_is_sent_on(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    assert "STA-01" not in [one.rule for one in readiness_of(current(ref), today=now.date()).missing]
    revision = page_of(current(ref)).revisions["scrutiny"]
    answering.save_page(
        ref, answers={"scrutiny": Given("not_known", revision)}, by=cast.amina, now=now + HOUR
    )
    assert "STA-01" in [one.rule for one in readiness_of(current(ref), today=now.date()).missing]


# -- external checker -----------------------------------------------------------------------------


def test_somebody_from_another_body_checks_this_one_and_sees_nothing_else(cast: Cast, now: datetime) -> None:
    ref, other = factories.submitted(cast, now), writing.writing(cast, now)
    external.name_checker(ref, email="ESTHER@example.org ", by=cast.ben, now=now)
    external.name_checker(ref, email="esther@example.org", by=cast.ben, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    told = [message for message, who in _told() if who == cast.esther]
    assert told == ["checker_named", "waiting_for_check"]
    actor = people.actor_of(cast.esther, today=now.date())
    with pytest.raises(NotFound):
        see(other, Permission.READ, actor=actor)
    for permission in (Permission.WRITE, Permission.COUNTERSIGN, Permission.ADVISE, Permission.INVITE):
        with pytest.raises(NotAllowed):
            see(ref, permission, actor=actor)
    factories.satisfy(ref, cast.esther, now)
    row = checks.pass_check(ref, reservations="", by=cast.esther, now=now)
    assert current(ref).stage is Stage.READY
    assert [one.kind for one in freezing.thaw_snapshot(row.text).circumstances] == ["checker"]
    external.end_checker(ref, person_id=cast.esther, by=cast.ben, now=now)
    with pytest.raises(NotFound):
        see(ref, Permission.READ, actor=actor)


def test_an_external_checker_comes_from_another_body_and_wrote_nothing(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    for email, why in (
        ("ivan@example.org", "They work here"),
        ("nobody@example.org", "no account"),
    ):
        with pytest.raises(Invalid, match=why):
            external.name_checker(ref, email=email, by=cast.ben, now=now)
    with pytest.raises(NotAllowed):
        external.name_checker(ref, email="esther@example.org", by=cast.amina, now=now)
    team.invite(ref, person_id=cast.esther, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    with pytest.raises(Invalid, match="somebody else"):
        external.name_checker(ref, email="esther@example.org", by=cast.ben, now=now)


def test_assessments_of_before_have_nothing_out_of_the_ordinary(cast: Cast, now: datetime) -> None:
    writing.writing(cast, now)
    row = read().scalars(select(Assessment)).one()
    assert (row.outside_author, row.outside_body, row.depth_reason, row.full_due_on) == ("", "", "", None)
