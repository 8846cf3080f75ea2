"""Copying an assessment as a template: answers to be confirmed, and nothing that belongs to the other one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain import completeness
from ehiia.domain.vocabulary import Part, Stage
from ehiia.services import answering, assessments, copying, restriction, team
from ehiia.services.answered import answers_of, page_of, question_set_of
from ehiia.services.answering import Given
from ehiia.services.submission import readiness_of
from ehiia.services.transaction import NotAllowed, NotFound, read, transaction
from ehiia.store.answers import Answer, ImpactRow
from ehiia.store.assessments import Assessment
from ehiia.store.history import HistoryBody
from tests import factories
from tests.factories import current
from tests.people import Cast, gather

DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def copied(cast: Cast, ref: str, now: datetime, by: int | None = None) -> str:
    return copying.copy(
        ref,
        title="Moving another surgery",
        organisation_id=cast.organisation_id,
        by=by or cast.helen,
        now=now + DAY,
    ).ref


def waiting(ref: str) -> set[tuple[str, str]]:
    assessment = current(ref)
    missing = completeness.missing(question_set_of(assessment), answers_of(read(), assessment))
    read().rollback()
    return {(one.question_id, one.subject) for one in missing if one.rule == "MIS-23"}


def test_answers_come_over_and_each_counts_as_missing(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True)
    new = copied(cast, ref, now)
    assessment = current(new)
    assert (assessment.stage, assessment.title) == (Stage.SCREENING, "Moving another surgery")
    answers = answers_of(read(), assessment)
    assert answers.value("problem") == answers_of(read(), current(ref)).value("problem")
    assert ("problem", "") in answers.to_confirm
    assert ("access", "disability") in answers.to_confirm
    assert {("problem", ""), ("access", "disability")} <= waiting(new)
    assert readiness_of(current(new), today=now.date()).count >= len(waiting(new))
    assert waiting(ref) == set()


def test_people_dates_evidence_actions_and_the_conclusion_stay_behind(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now, worse=True)
    assessment = current(copied(cast, ref, now))
    answers = answers_of(read(), assessment)
    assert (answers.conclusion, answers.evidence, answers.mitigations, answers.go_live_on) == (
        None,
        (),
        (),
        None,
    )
    assert {impact.confidence for impact in answers.impacts} == {None}
    assert assessment.director_id is None
    assert assessments.route_of(assessment.id) == []
    assert [(one.person_id, one.part) for one in team.involved(assessment.id)] == [(cast.helen, Part.AUTHOR)]
    assert not any("202" in str(row.value) for row in _answers(assessment) if row.question.endswith("_on"))


def _answers(assessment: Assessment) -> list[Answer]:
    return list(read().scalars(select(Answer).where(Answer.assessment_id == assessment.id)))


def test_changing_or_confirming_makes_it_an_answer(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True)
    new = copied(cast, ref, now)
    before = current(new).missing_count
    read().rollback()
    revision = page_of(current(new)).revisions["problem"]
    read().rollback()
    answering.save_page(
        new, answers={"problem": Given("Quite another problem.", revision)}, by=cast.helen, now=now + DAY
    )
    assert ("problem", "") not in waiting(new)
    assert current(new).missing_count == before - 1
    read().rollback()
    section = next(one.id for one in question_set_of(current(new)).sections if "disability" in one.subjects)
    read().rollback()
    done = copying.confirm_page(new, section_id=section, subject="disability", by=cast.helen, now=now + DAY)
    assert done >= 4
    assert not {one for one in waiting(new) if one[1] == "disability"}
    assert not copying.confirm_page(
        new, section_id=section, subject="disability", by=cast.helen, now=now + DAY
    ), "sent twice"
    with pytest.raises(NotAllowed):
        copying.confirm_page(new, section_id="proposal", subject="", by=cast.ben, now=now + DAY)


def test_only_who_may_read_it_and_may_start_one_copies_it(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    with pytest.raises(NotFound):
        copying.copy(ref, title="Mine", organisation_id=cast.other_id, by=cast.esther, now=now)
    with pytest.raises(NotAllowed):
        copied(cast, ref, now, by=cast.dev)


def test_a_copy_of_what_is_restricted_is_restricted_and_names_nothing(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, title="Closing the ward in secret")
    restriction.restrict(ref, reason="Staff do not know yet.", until_on=None, by=cast.amina, now=now)
    with pytest.raises(NotFound):
        copied(cast, ref, now)
    new = copied(cast, ref, now, by=cast.amina)
    assert current(new).restricted
    told = read().scalars(select(HistoryBody.text)).all()
    assert not any("secret" in text and new in text for text in told)
    assert not any(ref in text and new in text for text in told)


def test_what_was_copied_is_not_carried_into_the_source(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True)
    copied(cast, ref, now)
    with transaction() as session:
        source = current(ref).id
        flagged = session.scalars(
            select(Answer).where(Answer.assessment_id == source, Answer.to_confirm.is_(True))
        ).all()
        rated = session.scalars(
            select(ImpactRow).where(ImpactRow.assessment_id == source, ImpactRow.to_confirm.is_(True))
        ).all()
    assert (flagged, rated) == ([], [])
