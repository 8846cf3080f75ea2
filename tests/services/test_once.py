"""A form that is sent twice starts one assessment, makes one copy, begins one version."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ehiia.domain.vocabulary import ProposalKind
from ehiia.domain.workflow import Refused
from ehiia.services import assessments, copying, practice, versions
from ehiia.services.transaction import read
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment
from ehiia.store.practice import WITH_PRACTICE
from tests import factories
from tests.factories import current
from tests.people import Cast, gather
from tests.services.together import at_once

DAY = timedelta(days=1)
FORM = "what the form carried"


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def count() -> int:
    read().rollback()
    query = select(func.count()).select_from(Assessment).execution_options(**{WITH_PRACTICE: True})
    return int(read().scalar(query) or 0)


def start(cast: Cast, now: datetime, by: int, once: str = FORM, **changes: object) -> str:
    details = factories.details(cast, **changes)
    return assessments.start(details, organisation_id=cast.organisation_id, by=by, now=now, once=once).ref


def test_two_clicks_at_the_same_moment_start_one(app: Flask, now: datetime) -> None:
    with app.app_context():
        cast = gather(now)
    found = at_once(app, *[lambda: start(cast, now, cast.amina)] * 3)
    assert found == ["EHIIA-2026-001"] * 3
    with app.app_context():
        assert count() == 1


def test_other_words_another_person_and_another_form_start_another(cast: Cast, now: datetime) -> None:
    first = start(cast, now, cast.amina)
    others = [
        start(cast, now, cast.amina, title="Moving the Mill Lane surgery"),
        start(cast, now, cast.helen),
        start(cast, now, cast.amina, once="another page"),
        start(cast, now, cast.amina, once=""),
        start(cast, now, cast.amina, once=""),
    ]
    assert len({first, *others}) == 6
    assert start(cast, now + DAY, cast.amina) == first


def test_a_copy_that_is_sent_for_twice_is_made_once(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)

    def copy(by: int) -> str:
        given = {"title": "Another surgery", "organisation_id": cast.organisation_id, "once": FORM}
        return copying.copy(ref, by=by, now=now + DAY, **given).ref  # type: ignore[arg-type]

    new = copy(cast.helen)
    answers = select(func.count()).where(Answer.assessment_id == current(new).id)
    before = read().scalar(answers)
    assert copy(cast.helen) == new
    assert read().scalar(answers) == before
    assert copy(cast.amina) not in (ref, new)


def test_practice_is_started_once_too_and_again_when_it_was_thrown_away(cast: Cast, now: datetime) -> None:
    def practise() -> str:
        return practice.start(
            "A try",
            ProposalKind.POLICY,
            organisation_id=cast.organisation_id,
            by=cast.amina,
            now=now,
            once=FORM,
        ).ref

    first = practise()
    assert (practise(), count()) == (first, 1)
    practice.throw_away(first, by=cast.amina, now=now)
    assert practise() != first


def test_nobody_keeps_more_practice_assessments_than_they_may(cast: Cast, now: datetime) -> None:
    for number in range(practice.MOST + 1):
        given = {"organisation_id": cast.organisation_id, "by": cast.amina, "now": now}
        if number < practice.MOST:
            practice.start(f"Try {number}", ProposalKind.POLICY, **given)  # type: ignore[arg-type]
        else:
            with pytest.raises(Refused):
                practice.start(f"Try {number}", ProposalKind.POLICY, **given)  # type: ignore[arg-type]
    assert count() == practice.MOST


def test_a_version_that_is_begun_twice_by_the_same_form_is_begun_once(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now)
    given = {"reason": "A second site was added.", "now": now + DAY, "after": 1}
    for _ in range(2):
        assert versions.begin_new(ref, by=cast.amina, **given) == 2  # type: ignore[arg-type]
    with pytest.raises(Refused):
        versions.begin_new(ref, by=cast.daniel, **given)  # type: ignore[arg-type]
    assert current(ref).version_no == 2
