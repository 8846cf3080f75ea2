"""Who says when a record was signed: a time-stamp authority, or our own clock where none answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.documents.signing.authority import make_clock, make_root
from ehiia.domain.vocabulary import SealState, Stage
from ehiia.services import history, organisations, recorded, refreshing, seal_health, sealing, verifying
from ehiia.services.transaction import Invalid, read
from ehiia.store.decisions import RecordRow
from ehiia.store.people import SigningKey
from tests import factories
from tests.factories import HOUR, current
from tests.people import Cast, gather
from tests.servers.timestamps import Authority
from tests.servers.timestamps import authority as running


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    root = make_root("A Time Service", now=began)
    folder = tmp_path / "authority"
    folder.mkdir()
    with running(folder, make_clock("A Time Service", root=root, now=began)) as here:
        yield here


def ask(cast: Cast, address: str, now: datetime) -> None:
    organisation = organisations.get(cast.organisation_id)
    organisations.change(
        organisation.id,
        name=organisation.name,
        settings=replace(organisations.settings_of(organisation), timestamp_authority=address),
        revision=organisation.revision,
        by=cast.farah,
        now=now,
    )


def sealed(record: RecordRow, now: datetime) -> recorded.KeptRecord:
    sealing.seal_record(record.id, now=now)
    found = recorded.find_record(ref=record.ref)
    read().rollback()
    return found


def test_every_step_has_the_time_of_the_authority_that_is_set(
    cast: Cast, now: datetime, authority: Authority
) -> None:
    ask(cast, authority.address, now)
    _, record = factories.decided(cast, now)
    found = sealed(record, now + 5 * HOUR)
    assert [file.timed_by for file in found.files] == ["127.0.0.1"] * 3
    assert found.files[-1].signatory == "127.0.0.1"
    assert read().scalar(select(SigningKey.purpose).where(SigningKey.purpose == "authority")) == "authority"
    checked = verifying.check_file(sealing.signed_files().get(found.files[-1].storage_key))
    assert checked.current


def test_a_record_is_sealed_with_our_own_time_where_the_authority_does_not_answer(
    cast: Cast, now: datetime, authority: Authority
) -> None:
    answers, authority.answer = authority.answer, lambda question: (503, b"")
    ask(cast, authority.address, now)
    ref, record = factories.decided(cast, now)
    found = sealed(record, now + 5 * HOUR)
    assert current(ref).stage is Stage.IN_FORCE
    assert found.state is SealState.SIGNED
    assert [file.timed_by for file in found.files] == ["", "", ""]
    assert found.files[-1].signatory == "Suffolk and North East Essex"
    assert verifying.check_file(sealing.signed_files().get(found.files[-1].storage_key)).current
    said = history.of_subject(f"organisation:{cast.organisation_id}").entries
    assert any("could not ask the time-stamp authority" in one.sentence for one in said)
    (silent,) = seal_health.troubles(cast.organisation_id)
    assert "has not answered since Monday 2 March 2026 at 15:00: since then one record has" in silent.what
    read().rollback()
    authority.answer = answers
    sealed(factories.decided(cast, now)[1], now + 6 * HOUR)
    assert seal_health.troubles(cast.organisation_id) == ()


def test_a_record_is_renewed_every_year_once_and_verifies_when_years_have_gone(
    cast: Cast, now: datetime
) -> None:
    _, record = factories.decided(cast, now)
    sealed(record, now + 5 * HOUR)
    assert refreshing.renew(now=now + timedelta(days=300)) == 0
    for year, at in enumerate((now + timedelta(days=340), now + timedelta(days=690)), start=1):
        assert refreshing.would_renew(now=at) == [f"renew the time-stamp of {record.ref}"]
        assert refreshing.renew(now=at) == 1
        assert refreshing.renew(now=at) == 0
        found = recorded.find_record(ref=record.ref)
        assert [file.kind for file in found.files][3:] == ["renewal"] * year
        assert found.state is SealState.SIGNED
        read().rollback()
    newest, first = (
        verifying.check_file(sealing.signed_files().get(found.files[step].storage_key)) for step in (-1, 2)
    )
    assert newest.current
    end = newest.file.holds_until
    assert end is not None
    for days, words in (
        (200, "every year."),
        (89, "which is soon. It is renewed"),
        (-1, "it is in our register"),
    ):
        assert words in verifying.lasting(newest, now=end - timedelta(days=days))
    assert "Ask the organisation for its newest file" in verifying.lasting(first, now=end)
    read().rollback()
    sealing.seal_record(record.id, now=now + timedelta(days=700))  # nothing is left to be done
    assert len(recorded.find_record(ref=record.ref).files) == 5


def test_an_address_that_is_none_is_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid, match="https://"):
        ask(cast, "ftp://time.example.org", now)
