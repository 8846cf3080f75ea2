"""The pages on which three people sign a record, and on which the wait for one of them is ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Stage
from ehiia.services import sealing
from tests import factories
from tests.factories import current
from tests.people import PASSWORD, Cast, send
from tests.web.conftest import Browsers, Clock, words

DAY = timedelta(days=1)


@pytest.fixture
def record(app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock) -> str:
    """Farah names who also signs; Carol decides."""
    page = f"/organisation/committees/{cast.alone_id}"
    farah = as_("farah")
    given = {"chair_id": str(cast.carol), "person_2": "director", "role_2": "Executive lead"}
    wrong = send(farah, page, given | {"person_3": str(cast.grace)})
    assert wrong.status_code == 400
    assert "Enter as what they sign" in words(wrong)
    assert "Executive lead" in wrong.text
    good = send(farah, page, given | {"person_3": str(cast.grace), "role_3": "Chair of the board"})
    assert good.status_code == 303
    assert "Chair of the board" in farah.get(page).text
    with app.app_context():
        _, row = factories.decided(cast, standing_clock.now - DAY)
        sealing.seal_at_once(row.id, now=standing_clock.now)
        return row.ref


def test_daniel_and_grace_sign_in_their_turn(
    app: Flask, cast: Cast, as_: Browsers, record: str, standing_clock: Clock
) -> None:
    daniel, grace = as_("daniel"), as_("grace")
    ref = record.rpartition("-")[0]
    assert "Sign the record" in words(daniel.get("/"))
    assert "Nothing waits for you to sign" in words(grace.get(f"/records/{record}/sign"))
    page = f"/records/{record}/sign"
    assert "You sign as Executive lead" in words(daniel.get(page))
    assert "The bus" in words(daniel.get(page)) or "Harbour Road" in words(daniel.get(page))
    wrong = send(daniel, page, {"read": "y", "password": "not it"})
    assert wrong.status_code == 400
    unread = send(daniel, page, {"password": PASSWORD})
    assert unread.status_code == 400
    assert "Tick the box once you have read this record" in words(unread)
    given = {"read": "y", "password": PASSWORD, "sha256": daniel.get(f"/records/{record}.json").get_etag()[0]}
    other = send(daniel, page, given | {"sha256": "0" * 64})
    assert other.status_code == 409
    assert "not the record that you were shown" in words(other)
    for _ in range(2):  # the form sent twice signs once
        assert send(daniel, page, given).status_code == 303
    standing_clock.pass_on(hours=1)
    assert "Grace Tilley, Chair of the board, by" in words(grace.get(f"/a/{ref}/decided"))
    assert send(grace, page, given).status_code == 303
    with app.app_context():
        assert current(ref).stage is Stage.IN_FORCE
    seen = words(grace.get(f"/records/{record}"))
    for name in ("Signature of Carol Whitfield", "Signature of Daniel Ashby", "Signature of Grace Tilley"):
        assert name in seen
    assert "Sealed and signed" in words(grace.get("/records"))


def test_ben_says_that_daniel_cannot_sign(as_: Browsers, record: str) -> None:
    page = f"/records/{record}/signatures/2/release"
    assert "Only an equality lead" in words(as_("amina").get(page))
    ben = as_("ben")
    assert send(ben, page, {"reason": ""}).status_code == 400
    assert send(ben, page, {"reason": "He has left."}).status_code == 303
    assert "He has left." in words(ben.get(f"/records/{record}"))
    assert "somebody has said so already" in words(ben.get(page))
    assert ben.get(f"/records/{record}/signatures/9/release").status_code == 404
    assert as_("esther").get(page).status_code == 404
