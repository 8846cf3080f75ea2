"""The short form: begun by the screening, grown by rule or by choice, never shrunk over answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import Dimension, ProposalKind, ScreeningResult, Stage
from ehiia.services import answering, depth, history, screening
from ehiia.services.answered import page_of
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.transaction import NotAllowed, NotFound, Refused, read
from tests import people, writing
from tests.factories import complete_assessment, current
from tests.people import Cast

SMALL: dict[str, Any] = writing.WORSE | {"magnitude": "low", "likelihood_before": 1, "severity_before": 2}


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def short(cast: Cast, now: datetime) -> str:
    """Amina's screening finds low impacts only."""
    ref = writing.started(cast, now, kind=ProposalKind.POLICY)
    writing.answer_screening(ref, cast, now, felt_differently="yes")
    assert screening.finish(ref, by=cast.amina, now=now).result is ScreeningResult.SHORT
    return ref


def test_low_impacts_begin_the_short_form(cast: Cast, now: datetime) -> None:
    ref = short(cast, now)
    found = current(ref)
    assert (found.stage, found.depth, found.screening_result) == (Stage.WRITING, "short", "short")
    assert 0 < found.asked_count < 60


def test_a_low_impact_stays_short_and_a_larger_one_makes_it_grow_without_retyping(
    cast: Cast, now: datetime
) -> None:
    ref = short(cast, now)
    answering.save_page(ref, answers={"problem": Given("Long waits.")}, by=cast.amina, now=now)
    writing.affected(ref, cast, now, access=SMALL)
    assert current(ref).depth == "short"
    asked = current(ref).asked_count
    writing.affected(ref, cast, now, group="age", access=writing.WORSE)
    found = current(ref)
    assert found.depth == "extended"
    assert found.asked_count > asked + 10
    assert found.depth_reason == "Age, access: “worse”, more than low. (GRO-01)"
    assert page_of(found).values["problem"] == "Long waits."


def test_the_save_says_that_it_grew(cast: Cast, now: datetime) -> None:
    ref = short(cast, now)
    saved = answering.save_page(
        ref,
        subject="sex",
        answers={"affected": Given("yes")},
        impacts={Dimension.ACCESS: GivenImpact({"direction": "unknown"})},
        by=cast.amina,
        now=now,
    )
    assert saved.grew == ("Sex, access: the effect is not known, so it may be more than low.",)
    again = answering.save_page(ref, answers={"problem": Given("Long waits.")}, by=cast.amina, now=now)
    assert again.grew == ()
    entries = history.of_subject(f"assessment:{current(ref).id}").entries
    assert [one for one in entries if "went on to the extended form" in one.sentence]


@pytest.mark.rule("GRO-04", fires=True)
@pytest.mark.rule("GRO-04", fires=False)
def test_amina_chooses_the_extended_form_and_may_go_back_while_nothing_of_it_is_answered(
    cast: Cast, now: datetime
) -> None:
    ref = short(cast, now)
    assert depth.choose(ref, Depth.EXTENDED, by=cast.amina, now=now)
    assert not depth.choose(ref, Depth.EXTENDED, by=cast.amina, now=now)
    assert current(ref).depth_reason == "The author chose the extended form. (GRO-04)"
    assert depth.choose(ref, Depth.SHORT, by=cast.amina, now=now)
    assert (current(ref).depth, current(ref).depth_reason) == ("short", "")
    depth.choose(ref, Depth.EXTENDED, by=cast.amina, now=now)
    answering.save_page(ref, answers={"still_open": Given("The hours.")}, by=cast.amina, now=now)
    with pytest.raises(Refused, match="nothing is thrown away"):
        depth.choose(ref, Depth.SHORT, by=cast.amina, now=now)


def test_what_grew_by_rule_never_shrinks(cast: Cast, now: datetime) -> None:
    ref = short(cast, now)
    writing.affected(ref, cast, now, access=writing.WORSE)
    with pytest.raises(Refused, match="more than low"):
        depth.choose(ref, Depth.SHORT, by=cast.amina, now=now)
    assert current(ref).depth == "extended"


def test_a_full_screening_never_leads_to_the_short_form(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    assert current(ref).depth == "extended"
    with pytest.raises(Refused, match="screening"):
        depth.choose(ref, Depth.SHORT, by=cast.amina, now=now)


def test_only_those_who_write_choose(cast: Cast, now: datetime) -> None:
    ref = short(cast, now)
    with pytest.raises(NotAllowed):
        depth.choose(ref, Depth.EXTENDED, by=cast.ben, now=now)
    with pytest.raises(NotFound):
        depth.choose(ref, Depth.EXTENDED, by=cast.esther, now=now)
    assert current(ref).depth == "short"


def test_the_short_form_is_complete_when_all_it_asks_is_answered(cast: Cast, now: datetime) -> None:
    ref = short(cast, now)
    complete_assessment(cast, ref, now)
    found = current(ref)
    assert (found.depth, found.missing_count, found.answered_count) == ("short", 0, found.asked_count)
    read().rollback()
