"""Views of the register of mitigating actions that somebody keeps for themselves."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from ehiia.services import saved_views
from ehiia.services.transaction import Invalid
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import fill

VIEW = "/mitigations/views?due=overdue&whose=mine"


def test_helen_keeps_a_view_opens_it_and_takes_it_away(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    with app.app_context():
        writing.promised(writing.writing(cast, standing_clock.now), cast, standing_clock.now)
    standing_clock.pass_on(days=40)
    helen = as_("helen")
    assert "Choose what the register shows" in words(helen.get("/mitigations/views"))
    refused = fill(helen, VIEW, {"name": " "})
    assert refused.status_code == 400
    assert "Enter a name for this view" in words(refused)
    for _ in range(2):
        assert fill(helen, VIEW, {"name": "Overdue and mine"}).status_code == 303
    link = soup(helen.get("/mitigations")).find("a", string="Overdue and mine")
    assert link is not None
    assert "Offer a text relay line" in words(helen.get(str(link["href"])))
    assert "Overdue and mine" not in words(as_("dev").get("/mitigations"))
    away = "/mitigations/views/1/take-away"
    assert send(as_("dev"), "/mitigations/views?due=overdue", {}, to=away).status_code == 404
    assert send(helen, "/mitigations/views", {}, to=away).status_code == 303
    assert "Overdue and mine" not in words(helen.get("/mitigations"))


def test_the_same_name_is_given_the_new_filters(app: Flask, cast: Cast, standing_clock: Clock) -> None:
    given: dict[str, Any] = {
        "organisation_id": cast.organisation_id,
        "by": cast.dev,
        "now": standing_clock.now,
    }
    with app.app_context():
        saved_views.keep("Late", {"due": "overdue"}, **given)
        saved_views.keep(" Late ", {"due": "over-90", "kind": "remove"}, **given)
        (view,) = saved_views.mine(cast.dev, cast.organisation_id)
        assert saved_views.filters_of(view) == {"due": "over-90", "kind": "remove"}
        assert saved_views.mine(cast.dev, cast.other_id) == []


def test_what_cannot_be_kept_is_refused(app: Flask, cast: Cast, standing_clock: Clock) -> None:
    given: dict[str, Any] = {
        "organisation_id": cast.organisation_id,
        "by": cast.dev,
        "now": standing_clock.now,
    }
    with app.app_context():
        for n in range(saved_views.MOST):
            saved_views.keep(f"View {n}", {"due": "overdue"}, **given)
        for name, filters in (
            ("One more", {"due": "overdue"}),
            ("", {"due": "overdue"}),
            ("x" * 101, {"due": "overdue"}),
            ("Nothing", {}),
            ("Too much", {"due": "x" * 1001}),
        ):
            with pytest.raises(Invalid):
                saved_views.keep(name, filters, **given)
        with pytest.raises(Invalid):
            saved_views.keep("Nowhere", {"due": "overdue"}, **(given | {"organisation_id": 0}))


def test_twenty_views_cost_no_more_queries_than_one(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    given: dict[str, Any] = {
        "organisation_id": cast.organisation_id,
        "by": cast.dev,
        "now": standing_clock.now,
    }
    dev = as_("dev")
    found: list[int] = []
    for number in (1, saved_views.MOST):
        with app.app_context():
            for n in range(number):
                saved_views.keep(f"View {n}", {"due": "overdue"}, **given)
        dev.get("/mitigations")
        with counted(app) as queries:
            dev.get("/mitigations")
        found.append(len(queries))
    assert found[0] == found[1]
