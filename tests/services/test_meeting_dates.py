"""Whatever people do to the day of the meeting and to the answers, what is late stays late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Stage
from ehiia.services import answering, assessments, checks, meeting_dates, recorded, submission
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import Invalid, NotAllowed, read
from tests import factories
from tests.factories import current
from tests.people import Cast, gather

DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def move_meeting(cast: Cast, ref: str, day: date | None, reason: str, now: datetime) -> None:
    details = factories.details(cast, route=factories.to_the_board(cast, day))
    revision = current(ref).revision
    read().rollback()
    assessments.change_details(ref, details, revision=revision, moved_reason=reason, by=cast.amina, now=now)


def edit(cast: Cast, ref: str, now: datetime) -> None:
    revision = page_of(current(ref)).revisions.get("problem", 0)
    read().rollback()
    answering.save_page(ref, answers={"problem": Given(f"At {now}.", revision)}, by=cast.amina, now=now)


def check(cast: Cast, ref: str, now: datetime) -> None:
    if current(ref).stage not in {Stage.WRITING, Stage.SENT_BACK}:
        read().rollback()
        return
    read().rollback()
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-6, 6), st.booleans()),
        st.tuples(st.just("edit"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("check"), st.integers(0, 3), st.booleans()),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_moved_and_edited_late_stays_late(
    cast: Cast, now: datetime, steps: list[tuple[str, int, bool]]
) -> None:
    first = day_of(now) + DAY
    ref = factories.answered(cast, now, route=factories.to_the_board(cast, first))
    at, was_late = now, False
    for what, days, explains in [*steps, ("check", 0, True)]:
        at += timedelta(days=abs(days))
        try:
            if what == "move":
                day = day_of(at) + days * DAY
                move_meeting(cast, ref, day, "It had to be." if explains else "", at)
            elif what == "edit":
                edit(cast, ref, at)
            else:
                check(cast, ref, at)
        except (Invalid, NotAllowed):
            read().rollback()
        late = current(ref).late
        kept = meeting_dates.kept_of(read(), current(ref))
        passed = checks.passed_check(read(), current(ref))
        assert late or not was_late, "late was taken back"
        if passed is not None and passed.ended_at is not None and kept:
            assert late or day_of(passed.ended_at) <= min(kept)
        read().rollback()
        was_late = late


def test_the_first_day_stands_in_the_record_with_the_reason(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, route=factories.to_the_board(cast, day_of(now)))
    later = now + 2 * DAY
    with pytest.raises(Invalid) as refused:
        move_meeting(cast, ref, date(2026, 3, 10), " ", later)
    assert set(refused.value.errors) == {"moved_reason"}
    with pytest.raises(Invalid) as refused:
        move_meeting(cast, ref, date(2026, 3, 3), "It was on the 3rd.", later)
    assert set(refused.value.errors) == {"route"}
    details = factories.details(cast)  # Carol decides alone, a fortnight later
    revision = current(ref).revision
    read().rollback()
    assessments.change_details(
        ref, details, revision=revision, moved_reason="Too few members came.", by=cast.amina, now=later
    )
    check(cast, ref, later)
    assert current(ref).late
    read().rollback()
    record = factories.decide_alone(cast, ref, later)
    found = recorded.find_record(ref=record.ref).record
    assert found.check.late
    assert "2 March 2026" in found.check.late_note
    assert [(one.from_on, one.reason) for one in found.decided.meetings_moved] == [
        (date(2026, 3, 2), "Too few members came.")
    ]
