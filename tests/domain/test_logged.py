"""Decision logs: how each decision comes out, by reference, by words, and by the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.logged import (
    Column,
    Decision,
    Fate,
    Finder,
    Found,
    Known,
    Version,
    by_hand,
    guess,
    in_time,
    terms,
    version_at,
)

FIRST, SECOND = date(2026, 3, 2), date(2026, 9, 1)
MARCH, APRIL, MAY = date(2026, 3, 20), date(2026, 4, 20), date(2026, 5, 20)
SURGERY = Known(
    1,
    "EHIIA-2026-001",
    "Moving the Harbour Road surgery",
    (Version(FIRST, (MARCH,), (APRIL,)), Version(SECOND)),
    ("Integrated Care Board",),
    (APRIL,),
)
HEARING = Known(2, "EHIIA-2026-002", "Hearing aids for adults in prison", (Version(FIRST),))
CLINIC = Known(
    3,
    "EHIIA-EARLIER-2026-001",
    "Moving the clinic in the station",
    (Version(SECOND, decided_on=(MARCH,), elsewhere=True),),
    old_ref="EIA 07",
)
FINDER = Finder((SURGERY, HEARING, CLINIC))
DECISION = Decision("The Harbour Road surgery moves", APRIL)


def rules(found: Found) -> list[str]:
    return [reason.rule for reason in found.reasons]


def find(**changes: Any) -> Found:
    return FINDER.find(replace(DECISION, **changes))


@pytest.mark.rule("LOG-09", fires=True)
def test_what_was_assessed_before_is_found_by_its_old_reference_and_not_said_to_be_late() -> None:
    for said in ("EIA 07", "eia 07", "EHIIA-EARLIER-2026-001"):
        found = find(assessment=said, decided_on=MARCH)
        assert (found.fate, found.known, rules(found)) == (Fate.EARLIER, CLINIC, ["LOG-03", "LOG-09"])
    assert "by its old reference EIA 07" in find(assessment="EIA 07").reasons[0].text
    assert by_hand(replace(DECISION, decided_on=MAY), CLINIC).fate is Fate.EARLIER


@pytest.mark.rule("LOG-09", fires=False)
@pytest.mark.rule("LOG-03", fires=True)
@pytest.mark.rule("LOG-06", fires=True)
@pytest.mark.rule("LOG-02", fires=False)
@pytest.mark.parametrize(
    "said", ["EHIIA-2026-001", "ehiia-2026-001", "see EHIIA-2026-001.", "(X-1; EHIIA-2026-001)"]
)
def test_a_reference_in_the_log_is_matched_exactly(said: str) -> None:
    found = find(assessment=said, title="Something else")
    assert (found.fate, found.known, rules(found)) == (Fate.MATCHED, SURGERY, ["LOG-03", "LOG-06"])
    assert "finished on Friday 20 March 2026" in found.reasons[1].text


@pytest.mark.rule("LOG-01", fires=True)
@pytest.mark.rule("LOG-03", fires=False)
@pytest.mark.rule("LOG-04", fires=False)
def test_a_decision_of_which_nothing_is_found_says_the_same_whatever_it_named() -> None:
    nothing = find(title="Buying new beds", assessment="EHIIA-2026-0011")
    assert (nothing.fate, rules(nothing)) == (Fate.NONE, ["LOG-01"])
    assert "“EHIIA-2026-0011”, which was not found among what you may see" in nothing.reasons[0].text
    assert rules(find(title="Buying new beds")) == ["LOG-01"]


@pytest.mark.rule("LOG-04", fires=True)
@pytest.mark.rule("LOG-01", fires=False)
@pytest.mark.rule("LOG-05", fires=False)
def test_words_of_the_title_with_the_day_or_the_body_give_candidates_for_a_person() -> None:
    found = find(body="the Board")
    assert (found.fate, rules(found), found.known) == (Fate.UNSURE, ["LOG-04"], None)
    assert [one.known for one in found.candidates] == [SURGERY]
    why = "3 of 4 words of the title; the same day; the same body, Integrated Care Board"
    assert found.candidates[0].why == why
    near = find(
        title="Road surgery: a new lease for the pharmacy and the dentist", decided_on=date(2026, 4, 23)
    )
    assert near.candidates[0].why == "2 of 4 words of the title; a meeting on Monday 20 April 2026"
    far = find(title="Road surgery: a new lease for the pharmacy and the dentist", decided_on=MAY)
    assert far.fate is Fate.NONE


def test_at_most_three_candidates_are_shown_the_likeliest_first() -> None:
    many = [
        replace(SURGERY, id=n, ref=f"EHIIA-2026-{n:03d}", meetings=(), versions=(Version(FIRST),))
        for n in range(9)
    ]
    likeliest = replace(many[7], meetings=(APRIL,))
    found = Finder([*many[:7], likeliest, many[8]]).find(DECISION)
    assert [one.known.id for one in found.candidates] == [7, 0, 1]


@pytest.mark.rule("LOG-05", fires=True)
def test_a_reason_in_the_log_explains_a_decision_unless_its_assessment_is_named() -> None:
    found = find(reason="Staff rota only")
    assert (found.fate, rules(found)) == (Fate.EXPLAINED, ["LOG-05"])
    assert "Staff rota only" in found.reasons[0].text
    assert find(reason="Staff rota only", assessment=SURGERY.ref).fate is Fate.MATCHED


@pytest.mark.rule("LOG-02", fires=True)
@pytest.mark.rule("LOG-06", fires=False)
@pytest.mark.parametrize(
    ("known", "on", "said"),
    [
        (SURGERY, date(2026, 3, 19), "It was finished on Friday 20 March 2026, after the decision."),
        (SURGERY, date(2026, 3, 1), "It was begun on Monday 2 March 2026, after the decision."),
        (HEARING, APRIL, "It was begun on Monday 2 March 2026 and is not finished."),
        (SURGERY, SECOND, "It was begun on Tuesday 1 September 2026 and is not finished."),
    ],
)
def test_what_was_not_finished_by_the_day_of_the_decision_is_late(known: Known, on: date, said: str) -> None:
    fate, reason = in_time(known, on)
    assert (fate, reason.rule, reason.text) == (Fate.LATE, "LOG-02", said)


def test_the_day_itself_is_in_time_and_a_second_finish_after_a_deferral_does_not_make_it_late() -> None:
    assert in_time(SURGERY, MARCH)[0] is Fate.MATCHED
    twice = replace(SURGERY, versions=(Version(FIRST, (MARCH, MAY), (APRIL, MAY)),))
    assert in_time(twice, APRIL)[0] is Fate.MATCHED


def test_a_decision_is_about_the_version_that_was_decided_on_its_day_or_begun_by_then() -> None:
    assert version_at(SURGERY, APRIL) is SURGERY.versions[0]
    assert version_at(SURGERY, SECOND) is SURGERY.versions[1]
    assert version_at(SURGERY, date(2020, 1, 1)) is SURGERY.versions[0]


@pytest.mark.rule("LOG-07", fires=True)
def test_what_somebody_confirmed_is_dated_too() -> None:
    found = by_hand(DECISION, SURGERY)
    assert (found.fate, rules(found)) == (Fate.MATCHED, ["LOG-07", "LOG-06"])
    assert rules(by_hand(DECISION, HEARING)) == ["LOG-07", "LOG-02"]


@pytest.mark.rule("LOG-07", fires=False)
def test_somebody_may_say_that_there_is_none() -> None:
    found = by_hand(DECISION, None)
    assert (found.fate, rules(found)) == (Fate.NONE, ["LOG-01"])
    assert by_hand(replace(DECISION, reason="Rota"), None).fate is Fate.EXPLAINED


def test_words_that_stand_everywhere_tell_nothing_apart() -> None:
    assert terms("Proposal to review the Services of the NHS") == frozenset()
    assert terms("Surgeries, surgery; Roads") == {"surgery", "road"}
    assert Finder([SURGERY]).find(Decision("Review of services", APRIL)).fate is Fate.NONE


@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_a_log_says_each_decision_comes_out_once(
    title: str, body: str, ref: str, reason: str
) -> None:
    found = FINDER.find(Decision(title, APRIL, ref, body, ref, reason))
    assert found == FINDER.find(Decision(title, APRIL, ref, body, ref, reason))
    assert found.reasons
    assert (found.known is not None) == (found.fate in (Fate.MATCHED, Fate.LATE))
    assert bool(found.candidates) == (found.fate is Fate.UNSURE)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ["Ref", "Decision", "Date of decision", "Committee", "EHIIA reference", "Screened out: reason"],
            ["reference", "title", "decided_on", "body", "assessment", "reason"],
        ),
        (
            ["Decision no", "Title", "Meeting date", "Decision maker"],
            ["reference", "title", "decided_on", "body"],
        ),
        (["Subject", "Decided by", "Date"], ["title", "body", "decided_on"]),
        (["EqIA", "Reason for decision", "Decision taken"], ["assessment", "", "title"]),
    ],
)
def test_columns_are_guessed_by_their_headings(header: list[str], expected: list[str]) -> None:
    found = {at: column for column, at in guess(header).items()}
    assert [found.get(at, "") for at in range(len(header))] == [name and Column(name) for name in expected]
