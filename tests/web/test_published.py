"""The public register: found, read, and kept current without signing in; nothing else is ever shown."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from ehiia.documents.copies import TITLE
from ehiia.documents.pdf.words import day
from ehiia.domain.publishing import Exemption, FormatKind, FormatState, PublicationState, Publishing
from ehiia.domain.vocabulary import Outcome
from ehiia.services import organisations
from ehiia.services.freezing import thaw_record
from ehiia.services.transaction import transaction
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import Format, Publication
from tests import factories
from tests.documents.everything import said_in
from tests.documents.reading import squeezed
from tests.people import Cast, send
from tests.publishing import PDF, publish, waiting
from tests.web.conftest import Browsers, Clock, counted, soup, words

LINE = "#maincontent tbody tr"
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def record(app: Flask, cast: Cast, standing_clock: Clock) -> RecordRow:
    """Make a record of a proposal that leaves some worse off."""
    with app.app_context():
        _, row = factories.decided(cast, standing_clock.now, worse=True)
        standing_clock.pass_on(hours=5)
        return row


def out(app: Flask, cast: Cast, row: RecordRow, clock: Clock, **changes: Any) -> str:
    with app.app_context():
        return publish(cast, row, clock.now, **changes)


def switch_off(app: Flask, organisation_id: int, clock: Clock) -> None:
    with app.app_context():
        here = organisations.get(organisation_id)
        settings = replace(organisations.settings_of(here), public_register=False)
        organisations.change(
            here.id, name=here.name, settings=settings, revision=here.revision, by=None, now=clock.now
        )


def test_anybody_finds_and_reads_what_is_published(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    assert "Nothing is published yet" in words(client.get("/published"))
    ref = out(app, cast, record, standing_clock)
    page = words(client.get("/published"))
    assert "Moving the Harbour Road surgery" in page
    assert "Approved, 2 March 2026" in page
    for looked_for in ("words=harbour+SURGERY", "year=2026", "kind=Change+to+a+service", "outcome=Approved"):
        assert soup(client.get(f"/published?{looked_for}")).select(LINE), looked_for
    place = soup(client.get("/published")).select("#place option")[1]["value"]
    group = soup(client.get("/published")).select("#group option")[1]["value"]
    for name, value in (("place", place), ("group", group)):
        assert soup(client.get("/published", query_string={name: value})).select(LINE)
    for not_there in ("words=quay", "year=2025", "kind=Nothing", "place=Paris"):
        assert "Nothing like this is published" in words(client.get(f"/published?{not_there}"))
    shown = client.get(f"/published/{ref}")
    assert "Current" in words(shown)
    assert "The surgery moves two miles inland." in words(shown)
    assert client.get(f"/published/{ref}.pdf").get_data() == PDF + ref.encode()
    assert json.loads(client.get(f"/published/{ref}.json").get_data())["reference"] == ref
    head = soup(shown)
    assert head.select_one("link[rel=canonical]")["href"] == f"http://127.0.0.1:5000/published/{ref}"  # type: ignore[index]
    assert head.select_one("meta[property='og:title']")["content"] == "Moving the Harbour Road surgery"  # type: ignore[index]
    assert not head.select("meta[name=robots]")


@SQLITE
def test_anybody_takes_copies_along_that_say_the_same_and_that_they_are_copies(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ref = out(app, cast, record, standing_clock)
    offered = {link["href"] for link in soup(client.get(f"/published/{ref}")).find_all("a", href=True)}
    assert {f"/published/{ref}.html", f"/published/{ref}.docx"} <= offered
    frozen = thaw_record(client.get(f"/published/{ref}.json").get_data(as_text=True))
    page, word = client.get(f"/published/{ref}.html"), client.get(f"/published/{ref}.docx")
    body = docx.Document(io.BytesIO(word.get_data())).element.body
    told = list(said_in(frozen, day=day, moment=day))
    for answer, said in ((page, soup(page).get_text()), (word, "".join(body.itertext()))):
        read = squeezed(said).lower()
        assert not [one for one in told if squeezed(one).lower() not in read]
        assert squeezed(TITLE).lower() in read
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{ref}.')
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@SQLITE
def test_the_reference_of_the_assessment_is_an_address_that_stays(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    first = out(app, cast, record, standing_clock)
    stays = f"/published/{record.ref.rsplit('-', 1)[0]}"
    assert client.get(stays).location == f"/published/{first}"
    with app.app_context(), transaction() as session:
        ended = {"state": PublicationState.REPLACED, "ended_at": standing_clock.now}
        session.execute(update(Publication).values(**ended))
    second = out(app, cast, record, standing_clock, number=2, kind=Publishing.SUMMARY)
    assert client.get(stays).location == f"/published/{second}"
    old = client.get(f"/published/{first}")
    assert "A newer edition has replaced this one" in words(old)
    assert soup(old).select_one("link[rel=canonical]")["href"].endswith(second)  # type: ignore[index, union-attr]
    assert "published as a summary" in words(client.get("/published"))
    assert client.get(f"/published/{second}").status_code == 200


@SQLITE
def test_a_withdrawn_edition_says_only_that_and_why(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ended = {"ended_at": standing_clock.now, "ended_reason": "A number showed who somebody was."}
    ref = out(app, cast, record, standing_clock, state=PublicationState.WITHDRAWN, **ended)
    page = client.get(f"/published/{ref}", follow_redirects=True)
    assert "A number showed who somebody was." in words(page)
    assert "Harbour" not in page.get_data(as_text=True)
    assert page.headers["X-Robots-Tag"] == "noindex"
    for form in ("pdf", "json", "html", "docx"):
        assert client.get(f"/published/{ref}.{form}").status_code == 404, form
    told = words(client.get(f"/verify/{ref}"))
    assert "The organisation withdrew this edition" in told
    assert "given up" not in told, "the proposal was not"
    assert "Harbour" not in told


def test_anybody_reads_what_waits_for_its_decision_and_is_told_what_became_of_it(
    app: Flask, client: FlaskClient, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = factories.passed(cast, standing_clock.now, worse=True)
        edition = publish(cast, waiting(ref), standing_clock.now)
    nothing_yet = "Checked, for decision: nothing has been decided yet"
    for path in ("/published", f"/published/{edition}", f"/verify/{edition}", f"/published/{edition}.json"):
        assert nothing_yet in words(client.get(path)), path
    assert nothing_yet in json.loads(client.get("/published/feed.json").get_data())["items"][0]["tags"]
    for copy in (f"/published/{edition}.html", f"/published/{edition}.docx"):
        assert client.get(copy).status_code == 200
    with app.app_context():
        record = factories.decide_alone(cast, ref, standing_clock.now)
    assert nothing_yet not in words(client.get("/published"))
    assert "It has been decided since" in words(client.get(f"/published/{edition}"))
    assert "Decided since" in words(client.get(f"/verify/{edition}"))
    with app.app_context(), transaction() as session:
        ended = {"state": PublicationState.REPLACED, "ended_at": standing_clock.now}
        session.execute(update(Publication).values(**ended))
    newer = out(app, cast, record, standing_clock)
    assert newer in words(client.get(f"/published/{edition}"))
    assert newer in words(client.get(f"/verify/{edition}"))


@SQLITE
def test_what_is_withheld_is_listed_with_its_reason_and_without_its_title(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    why = {"reason": "Bids are open until June.", "exemption": Exemption.COMMERCIAL}
    out(app, cast, record, standing_clock, kind=Publishing.WITHHELD, **why)
    page = client.get("/published")
    assert "Bids are open until June." in words(page)
    assert "Section 43" in words(page)
    assert "Harbour" not in page.get_data(as_text=True)


@SQLITE
def test_what_did_not_change_is_not_sent_again(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ref = out(app, cast, record, standing_clock)
    forms = [f"/published/{ref}.{form}" for form in ("pdf", "json", "html", "docx")]
    for path in ("/published", f"/published/{ref}", *forms, "/published/feed.json"):
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in first.headers
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b""), path
    page = client.get(f"/published/{ref}")
    since = {"If-Modified-Since": page.headers["Last-Modified"]}
    assert client.get(f"/published/{ref}", headers=since).status_code == 304
    standing_clock.pass_on(days=1)
    with app.app_context(), transaction() as session:
        ended = {"state": PublicationState.REPLACED, "ended_at": standing_clock.now}
        session.execute(update(Publication).values(**ended))
    assert client.get(f"/published/{ref}", headers=since).status_code == 404, "nothing took its place"
    out(app, cast, record, standing_clock, number=2)
    assert client.get(f"/published/{ref}", headers=since).status_code == 200
    assert client.get(f"/published/{ref}", headers={"If-None-Match": page.headers["ETag"]}).status_code == 200


@SQLITE
def test_it_stays_hidden_before_its_day_and_when_it_is_switched_off(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    tomorrow = standing_clock.now.date() + timedelta(days=1)
    ref = out(app, cast, record, standing_clock, not_before_on=tomorrow)
    assert "Nothing is published yet" in words(client.get("/published"))
    assert client.get(f"/published/{ref}").status_code == 404
    standing_clock.pass_on(days=1)
    assert client.get(f"/published/{ref}").status_code == 200
    switch_off(app, cast.organisation_id, standing_clock)
    assert "Another Board" in words(client.get("/published"))
    for path in (f"/published/{ref}", f"/published/{ref}.pdf", "/published/by/snee", "/published/by/none"):
        assert client.get(path).status_code == 404


@SQLITE
def test_whatever_of_it_somebody_types_or_pastes_leads_to_how_it_stands(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ref = out(app, cast, record, standing_clock)
    for asked in (
        ref,
        record.ref,
        f" “{ref.lower()}”. ",
        f"http://localhost/published/{ref}",
    ):
        sent = send(client, "/verify", {"asked": asked}, to="/verify/asked")
        told = client.get(sent.location)
        assert f"Record {ref}" in words(told), asked
        assert soup(told).find("a", href=f"/published/{ref}")
    nothing = send(client, "/verify", {"asked": " ... / "}, to="/verify/asked")
    assert nothing.status_code == 400


@SQLITE
def test_a_stranger_is_led_to_the_register_while_there_is_one(
    app: Flask, client: FlaskClient, cast: Cast, standing_clock: Clock
) -> None:
    pages = ("/sign-in", "/help", "/verify")
    assert all(soup(client.get(page)).find("a", href="/published") for page in pages)
    for organisation_id in (cast.organisation_id, cast.other_id):
        switch_off(app, organisation_id, standing_clock)
    assert not [page for page in pages if soup(client.get(page)).find("a", href="/published")]


@SQLITE
def test_the_feed_is_one_of_all_and_one_of_each_organisation(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ref = out(app, cast, record, standing_clock)
    for path, items in (("/published/feed.json", 1), ("/published/by/snee/feed.json", 1)):
        found = json.loads(client.get(path).get_data())
        assert found["version"] == "https://jsonfeed.org/version/1.1"
        assert found["feed_url"] == f"http://127.0.0.1:5000{path}"
        assert len(found["items"]) == items
    assert found["items"][0]["url"] == f"http://127.0.0.1:5000/published/{ref}"
    assert json.loads(client.get("/published/by/other/feed.json").get_data())["items"] == []


@SQLITE
def test_search_engines_may_list_what_is_published_and_nothing_else(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ref = out(app, cast, record, standing_clock)
    assert client.get("/robots.txt").get_data(as_text=True).splitlines() == [
        "User-agent: *",
        "Allow: /published",
        "Allow: /static/",
        "Disallow: /",
    ]
    assert client.get(f"/published/{ref}").headers["X-Robots-Tag"] == "all"
    for path in ("/verify", "/sign-in", "/published/none"):
        assert client.get(path).headers["X-Robots-Tag"].startswith("noindex"), path


@SQLITE
def test_other_ways_of_reading_it_are_there_or_said_to_come(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ref = out(app, cast, record, standing_clock)
    made = {
        "organisation_id": record.organisation_id,
        "assessment_id": record.assessment_id,
        "by": cast.ben,
        "at": standing_clock.now,
    }
    link = "https://example.org/bsl"
    with app.app_context(), transaction() as session:
        session.add(Format(kind=FormatKind.EASY_READ, state=FormatState.IN_PROGRESS, **made))
        session.add(Format(kind=FormatKind.BSL, state=FormatState.THERE, link=link, **made))
        session.add(Format(kind=FormatKind.TRANSLATION, language="Polish", **made))
    page = client.get(f"/published/{ref}")
    assert "Easy Read summary: in progress" in words(page)
    assert "Translation: Polish: wanted" in words(page)
    assert soup(page).select_one(f"a[href='{link}']")
    assert client.get(f"/published/{ref}/formats/1").status_code == 404


def test_pages_of_the_register_follow_each_other_and_cost_the_same(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    out(app, cast, record, standing_clock)
    client.get("/published")
    with counted(app) as few:
        client.get("/published")
    for number in range(2, 29):
        out(app, cast, record, standing_clock, number=number, sealed=False)
    with counted(app) as many:
        first = client.get("/published")
    assert len(many) == len(few) <= 7
    rows = soup(first).select(LINE)
    assert len(rows) == 25
    later = soup(first).select_one("a[rel=next]")
    assert later is not None
    rest = soup(client.get(str(later["href"]))).select(LINE)
    assert len(rest) == 3
    links = {str(row.select_one("a")["href"]) for row in (*rows, *rest)}  # type: ignore[index]
    assert len(links) == 28
    assert client.get("/published?after=nonsense").status_code == 200


@SQLITE
def test_whoever_is_signed_in_reads_the_same_and_it_is_kept_nowhere(
    app: Flask, as_: Browsers, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    ref = out(app, cast, record, standing_clock)
    page = as_("amina").get(f"/published/{ref}")
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert Outcome.APPROVED.label in words(page)
