"""Carrying out a review: predicted beside actual, saved unfinished, rated anew, frozen, and going on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.answers import Risk
from ehiia.domain.looking_back import Found, ReviewedSnapshot, Turned, Worked
from ehiia.domain.vocabulary import (
    Band,
    Likelihood,
    Outcome,
    ReviewOutcome,
    ReviewState,
    Severity,
    Stage,
)
from ehiia.domain.workflow import Refused
from ehiia.services import finishing, freezing, looking_back, reviews, stopping, versions
from ehiia.services.looking_back import Ended, GivenAction
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, read
from ehiia.store.answers import Answer, ImpactRow
from ehiia.store.decisions import RecordRow, Review, SnapshotRow
from tests import factories, lookback
from tests.factories import current
from tests.lookback import FOUND, WHY, answer_everything, carry_out, opened
from tests.people import Cast, gather

DAY = timedelta(days=1)
ACCESS = ("disability", "access")
BAD = Risk(Likelihood(5), Severity(4))
WORSE = Found(Turned.WORSE, "The minibus is full by nine.", "Counts of May.", BAD)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """An assessment in force that leaves disabled people worse off in access; a minibus answers it."""
    return factories.decided(cast, now, worse=True)[0]


def save(ref: str, by: int, now: datetime, found: Found = WORSE, revision: int | None = None) -> None:
    page = opened(ref).page("disability")
    seen = page.revision if revision is None else revision
    looking_back.save_page(ref, "disability", {ACCESS: found}, revision=seen, by=by, now=now)


def test_what_was_predicted_comes_from_the_record(ref: str) -> None:
    here = opened(ref)
    page = here.page("disability")
    assert [one.words for one in page.impacts] == [
        "Disability, access",
        "Disability, experience",
        "Disability, outcomes",
    ]
    assert page.impacts[0].impact.reason == "The bus stops at five."
    assert [one.ref for one in here.actions] == [f"{ref}-M1"]
    with pytest.raises(NotFound):
        here.page("age")


def test_it_is_saved_unfinished_and_another_goes_on(ref: str, cast: Cast, now: datetime) -> None:
    save(ref, cast.amina, now, Found(Turned.WORSE, "The minibus"))
    save(ref, cast.ben, now + DAY)
    page = opened(ref).page("disability")
    assert (opened(ref).found[ACCESS], page.by) == (WORSE, "Ben Okoro")
    assert len(page.lacks) == 2  # experience and outcomes
    ended = Ended(None, "So far it is worse.")
    looking_back.save_end(ref, ended, revision=opened(ref).review.revision, by=cast.amina, now=now)
    assert opened(ref).review.happened == "So far it is worse."
    assert opened(ref).review.state is ReviewState.PLANNED


def test_who_saves_second_is_told_and_the_same_form_twice_is_once(
    ref: str, cast: Cast, now: datetime
) -> None:
    for _ in range(2):
        save(ref, cast.amina, now, revision=0)
    with pytest.raises(Stale):
        save(ref, cast.ben, now, Found(Turned.BETTER, "No."), revision=0)
    assert opened(ref).page("disability").revision == 1
    given = {opened(ref).actions[0].id: GivenAction(Worked.NO, "Full.")}
    for _ in range(2):
        looking_back.save_actions(ref, given, revision=0, by=cast.amina, now=now)
    other = {row_id: GivenAction(Worked.YES) for row_id in given}
    with pytest.raises(Stale):
        looking_back.save_actions(ref, other, revision=0, by=cast.ben, now=now)
    looking_back.save_end(ref, Ended(happened="A"), revision=1, by=cast.amina, now=now)
    with pytest.raises(Stale):
        looking_back.save_end(ref, Ended(happened="B"), revision=1, by=cast.ben, now=now)


def test_what_is_missing_blocks_the_finish_and_is_named(ref: str, cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        finishing.finish(ref, Ended(), revision=1, by=cast.amina, now=now)
    assert set(refused.value.errors) == {"outcome", "happened", "reasons", "lacks"}
    assert "Disability, access: say how it turned out" in refused.value.errors["lacks"]
    assert f"{ref}-M1: say whether it worked" in refused.value.errors["lacks"]


def test_only_those_who_review_it_write_in_it(ref: str, cast: Cast, now: datetime) -> None:
    for by in (cast.helen, cast.carol, cast.dev):
        with pytest.raises(NotAllowed):
            save(ref, by, now)
    with pytest.raises(NotFound):
        save(ref, cast.esther, now)
    stopping.stop(ref, "pause", reason="It rests.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        save(ref, cast.amina, now)


def test_kept_it_is_rated_anew_frozen_and_the_next_review_is_armed(
    ref: str, cast: Cast, now: datetime
) -> None:
    assert current(ref).worst_left is Band.MEDIUM
    later = now + 400 * DAY
    answer_everything(ref, by=cast.amina, now=later)
    save(ref, cast.amina, later)
    revision = opened(ref).review.revision
    ended = Ended(ReviewOutcome.KEEP, "Access is worse.", WHY, "Count from the first day.")
    finishing.finish(ref, ended, revision=revision, by=cast.amina, now=later)
    impact = read().get(ImpactRow, (current(ref).id, *ACCESS))
    assert impact is not None
    assert (impact.likelihood_after, impact.severity_after) == (5, 4)
    assert current(ref).worst_left is Band.VERY_HIGH
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    assert planned.due_on == date(2027, 10, 6)  # six months on, counted from this review
    assert "REV-01" in planned.reasons
    done = next(one for one in reviews.reviews_of(current(ref).id) if one.state is ReviewState.DONE)
    row = read().scalars(select(SnapshotRow).order_by(SnapshotRow.id.desc())).first()
    assert row is not None
    assert done.frozen_key == "1-reviewed-1"
    frozen = freezing.thaw_snapshot(row.text)
    assert isinstance(frozen, ReviewedSnapshot)
    back = frozen.looked_back
    assert back is not None
    assert (back.outcome, back.worst_before, back.worst_now) == ("Keep it as it is", "Medium", "Very high")
    assert back.lessons == "Count from the first day."
    (access,) = [one for one in back.findings if one.about == "Disability, access"]
    assert (access.predicted, access.turned) == ("Worse; medium risk left", "Worse than predicted")
    assert access.risk == "Almost certain x major: 20, very high"
    assert [(one.ref, one.worked) for one in back.actions] == [(f"{ref}-M1", "Yes")]


def test_what_was_predicted_better_and_turned_out_worse_brings_the_next_review_sooner(
    ref: str, cast: Cast, now: datetime
) -> None:
    answer_everything(ref, by=cast.amina, now=now)
    given = {("disability", "experience"): WORSE}
    revision = opened(ref).page("disability").revision
    looking_back.save_page(ref, "disability", given, revision=revision, by=cast.amina, now=now)
    revision = opened(ref).review.revision
    finishing.finish(ref, Ended(ReviewOutcome.KEEP, "A", WHY), revision=revision, by=cast.amina, now=now)
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    assert "REV-01" in planned.reasons


def test_reviews_recur_for_as_long_as_it_is_kept(ref: str, cast: Cast, now: datetime) -> None:
    at = now
    for _ in range(3):
        planned = reviews.open_review(read(), current(ref))
        assert planned is not None
        at = datetime(planned.due_on.year, planned.due_on.month, planned.due_on.day, 10, tzinfo=now.tzinfo)
        read().rollback()
        carry_out(ref, ReviewOutcome.KEEP, by=cast.amina, now=at)
    states = [one.state for one in reviews.reviews_of(current(ref).id)]
    assert states == [ReviewState.PLANNED, *[ReviewState.DONE] * 3]


def test_an_update_begins_a_version_with_every_answer_as_it_was(ref: str, cast: Cast, now: datetime) -> None:
    carry_out(ref, ReviewOutcome.UPDATE, by=cast.amina, now=now + DAY)
    assert (current(ref).stage, current(ref).version_no) == (Stage.WRITING, 2)
    assert read().scalars(select(Answer).where(Answer.to_confirm.is_(True))).all() == []
    assert reviews.open_review(read(), current(ref)) is None


@pytest.mark.rule("GRO-05", fires=False)
def test_assessed_anew_every_answer_has_to_be_confirmed(ref: str, cast: Cast, now: datetime) -> None:
    missing = current(ref).missing_count
    read().rollback()
    carry_out(ref, ReviewOutcome.REASSESS, by=cast.amina, now=now + DAY)
    assert (current(ref).stage, current(ref).version_no) == (Stage.WRITING, 2)
    assert current(ref).missing_count > missing + 20
    assert read().scalars(select(Answer).where(Answer.to_confirm.is_(False))).all() == []
    assert "GRO-05" not in current(ref).depth_reason  # it was the extended form already


@pytest.mark.rule("GRO-05", fires=True)
def test_a_short_form_that_is_assessed_anew_is_the_extended_one(cast: Cast, now: datetime) -> None:
    from ehiia.services.transaction import transaction

    ref, _ = factories.decided(cast, now)
    with transaction():
        current(ref).depth = "short"
    carry_out(ref, ReviewOutcome.REASSESS, by=cast.amina, now=now + DAY)
    assert current(ref).depth == "extended"
    assert "GRO-05" in current(ref).depth_reason


def test_closed_nothing_more_is_planned(ref: str, cast: Cast, now: datetime) -> None:
    carry_out(ref, ReviewOutcome.CLOSE, by=cast.amina, now=now + DAY)
    assert current(ref).stage is Stage.CLOSED
    assert reviews.open_review(read(), current(ref)) is None
    assert current(ref).review_due_on is None


def test_the_next_decision_arms_a_review_again(ref: str, cast: Cast, now: datetime) -> None:
    from ehiia.services import checks, submission

    at = now + 2 * DAY
    carry_out(ref, ReviewOutcome.UPDATE, by=cast.amina, now=now + DAY)
    factories.complete_assessment(cast, ref, at)
    submission.submit(ref, declared=True, by=cast.amina, now=at)
    submission.agree(ref, by=cast.daniel, now=at)
    factories.satisfy(ref, cast.ben, at)
    checks.pass_check(ref, reservations="", by=cast.ben, now=at)
    factories.decide_alone(cast, ref, at, Outcome.APPROVED)
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    assert len(read().scalars(select(RecordRow)).all()) == 2


def test_a_finish_sent_twice_finishes_once(ref: str, cast: Cast, now: datetime) -> None:
    answer_everything(ref, by=cast.amina, now=now)
    revision = opened(ref).review.revision
    ended = Ended(ReviewOutcome.KEEP, "A", WHY)
    finishing.finish(ref, ended, revision=revision, by=cast.amina, now=now)
    finishing.finish(ref, ended, revision=revision, by=cast.amina, now=now)
    with pytest.raises((Invalid, Stale)):  # somebody else's, or other words, are no second time
        finishing.finish(ref, ended, revision=revision, by=cast.ben, now=now)
    with pytest.raises((Invalid, Stale)):
        finishing.finish(ref, replace(ended, lessons="B"), revision=revision, by=cast.amina, now=now)
    states = read().scalars(select(Review.state)).all()
    assert sorted(states) == [ReviewState.DONE, ReviewState.PLANNED]


@pytest.mark.parametrize("outcome", [ReviewOutcome.UPDATE, ReviewOutcome.CLOSE])
def test_sent_twice_an_update_or_a_close_happens_once(
    ref: str, cast: Cast, now: datetime, outcome: ReviewOutcome
) -> None:
    answer_everything(ref, by=cast.amina, now=now)
    ended, revision = Ended(outcome, "A", WHY), opened(ref).review.revision
    for _ in range(2):
        finishing.finish(ref, ended, revision=revision, by=cast.amina, now=now)
    assert read().scalars(select(Review.state)).all() == [ReviewState.DONE]


def test_a_version_begun_meanwhile_rests_the_review_and_loses_nothing(
    ref: str, cast: Cast, now: datetime
) -> None:
    save(ref, cast.amina, now)
    versions.begin_new(ref, reason="Another site.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        save(ref, cast.amina, now, FOUND)
    assert opened(ref).found[ACCESS] == WORSE
    assert lookback.opened(ref).review.state is ReviewState.PLANNED
