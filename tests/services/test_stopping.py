"""Giving up a new version: what was decided stands, and says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Outcome, Permission, ReviewOutcome, Stage
from ehiia.services import (
    checks,
    decided,
    papers,
    people,
    recorded,
    reviews,
    stopping,
    submission,
    versions,
)
from ehiia.services.answered import page_of
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotAllowed, Refused, read
from ehiia.store.decisions import QualityCheck, Review
from tests import factories, lookback
from tests.factories import HOUR, current
from tests.people import Cast, gather

DAY = timedelta(days=1)
WHY = "The second site was not found."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def begun(cast: Cast, now: datetime) -> str:
    ref, _ = factories.decided(cast, now, worse=True)
    versions.begin_new(ref, reason="A second site was added.", by=cast.amina, now=now + DAY)
    return ref


def give_up(ref: str, by: int, now: datetime, reason: str = WHY) -> None:
    stopping.stop(ref, "give_up_version", reason=reason, by=by, now=now)


def test_what_was_decided_is_in_force_again_with_its_record_and_its_review(cast: Cast, now: datetime) -> None:
    ref = begun(cast, now)
    answers = page_of(current(ref)).values
    read().rollback()
    give_up(ref, cast.amina, now + 2 * DAY)
    assessment = current(ref)
    assert (assessment.stage, assessment.version_no) == (Stage.IN_FORCE, 2)
    assert page_of(assessment).values == answers
    last = decided.last_decision(assessment.id)
    assert last is not None
    assert last.version_no == 1
    assert recorded.find_record(ref=last.record_ref).newer_version == 0
    assert assessment.review_due_on is not None
    read().rollback()
    assert versions.begin_new(ref, reason="Another try.", by=cast.amina, now=now + 3 * DAY) == 3
    assert recorded.find_record(ref=last.record_ref).newer_version == 3


@pytest.mark.parametrize("far", ["with_director", "checking", "ready", "paused"])
def test_it_is_given_up_however_far_it_came_and_nothing_waits_for_it(
    cast: Cast, now: datetime, far: str
) -> None:
    ref, at = begun(cast, now), now + 2 * DAY
    if far == "paused":
        stopping.stop(ref, "pause", reason="Waiting.", by=cast.amina, now=at)
    else:
        submission.submit(ref, declared=True, by=cast.amina, now=at)
    if far in ("checking", "ready"):
        submission.agree(ref, by=cast.daniel, now=at)
    if far == "ready":
        factories.satisfy(ref, cast.ben, at)
        checks.pass_check(ref, reservations="", by=cast.ben, now=at)
    give_up(ref, cast.daniel, at + HOUR)
    assert (current(ref).stage, current(ref).stage_before_pause) == (Stage.IN_FORCE, None)
    assert read().scalars(select(QualityCheck).where(QualityCheck.ended_at.is_(None))).all() == []
    actor = people.actor_of(cast.carol, today=now.date())
    assert papers.paper_of(read(), see(ref, Permission.READ, actor=actor)) is None


def test_a_review_is_planned_where_the_version_was_begun_by_one(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now)
    lookback.carry_out(ref, ReviewOutcome.UPDATE, happened="Fewer came.", by=cast.amina, now=now + DAY)
    assert reviews.open_review(read(), current(ref)) is None
    read().rollback()
    give_up(ref, cast.amina, now + 2 * DAY)
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    assert planned.due_on == current(ref).review_due_on
    assert len(read().scalars(select(Review)).all()) == 2


def test_only_a_new_version_of_what_is_in_force_is_given_up(cast: Cast, now: datetime) -> None:
    writing = factories.answered(cast, now)
    deferred, _ = factories.decided(cast, now, Outcome.DEFERRED)
    in_force, _ = factories.decided(cast, now)
    for ref in (writing, deferred, in_force):
        with pytest.raises(Refused):
            give_up(ref, cast.amina, now + DAY)
    versions.begin_new(in_force, reason="Why.", by=cast.amina, now=now + DAY)
    for by in (cast.helen, cast.carol):
        with pytest.raises(NotAllowed):
            give_up(in_force, by, now + DAY)
    with pytest.raises(Invalid):
        give_up(in_force, cast.amina, now + DAY, reason=" ")
    with pytest.raises(Refused, match="in force"):
        stopping.stop(in_force, "withdraw", reason=WHY, by=cast.amina, now=now + DAY)
    stopping.stop(writing, "withdraw", reason=WHY, by=cast.amina, now=now + DAY)
    assert current(writing).stage is Stage.WITHDRAWN
