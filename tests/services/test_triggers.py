"""Early triggers: raised by anybody who may read it or found by a job, answered by the equality lead."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.triggers import Raised
from ehiia.domain.vocabulary import Claim, ReviewOutcome, ReviewTrigger, Verdict
from ehiia.domain.workflow import Refused
from ehiia.services import (
    answering,
    audits,
    jobs,
    mitigations,
    raising,
    restriction,
    reviews,
    stopping,
    triggers,
)
from ehiia.services.answering import Given
from ehiia.services.one_by_one import SomeFailed
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read
from ehiia.store.duties import Notice
from ehiia.store.people import Person
from ehiia.store.reviews import RaisedTrigger
from tests import factories, lookback
from tests.factories import current
from tests.people import Cast, gather
from tests.services.world import eight

DAY = timedelta(days=1)
WHY = "The provider has given notice for June."
SOON = date(2026, 6, 1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """An assessment in force whose action, a minibus, is due on 1 August 2026."""
    return factories.decided(cast, now, worse=True)[0]


def raised(ref: str, by: int, now: datetime) -> int:
    triggers.raise_one(ref, trigger="provider", reason=WHY, by=by, now=now)
    found = triggers.list_of(current(ref).id)[0].id
    read().rollback()
    return found


def told(message: str) -> list[str]:
    rows = read().scalars(
        select(Person.name).join(Notice, Notice.person_id == Person.id).where(Notice.message == message)
    )
    return sorted(name.split()[0] for name in rows)


def kinds(ref: str) -> list[str]:
    found = [one.trigger for one in triggers.list_of(current(ref).id)]
    read().rollback()
    return found


def test_a_reader_raises_one_and_ben_brings_the_review_forward(ref: str, cast: Cast, now: datetime) -> None:
    one = raised(ref, cast.dev, now)
    assert told("trigger_raised") == ["Amina", "Ben", "Ivan"]
    read().rollback()
    for _ in range(2):
        triggers.answer(ref, one, accept=True, to_on=SOON, words="Before June.", by=cast.ben, now=now)
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    assert (planned.due_on, planned.trigger) == (SOON, ReviewTrigger.RAISED)
    (move,) = reviews.moves_of(planned.id)
    assert move.reason == f"The provider fails, or the contract changes: {WHY}"
    assert told("trigger_accepted") == ["Amina", "Dev"]
    (shown,) = triggers.list_of(current(ref).id)
    assert (shown.state, shown.brought_to_on, shown.answered_by) == (Raised.ACCEPTED, SOON, "Ben Okoro")


def test_declined_with_a_reason_both_are_kept_and_told_once(ref: str, cast: Cast, now: datetime) -> None:
    one = raised(ref, cast.dev, now)
    with pytest.raises(Invalid):
        triggers.answer(ref, one, accept=False, to_on=None, words="", by=cast.ben, now=now)
    for _ in range(2):
        triggers.answer(ref, one, accept=False, to_on=None, words="It was renewed.", by=cast.ben, now=now)
    with pytest.raises(Refused):
        triggers.answer(ref, one, accept=True, to_on=SOON, words="", by=cast.ivan, now=now)
    assert told("trigger_declined") == ["Amina", "Dev"]
    (shown,) = triggers.list_of(current(ref).id)
    assert (shown.reason, shown.answer) == (WHY, "It was renewed.")
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    assert reviews.moves_of(planned.id) == []


def test_a_review_that_is_due_sooner_anyway_stays(ref: str, cast: Cast, now: datetime) -> None:
    one = raised(ref, cast.amina, now)
    late = date(2030, 1, 7)
    triggers.answer(ref, one, accept=True, to_on=late, words="", by=cast.ben, now=now)
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    assert planned.due_on < late
    assert triggers.list_of(current(ref).id)[0].brought_to_on == planned.due_on


def test_only_an_equality_lead_answers_and_only_those_who_read_it_raise(
    ref: str, cast: Cast, now: datetime
) -> None:
    one = raised(ref, cast.helen, now)
    for by in (cast.amina, cast.daniel, cast.dev, cast.farah):
        with pytest.raises(NotAllowed):
            triggers.answer(ref, one, accept=True, to_on=SOON, words="", by=by, now=now)
    with pytest.raises(NotFound):
        raised(ref, cast.esther, now)
    with pytest.raises(Invalid):
        triggers.raise_one(ref, trigger="weather", reason=WHY, by=cast.dev, now=now)
    with pytest.raises(Invalid):
        triggers.raise_one(ref, trigger="law", reason=" ", by=cast.dev, now=now)


def test_the_same_sent_twice_is_raised_once_and_nothing_is_raised_of_what_rests(
    ref: str, cast: Cast, now: datetime
) -> None:
    assert raised(ref, cast.dev, now) == raised(ref, cast.dev, now)
    stopping.stop(ref, "pause", reason="It rests.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        raised(ref, cast.helen, now)


def test_a_review_that_is_carried_out_settles_what_was_raised(ref: str, cast: Cast, now: datetime) -> None:
    raised(ref, cast.dev, now)
    lookback.carry_out(ref, ReviewOutcome.KEEP, by=cast.amina, now=now + DAY)
    assert [one.state for one in triggers.list_of(current(ref).id)] == [Raised.ENDED]


# -- what the job finds ----------------------------------------------------------------------------


def test_an_action_late_by_more_than_thirty_days_is_raised_once(ref: str, cast: Cast, now: datetime) -> None:
    read().rollback()
    assert raising.raise_found(now=eight(date(2026, 8, 31))) == 0
    assert raising.would_raise(now=eight(date(2026, 9, 1))) != []
    assert kinds(ref) == []
    for day in (1, 2, 3):
        raising.raise_found(now=eight(date(2026, 9, day)))
    assert kinds(ref) == ["overdue"]
    assert told("trigger_found") == ["Amina", "Ben", "Ivan"]
    assert "REV-17" in triggers.list_of(current(ref).id)[0].reason


def test_what_is_found_on_a_weekend_or_bank_holiday_is_raised_on_the_next_working_day(
    ref: str, now: datetime
) -> None:
    read().rollback()
    for day in (date(2026, 9, 5), date(2026, 9, 6), date(2026, 12, 25), date(2026, 12, 28)):
        assert raising.raise_found(now=eight(day)) == 0
        assert raising.would_raise(now=eight(day)) == []
    assert kinds(ref) == []
    assert raising.raise_found(now=eight(date(2026, 12, 29))) == 1


def test_an_action_found_not_to_work_is_raised_once(ref: str, cast: Cast, now: datetime) -> None:
    action = f"{ref}-M1"
    mitigations.claim(action, Claim.DONE, note_text="It runs.", by=cast.helen, now=now)
    audits.give_verdict(action, verdict=Verdict.NOT_WORKING, found="Empty.", proof=None, by=cast.dev, now=now)
    for n in range(2):
        raising.raise_found(now=now + n * DAY)
    assert kinds(ref) == ["ineffective"]


def test_three_live_proposals_that_hit_the_same_group_and_place_are_raised_once_each(
    cast: Cast, now: datetime
) -> None:
    first, _ = factories.decided(cast, now, worse=True)
    second, _ = factories.decided(cast, now, worse=True)
    elsewhere, _ = factories.decided(cast, now, worse=True, place_ids=cast.place_ids[1:])
    raising.raise_found(now=now)
    assert kinds(first) == kinds(second) == []
    third = factories.answered(cast, now, worse=True)
    restriction.restrict(third, reason="Staff.", until_on=None, by=cast.amina, now=now)
    raising.raise_found(now=now)
    assert kinds(first) == []  # a restricted one is not counted: nobody learns of it by this
    restriction.lift_restriction(third, by=cast.amina, now=now)
    for n in range(2):
        raising.raise_found(now=now + n * DAY)
    assert kinds(first) == kinds(second) == ["cumulative"]
    assert kinds(third) == kinds(elsewhere) == []  # no decision stands there; and it is another place
    (one,) = triggers.list_of(current(first).id)
    assert "Disability (North East Essex Alliance)" in one.reason
    assert second not in one.reason


def test_several_groups_and_places_are_one_trigger_that_names_them_all(cast: Cast, now: datetime) -> None:
    refs = [factories.decided(cast, now, worse=True, place_ids=cast.place_ids)[0] for _ in range(3)]
    for _ in range(2):
        raising.raise_found(now=now)
    (one,) = triggers.list_of(current(refs[0]).id)
    assert "Disability (North East Essex Alliance, West Suffolk Alliance)" in one.reason


def test_a_group_that_is_not_affected_after_all_is_not_counted(cast: Cast, now: datetime) -> None:
    first = factories.decided(cast, now, worse=True)[0]
    factories.decided(cast, now, worse=True)
    third = factories.answered(cast, now, worse=True)
    not_affected = {"affected": Given("no", revision=1), "not_affected_reason": Given("Not served.", 1)}
    answering.save_page(third, subject="disability", answers=not_affected, impacts={}, by=cast.amina, now=now)
    raising.raise_found(now=now)
    assert kinds(first) == []


def test_one_that_fails_does_not_stop_the_rest(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [factories.decided(cast, now, worse=True)[0] for _ in range(2)]
    read().rollback()
    real, bad = triggers.found, current(refs[0]).id
    read().rollback()

    def found(session: object, assessment: object, **rest: object) -> bool:
        if assessment.id == bad:  # type: ignore[attr-defined]
            raise RuntimeError("broken row")
        return real(session, assessment, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(triggers, "found", found)
    with pytest.raises(SomeFailed):
        raising.raise_found(now=eight(date(2026, 9, 1)))
    assert (kinds(refs[0]), kinds(refs[1])) == ([], ["overdue"])


def test_the_job_runs_by_itself_every_day(ref: str, now: datetime) -> None:
    job = jobs.find("raise-triggers")
    read().rollback()
    assert jobs.ring(job, now=eight(date(2026, 9, 1))) == "1 raised"
    assert jobs.ring(job, now=eight(date(2026, 9, 1))) is None
    assert jobs.ring(job, now=eight(date(2026, 9, 2))) == "0 raised"
    assert read().scalars(select(RaisedTrigger.trigger)).all() == ["overdue"]
