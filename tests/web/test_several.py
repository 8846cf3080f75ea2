"""Saying "No" once for several groups, on the page: offered, saved, refused, and nothing typed is lost."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import chosen, fill

WHY = "Doors, hours and forms stay as they are."


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def test_amina_says_no_for_two_groups_from_the_task_list(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    link = soup(amina.get(f"/a/{ref}")).select_one(f'a[href="/a/{ref}/groups/no"]')
    assert link is not None
    assert soup(amina.get(f"/a/{ref}/group/age")).select_one(f'a[href="/a/{ref}/groups/no"]')
    answer = fill(
        amina,
        f"/a/{ref}/groups/no",
        {"groups": ["religion", "marriage"], "reason": WHY},
        follow_redirects=True,
    )
    assert "“No” was saved for Marriage and civil partnership and Religion or belief" in words(answer)
    page = soup(amina.get(f"/a/{ref}/group/religion"))
    assert chosen(page, "affected") == ["no"]
    assert chosen(page, "not_affected_reason")[0].startswith(WHY)
    assert page.select_one(f'a[href="/a/{ref}/groups/no"]') is None
    left = soup(amina.get(f"/a/{ref}/groups/no"))
    assert left.find("input", {"value": "age"})
    assert left.find("input", {"value": "religion"}) is None


def test_without_a_group_or_a_reason_it_says_so_and_keeps_what_was_given(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    answer = fill(amina, f"/a/{ref}/groups/no", {"reason": WHY})
    assert answer.status_code == 400
    page = soup(answer)
    assert "Choose at least one group" in words(answer)
    assert chosen(page, "reason") == [WHY]
    answer = fill(amina, f"/a/{ref}/groups/no", {"groups": ["sex", "race"]})
    assert answer.status_code == 400
    assert "Say why these people would not be affected differently" in words(answer)
    assert sorted(chosen(soup(answer), "groups")) == ["race", "sex"]


def test_a_reader_may_not_open_it(ref: str, as_: Browsers) -> None:
    assert as_("ben").get(f"/a/{ref}/groups/no").status_code == 403


def test_the_page_asks_the_database_a_few_times_only(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    amina.get(f"/a/{ref}/groups/no")
    with counted(app) as asked:
        amina.get(f"/a/{ref}/groups/no")
    assert len(asked) <= 8
