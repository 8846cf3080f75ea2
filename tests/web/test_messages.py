"""Helen chooses how she is told while something waits for her: nothing is lost, and nothing told twice."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.extensions import db
from ehiia.services import digests, notices
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment
from ehiia.store.duties import MailRow
from tests import factories
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, soup, words

PAGE = "/account/messages"


@pytest.fixture
def ref(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    with app.app_context():
        return factories.started(cast, standing_clock.now)


def tell(app: Flask, cast: Cast, ref: str, key: str, now: datetime, message: str = "countersigned") -> None:
    """Tell Helen something; ``sent_back`` is urgent."""
    with app.app_context(), transaction() as session:
        assert notices.tell(
            session,
            person_id=cast.helen,
            message_name=message,
            values={"by": "Ben", "comment": f"About {key}"},
            dedupe_key=key,
            assessment=session.scalars(select(Assessment).where(Assessment.ref == ref)).one(),
            now=now,
        )


def mails(app: Flask) -> list[tuple[str, int]]:
    """Return what was queued for Helen: the beginning of each subject, and how many things it tells."""
    with app.app_context():
        rows = db.session.scalars(
            select(MailRow).where(MailRow.recipient == "helen@example.org").order_by(MailRow.id)
        )
        return [(row.subject[7:16], len(re.findall(r"^\* ", row.body, re.M)) or 1) for row in rows]


def choose(browser: Any, choice: str) -> str:
    """Choose on the page, and return what it says then."""
    form: Any = soup(browser.get(PAGE)).find("input", {"name": "revision"})
    assert send(browser, PAGE, {"choice": choice, "revision": form["value"]}).status_code == 303
    return words(browser.get(PAGE))


def test_helen_changes_her_choice_while_things_wait(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock
) -> None:
    browser, now = as_("helen"), standing_clock.now  # Monday 2 March 2026, after the digest of the day
    assert "will come in one message" not in words(browser.get(PAGE))
    tell(app, cast, ref, "a", now)
    tell(app, cast, ref, "b", now)
    assert mails(app) == []
    tomorrow = "will come in one message on 3 March 2026, whatever you choose now"
    assert f"2 things wait for you and {tomorrow}" in choose(browser, "at_once")
    tell(app, cast, ref, "c", now)
    assert mails(app) == [("Confirmed", 1)], "from now on at once; what waited goes on waiting"
    assert f"2 things wait for you and {tomorrow}" in choose(browser, "daily")
    tell(app, cast, ref, "d", now, "sent_back")
    assert f"3 things wait for you and {tomorrow}" in choose(browser, "urgent_at_once")
    tell(app, cast, ref, "e", now, "sent_back")
    assert mails(app)[1:] == [("Sent back", 1)]
    with app.app_context():
        for _ in range(2):
            digests.send(now=datetime(2026, 3, 3, 8, tzinfo=UTC))
    assert mails(app)[2:] == [("3 things ", 3)]
    assert "will come in one message" not in words(browser.get(PAGE))


def test_over_easter_it_waits_until_the_tuesday(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock
) -> None:
    browser = as_("helen")
    thursday = datetime(2026, 4, 2, 9, tzinfo=UTC)
    tell(app, cast, ref, "a", thursday)
    for day in (2, 3, 4, 5, 6):
        standing_clock.now = datetime(2026, 4, day, 9, tzinfo=UTC)
        with app.app_context():
            assert digests.send(now=standing_clock.now) == 0, day
    browser = as_("helen")
    assert "1 thing waits for you and will come in one message on 7 April 2026" in words(browser.get(PAGE))
    with app.app_context():
        assert digests.send(now=datetime(2026, 4, 7, 7, tzinfo=UTC)) == 1
        assert digests.waiting_for(cast.helen, today=date(2026, 4, 7)) is None
    assert mails(app) == [("1 thing f", 1)]
