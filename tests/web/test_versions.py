"""The pages of versions: the list, freezing, reading one, comparing two."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Gate
from ehiia.services import answering, gates
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import read
from tests import factories
from tests.factories import current
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import fill

LONG = (
    "The telephone line is open from nine until five on weekdays, and nobody answers it at night or at "
    "weekends, when most people ring."
)


def edit(ref: str, cast: Cast, now: datetime, text: str) -> None:
    revision = page_of(current(ref)).revisions.get("problem", 0)
    read().rollback()
    answering.save_page(ref, answers={"problem": Given(text, revision)}, by=cast.amina, now=now)


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    """Amina has frozen it before consultation and changed one answer since."""
    with app.app_context():
        made = factories.screened(cast, now)
        edit(made, cast, now, LONG)
        gates.freeze_by_hand(made, Gate.PRE_CONSULTATION, reason="Papers of March.", by=cast.amina, now=now)
        edit(made, cast, now, LONG.replace("until five", "until eight"))
    return made


def test_before_anything_is_frozen_the_page_says_when_that_happens(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        made = factories.screened(cast, now)
    page = words(as_("amina").get(f"/a/{made}/versions"))
    assert "Nothing is frozen yet" in page
    assert "Freeze it before consultation" in page
    assert "Freeze it" not in words(as_("ben").get(f"/a/{made}/versions"))


def test_amina_freezes_it_and_the_same_again_says_so(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    address = f"/a/{ref}/versions/freeze/post_consultation"
    refused = fill(amina, address, {"reason": " "})
    assert refused.status_code == 400
    assert "Enter why it is frozen now" in words(refused)
    assert fill(amina, address, {"reason": "They were heard."}).status_code == 303
    page = words(amina.get(f"/a/{ref}/versions"))
    assert "Version 1, after consultation, was frozen" in page
    assert "They were heard." in page
    fill(amina, address, {"reason": "They were heard."})
    page = words(amina.get(f"/a/{ref}/versions"))
    assert "Nothing was changed since Version 1, after consultation" in page
    assert "After consultation (2)" not in page


def test_only_the_author_meets_the_page_that_freezes(ref: str, as_: Browsers) -> None:
    assert as_("ben").get(f"/a/{ref}/versions/freeze/pre_consultation").status_code == 403
    assert as_("esther").get(f"/a/{ref}/versions/freeze/pre_consultation").status_code == 404
    assert as_("amina").get(f"/a/{ref}/versions/freeze/submitted").status_code == 404


def test_a_frozen_version_reads_as_it_was(ref: str, as_: Browsers) -> None:
    page = words(as_("ben").get(f"/a/{ref}/versions/1-pre_consultation-1"))
    assert "This is the content as of 2 March 2026" in page
    assert "from nine until five" in page
    assert "until eight" not in page
    assert as_("ben").get(f"/a/{ref}/versions/1-pre_consultation-2").status_code == 404
    assert as_("ben").get(f"/a/{ref}/versions/nonsense").status_code == 404


def test_what_changed_is_shown_word_by_word_and_nothing_else(ref: str, as_: Browsers) -> None:
    ben = as_("ben")
    address = f"/a/{ref}/versions/compare?before=1-pre_consultation-1&after=now"
    page = soup(ben.get(address))
    assert [one.get_text(" ", strip=True) for one in page.select("main del")][1:] == ["[taken out: five ]"]
    assert [one.get_text(" ", strip=True) for one in page.select("main ins")][1:] == ["[added: eight ]"]
    assert len(page.select(".eh-compared")) == 1
    assert "1 difference." in page.get_text()
    everything = soup(ben.get(f"{address}&show=all"))
    assert len(everything.select(".eh-compared")) > 5
    assert "Show only what changed" in everything.get_text()


def test_a_version_compared_with_itself_says_that_nothing_changed(ref: str, as_: Browsers) -> None:
    key = "1-pre_consultation-1"
    page = as_("ben").get(f"/a/{ref}/versions/compare?before={key}&after={key}")
    assert "Nothing changed between these two." in words(page)


def test_what_is_no_version_is_not_found(ref: str, as_: Browsers) -> None:
    ben = as_("ben")
    assert ben.get(f"/a/{ref}/versions/compare").location == f"/a/{ref}/versions"
    assert ben.get(f"/a/{ref}/versions/compare?before=x&after=now").status_code == 404
    assert ben.get(f"/a/{ref}/versions/compare?before=1-submitted-1&after=now").status_code == 404


def test_the_list_takes_as_many_queries_with_ten_versions_as_with_one(
    app: Flask, cast: Cast, ref: str, now: datetime, as_: Browsers
) -> None:
    ben = as_("ben")
    ben.get(f"/a/{ref}/versions")
    with counted(app) as few:
        ben.get(f"/a/{ref}/versions")
    with app.app_context():
        for turn in range(9):
            at = now + timedelta(hours=turn + 1)
            edit(ref, cast, at, f"Words {turn}")
            gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason="Again.", by=cast.amina, now=at)
    with counted(app) as many:
        ben.get(f"/a/{ref}/versions")
    assert len(many) == len(few) < 16


def test_ben_begins_a_new_version_of_what_is_in_force(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        made, record = factories.decided(cast, now)
    ben = as_("ben")
    assert "Start a new version" in words(ben.get(f"/a/{made}"))
    assert "Start a new version" not in words(as_("helen").get(f"/a/{made}/versions"))
    assert as_("helen").get(f"/a/{made}/versions/new").status_code == 403
    refused = fill(ben, f"/a/{made}/versions/new", {"reason": ""})
    assert refused.status_code == 400
    assert "Enter why a new version is needed" in words(refused)
    assert fill(ben, f"/a/{made}/versions/new", {"reason": "A second site."}).status_code == 303
    page = words(ben.get(f"/a/{made}"))
    assert "Version 2 was begun. Every answer was carried over" in page
    assert f"This is version 2. The decision {record.ref} stands" in page
    assert "A newer version is being written" in words(ben.get(f"/records/{record.ref}"))
    assert ben.get(f"/a/{made}/versions/new").status_code == 409
