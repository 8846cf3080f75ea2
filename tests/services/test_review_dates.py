"""The date of a review: it moves with go-live, sooner at once, and later only when somebody else approves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.review_dates import Asked, DateMove
from ehiia.domain.vocabulary import ProposalKind, ReviewState, ReviewTrigger, Stage
from ehiia.domain.workflow import Refused
from ehiia.services import (
    go_live,
    history,
    reminders,
    review_dates,
    reviews,
    stopping,
)
from ehiia.services.transaction import Invalid, NotAllowed, Stale, read
from ehiia.store.decisions import Review
from ehiia.store.duties import Notice
from ehiia.store.people import Person
from tests import factories
from tests.factories import current
from tests.people import Cast, gather
from tests.services.world import eight

DAY = timedelta(days=1)
LATER = date(2028, 12, 1)
WHY = "The survey comes in November only."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """An assessment in force that goes live on 1 September 2026; no risk is left."""
    return factories.decided(cast, now)[0]


def planned(ref: str) -> Review:
    found = reviews.open_review(read(), current(ref))
    assert found is not None
    return found


def told(message: str) -> set[str]:
    rows = read().scalars(
        select(Person.name).join(Notice, Notice.person_id == Person.id).where(Notice.message == message)
    )
    return {name.split()[0] for name in rows}


def asked(ref: str, cast: Cast, now: datetime, by: int = 0, to_on: date = LATER, reason: str = WHY) -> int:
    """Amina asks that the review be postponed; return the id of the request."""
    revision = planned(ref).revision
    read().rollback()
    at_once = review_dates.ask(
        ref, to_on=to_on, reason=reason, revision=revision, by=by or cast.amina, now=now
    )
    assert not at_once
    return review_dates.requests_of(planned(ref).id)[-1].id


# -- go-live ---------------------------------------------------------------------------------------


def test_the_review_moves_when_go_live_slips_and_says_why(ref: str, cast: Cast, now: datetime) -> None:
    assert planned(ref).due_on == date(2028, 9, 1)
    read().rollback()
    say = go_live.say(
        ref, started=False, on=date(2026, 11, 2), reason="No builder.", seen_id=0, by=cast.amina, now=now
    )
    assert "so the review is counted from there" in say
    review = planned(ref)
    assert (review.due_on, review.trigger) == (date(2028, 11, 2), ReviewTrigger.PLANNED)
    assert current(ref).review_due_on == review.due_on
    assert "Counted from go-live on Monday 2 November 2026. (REV-06)" in review.reasons
    (move,) = reviews.moves_of(review.id)
    assert (move.kind, move.from_on) == (DateMove.GO_LIVE, date(2028, 9, 1))
    assert "REV-13" in move.reason
    assert reviews.times_postponed([move]) == 0
    assert told("review_moved") == {"Daniel"}


def test_every_change_of_go_live_is_kept_and_a_form_sent_twice_is_one(
    ref: str, cast: Cast, now: datetime
) -> None:
    for _ in range(2):
        go_live.say(
            ref, started=False, on=date(2026, 11, 2), reason="Late.", seen_id=0, by=cast.amina, now=now
        )
    later = now + 300 * DAY
    (first,) = go_live.said_of(current(ref).id)
    with pytest.raises(Stale):
        go_live.say(ref, started=True, on=date(2026, 12, 1), reason="A", seen_id=0, by=cast.ben, now=later)
    go_live.say(
        ref, started=True, on=date(2026, 12, 1), reason="Snow.", seen_id=first.id, by=cast.ben, now=later
    )
    said = go_live.said_of(current(ref).id)
    assert [(one.started, one.from_on, one.to_on, one.reason) for one in said] == [
        (False, date(2026, 9, 1), date(2026, 11, 2), "Late."),
        (True, date(2026, 11, 2), date(2026, 12, 1), "Snow."),
    ]
    assert current(ref).actual_go_live_on == date(2026, 12, 1)
    assert planned(ref).due_on == date(2028, 12, 1)


def test_the_day_it_was_expected_needs_no_reason_and_moves_nothing(
    ref: str, cast: Cast, now: datetime
) -> None:
    go_live.say(
        ref,
        started=True,
        on=date(2026, 9, 1),
        reason="",
        seen_id=0,
        by=cast.amina,
        now=now + 200 * DAY,
    )
    assert reviews.moves_of(planned(ref).id) == []
    assert current(ref).actual_go_live_on == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("started", "days", "reason", "field"),
    [(True, 1, "Why", "on"), (False, 0, "Why", "on"), (False, 30, " ", "reason")],
)
def test_a_day_that_makes_no_sense_and_a_change_without_a_reason_are_refused(
    ref: str, cast: Cast, now: datetime, started: bool, days: int, reason: str, field: str
) -> None:
    on = now.date() + days * DAY
    with pytest.raises(Invalid) as refused:
        go_live.say(ref, started=started, on=on, reason=reason, seen_id=0, by=cast.amina, now=now)
    assert set(refused.value.errors) == {field}


def test_a_review_whose_day_was_chosen_stays_where_it_is(ref: str, cast: Cast, now: datetime) -> None:
    sooner = date(2027, 3, 1)
    revision = planned(ref).revision
    read().rollback()
    assert review_dates.ask(ref, to_on=sooner, reason="A pilot.", revision=revision, by=cast.amina, now=now)
    say = go_live.say(
        ref, started=False, on=date(2026, 11, 2), reason="Late.", seen_id=0, by=cast.amina, now=now
    )
    assert "that day was chosen" in say
    assert (planned(ref).due_on, planned(ref).trigger) == (sooner, ReviewTrigger.MOVED)


def test_a_project_is_looked_at_sooner_than_its_risk_would_ask(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now, kind=ProposalKind.PROJECT)
    assert planned(ref).due_on == date(2027, 9, 1)
    assert "REV-12" in planned(ref).reasons


# -- postponing ------------------------------------------------------------------------------------


def test_until_somebody_else_approves_the_old_date_counts(ref: str, cast: Cast, now: datetime) -> None:
    due_on = planned(ref).due_on
    read().rollback()
    request = asked(ref, cast, now)
    assert planned(ref).due_on == due_on
    assert told("postponing_asked") == {"Ben", "Daniel", "Ivan"}
    read().rollback()
    review_dates.answer(ref, request, approve=True, words="Wait for it.", by=cast.daniel, now=now + DAY)
    review = planned(ref)
    assert (review.due_on, review.trigger) == (LATER, ReviewTrigger.MOVED)
    (move,) = reviews.moves_of(review.id)
    assert (move.by, move.why, reviews.times_postponed([move])) == ("Amina Hassan", "Postponed", 1)
    (one,) = review_dates.requests_of(review.id)
    assert (one.state, one.answered_by_name) == (Asked.APPROVED, "Daniel Ashby")
    assert told("postponing_approved") == {"Amina"}
    said = [one.sentence for one in history.of_subject(f"assessment:{current(ref).id}", limit=3).entries]
    assert "Daniel Ashby approved that the review is postponed to Friday 1 December 2028" in said


def test_nobody_approves_what_they_asked_for_themselves(ref: str, cast: Cast, now: datetime) -> None:
    for by in (cast.daniel, cast.ben):
        request = asked(ref, cast, now, by=by)
        with pytest.raises(NotAllowed, match="somebody else"):
            review_dates.answer(ref, request, approve=True, words="", by=by, now=now)
        for stranger in (cast.amina, cast.carol, cast.dev, cast.farah):
            with pytest.raises(NotAllowed):
                review_dates.answer(ref, request, approve=True, words="", by=stranger, now=now)
        review_dates.take_back(ref, request, by=by, now=now)
    assert planned(ref).due_on == date(2028, 9, 1)


def test_a_request_is_declined_with_a_reason_and_can_be_made_again(
    ref: str, cast: Cast, now: datetime
) -> None:
    request = asked(ref, cast, now)
    with pytest.raises(Invalid):
        review_dates.answer(ref, request, approve=False, words=" ", by=cast.ben, now=now)
    for _ in range(2):
        review_dates.answer(ref, request, approve=False, words="Too long.", by=cast.ben, now=now)
    with pytest.raises(Refused):
        review_dates.answer(ref, request, approve=True, words="", by=cast.daniel, now=now)
    assert told("postponing_declined") == {"Amina"}
    assert asked(ref, cast, now, to_on=LATER - DAY) != request


def test_one_request_waits_at_a_time_and_a_form_sent_twice_is_one(
    ref: str, cast: Cast, now: datetime
) -> None:
    first = asked(ref, cast, now)
    assert asked(ref, cast, now) == first
    with pytest.raises(Refused):
        asked(ref, cast, now, by=cast.ben)


def test_each_time_it_is_put_off_counts(ref: str, cast: Cast, now: datetime) -> None:
    for n in range(3):
        request = asked(ref, cast, now, to_on=LATER + n * DAY, reason=f"Reason {n}")
        review_dates.answer(ref, request, approve=True, words="", by=cast.ben, now=now)
    assert reviews.times_postponed(reviews.moves_of(planned(ref).id)) == 3


def test_a_day_that_came_while_nobody_answered_is_not_approved(ref: str, cast: Cast, now: datetime) -> None:
    request = asked(ref, cast, now)
    with pytest.raises(Refused, match="has come"):
        review_dates.answer(ref, request, approve=True, words="", by=cast.ben, now=eight(LATER))


def test_what_was_asked_is_needless_once_the_review_was_brought_forward(
    ref: str, cast: Cast, now: datetime
) -> None:
    request = asked(ref, cast, now)
    sooner = date(2027, 3, 1)
    revision = planned(ref).revision
    read().rollback()
    review_dates.ask(ref, to_on=sooner, reason="A pilot.", revision=revision, by=cast.amina, now=now)
    (one,) = review_dates.requests_of(planned(ref).id)
    assert (one.id, one.state) == (request, Asked.ENDED)


def test_overdue_keeps_counting_while_somebody_is_asked(ref: str, cast: Cast, now: datetime) -> None:
    late = eight(date(2028, 9, 4))
    asked(ref, cast, late)
    read().rollback()
    reminders.remind(now=late)
    assert told("review_overdue") == {"Amina"}


# -- nobody is reminded of what rests --------------------------------------------------------------


@pytest.mark.parametrize("what", ["pause", "close", "withdraw"])
def test_nobody_is_reminded_of_the_review_of_what_rests(cast: Cast, now: datetime, what: str) -> None:
    if what == "withdraw":
        ref = factories.answered(cast, now)
    else:
        ref, _ = factories.decided(cast, now)
    stopping.stop(ref, what, reason="It rests.", by=cast.amina, now=now)
    for day in (date(2028, 8, 2), date(2028, 9, 4), date(2028, 10, 9)):
        reminders.remind(now=eight(day))
    assert not [one for one in read().scalars(select(Notice.message)) if one.startswith("review_")]
    if what == "close":
        assert read().scalars(select(Review.state)).all() == [ReviewState.CANCELLED]
        assert current(ref).review_due_on is None
    assert current(ref).stage in {Stage.PAUSED, Stage.CLOSED, Stage.WITHDRAWN}


def test_taken_up_again_it_is_as_overdue_as_the_calendar_says(ref: str, cast: Cast, now: datetime) -> None:
    stopping.stop(ref, "pause", reason="It rests.", by=cast.amina, now=now)
    late = eight(date(2028, 10, 9))
    stopping.stop(ref, "resume", reason="On.", by=cast.amina, now=late)
    reminders.remind(now=late)
    assert "Amina" in told("review_overdue")
