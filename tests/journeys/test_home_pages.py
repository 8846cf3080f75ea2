"""The first page of each post, the next twelve months and cumulative effects, in a real browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ehiia import clock
from ehiia.domain.vocabulary import RoutePart
from ehiia.services import triggers
from ehiia.services.assessments import NewStep
from tests import factories, writing
from tests.journeys.conftest import Town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def lived_in(town: Town) -> str:
    """Make three proposals that hit the same people, one of them in force and late; return that one."""
    began = clock.now() - timedelta(days=60)
    cast = town.cast
    with town.inside():
        ref, _ = factories.decided(cast, began, worse=True)
        triggers.raise_one(ref, trigger="law", reason="A new Act.", by=cast.dev, now=clock.now())
        writing.promised(
            writing.writing(cast, began, title="Fewer buses"),
            cast,
            began,
            what="A later bus",
            owner_id=cast.helen,
            due_on=clock.today() - timedelta(days=3),
        )
        for title in ("A shorter day at the clinic", "Letters only online"):
            writing.affected(writing.writing(cast, began, title=title), cast, began, access=writing.WORSE)
        alone = (NewStep(cast.alone_id, RoutePart.DECIDES, None),)
        factories.passed(cast, began, title="A paper for Carol", route=alone)
    return ref


def test_each_post_finds_its_part_of_the_first_page(town: Town) -> None:
    ref = lived_in(town)
    helen = town.enter("helen", narrow=True)
    helen.signs_in()
    helen.sees("Overdue by 3 days")
    helen.follows("What is due in the next 12 months")
    helen.is_at("The next 12 months")
    helen.sees("overdue, in squares")
    helen.follows("A later bus")
    helen.is_at("A later bus")
    daniel = town.enter("daniel")
    daniel.signs_in()
    daniel.sees("Overdue in what you direct")
    daniel.follows("What is due in the next 12 months")
    daniel.follows("What I direct")
    daniel.follows("Overdue")
    daniel.sees("A later bus")
    daniel.sees("Helen Marsh")
    carol = town.enter("carol", script=False)
    carol.signs_in()
    carol.sees("Papers for decision")
    carol.sees("Did you ask them?")
    ben = town.enter("ben")
    ben.signs_in()
    ben.sees("Accept or decline an early review")
    ben.follows("Disability, North East Essex Alliance")
    ben.is_at("Disability")
    ben.sees("Letters only online")
    ben.goes_to("/cumulative")
    ben.follows("3 proposals")
    ben.goes_to("/")
    ben.follows("Accept or decline an early review")
    ben.sees("A new Act.")
    assert f"/a/{ref}/review/triggers/" in ben.page.url
    for name, sentence in (("dev", "What will stand here"), ("grace", "Practise with an assessment")):
        somebody = town.enter(name, narrow=name == "grace")
        somebody.signs_in()
        somebody.sees(sentence)
