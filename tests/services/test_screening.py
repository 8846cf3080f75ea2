"""Screening: what it leads to, who confirms it, and what stays of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Attested, Part, ProposalKind, ScreeningResult, Stage
from ehiia.services import answering, assessments, restriction, screening, team
from ehiia.services.answering import Given
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment, Move
from ehiia.store.decisions import AttestationRow
from ehiia.store.duties import Notice
from ehiia.store.history import History
from tests import people, writing
from tests.people import Cast


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def found(ref: str) -> Assessment:
    return (
        read()
        .scalars(select(Assessment).where(Assessment.ref == ref).execution_options(populate_existing=True))
        .one()
    )


def attested(ref: str) -> list[tuple[int, Attested]]:
    query = select(AttestationRow.person_id, AttestationRow.what).order_by(AttestationRow.id)
    return list(read().execute(query.where(AttestationRow.assessment_id == found(ref).id)).all())


def rows_of_history() -> int:
    return len(read().scalars(select(History.seq)).all())


def test_dont_know_counts_as_yes_and_leads_to_a_full_assessment(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now, adds_up="unknown")
    result = screening.finish(ref, by=cast.amina, now=now)
    assert result.result is ScreeningResult.FULL
    assert found(ref).stage is Stage.WRITING
    assert found(ref).screening_result is ScreeningResult.FULL
    assert attested(ref) == [(cast.amina, Attested.DECLARED)]


def test_the_reasons_that_fired_are_kept_with_the_move(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now, kind=ProposalKind.CLOSURE)
    writing.answer_screening(ref, cast, now)
    screening.finish(ref, by=cast.amina, now=now)
    move = read().scalars(select(Move).where(Move.move == "begin_full")).one()
    assert move.reason == "Closing or moving a service is assessed in full by default."


def test_unanswered_questions_are_named_and_nothing_moves(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    screening.save(ref, {"worse_off": Given("no")}, by=cast.amina, now=now)
    with pytest.raises(Invalid) as refused:
        screening.finish(ref, by=cast.amina, now=now)
    assert "Who will notice a difference?" in refused.value.errors["unanswered"]
    assert found(ref).stage is Stage.SCREENING


def test_an_existing_assessment_that_covers_everybody_will_do_if_an_equality_lead_agrees(
    cast: Cast, now: datetime
) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(
        ref, cast, now, existing="yes", existing_reference=" EHIIA-2025-003 ", existing_covers="yes"
    )
    assert screening.finish(ref, by=cast.amina, now=now).result is ScreeningResult.USE_EXISTING
    assert (found(ref).stage, found(ref).existing_ref) == (Stage.NOT_NEEDED_TO_CONFIRM, "EHIIA-2025-003")


def test_not_relevant_is_countersigned_by_an_equality_lead(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now)
    screening.finish(ref, by=cast.amina, now=now)
    before = rows_of_history()
    screening.countersign(ref, by=cast.ben, now=now)
    assert found(ref).stage is Stage.NOT_NEEDED
    assert attested(ref)[-1] == (cast.ben, Attested.COUNTERSIGNED)
    assert rows_of_history() == before + 1


def test_an_equality_lead_may_ask_for_a_full_assessment_with_a_reason(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now)
    screening.finish(ref, by=cast.amina, now=now)
    with pytest.raises(Invalid) as refused:
        screening.refuse(ref, "  ", by=cast.ben, now=now)
    assert "reason" in refused.value.errors
    before = rows_of_history()
    screening.refuse(ref, "The people who use it were not asked.", by=cast.ben, now=now)
    assert (found(ref).stage, found(ref).screening_result) == (Stage.WRITING, ScreeningResult.FULL)
    assert screening.why_refused(found(ref)) == "The people who use it were not asked."
    assert rows_of_history() == before + 1


@pytest.mark.parametrize("who", ["amina", "carol", "dev", "farah", "daniel"])
def test_nobody_but_an_equality_lead_countersigns(cast: Cast, now: datetime, who: str) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now)
    screening.finish(ref, by=cast.amina, now=now)
    with pytest.raises(NotAllowed):
        screening.countersign(ref, by=cast.ids[who], now=now)
    with pytest.raises(NotAllowed):
        screening.refuse(ref, "No.", by=cast.ids[who], now=now)
    assert found(ref).stage is Stage.NOT_NEEDED_TO_CONFIRM


def test_an_equality_lead_who_wrote_it_may_not_countersign_it(cast: Cast, now: datetime) -> None:
    """Ben starts it himself: somebody else has to confirm that nothing is needed."""
    details = writing.details(cast, now)
    ref = assessments.start(details, organisation_id=cast.organisation_id, by=cast.ben, now=now).ref
    screening.save(ref, {k: Given(v) for k, v in writing.ALL_NO.items()}, by=cast.ben, now=now)
    screening.finish(ref, by=cast.ben, now=now)
    with pytest.raises(NotAllowed, match="somebody else"):
        screening.countersign(ref, by=cast.ben, now=now)
    screening.countersign(ref, by=cast.ivan, now=now)
    assert found(ref).stage is Stage.NOT_NEEDED


def test_another_organisation_does_not_know_of_it(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    with pytest.raises(NotFound):
        screening.save(ref, {"worse_off": Given("no")}, by=cast.esther, now=now)
    with pytest.raises(NotFound):
        screening.finish(ref, by=cast.esther, now=now)
    with pytest.raises(NotFound):
        screening.countersign(ref, by=cast.esther, now=now)


def test_only_the_author_takes_the_result_and_only_once(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now, worse_off="yes")
    with pytest.raises(NotAllowed):
        screening.finish(ref, by=cast.ben, now=now)
    screening.finish(ref, by=cast.amina, now=now)
    with pytest.raises(Refused):
        screening.finish(ref, by=cast.amina, now=now)


def test_the_answers_stand_once_the_screening_is_finished(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    with pytest.raises(Refused):
        screening.save(ref, {"worse_off": Given("no", revision=1)}, by=cast.amina, now=now)
    assert screening.values_of(found(ref))["worse_off"] == "yes"


def test_the_answers_of_the_screening_are_kept_apart_from_those_of_the_assessment(
    cast: Cast, now: datetime
) -> None:
    ref = writing.writing(cast, now)
    answering.save_page(ref, answers={"problem": Given("Long waits.")}, by=cast.amina, now=now)
    subjects = read().scalars(select(Answer.subject).where(Answer.question == "problem")).all()
    assert subjects == [""]
    assert "problem" not in screening.values_of(found(ref))


def told() -> list[tuple[str, int]]:
    rows = read().execute(select(Notice.message, Notice.person_id).order_by(Notice.person_id))
    return [(row.message, row.person_id) for row in rows]


def test_equality_leads_are_told_that_something_waits_and_the_author_what_they_said(
    cast: Cast, now: datetime
) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now)
    screening.finish(ref, by=cast.amina, now=now)
    waiting = "waiting_for_countersignature"
    assert told() == sorted([(waiting, cast.ben), (waiting, cast.ivan)], key=lambda one: one[1])
    screening.refuse(ref, "Ask the people who use it.", by=cast.ben, now=now)
    assert ("countersignature_refused", cast.amina) in told()


def test_of_a_restricted_assessment_only_those_who_take_part_are_told(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now)
    restriction.restrict(ref, reason="Staff are not told yet.", until_on=None, by=cast.amina, now=now)
    team.invite(ref, person_id=cast.ivan, part=Part.READER, by=cast.amina, now=now)
    screening.finish(ref, by=cast.amina, now=now)
    assert [one for one in told() if one[0].startswith("waiting")] == [
        ("waiting_for_countersignature", cast.ivan)
    ]
