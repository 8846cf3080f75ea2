"""New versions of what is in force: answers carried over, earlier records untouched and visibly overtaken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.content import load
from ehiia.domain.vocabulary import Attested, Gate, LegalStatus, Outcome, ReviewOutcome, Stage
from ehiia.domain.workflow import Refused
from ehiia.services import (
    answering,
    checks,
    gates,
    recorded,
    sealing,
    submission,
    verifying,
    versions,
)
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import Invalid, NotAllowed, read, transaction
from ehiia.store.assessments import Assessment, AssessmentGroup, AssessmentVersion
from ehiia.store.decisions import RecordRow
from ehiia.store.duties import Notice
from tests import factories, lookback
from tests.factories import HOUR, current
from tests.people import Cast, gather

DAY = timedelta(days=1)
WHY = "A second site was added."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def version_row(ref: str, number: int) -> AssessmentVersion:
    row = read().get(AssessmentVersion, (current(ref).id, number))
    assert row is not None
    read().rollback()
    return row


def edit(ref: str, by: int, now: datetime, words: str) -> None:
    revision = page_of(current(ref)).revisions.get("problem", 0)
    read().rollback()
    answering.save_page(ref, answers={"problem": Given(words, revision)}, by=by, now=now)


def decide_again(cast: Cast, ref: str, now: datetime) -> RecordRow:
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    return factories.decide_alone(cast, ref, now + HOUR)


def kept(record: RecordRow) -> recorded.KeptRecord:
    read().rollback()
    return recorded.find_record(ref=record.ref)


def test_amina_begins_a_new_version_with_every_answer_carried_over(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now, worse=True)
    before = page_of(current(ref)).values
    read().rollback()
    assert versions.begin_new(ref, reason=WHY, by=cast.amina, now=now + DAY) == 2
    assessment = current(ref)
    assert (assessment.version_no, assessment.stage) == (2, Stage.WRITING)
    assert page_of(assessment).values == before
    assert assessment.missing_count == 0
    row = version_row(ref, 2)
    assert (row.reason, row.begun_by, row.question_set_version) == (
        WHY,
        cast.amina,
        load.question_set("assessment").version,
    )
    told = set(read().scalars(select(Notice.person_id).where(Notice.message == "version_begun")))
    assert told == {cast.daniel}
    assert kept(record).newer_version == 2


def test_who_may_begin_one_and_when(cast: Cast, now: datetime) -> None:
    early = factories.screened(cast, now)
    with pytest.raises(Refused):
        versions.begin_new(early, reason=WHY, by=cast.amina, now=now)
    ref, _ = factories.decided(cast, now)
    for by in (cast.helen, cast.carol, cast.dev):
        with pytest.raises(NotAllowed):
            versions.begin_new(ref, reason=WHY, by=by, now=now + DAY)
    for reason in ("", "x" * 2001):
        with pytest.raises(Invalid) as refused:
            versions.begin_new(ref, reason=reason, by=cast.ben, now=now + DAY)
        assert "reason" in refused.value.errors
    assert versions.begin_new(ref, reason=WHY, by=cast.ben, now=now + DAY) == 2
    with pytest.raises(Refused):  # as when the form is sent twice
        versions.begin_new(ref, reason=WHY, by=cast.ben, now=now + DAY)


def test_a_new_version_asks_todays_questions_and_a_deferred_one_those_it_began_with(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = load.question_set
    today = asked("assessment")

    def next_year(set_id: str, version: int | None = None) -> Any:
        if set_id != "assessment":
            return asked(set_id, version)
        return replace_version(today, version or today.version + 1)

    ref, _ = factories.decided(cast, now)
    other, _ = factories.decided(cast, now, Outcome.DEFERRED)
    monkeypatch.setattr(load, "question_set", next_year)
    versions.begin_new(ref, reason=WHY, by=cast.amina, now=now + DAY)
    assert current(ref).question_set_version == today.version + 1
    assert version_row(ref, 1).question_set_version == today.version
    assert current(other).question_set_version == today.version
    assert current(other).version_no == 2


def replace_version(questions: Any, version: int) -> Any:
    from dataclasses import replace

    return replace(questions, version=version, replaces=version - 1)


def test_groups_take_todays_words(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now)
    with transaction() as session:
        row = session.get(AssessmentGroup, (current(ref).id, "disability"))
        assert row is not None
        row.label, row.legal_status = "What it was called in 1995", LegalStatus.POLICY
    versions.begin_new(ref, reason=WHY, by=cast.amina, now=now + DAY)
    row = read().get(AssessmentGroup, (current(ref).id, "disability"))
    assert row is not None
    assert (row.label, row.legal_status) == ("Disability", LegalStatus.PROTECTED)


def test_the_first_record_is_untouched_and_verifies_when_the_second_is_made(
    cast: Cast, now: datetime
) -> None:
    ref, first = factories.decided(cast, now)
    assert sealing.seal_at_once(first.id, now=now + 5 * HOUR)
    pdf = sealing.signed_files().get(kept(first).files[-1].storage_key)
    assert verifying.check_file(pdf).current

    versions.begin_new(ref, reason=WHY, by=cast.amina, now=now + DAY)
    found = verifying.check_file(pdf)
    assert (found.good, found.current) == (True, True)
    assert any("version 2) is being written" in one for one in verifying.sentences(found, now=now))

    edit(ref, cast.amina, now + DAY, "There are two sites now.")
    second = decide_again(cast, ref, now + 2 * DAY)
    old, new = kept(first), kept(second)
    assert (old.superseded_by, old.newer_version) == (second.ref, 0)
    assert (new.record.supersedes, new.record.snapshot.version) == (first.ref, 2)
    assert old.record.digest() == first.sha256
    found = verifying.check_file(pdf)
    assert (found.good, found.current) == (True, False)
    assert "Superseded. A newer record has taken its place." in verifying.sentences(found, now=now)
    # nobody's name under the first version stands under the second
    assert [one.at for one in new.record.attestations if one.what == Attested.DECLARED.label] == [
        now + 2 * DAY
    ]
    compared = gates.compared(current(ref), "1-for_decision-1", "2-for_decision-1", now=now + 3 * DAY)
    changed = [one.item for one in compared.lines if one.before != one.after]
    assert changed == ["route", "problem"]  # when the bodies meet again was said anew


def test_a_review_that_asks_for_an_update_begins_one(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now)
    lookback.carry_out(ref, ReviewOutcome.UPDATE, happened="Fewer came.", by=cast.amina, now=now + DAY)
    assert (current(ref).version_no, kept(record).newer_version) == (2, 2)
    assert str(gates.of_assessment(current(ref).id)[0].key) == f"1-{Gate.REVIEWED.value}-1"


def test_a_newer_version_of_what_is_restricted_is_not_told_to_strangers(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now)
    sealing.seal_at_once(record.id, now=now + 5 * HOUR)
    pdf = sealing.signed_files().get(kept(record).files[-1].storage_key)
    versions.begin_new(ref, reason=WHY, by=cast.amina, now=now + DAY)
    with transaction() as session:
        session.scalars(select(Assessment).where(Assessment.ref == ref)).one().restricted = True
    assert not any(
        "is being written" in one for one in verifying.sentences(verifying.check_file(pdf), now=now)
    )
