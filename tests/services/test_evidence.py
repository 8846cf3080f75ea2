"""Evidence: added, changed, taken out; and who may."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Confidence
from ehiia.services import evidence
from ehiia.services.evidence import Source
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, read
from ehiia.store.assessments import Assessment
from ehiia.store.library import EvidenceUse
from tests import people, writing
from tests.people import Cast

CENSUS = Source(
    "census", "Census 2021", "ONS", "2021", "One in five is disabled.", strength=Confidence.STRONG
)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def id_of(ref: str) -> int:
    return read().scalars(select(Assessment.id).where(Assessment.ref == ref)).one()


def test_a_source_is_kept_and_counts_as_an_answer(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    before = read().scalars(select(Assessment.answered_count)).one()
    evidence.add(ref, CENSUS, by=cast.amina, now=now)
    (row,) = evidence.list_of(id_of(ref))
    assert (row.title, row.publisher, row.strength) == ("Census 2021", "ONS", Confidence.STRONG)
    assert evidence.count_of(id_of(ref)) == 1
    assert read().scalars(select(Assessment.answered_count)).one() == before + 1


def test_only_kind_and_title_are_needed(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    evidence.add(ref, Source("other", "A letter"), by=cast.amina, now=now)
    with pytest.raises(Invalid) as refused:
        evidence.add(ref, Source("gossip", " ", year="x" * 41), by=cast.amina, now=now)
    assert set(refused.value.errors) == {"kind", "title", "year"}


def test_the_second_who_changes_the_same_source_is_told(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = evidence.add(ref, CENSUS, by=cast.amina, now=now)
    evidence.change(ref, made.id, Source("census", "Census"), revision=1, by=cast.amina, now=now)
    evidence.change(
        ref, made.id, Source("census", "Census"), revision=1, by=cast.amina, now=now
    )  # sent twice
    with pytest.raises(Stale):
        evidence.change(ref, made.id, CENSUS, revision=1, by=cast.amina, now=now)


def test_a_source_taken_out_is_gone_from_the_page_and_kept_in_the_rows(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = evidence.add(ref, CENSUS, by=cast.amina, now=now)
    evidence.take_out(ref, made.id, by=cast.amina, now=now)
    assert evidence.list_of(id_of(ref)) == []
    assert read().scalars(select(EvidenceUse.taken_out_at)).all() == [now]
    with pytest.raises(NotFound):
        evidence.take_out(ref, made.id, by=cast.amina, now=now)


def test_a_source_is_reached_through_its_own_assessment_only(cast: Cast, now: datetime) -> None:
    ref, other = writing.writing(cast, now), writing.writing(cast, now)
    made = evidence.add(ref, CENSUS, by=cast.amina, now=now)
    with pytest.raises(NotFound):
        evidence.change(other, made.id, CENSUS, revision=1, by=cast.amina, now=now)


def test_strangers_and_readers_change_nothing(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    with pytest.raises(NotFound):
        evidence.add(ref, CENSUS, by=cast.esther, now=now)
    with pytest.raises(NotAllowed):
        evidence.add(ref, CENSUS, by=cast.ben, now=now)
