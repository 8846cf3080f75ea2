"""What becomes known of a publication that ended: withdrawn, or given up before its day came."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from ehiia.domain.publishing import Publishing
from ehiia.domain.standing import Standing
from ehiia.services import agreeing_publications, editions, enquiries, history, published, sealing, verifying
from ehiia.services.publishing import Plan
from ehiia.services.transaction import NotFound, Refused, read
from ehiia.store.decisions import RecordRow
from tests import factories
from tests.factories import HOUR, current
from tests.people import Cast, gather
from tests.services.test_publishing import agreed, ref_of


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def record(cast: Cast, now: datetime) -> RecordRow:
    return factories.decided(cast, now)[1]


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + 6 * HOUR


def test_it_is_not_out_before_its_day_and_a_withdrawn_one_stays_known(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    day = later.date() + timedelta(days=7)
    kept = agreed(record, cast, later, Plan(Publishing.SUMMARY, not_before_on=day))
    assert not kept.is_out(day - timedelta(days=1))
    assert kept.is_out(day)
    ref = ref_of(record)
    agreeing_publications.withdraw(ref, "A figure was wrong.", by=cast.ben, now=later + 8 * 24 * HOUR)
    found = editions.find(ref=kept.row.ref)
    assert found.withdrawn
    assert not found.is_out(day)
    assert (
        enquiries.ask(kept.row.ref, address="192.0.2.1", now=later + 9 * 24 * HOUR).standing
        is Standing.WITHDRAWN
    )
    with pytest.raises(Refused):
        agreeing_publications.withdraw(ref, "Again.", by=cast.ben, now=later)
    said = [one.sentence for one in history.of_subject(f"assessment:{current(ref).id}").entries]
    assert said[0] == f"Ben Okoro withdrew the publication of {record.ref}"


@pytest.mark.parametrize("ended", ["withdrawn", "replaced"])
def test_what_ended_before_its_day_is_never_known_to_anybody_who_has_not_its_code(
    cast: Cast, record: RecordRow, later: datetime, ended: str
) -> None:
    day = later.date() + timedelta(days=7)
    kept = agreed(record, cast, later, Plan(Publishing.SUMMARY, not_before_on=day))
    if ended == "withdrawn":
        agreeing_publications.withdraw(
            ref_of(record), "A figure was wrong.", by=cast.ben, now=later + 2 * HOUR
        )
    else:
        agreed(record, cast, later + 2 * HOUR, Plan(Publishing.FULL))
    after = later + 30 * 24 * HOUR
    with pytest.raises(NotFound):
        enquiries.ask(kept.row.ref, address="192.0.2.1", now=after)
    with pytest.raises(NotFound):
        published.see(kept.row.ref, today=after.date())
    assert enquiries.ask(kept.row.code, address="192.0.2.1", now=after).standing is Standing.WITHDRAWN


def test_the_file_of_an_edition_that_was_replaced_leads_to_the_newer_one(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    first = agreed(record, cast, later, Plan(Publishing.FULL))
    pdf = sealing.signed_files().get(first.files[-1].storage_key)
    assert editions.newer(first, today=later.date()) == ""
    second = agreed(record, cast, later + 2 * HOUR, Plan(Publishing.SUMMARY))
    said = verifying.sentences(verifying.check_file(pdf), now=later + 4 * HOUR)
    assert f"The newer edition is {second.row.ref}." in said
    read().rollback()
