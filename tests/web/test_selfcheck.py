"""The self-check on its pages: found, linked, explained, counted; few queries."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.services import answering
from ehiia.services.answering import Given
from tests import factories, writing
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        ref = writing.writing(cast, now)
        answering.save_page(
            ref,
            answers={"carers": Given("N/A"), "contradicts": Given("Nothing.")},
            by=cast.amina,
            now=now,
        )
        return ref


def test_what_is_found_stands_by_weight_with_a_link_to_its_place(ref: str, as_: Browsers) -> None:
    page = soup(as_("amina").get(f"/a/{ref}/self-check"))
    assert page.select_one(f'a[href="/a/{ref}/section/evidence#q-contradicts"]')
    text = page.get_text(" ")
    assert "Put right or explain" in text
    assert "Nothing speaks against it" in text
    assert "Tell fairly what somebody who is against it would say." in text


def test_amina_explains_a_finding_on_the_page(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    page = soup(amina.get(f"/a/{ref}/self-check"))
    link = next(a for a in page.select("a") if "Explain it" in a.get_text() and "QC-43" in str(a["href"]))
    path = str(link["href"]).partition("#")[0]
    assert fill(amina, path, {"text": ""}).status_code == 400
    answer = fill(amina, path, {"text": "We asked the forum; nobody objected."}, follow_redirects=True)
    text = words(answer)
    assert "Your explanation was kept" in text
    assert "We asked the forum; nobody objected." in text
    assert "Explained (1)" in text


def test_what_was_typed_is_still_there_when_it_is_refused(ref: str, as_: Browsers) -> None:
    long = "x" * 4001
    path = f"/a/{ref}/self-check?explain=QC-43|evidence||q-contradicts"
    answer = fill(as_("amina"), path, {"text": long})
    assert answer.status_code == 400
    assert long in answer.get_data(as_text=True)


def test_the_task_list_counts_and_the_page_of_the_question_says_so_too(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    assert "to put right or explain" in words(amina.get(f"/a/{ref}"))
    beside = soup(amina.get(f"/a/{ref}/section/evidence")).select_one("section[aria-labelledby=self-check]")
    assert beside is not None
    assert "Nothing speaks against it" in beside.get_text()
    assert "Nothing speaks against it" not in words(amina.get(f"/a/{ref}/section/proposal"))


def test_it_is_shown_before_it_is_sent_on(ref: str, as_: Browsers) -> None:
    assert "The self-check finds" in words(as_("amina").get(f"/a/{ref}/submit"))


def test_those_who_only_read_cannot_explain(ref: str, as_: Browsers) -> None:
    ben = as_("ben")
    page = soup(ben.get(f"/a/{ref}/self-check?explain=QC-43|evidence||q-contradicts"))
    assert "Nothing speaks against it" in page.get_text()
    assert not page.select("main textarea")
    assert "Explain it" not in page.get_text()


def test_ben_sees_it_when_he_checks(app: Flask, cast: Cast, as_: Browsers, now: datetime) -> None:
    with app.app_context():
        agreed = factories.agreed(cast, now)
    assert "The self-check finds" in words(as_("ben").get(f"/a/{agreed}/check"))


def test_its_page_asks_the_database_a_few_times_only(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    amina.get(f"/a/{ref}/self-check")
    with counted(app) as few:
        amina.get(f"/a/{ref}/self-check")
    with app.app_context():
        writing.affected(ref, cast, now, access=writing.WORSE)
        for _ in range(5):
            writing.promised(ref, cast, now, answers=(("disability", "access"),))
    with counted(app) as many:
        amina.get(f"/a/{ref}/self-check")
    assert len(many) == len(few) <= 30, "\n".join(many)


def test_what_one_rule_finds_in_several_places_stands_together(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        for group in ("disability", "age", "race"):
            writing.affected(ref, cast, now, group, access=writing.WORSE)
    page = soup(as_("amina").get(f"/a/{ref}/self-check"))
    titles = [heading.get_text() for heading in page.select("main h3")]
    assert len(titles) == len(set(titles))
    alike = next(part for part in page.select("section.eh-question") if "QC-50" in part.get_text())
    assert "in 3 places" in alike.get_text()
    assert [place.get_text().split(":")[0].strip() for place in alike.select("li")] == [
        "Age",
        "Disability",
        "Race",
    ]
    assert len([link for link in alike.select("li a") if "Explain it" in link.get_text()]) == 3
