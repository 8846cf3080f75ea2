"""The page of links."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from tests import factories
from tests.people import Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fields


def test_amina_links_an_umbrella_and_what_is_kept_elsewhere(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        umbrella, ref = factories.started(cast, now, title="The strategy"), factories.started(cast, now)
    amina, path = as_("amina"), f"/a/{ref}/links"
    above, elsewhere = soup(amina.get(path)).select("main form[method=post]")
    refused = amina.post(path, data=fields(above) | {"umbrella": "NONE-1"})
    assert refused.status_code == 400
    assert "There is no assessment with this reference" in words(refused)
    assert amina.post(path, data=fields(above) | {"umbrella": umbrella}).status_code == 303
    given = {"kind": "quality", "label": "QIA 12", "address": "javascript:alert(1)"}
    refused = amina.post(path, data=fields(elsewhere) | given)
    assert refused.status_code == 400
    assert "Enter the whole address" in words(refused)
    given["address"] = "https://example.org/12"
    assert amina.post(path, data=fields(elsewhere) | given).status_code == 303
    page = soup(as_("ben").get(path))
    assert "The strategy" in page.get_text()
    assert page.select_one('a[href="https://example.org/12"]') is not None
    assert not page.select("main form[method=post]")
    assert "All together" in words(as_("ben").get(f"/a/{umbrella}/links"))
