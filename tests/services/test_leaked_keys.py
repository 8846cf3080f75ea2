"""A key leaked: what it made is told apart by when, and an administrator looks at what came after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask

from ehiia.services import (
    history,
    keys,
    leaked_keys,
    people,
    recorded,
    restriction,
    sealing,
    verifying,
)
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read
from ehiia.store.decisions import RecordRow
from tests import factories
from tests.factories import HOUR
from tests.people import Cast, gather

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DAY = timedelta(days=1)
STOLEN = "A laptop was stolen."


@dataclass(frozen=True)
class Two:
    """A record from before the theft and one from after it."""

    before: RecordRow
    after: RecordRow
    stolen: datetime


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def two(cast: Cast, now: datetime) -> Two:
    rows = [factories.decided(cast, now)[1] for _ in range(2)]
    for row, at in zip(rows, (now + HOUR, now + 3 * DAY), strict=True):
        sealing.seal_record(row.id, now=at)
    read().rollback()
    return Two(rows[0], rows[1], stolen=now + 2 * DAY)


def number(cast: Cast, purpose: str) -> int:
    found = next(one.id for one in keys.listed(cast.organisation_id) if one.purpose == purpose)
    read().rollback()
    return found


def revoke(cast: Cast, two: Two, purpose: str, now: datetime) -> None:
    keys.revoke(
        cast.organisation_id, number(cast, purpose), since=two.stolen, reason=STOLEN, by=cast.farah, now=now
    )


def check(record: RecordRow, step: int = 0) -> verifying.Checked:
    read().rollback()
    files = recorded.find_record(ref=record.ref).files
    found = verifying.check_file(sealing.signed_files().get(files[step - 1].storage_key))
    read().rollback()
    return found


def listed(cast: Cast, name: str = "") -> dict[str, leaked_keys.Since]:
    read().rollback()
    actor = people.actor_of(cast.ids[name], today=datetime(2026, 3, 5).date()) if name else None
    found = {one.ref: one for one in leaked_keys.made_since(cast.organisation_id, actor=actor)}
    read().rollback()
    return found


@ON_SQLITE
def test_nothing_is_said_while_no_key_of_the_record_leaked(cast: Cast, two: Two, now: datetime) -> None:
    assert check(two.after).unsafe is None
    keys.replace(
        cast.organisation_id, number(cast, "seal"), reason="A year.", by=cast.farah, now=now + 4 * DAY
    )
    assert check(two.after).current
    assert listed(cast) == {}


@ON_SQLITE
@pytest.mark.parametrize("purpose", ["root", "clock"])
def test_what_was_sealed_before_is_as_it_was_and_what_came_after_is_to_be_looked_at(
    cast: Cast, two: Two, now: datetime, purpose: str
) -> None:
    revoke(cast, two, purpose, now + 4 * DAY)
    before, after = check(two.before), check(two.after)
    assert (before.good, before.current, before.doubtful) == (True, True, False)
    assert (after.good, after.current, after.doubtful) == (True, False, True)
    said = verifying.sentences(before, now=now)[1]
    assert "reported unsafe since Wednesday 4 March 2026 at 10:00" in said
    assert "has been in our register ever since, so it is as it was" in said
    said = verifying.sentences(after, now=now)[1]
    assert "made with it after that, Thursday 5 March 2026" in said
    assert "ask the organisation" in said
    told = [state for _, _, state in verifying.signed_by(after)]
    doubted = {"root": [0, 1, 2], "clock": [2]}[purpose]
    assert [place for place, state in enumerate(told) if "somebody else may have had" in state] == doubted
    first = check(two.after, step=1)  # sealed, and not time-stamped
    assert first.doubtful is (purpose == "root")


@ON_SQLITE
def test_a_key_that_was_replaced_and_then_found_to_have_leaked_counts_for_its_own_time(
    cast: Cast, two: Two, now: datetime
) -> None:
    seal = number(cast, "seal")
    keys.replace(cast.organisation_id, seal, reason="A year.", by=cast.farah, now=now + 4 * DAY)
    third = factories.decided(cast, now)[1]
    sealing.seal_record(third.id, now=now + 5 * DAY)
    revoke(cast, two, "root", now + 6 * DAY)  # it issued both seals
    assert [one.leaked for one in keys.listed(cast.organisation_id) if one.id == seal] == [True]
    assert set(listed(cast)) == {two.after.ref, third.ref}


def test_farah_looks_at_each_once_and_whoever_verifies_is_told(cast: Cast, two: Two, now: datetime) -> None:
    revoke(cast, two, "root", now + 4 * DAY)
    assert {ref: one.look for ref, one in listed(cast, "farah").items()} == {two.after.ref: None}
    at = now + 5 * DAY
    where = (cast.organisation_id, two.after.ref)
    with pytest.raises(Invalid):
        leaked_keys.look(*where, found=" ", by=cast.farah, now=at)
    with pytest.raises(NotAllowed):
        leaked_keys.look(*where, found="As in the minute.", by=cast.ben, now=at)
    with pytest.raises(NotFound):
        leaked_keys.look(cast.organisation_id, two.before.ref, found="It.", by=cast.farah, now=at)
    for later in (at, at + DAY):
        leaked_keys.look(*where, found="As in the minute.", by=cast.farah, now=later)
    one = listed(cast)[two.after.ref]
    assert one.look is not None
    assert (one.looked_by, one.look.at, one.look.found) == ("Farah Malik", at, "As in the minute.")
    after = check(two.after)
    assert (after.current, after.doubtful) == (True, False)
    assert "looked at it, Saturday 7 March 2026" in verifying.sentences(after, now=now)[1]
    said = history.of_subject(f"assessment:{two.after.assessment_id}").entries
    assert sum("which was made with a key after it had leaked" in entry.sentence for entry in said) == 1


@ON_SQLITE
def test_a_restricted_assessment_is_listed_on_the_machine_only(cast: Cast, two: Two, now: datetime) -> None:
    ref = two.after.ref.rpartition("-")[0]
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now + DAY)
    revoke(cast, two, "seal", now + 4 * DAY)
    assert listed(cast, "farah") == {}
    assert set(listed(cast)) == {two.after.ref}
    with pytest.raises(NotFound):
        leaked_keys.look(cast.organisation_id, two.after.ref, found="It.", by=cast.farah, now=now + 5 * DAY)
