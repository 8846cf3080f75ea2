"""A restructure of staff as a health body publishes it, keyed in through the pages."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.people import Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import chosen, fields, fill, main_form

START = {
    "title": "Bringing four commissioning teams together",
    "summary": "Four teams become one, in one place, with fewer posts.",
    "kind": "workforce",
    "expected_go_live_on-day": "1",
    "expected_go_live_on-month": "9",
    "expected_go_live_on-year": "2026",
}
PAGES: dict[str, dict[str, Any]] = {
    "proposal": {"q-phases": "Consultation in May, interviews in July, the new team in September."},
    "population": {"q-users_now": "Three in four are women, beside two in three of all staff."},
    "reaching": {"q-telling_people": "Managers tell each person, and write to those on leave the same day."},
    "kind_of_change": {
        "q-workforce_changes": ["redundancy", "team", "place"],
        "q-workforce_effect": "Most part-time posts are held by women over 45.",
        "q-staff_band": "to_49",
        "q-authors_affected": "unknown",
        "q-union_engagement": "UNISON asked for travel costs, which were agreed.",
        "q-staff_networks": "The disability network asked that adjustments move with the person.",
        "q-staff_chosen": "Pools by grade; interviews by two managers and one from outside.",
        "q-staff_support": "Pay is kept for two years. Staff on maternity leave are offered a post first.",
    },
    "engagement": {"q-formal_consultation": "45 days from 1 May, on the structure paper."},
    "mitigations": {"q-who_watches_actions": "The people committee, each month until everybody has moved."},
    "equality_duty": {
        "q-positive_action": "Interview training for ethnic minority staff, fewer in higher grades."
    },
    "health_duties": {"q-choice_and_joining_up": "One team meets the councils instead of four."},
}


def test_amina_keys_in_a_restructure_and_finds_all_of_it_again(app: Flask, cast: Cast, as_: Browsers) -> None:
    amina = as_("amina")
    typed = START | {"place_ids": [str(cast.place_ids[0])], "director_id": str(cast.daniel)}
    ref = fill(amina, "/assessments/start", typed).headers["Location"].split("/")[2]
    screen(amina, f"/a/{ref}/screening")
    assert fill(amina, f"/a/{ref}/screening-result", {}).status_code == 303

    overview = soup(amina.get(f"/a/{ref}"))
    ways = {link.get_text(): str(link["href"]) for link in overview.select("main a")}
    assert "Name a reader" in ways
    opens = {
        "consultation_opens_on-day": "1",
        "consultation_opens_on-month": "5",
        "consultation_opens_on-year": "2026",
    }
    assert (
        fill(amina, ways["say when the consultation of staff opens"].split("#")[0], opens).status_code == 303
    )
    assert "change when the consultation of staff opens" in words(amina.get(f"/a/{ref}"))

    for section, answers in PAGES.items():
        path = f"/a/{ref}/section/{section}"
        assert fill(amina, path, answers).status_code == 303, section
        page = soup(amina.get(path))
        for name, value in answers.items():
            assert set(chosen(page, name)) == ({value} if isinstance(value, str) else set(value))
    everything = words(amina.get(f"/a/{ref}/check-answers"))
    for answers in PAGES.values():
        for value in answers.values():
            assert not isinstance(value, str) or value in {"to_49", "unknown"} or value in everything
    for label in ("Whether they keep a job", "The team they are in, or who manages them", "10 to 49"):
        assert label in everything


def screen(client: FlaskClient, path: str) -> None:
    """Answer the screening: the first choice of each question, a sentence in each text."""
    for _ in range(8):
        page = soup(client.get(path))
        form = main_form(page)
        given = fields(form)
        for field in form.select("input[type=radio]"):
            given.setdefault(str(field["name"]), str(field["value"]))
        for field in form.select("input[type=checkbox]"):
            given.setdefault(str(field["name"]), [str(field["value"])])
        for field in form.select("textarea"):
            given[str(field["name"])] = "Staff with caring duties travel further."
        given |= {"q-existing": "no"} if "q-existing" in given else {}
        path = str(client.post(form.get("action") or path, data=given).headers["Location"])
        if path.endswith("screening-result"):
            return
    raise AssertionError(path)
