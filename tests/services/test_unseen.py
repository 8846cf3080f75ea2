"""A restricted assessment is sent on only where somebody can see it; who is given a task can see it too."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Part, Stage
from ehiia.services import checks, deciding, papers, restriction, screening, submission, team
from ehiia.services.decision_entry import Term
from ehiia.services.submission import NotReady
from ehiia.services.transaction import Invalid
from tests import factories, writing
from tests.factories import HOUR, current
from tests.people import Cast, gather


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def restrict(ref: str, cast: Cast, now: datetime) -> None:
    restriction.restrict(ref, reason="Staff are not told yet.", until_on=None, by=cast.amina, now=now)


def ask(ref: str, person_id: int, cast: Cast, now: datetime, part: Part = Part.READER) -> None:
    team.invite(ref, person_id=person_id, part=part, by=cast.amina, now=now)


def refused(ref: str, cast: Cast, now: datetime) -> list[str]:
    with pytest.raises(NotReady) as why:
        submission.submit(ref, declared=True, by=cast.amina, now=now)
    return [sentence[-7:-1] for sentence in why.value.readiness.access]


def test_amina_cannot_submit_what_nobody_who_checks_or_decides_could_see(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    restrict(ref, cast, now)
    assert refused(ref, cast, now) == ["RES-01", "RES-02"]
    ask(ref, cast.carol, cast, now)
    ask(ref, cast.ben, cast, now, Part.CONTRIBUTOR)  # who writes does not check
    assert refused(ref, cast, now) == ["RES-01"]
    ask(ref, cast.ivan, cast, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert current(ref).stage is Stage.WITH_DIRECTOR


def test_what_is_not_restricted_asks_for_nobody(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    assert submission.readiness_of(current(ref), today=now.date()).ready


def test_no_is_not_proposed_to_equality_leads_who_cannot_see_it(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    writing.answer_screening(ref, cast, now)
    restrict(ref, cast, now)
    with pytest.raises(Invalid, match="RES-01"):
        screening.finish(ref, by=cast.amina, now=now)
    assert current(ref).stage is Stage.SCREENING


def test_whoever_is_to_see_to_a_condition_can_see_the_assessment(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, route=factories.to_the_board(cast))
    restrict(ref, cast, now)
    for person_id in (cast.ben, cast.carol, cast.grace):
        ask(ref, person_id, cast, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    wanted = factories.meeting(
        meeting_on=now.date(), terms=(Term("Ask the drivers.", cast.helen, "", date(2026, 9, 1)),)
    )
    sha256 = factories.version(ref).sha256
    papers.say_read(ref, sha256=sha256, by=cast.grace, now=now + HOUR)
    with pytest.raises(Invalid) as why:
        deciding.enter(ref, wanted, sha256=sha256, by=cast.grace, now=now + HOUR)
    assert "take part first" in why.value.errors["term-1-owner_id"]
    ask(ref, cast.helen, cast, now)
    deciding.enter(ref, wanted, sha256=sha256, by=cast.grace, now=now + HOUR)
