"""The self-check as people meet it: a deliberately poor assessment, explanations, and who may give them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Dimension, Part, ProposalKind, Stage
from ehiia.services import answering, selfchecking, submission
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.selfchecking import Finding, Gravity, SelfCheck
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, transaction
from ehiia.store.assessments import Assessment, Participant
from tests import factories
from tests.factories import current
from tests.people import Cast, gather

GROUPS = ("age", "disability", "race", "sex", "religion", "pregnancy")
NEUTRAL: dict[str, Any] = {
    "direction": "same",
    "confidence": "none",
    "reason": "Neutral. There is no impact on this group whatsoever that anybody would notice.",
}


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def checked(ref: str, now: datetime) -> SelfCheck:
    return selfchecking.self_check(current(ref), today=day_of(now))


def rules(found: SelfCheck) -> set[str]:
    return {one.rule for one in found.findings}


@pytest.fixture
def poor(inside: Flask, cast: Cast, now: datetime) -> str:
    """Amina writes what nobody should send: neutral six times, nobody asked, nothing done, no date."""
    ref = factories.screened(cast, now, kind=ProposalKind.CLOSURE, route=(), expected_go_live_on=None)
    for code in GROUPS:
        answering.save_page(
            ref,
            subject=code,
            answers={"affected": Given("yes")},
            impacts={dimension: GivenImpact(NEUTRAL) for dimension in list(Dimension)[:3]},
            by=cast.amina,
            now=now,
        )
    answering.save_page(
        ref, answers={"who_was_asked": Given("None"), "money": Given("saves")}, by=cast.amina, now=now
    )
    with transaction() as session:  # the form refuses it; an old assessment or another way in may not
        session.execute(update(Assessment).where(Assessment.ref == ref).values(director_id=cast.amina))
    return ref


def test_each_fault_of_a_deliberately_poor_assessment_is_named(poor: str, now: datetime) -> None:
    found = checked(poor, now)
    named = {one.rule: one.title for one in found.findings}
    assert named["QC-01"] == "One person writes and agrees"
    neutral = [one for one in found.findings if one.rule == "QC-10"]
    assert {one.place.subject for one in neutral} == set(GROUPS)
    assert named["QC-12"] == "All groups are rated the same"
    assert named["QC-20"] == "The same text for several groups"
    assert named["QC-51"] == "Nobody was heard"
    assert named["QC-37"] == "No mitigating action at all"
    assert named["QC-67"] == "No review date"
    assert named["QC-14"] == "Something goes, and nobody loses"
    assert named["MIS-10"] == "No evidence"
    assert all(one.put_right for one in found.findings)


def test_sound_work_of_the_factories_is_not_stopped(inside: Flask, cast: Cast, now: datetime) -> None:
    found = checked(factories.answered(cast, now, worse=True), now)
    assert found.of(Gravity.STOP) == ()
    assert found.unanswered == 0


def test_it_never_stands_in_the_way_of_sending_it_on(inside: Flask, cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    assert checked(ref, now).wanting
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert current(ref).stage is Stage.WITH_DIRECTOR


def test_what_completeness_asks_for_is_not_asked_twice(inside: Flask, cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    page = {"direction": "worse", "magnitude": "low", "confidence": "weak", "reason": "Fewer buses."}
    answering.save_page(
        ref,
        subject="age",
        answers={"affected": Given("yes", 1)},
        impacts={Dimension.ACCESS: GivenImpact(page)},
        by=cast.amina,
        now=now,
    )
    stops = [one for one in checked(ref, now).findings if one.place.subject == "age" and one.rule == "MIS-09"]
    assert len(stops) == 1
    assert "Age" in stops[0].text


# -- explaining ----------------------------------------------------------------------------------


@pytest.fixture
def ref(inside: Flask, cast: Cast, now: datetime) -> str:
    return factories.answered(cast, now)


def first(ref: str, now: datetime, rule: str = "QC-51") -> Finding:
    return next(one for one in checked(ref, now).findings if one.rule == rule)


@pytest.fixture
def unheard(ref: str, cast: Cast, now: datetime) -> str:
    answering.save_page(ref, answers={"who_was_asked": Given("Nobody.", 1)}, by=cast.amina, now=now)
    return first(ref, now).key


def explain(ref: str, key: str, by: int, now: datetime, text: str = "We looked.", revision: int = 0) -> None:
    selfchecking.explain(ref, key=key, text=text, revision=revision, by=by, now=now)


def test_amina_explains_a_finding_and_it_is_open_no_more(
    ref: str, unheard: str, cast: Cast, now: datetime
) -> None:
    before = len(checked(ref, now).wanting)
    explain(ref, unheard, cast.amina, now, "It renews a licence; the staff network saw it.")
    explain(ref, unheard, cast.amina, now, "It renews a licence; the staff network saw it.")  # sent twice
    found = checked(ref, now)
    assert len(found.wanting) == before - 1
    (said,) = found.explained
    assert said.explained is not None
    assert (said.explained.by, said.explained.revision) == ("Amina Hassan", 1)


def test_an_explanation_of_something_else_than_is_found_now_does_not_count(
    ref: str, cast: Cast, now: datetime
) -> None:
    answering.save_page(ref, answers={"carers": Given("None", 1)}, by=cast.amina, now=now)
    key = first(ref, now, "QC-21").key
    explain(ref, key, cast.amina, now)
    answering.save_page(ref, answers={"carers": Given("N/A", 2)}, by=cast.amina, now=now)
    again = first(ref, now, "QC-21")
    assert again.open
    assert again.explained is not None
    assert not again.explained.current


def test_two_who_explain_the_same_see_each_other(ref: str, unheard: str, cast: Cast, now: datetime) -> None:
    explain(ref, unheard, cast.amina, now, "First.")
    with pytest.raises(Invalid, match=r"meanwhile: “First\.”"):
        explain(ref, unheard, cast.amina, now, "Second.")
    explain(ref, unheard, cast.amina, now, "Second.", revision=1)
    assert [one.explained.text for one in checked(ref, now).explained if one.explained] == ["Second."]


def test_advice_and_what_is_not_found_cannot_be_explained(ref: str, cast: Cast, now: datetime) -> None:
    advice = checked(ref, now).advice[0]
    for key in (advice.key, "QC-01|people||", "nonsense", ""):
        with pytest.raises(NotFound):
            explain(ref, key, cast.amina, now)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001])
def test_an_explanation_needs_words(ref: str, unheard: str, cast: Cast, now: datetime, text: str) -> None:
    with pytest.raises(Invalid):
        explain(ref, unheard, cast.amina, now, text)


def test_only_those_who_write_explain_and_only_while_they_have_it(
    ref: str, unheard: str, cast: Cast, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        explain(ref, unheard, cast.ben, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    with pytest.raises((NotAllowed, Refused)):
        explain(ref, unheard, cast.amina, now)


def test_the_check_could_not_be_done_before_a_meeting_that_is_too_near(
    inside: Flask, cast: Cast, now: datetime
) -> None:
    soon = factories.screened(cast, now, route=factories.to_the_board(cast, day_of(now) + timedelta(days=6)))
    later = factories.screened(
        cast, now, title="Another one", route=factories.to_the_board(cast, date(2026, 12, 1))
    )
    assert "QC-64" in rules(checked(soon, now))
    assert "QC-64" not in rules(checked(later, now))


def test_a_director_who_writes_is_noticed_whatever_their_part(ref: str, cast: Cast, now: datetime) -> None:
    assert "QC-01" not in rules(checked(ref, now))
    with transaction() as session:
        session.add(
            Participant(
                assessment_id=current(ref).id,
                person_id=cast.daniel,
                part=Part.CONTRIBUTOR,
                added_by=cast.amina,
                added_at=now,
            )
        )
    assert "QC-01" in rules(checked(ref, now))
