"""Copying as a template on the page, and confirming a page at a time."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from tests import factories
from tests.people import Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fields, fill


def test_helen_copies_it_and_confirms_page_by_page(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        ref = factories.answered(cast, now, worse=True)
    helen = as_("helen")
    assert "Copy it as a template" in words(helen.get(f"/a/{ref}"))
    refused = fill(helen, f"/a/{ref}/copy", {"title": ""})
    assert refused.status_code == 400
    assert "Enter what is being decided" in words(refused)
    answer = fill(helen, f"/a/{ref}/copy", {"title": "Moving another surgery"})
    assert answer.status_code == 303
    new = answer.location.split("/")[2]
    assert new != ref
    for path in (f"/a/{new}/section/proposal", f"/a/{new}/group/disability"):
        page = soup(helen.get(path))
        notice = page.select_one("#copied")
        assert notice is not None, path
        assert "They count as missing until you confirm or change them" in notice.get_text()
        form = notice.select_one("form")
        assert form is not None
        assert helen.post(str(form["action"]), data=fields(form)).status_code == 303
        after = helen.get(path)
        assert soup(after).select_one("#copied") is None, path
        assert "confirmed" in words(after)
    # who only reads sees what was copied, and no button
    seen = soup(as_("ben").get(f"/a/{new}/section/population"))
    if (notice := seen.select_one("#copied")) is not None:
        assert notice.select_one("form") is None


def test_nobody_copies_what_they_may_not_read(app: Flask, cast: Cast, now: datetime, as_: Browsers) -> None:
    with app.app_context():
        ref = factories.answered(cast, now)
    assert as_("esther").get(f"/a/{ref}/copy").status_code == 404
