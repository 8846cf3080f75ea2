"""Who signs after the decision-maker, and who is not asked and why."""

from __future__ import annotations

from datetime import date

from ehiia.domain.signatories import Named, due_on, expected

CHAIR, LEAD, GONE, AMINA, CAROL = 1, 2, 3, 4, 5


def asked(*named: Named) -> tuple[list[int | None], list[str]]:
    found, left = expected(named, decided_by=CAROL, wrote={AMINA}, here={CHAIR, LEAD, AMINA, CAROL})
    return [one.person_id for one in found], [one.reason for one in left]


def test_those_named_sign_in_their_order() -> None:
    assert asked(Named("Executive lead", LEAD), Named("Chair", CHAIR)) == ([LEAD, CHAIR], [])


def test_the_decision_maker_signs_once_and_so_does_everybody() -> None:
    found, why = asked(Named("Chair", CAROL), Named("Chair", CHAIR), Named("Chair again", CHAIR))
    assert found == [CHAIR]
    assert why == ["they made the decision and sign as such", "they sign already"]


def test_nobody_is_waited_for_who_wrote_has_left_or_is_not_there() -> None:
    found, why = asked(Named("Lead", AMINA), Named("Chair", GONE), Named("Director", None))
    assert found == []
    assert why == [
        "they wrote or changed an answer",
        "they hold no post here any more",
        "nobody was accountable director",
    ]


def test_a_signature_is_expected_within_a_week() -> None:
    assert due_on(date(2026, 3, 2)) == date(2026, 3, 9)
