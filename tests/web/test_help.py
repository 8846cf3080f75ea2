"""Help for everybody, and the mail of the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ehiia.content import guidance, load
from ehiia.notify.delivery import Folder, Outgoing
from tests import people
from tests.web.conftest import Browsers, Clock, soup, words


@pytest.mark.parametrize(
    "page",
    ["/help", "/help/duties", "/help/accessibility", "/help/privacy", "/guidance", "/guidance/due-regard"],
)
def test_everybody_reads_help_without_signing_in(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    tree = soup(answer)
    assert len(tree.find_all("h1")) == 1
    assert tree.find("a", string="Sign in")


def test_every_duty_and_every_guidance_is_there(client: FlaskClient) -> None:
    told = words(client.get("/help/duties"))
    for duty in load.duties():
        assert duty.title in told or duty.valid_to
    start, index = soup(client.get("/help")), soup(client.get("/guidance"))
    for page in guidance.pages():
        assert start.find("a", href=f"/guidance/{page.name}")
        assert index.find("a", href=f"/guidance/{page.name}")


def test_the_accessibility_statement_says_what_was_not_tested(client: FlaskClient) -> None:
    page = words(client.get("/help/accessibility"))
    assert "It has not been tried with screen readers" in page
    assert "fully compliant" not in page


def test_the_demonstrations_mail_is_read_by_whom_it_was_written_to(
    make_app: Callable[..., Flask], standing_clock: Clock, now: datetime
) -> None:
    app = make_app(demonstration=True)
    config = app.extensions["ehiia.config"]
    with app.app_context():
        cast = people.gather(now)
    folder = Folder(Path(config.mail.folder), sender="ehiia@example.org")
    body = "Read: https://x.example/y\n\n<i>Bye</i>"
    for name in ("amina", "ben"):
        folder(Outgoing(f"{name}@ehiia.invalid", f"{name}@example.org", f"For {name} <b>", body, now))
    amina, farah = (people.browser(app, cast.ids[name], now) for name in ("amina", "farah"))
    page = amina.get("/mail")
    assert "For amina <b>" in words(page)
    assert "For ben" not in words(page)
    links = [a["href"] for a in soup(farah.get("/mail")).select("tbody a")]
    assert len(links) == 2
    codes = sorted(amina.get(str(link)).status_code for link in links)
    assert codes == [200, 404]
    shown = next(page for page in (amina.get(str(link)) for link in links) if page.status_code == 200)
    mail = soup(shown).select_one(".eh-question")
    assert mail
    assert [a["href"] for a in mail.select("a")] == ["https://x.example/y"]
    assert "<i>Bye</i>" in mail.get_text()
    assert amina.get("/mail/..%2f..%2fetc").status_code == 404
    assert app.test_client().get("/mail").status_code == 302
    assert soup(amina.get("/")).find("a", href="/mail")


def test_real_mail_is_read_by_nobody_here(as_: Browsers) -> None:
    assert as_("farah").get("/mail").status_code == 404
    assert as_("farah").get("/mail/x").status_code == 404
