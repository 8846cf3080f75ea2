"""Umbrellas, what is under them, and assessments kept elsewhere."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import Flask

from ehiia.clock import day_of
from ehiia.domain.rollup import HowFar
from ehiia.services import freezing, links, people, restriction
from ehiia.services.links import Family
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read
from tests import factories
from tests.factories import current
from tests.people import Cast, gather


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def seen(ref: str, by: int, now: datetime) -> Family:
    family = links.family_of(current(ref), actor=people.actor_of(by, today=day_of(now)))
    read().rollback()
    return family


def test_an_umbrella_lists_what_is_under_it_with_stage_date_and_how_far(cast: Cast, now: datetime) -> None:
    umbrella, first = factories.started(cast, now, title="The strategy"), factories.started(cast, now)
    second, _ = factories.decided(cast, now)
    for child in (first, second, second):  # twice is once
        links.put_under(child, umbrella.lower(), by=cast.amina, now=now)
    family = seen(umbrella, cast.ben, now)
    assert [(one.ref, one.far) for one in family.under] == [
        (first, HowFar.NEEDED),
        (second, HowFar.COMPLETE),
    ]
    assert family.under[0].due_on == date(2026, 4, 20)
    assert family.far is HowFar.IN_PROGRESS
    above = seen(first, cast.ben, now).umbrella
    assert above is not None
    assert above.title == "The strategy"
    links.put_under(first, "", by=cast.amina, now=now)
    assert seen(first, cast.ben, now).umbrella is None


def test_nobody_learns_of_what_they_may_not_know(cast: Cast, now: datetime) -> None:
    umbrella, child = factories.started(cast, now), factories.started(cast, now, title="A secret closure")
    links.put_under(child, umbrella, by=cast.amina, now=now)
    restriction.restrict(child, reason="Staff do not know yet.", until_on=None, by=cast.amina, now=now)
    assert seen(umbrella, cast.helen, now) == Family(None, (), None)
    (known,) = seen(umbrella, cast.ben, now).under  # an equality lead knows the reference only
    assert (known.ref, known.title, known.stage) == (child, "", None)
    assert [one.title for one in seen(umbrella, cast.amina, now).under] == ["A secret closure"]
    other = factories.started(cast, now)
    with pytest.raises(NotAllowed):
        links.put_under(other, umbrella, by=cast.helen, now=now)
    with pytest.raises(NotFound):
        links.put_under(child, umbrella, by=cast.helen, now=now)


def test_there_are_no_circles(cast: Cast, now: datetime) -> None:
    one, two, three = (factories.started(cast, now) for _ in range(3))
    links.put_under(two, one, by=cast.amina, now=now)
    links.put_under(three, two, by=cast.amina, now=now)
    for child, umbrella in ((one, one), (one, two), (one, three)):
        with pytest.raises(Invalid) as refused:
            links.put_under(child, umbrella, by=cast.amina, now=now)
        assert "circle" in refused.value.errors["umbrella"]
    with pytest.raises(Invalid) as refused:
        links.put_under(one, "EHIIA-1999-001", by=cast.amina, now=now)
    assert "no assessment" in refused.value.errors["umbrella"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "javascript:alert(1)",
        "ftp://example.org",
        "https://",
        "https://a b",
        "https://me:pw@example.org",
    ],
)
def test_an_address_elsewhere_is_a_whole_one_without_a_password(
    cast: Cast, now: datetime, address: str
) -> None:
    ref = factories.started(cast, now)
    with pytest.raises(Invalid) as refused:
        links.add_elsewhere(ref, kind="quality", label="QIA", address=address, by=cast.amina, now=now)
    assert set(refused.value.errors) == {"address"}


def test_what_is_kept_elsewhere_is_frozen_and_can_be_taken_out(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    for _ in range(2):  # sent twice
        links.add_elsewhere(
            ref, kind="quality", label="QIA 12", address="https://example.org/12", by=cast.amina, now=now
        )
    frozen = freezing.snapshot_of(read(), current(ref), now=now).elsewhere
    assert [(one.kind, one.label) for one in frozen] == [("Quality impact assessment", "QIA 12")]
    ((link_id, _),) = links.rows_of(current(ref).id)
    read().rollback()
    other = factories.started(cast, now)
    with pytest.raises(NotFound):
        links.remove_elsewhere(other, link_id, by=cast.amina, now=now)
    links.remove_elsewhere(ref, link_id, by=cast.amina, now=now)
    links.remove_elsewhere(ref, link_id, by=cast.amina, now=now)
    assert links.rows_of(current(ref).id) == []
