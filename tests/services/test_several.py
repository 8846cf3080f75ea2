"""One reasoned "No" for several groups: saved for each, naming all, and never over somebody's answer."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Stage
from ehiia.services import answering, history, several
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import Invalid, NotAllowed, read
from ehiia.store.assessments import Assessment
from tests import factories, people, writing
from tests.people import Cast

WHY = "Doors, hours and forms stay as they are; the count of last year showed no difference."
"""A reason."""


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def assessment_of(ref: str) -> Assessment:
    query = select(Assessment).where(Assessment.ref == ref)
    return read().scalars(query.execution_options(populate_existing=True)).one()


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    return writing.writing(cast, now)


def stored(ref: str, code: str) -> dict[str, object]:
    return dict(page_of(assessment_of(ref), code).values)


def test_one_reason_is_saved_for_each_and_names_them_all(ref: str, cast: Cast, now: datetime) -> None:
    asked = assessment_of(ref).missing_count
    said = several.say_no(ref, ["marriage", "religion", "age"], WHY, by=cast.amina, now=now)
    assert said.groups == ("Age", "Marriage and civil partnership", "Religion or belief")
    for code in ("age", "marriage", "religion"):
        answers = stored(ref, code)
        assert answers["affected"] == "no"
        told = str(answers["not_affected_reason"])
        assert told.startswith(WHY)
        assert all(label in told for label in said.groups)
    assert stored(ref, "race").get("affected") is None
    assert assessment_of(ref).missing_count == asked - 3


def test_one_group_alone_gets_the_reason_as_it_was_written(ref: str, cast: Cast, now: datetime) -> None:
    several.say_no(ref, ["religion"], f"  {WHY} ", by=cast.amina, now=now)
    assert stored(ref, "religion")["not_affected_reason"] == WHY


def test_the_history_has_one_line_for_it(ref: str, cast: Cast, now: datetime) -> None:
    several.say_no(ref, ["marriage", "religion"], WHY, by=cast.amina, now=now)
    newest = history.of_subject(f"assessment:{assessment_of(ref).id}").entries[0]
    assert "said “No” for 2 groups, with one reason" in newest.sentence


def test_what_somebody_answered_meanwhile_stands(ref: str, cast: Cast, now: datetime) -> None:
    answering.save_page(ref, subject="age", answers={"affected": Given("yes")}, by=cast.amina, now=now)
    said = several.say_no(ref, ["age", "religion"], WHY, by=cast.amina, now=now)
    assert said.groups == ("Religion or belief",)
    assert said.answered_meanwhile == ("Age",)
    assert stored(ref, "age")["affected"] == "yes"


def test_sending_it_twice_changes_nothing_more(ref: str, cast: Cast, now: datetime) -> None:
    several.say_no(ref, ["age", "religion"], WHY, by=cast.amina, now=now)
    first = page_of(assessment_of(ref), "age").revisions
    again = several.say_no(ref, ["age", "religion"], WHY, by=cast.amina, now=now)
    assert again.groups == ()
    assert again.saved.changed == 0
    assert page_of(assessment_of(ref), "age").revisions == first


@pytest.mark.parametrize(
    ("codes", "reason", "field"),
    [
        ([], WHY, "groups"),
        (["age"], "  ", "reason"),
        (["age"], "x" * 1001, "reason"),
        (["homeless"], WHY, "groups"),
    ],
)
def test_groups_and_a_reason_are_needed(
    ref: str, cast: Cast, now: datetime, codes: list[str], reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        several.say_no(ref, codes, reason, by=cast.amina, now=now)
    assert field in refused.value.errors
    assert stored(ref, "age") == {}


def test_who_may_not_write_may_not_say_no(ref: str, cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        several.say_no(ref, ["age"], WHY, by=cast.dev, now=now)


def test_where_everything_is_answered_nothing_is_left_to_say_no_to(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    assert several.unanswered(assessment_of(ref)) == ()
    said = several.say_no(ref, ["age"], WHY, by=cast.amina, now=now)
    assert said.answered_meanwhile == ("Age",)
    assert assessment_of(ref).stage is Stage.READY
