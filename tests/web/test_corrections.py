"""The form on which Carol corrects an error of a record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.services import deciding, papers, sealing
from ehiia.services.transaction import read
from ehiia.store.decisions import MeetingEntry
from tests import factories
from tests.people import PASSWORD, Cast, send
from tests.web.conftest import Browsers, Clock, soup, words

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def record(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    """Return the reference of the record of what the Board decided."""
    now = standing_clock.now
    with app.app_context():
        ref = factories.passed(cast, now - timedelta(days=1), route=factories.to_the_board(cast))
        sha256 = factories.version(ref).sha256
        deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.grace, now=now)
        papers.say_read(ref, sha256=sha256, by=cast.carol, now=now)
        entry = read().scalars(select(MeetingEntry.id)).one()
        row = deciding.confirm(
            ref, entry_id=entry, reauthenticated=factories.again(now), by=cast.carol, now=now
        )
        sealing.seal_at_once(row.id, now=now)
        return row.ref


def test_carol_corrects_the_minute_and_the_old_record_leads_to_the_new(as_: Browsers, record: str) -> None:
    carol = as_("carol")
    page = f"/records/{record}/correct"
    assert page in carol.get(f"/records/{record}").text
    form = soup(carol.get(page))
    fields = {
        str(one["name"]): str(one.get("value", "")) if one.name == "input" else one.get_text().lstrip("\n")
        for one in form.select("main input, main textarea")
        if one["name"] != "csrf_token"
    }
    assert fields["minute"] == "ICB-26-03, item 7"
    assert fields["members_present"].split() == ["Carol", "Whitfield", "John", "Reeve"]
    fields = {name: value.replace("\n", "\r\n") for name, value in fields.items()}

    same = send(carol, page, fields | {"why": "Only to see.", "password": PASSWORD})
    assert same.status_code == 409
    assert "Nothing differs from the record" in words(same)
    given = fields | {"minute": "ICB-26-03, item 9", "why": "It was numbered anew.", "password": PASSWORD}
    empty = send(carol, page, given | {"minute": "", "why": "", "meeting_on-day": "40"})
    assert empty.status_code == 400
    assert "Enter why the record is corrected" in words(empty)
    assert "Enter the reference of the minute" in words(empty)
    wrong = send(carol, page, given | {"password": "not it"})
    assert wrong.status_code == 400
    assert "It was numbered anew." in wrong.text

    for _ in range(2):  # the form sent twice makes one record
        good = send(carol, page, given)
        assert good.status_code == 303
        assert good.location.endswith(record.replace("-D1", "-D2"))
    new = words(carol.get(good.location))
    assert f"This record corrects {record}" in new
    assert "Corrected: Reference of the minute. It was numbered anew." in new
    assert "Sealed and signed" in new
    old = carol.get(f"/records/{record}")
    assert "A correction has taken its place" in words(old)
    assert good.location in old.text
    assert page not in old.text
    assert "has taken its place" in words(carol.get(page))
    assert f"This record corrects {record}" in words(carol.get(f"{good.location}.html"))


def test_nobody_else_is_offered_it(as_: Browsers, record: str) -> None:
    page = f"/records/{record}/correct"
    for name in ("amina", "ben", "grace"):
        browser = as_(name)
        assert page not in browser.get(f"/records/{record}").text
        assert browser.get(page).status_code == 403
    assert as_("esther").get(page).status_code == 404
