"""An approval of something that was changed since is stale, however it was changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from ehiia.domain.looking_back import ReviewedSnapshot
from ehiia.domain.material import Material
from ehiia.domain.vocabulary import Claim, Gate, Outcome, ReviewOutcome
from ehiia.services import (
    answering,
    correcting,
    finishing,
    freezing,
    go_live,
    material,
    mitigations,
    raising,
    recorded,
    register,
    stopping,
    taking_on,
    triggers,
    versions,
)
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.correcting import Facts
from ehiia.services.looking_back import Ended
from ehiia.services.people import actor_of
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.store.assessments import Assessment
from tests import factories, lookback
from tests.factories import current
from tests.people import Cast, gather
from tests.services.test_mitigations import row_of

DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """An assessment in force that relies on a minibus."""
    return factories.decided(cast, now, worse=True)[0]


def stale(ref: str, now: datetime) -> tuple[Material, ...]:
    read().rollback()
    found = material.stale(current(ref), now=now)
    read().rollback()
    return found.sections if found else ()


def test_nothing_that_happens_to_it_by_itself_makes_it_stale(cast: Cast, ref: str, now: datetime) -> None:
    assert stale(ref, now + DAY) == ()
    mitigations.claim(f"{ref}-M1", Claim.ON_TRACK, note_text="It runs.", by=cast.helen, now=now + DAY)
    assert stale(ref, now + 2 * DAY) == ()


def test_a_promise_in_other_hands_or_a_later_start_makes_it_stale(
    cast: Cast, ref: str, now: datetime
) -> None:
    at = now + DAY
    taking_on.give(
        f"{ref}-M1", owner_id=cast.ivan, revision=row_of(f"{ref}-M1").revision, by=cast.amina, now=at
    )
    assert stale(ref, at) == (Material.MITIGATIONS,)
    go_live.say(
        ref, started=False, on=date(2027, 2, 1), reason="The builder.", seen_id=0, by=cast.amina, now=at
    )
    assert Material.MITIGATIONS in stale(ref, at)
    assert Material.START in stale(ref, at)


def test_whatever_way_a_row_is_changed_the_same_comparison_finds_it(ref: str, now: datetime) -> None:
    with transaction() as session:
        session.get_one(Assessment, current(ref).id).summary = "Two surgeries close."
    assert stale(ref, now + DAY) == (Material.SCOPE,)


def test_a_new_version_says_what_it_changes_and_one_that_was_given_up_changes_nothing(
    cast: Cast, ref: str, now: datetime
) -> None:
    at = now + DAY
    versions.begin_new(ref, reason="Fewer places.", by=cast.amina, now=at)
    assert stale(ref, at) == ()
    page = page_of(current(ref), "disability")
    read().rollback()
    answering.save_page(
        ref,
        subject="disability",
        answers={"affected": Given("unknown", page.revisions["affected"])},
        by=cast.amina,
        now=at,
    )
    assert Material.GROUPS in stale(ref, at)
    stopping.stop(ref, "give_up_version", reason="It was not funded.", by=cast.amina, now=at)
    assert stale(ref, at) == ()


def test_what_was_not_approved_cannot_be_stale(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now, Outcome.DEFERRED, worse=True)
    with transaction() as session:
        session.get_one(Assessment, current(ref).id).summary = "Two surgeries close."
    assert stale(ref, now + DAY) == ()


def test_a_review_is_proposed_once_and_names_what_changed(cast: Cast, ref: str, now: datetime) -> None:
    at = now + DAY
    raising.raise_found(now=at)
    assert triggers.list_of(current(ref).id) == []
    taking_on.give(
        f"{ref}-M1", owner_id=cast.ivan, revision=row_of(f"{ref}-M1").revision, by=cast.amina, now=at
    )
    read().rollback()
    assert [raising.raise_found(now=at + step * DAY) for step in range(3)] == [1, 0, 0]
    (found,) = triggers.list_of(current(ref).id)
    assert "Changed since it was signed for version 1: What was promised." in found.reason
    assert "(REV-20)" in found.reason
    assert found.label == "What was decided changes"
    read().rollback()
    correcting.correct(
        f"{ref}-D1",
        Facts("It is the better place for all.", ""),
        reason="A word was missing.",
        reauthenticated=factories.again(at),
        by=cast.carol,
        now=at + 3 * DAY,
    )
    assert stale(ref, at + 4 * DAY) == (Material.MITIGATIONS,)
    assert raising.raise_found(now=at + 4 * DAY) == 0  # a correction is no other decision
    rows, _ = recorded.register(actor_of(cast.amina, today=date(2026, 3, 9)), cast.organisation_id)
    assert [(row.replaced, row.stale) for row in rows] == [(False, True), (True, False)]


def give(ref: str, to: int, cast: Cast, at: datetime) -> None:
    taking_on.give(f"{ref}-M1", owner_id=to, revision=row_of(f"{ref}-M1").revision, by=cast.amina, now=at)
    read().rollback()


def marked(cast: Cast, at: datetime) -> tuple[bool, bool]:
    """Return whether the list of records and the register say that the approval is stale."""
    amina = actor_of(cast.amina, today=at.date())
    rows, _ = recorded.register(amina, cast.organisation_id)
    page = register.page(amina, cast.organisation_id, today=at.date())
    wanted = register.Filters(stale=True)
    only = register.page(amina, cast.organisation_id, filters=wanted, today=at.date())
    assert [one.stale for one in page.rows] == [bool(only.rows)]
    read().rollback()
    return rows[0].stale, page.rows[0].stale


def test_a_review_that_keeps_it_settles_the_changes_it_looked_at_and_no_later_ones(
    cast: Cast, ref: str, now: datetime
) -> None:
    at = now + DAY
    give(ref, cast.ivan, cast, at)
    assert raising.raise_found(now=at) == 1
    assert marked(cast, at) == (True, True)
    lookback.answer_everything(ref, by=cast.amina, now=at)
    signed = recorded.find_record(ref=f"{ref}-D1").row.sha256
    found, revision = material.stale(current(ref), now=at), lookback.opened(ref).review.revision
    assert found is not None
    ended = Ended(ReviewOutcome.KEEP, "As many people came.", "Ivan runs it as Helen did.")
    with pytest.raises(
        Invalid, match="What was approved was changed, and this page did not say so: What was p"
    ):
        finishing.finish(ref, ended, revision=revision, by=cast.amina, now=at)
    finishing.finish(ref, ended, revision=revision, by=cast.amina, now=at, changes=found.seen)
    assert stale(ref, at) == ()
    assert marked(cast, at) == (False, False)
    assert recorded.find_record(ref=f"{ref}-D1").row.sha256 == signed
    frozen = freezing.newest(read(), current(ref), Gate.REVIEWED)
    assert frozen is not None
    kept = freezing.thaw_snapshot(frozen.text)
    assert isinstance(kept, ReviewedSnapshot)
    assert kept.looked_back is not None
    assert kept.looked_back.changed == ("What was promised",)
    assert kept.looked_back.reasons == "Ivan runs it as Helen did."
    later = at + DAY
    give(ref, cast.ben, cast, later)
    assert stale(ref, later) == (Material.MITIGATIONS,)
    assert raising.raise_found(now=later) == 1
    assert marked(cast, later) == (True, True)


def test_a_review_that_begins_a_new_version_settles_nothing(cast: Cast, ref: str, now: datetime) -> None:
    at = now + DAY
    give(ref, cast.ivan, cast, at)
    lookback.carry_out(ref, ReviewOutcome.UPDATE, by=cast.amina, now=at)
    assert stale(ref, at) == (Material.MITIGATIONS,)
