"""Two people save the same page: the second one chooses, question by question, and nothing is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ehiia.domain.vocabulary import Part
from ehiia.services import team
from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import chosen, fields, fill, main_form

OURS = "Buses stop at five, and the surgery shuts at six."
HERS = "Buses stop at seven, and the surgery shuts at six."


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        ref = writing.writing(cast, now)
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        return ref


def clash(
    amina: FlaskClient, helen: FlaskClient, path: str, first: dict[str, Any], second: dict[str, Any]
) -> Any:
    """Both open the page; Amina saves, then Helen."""
    mine = fields(main_form(soup(helen.get(path))))
    assert fill(amina, path, first).status_code == 303
    answer = helen.post(path, data=mine | second)
    assert answer.status_code == 409
    return answer


def settle(helen: FlaskClient, path: str, page: Any, choices: dict[str, Any]) -> Any:
    return helen.post(path, data=fields(main_form(soup(page))) | choices)


def now_stands(client: FlaskClient, path: str, name: str) -> list[str]:
    return chosen(soup(client.get(path)), name)


@pytest.fixture
def two(as_: Browsers) -> tuple[FlaskClient, FlaskClient]:
    return as_("amina"), as_("helen")


def test_the_page_shows_both_texts_and_the_words_between_them(
    ref: str, two: tuple[FlaskClient, FlaskClient]
) -> None:
    amina, helen = two
    path = f"/a/{ref}/section/proposal"
    page = soup(clash(amina, helen, path, {"q-problem": OURS}, {"q-problem": HERS, "q-options": "Three."}))
    assert [one.get_text() for one in page.select(".eh-difference del")] == ["[taken out: five,]"]
    assert [one.get_text() for one in page.select(".eh-difference ins")] == ["[added: seven,]"]
    assert OURS in page.get_text()
    assert HERS in page.get_text()
    assert page.select("input[type=radio][checked]") == []
    assert len(page.select("section.eh-question")) == 1
    assert "What else you wrote on the page was saved." in page.get_text()
    assert now_stands(amina, path, "q-options") == ["Three."]


@pytest.mark.parametrize(
    ("choices", "stands"),
    [
        ({"keep-problem": "theirs"}, OURS),
        ({"keep-problem": "mine"}, HERS),
        (
            {"keep-problem": "merged", "merged-problem": "Five on Sundays, else seven."},
            "Five on Sundays, else seven.",
        ),
    ],
)
def test_theirs_mine_or_a_text_from_both(
    ref: str, two: tuple[FlaskClient, FlaskClient], choices: dict[str, str], stands: str
) -> None:
    amina, helen = two
    path = f"/a/{ref}/section/proposal"
    page = clash(amina, helen, path, {"q-problem": OURS}, {"q-problem": HERS, "then": "list"})
    answer = settle(helen, path, page, choices)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/a/{ref}")
    assert now_stands(amina, path, "q-problem") == [stands]


def test_nothing_is_saved_before_she_has_chosen_and_her_text_stays(
    ref: str, two: tuple[FlaskClient, FlaskClient]
) -> None:
    amina, helen = two
    path = f"/a/{ref}/section/proposal"
    page = clash(amina, helen, path, {"q-problem": OURS}, {"q-problem": HERS})
    again = settle(helen, path, page, {"merged-problem": "Half a thought"})
    assert again.status_code == 400
    assert "Error: Two people changed" in soup(again).title.get_text()  # type: ignore[union-attr]
    assert "Choose which shall stand for" in words(again)
    assert chosen(soup(again), "merged-problem") == ["Half a thought"]
    assert now_stands(amina, path, "q-problem") == [OURS]
    assert settle(helen, path, again, {"keep-problem": "mine"}).status_code == 303
    assert now_stands(amina, path, "q-problem") == [HERS]


def test_a_third_save_in_between_is_shown_too(ref: str, two: tuple[FlaskClient, FlaskClient]) -> None:
    amina, helen = two
    path = f"/a/{ref}/section/proposal"
    page = clash(amina, helen, path, {"q-problem": OURS}, {"q-problem": HERS})
    fill(amina, path, {"q-problem": "A third wording."})
    again = settle(helen, path, page, {"keep-problem": "mine"})
    assert again.status_code == 409
    assert "A third wording." in words(again)
    assert settle(helen, path, again, {"keep-problem": "mine"}).status_code == 303
    assert now_stands(amina, path, "q-problem") == [HERS]


def test_two_clashes_are_chosen_one_by_one(ref: str, two: tuple[FlaskClient, FlaskClient]) -> None:
    amina, helen = two
    path = f"/a/{ref}/section/proposal"
    page = clash(
        amina, helen, path, {"q-problem": OURS, "q-money": "costs"}, {"q-problem": HERS, "q-money": "saves"}
    )
    assert len(soup(page).select("section.eh-question")) == 2
    assert soup(page).select_one("[name=merged-money]") is None
    settle(helen, path, page, {"keep-problem": "theirs", "keep-money": "mine"})
    assert now_stands(amina, path, "q-problem") == [OURS]
    assert now_stands(amina, path, "q-money") == ["saves"]


def test_an_impact_is_settled_with_a_reason_from_both(
    app: Flask, cast: Cast, ref: str, two: tuple[FlaskClient, FlaskClient], now: datetime
) -> None:
    amina, helen = two
    with app.app_context():
        writing.affected(ref, cast, now, access=writing.WORSE)
    path = f"/a/{ref}/group/disability"
    page = clash(
        amina,
        helen,
        path,
        {"access-direction": "mixed", "access-reason": "Shorter for some."},
        {"access-direction": "worse", "access-reason": "Two hours by bus.", "access-severity_before": "4"},
    )
    text = words(page)
    assert "Some better, some worse" in text
    assert "Severity now: Major" in text
    merged = "Shorter for some, two hours by bus for others."
    answer = settle(helen, path, page, {"keep-access": "merged", "merged-access": merged})
    assert answer.status_code == 303
    assert now_stands(amina, path, "access-reason") == [merged]
    assert now_stands(amina, path, "access-direction") == ["worse"]
    assert now_stands(amina, path, "access-severity_before") == ["4"]


def test_an_effect_is_settled_whole(ref: str, two: tuple[FlaskClient, FlaskClient]) -> None:
    amina, helen = two
    path = f"/a/{ref}/section/core20"
    page = clash(
        amina,
        helen,
        path,
        {"q-core20_areas-direction": "better", "q-core20_areas-reason": "Nearer."},
        {"q-core20_areas-direction": "worse", "q-core20_areas-reason": "Farther."},
    )
    assert settle(helen, path, page, {"keep-core20_areas": "mine"}).status_code == 303
    assert now_stands(amina, path, "q-core20_areas-direction") == ["worse"]
    assert now_stands(amina, path, "q-core20_areas-reason") == ["Farther."]
