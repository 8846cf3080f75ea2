"""The stories can be told: they are well formed, in order, and speak of what there is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from ehiia.content import load
from ehiia.content.holidays import bank_holidays
from ehiia.content.organisation import organisation_file
from ehiia.demonstration import play
from ehiia.demonstration.acts import ACTS
from ehiia.demonstration.command import demo_commands
from ehiia.demonstration.stage import Stage
from ehiia.demonstration.story import HERE, stories
from ehiia.domain.schedule import on_or_after
from ehiia.services import demonstration_people
from ehiia.services.transaction import read
from ehiia.store.organisations import Organisation
from tests.people import gather

TOLD = stories()
CAST = set(play.POSTS) | set(play.ELSEWHERE)


def test_everybody_on_the_sign_in_page_has_a_post_in_the_demonstration() -> None:
    assert {one.email.split("@")[0] for one in demonstration_people.people()} == CAST


@pytest.mark.parametrize("name", TOLD)
def test_a_story_speaks_only_of_what_there_is(name: str) -> None:
    story = TOLD[name]
    file = organisation_file(HERE / "organisation.toml")
    asked = {q.id for section in load.question_set("assessment").sections for q in section.questions}
    groups = {group.code for group in (*load.groups(), *file.groups)}
    assert {act.do for act in story.acts} <= set(ACTS)
    assert {act.by for act in story.acts} <= CAST
    assert {one.person for one in story.contributors} <= CAST
    assert {step.body for step in story.route} <= {body.code for body in file.bodies}
    assert set(story.places) <= {place.code for place in file.places}
    assert set(story.answers) <= asked
    assert set(story.groups) <= groups
    assert {item.kind for item in story.evidence} <= {kind.id for kind in load.evidence_kinds()}


@pytest.mark.parametrize("name", TOLD)
def test_a_story_is_told_in_order_and_ends_today(name: str) -> None:
    days = [act.day for act in TOLD[name].acts]
    assert days == sorted(days)
    assert days[-1] <= 0


@pytest.mark.parametrize(
    "today",
    [date(2026, 11, 22), date(2026, 12, 27), date(2027, 3, 29), date(2027, 3, 1)],
    ids=["a Sunday", "Christmas", "Easter Monday", "a Monday"],
)
def test_whatever_day_it_is_loaded_the_past_is_past_and_what_is_due_is_to_come(today: date) -> None:
    stage = Stage(today=today)
    assert all(stage.day(days) <= today for days in range(-400, 1))
    assert all(stage.day(days) > today for days in range(1, 30))
    assert all(stage.day(days) == on_or_after(stage.day(days), bank_holidays()) for days in range(-30, 30))


def test_no_act_is_later_than_the_loading_and_none_overtakes_another() -> None:
    now = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
    for story in TOLD.values():
        moments = Stage(today=date(2026, 11, 22)).moments(story, now=now)
        assert moments == sorted(moments)
        assert moments[-1] <= now


def test_real_work_is_never_mixed_with_the_demonstration(app: Flask, now: datetime) -> None:
    with app.app_context():
        gather(now)
    result = app.test_cli_runner().invoke(demo_commands, ["load"])
    assert result.exit_code == 1
    assert "into an empty place only" in result.output
    with app.app_context():
        assert read().query(Organisation).count() == 2
