"""The guidance as somebody reads it: index, pages, search."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ehiia.content import guidance, load, prompts
from ehiia.web.guidance import SUGGESTIONS, rendered
from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, soup, words

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("page", guidance.pages(), ids=lambda page: page.name)
def test_every_page_has_its_contents_its_source_and_its_neighbours(
    client: FlaskClient, page: guidance.Page
) -> None:
    answer = client.get(f"/guidance/{page.name}")
    assert answer.status_code == 200
    tree = soup(answer)
    assert len(tree.find_all("h1")) == 1
    anchors = [str(link["href"]) for link in tree.select("nav[aria-label=Contents] a")]
    assert all(tree.select_one(f'[id="{anchor[1:]}"]') for anchor in anchors)
    assert len(anchors) == len(set(anchors))
    assert page.about.sources[0].name in words(answer)
    at = guidance.pages().index(page)
    links = {str(link["href"]) for link in tree.select("nav[aria-label=Pagination] a")}
    around = guidance.pages()[max(0, at - 1) : at + 2]
    assert links == {f"/guidance/{one.name}" for one in around if one != page}
    for link in tree.select(".eh-text a"):
        assert client.get(f"/guidance/{link['href']}").status_code == 200


def test_somebody_looks_for_gunning_and_is_led_to_consultation(client: FlaskClient) -> None:
    answer = client.get("/guidance?words=Gunning")
    tree = soup(answer)
    assert tree.select("#found a")[0]["href"] == "/guidance/consultation"
    assert "Gunning" in {mark.get_text() for mark in tree.select("#found mark")}
    assert "Found for “Gunning”" in words(answer)


def test_nothing_found_says_so_and_offers_what_can_be_found(client: FlaskClient) -> None:
    answer = client.get("/guidance?words=zebra+crossing")
    tree = soup(answer)
    assert "Nothing found for “zebra crossing”" in words(answer)
    links = [str(link["href"]) for link in tree.select(".eh-empty li a")]
    assert len(links) == len(SUGGESTIONS)
    for link in links:
        assert soup(client.get(link)).select("#found a"), link


def test_what_is_looked_for_is_shown_as_text_and_never_as_html(client: FlaskClient) -> None:
    answer = client.get("/guidance", query_string={"words": "<script>alert(1)</script>"})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.data


def test_a_page_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/guidance/nothing").status_code == 404
    assert client.get("/guidance/..%2fload").status_code == 404


def test_html_in_guidance_is_shown_as_text(client: FlaskClient) -> None:
    html, headings = rendered("## A <b>b</b>\n\n<script>x</script>\n")
    assert "<script>" not in html
    assert [heading.anchor for heading in headings] == ["a-bb-b"]


# -- beside the questions ------------------------------------------------------------------------


def test_amina_opens_why_it_is_asked_beside_the_question_and_stays_on_the_page(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = writing.writing(cast, now)
    question = load.question_set("assessment").question("human_rights")
    assert question is not None
    tree = soup(as_("amina").get(f"/a/{ref}/section/equality_duty"))
    box = tree.select_one("#question-human_rights details")
    assert box is not None
    told = " ".join(box.get_text(" ").split())
    for text in (question.why, question.good, question.poor):
        assert text in told
    link = box.select_one('a[href="/guidance/human-rights"]')
    assert link is not None
    assert link["target"] == "_blank"
    assert "opens in a new tab" in link.get_text()


def test_amina_opens_things_to_think_about_on_the_page_of_a_group(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = writing.writing(cast, now)
    answer = as_("amina").get(f"/a/{ref}/group/disability")
    said = words(answer)
    assert "Things to think about for disabled people" in said
    assert prompts.about("disability").prompts[0] in said
    assert soup(answer).select_one('a[href="/guidance/accessible-information"]')
    assert "{people}" not in said
