"""Where several live proposals leave the same people worse off: by group and place, and what is behind it."""

from __future__ import annotations

from flask import Flask

from ehiia.services import restriction
from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, counted, soup, words


def hit(cast: Cast, clock: Clock, how_many: int, **changes: object) -> list[str]:
    """Return the references of live proposals that leave disabled people in one place worse off."""
    refs = []
    for n in range(how_many):
        ref = writing.writing(cast, clock.now, title=f"Proposal {n}", **changes)
        writing.affected(ref, cast, clock.now, access=writing.WORSE)
        refs.append(ref)
    return refs


def test_ben_goes_from_group_and_place_to_the_proposals_behind(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    ben = as_("ben")
    with app.app_context():
        hit(cast, standing_clock, 2)
    assert "No cumulative effects" in words(ben.get("/cumulative"))
    with app.app_context():
        (third,) = hit(cast, standing_clock, 1)
        hit(cast, standing_clock, 1, place_ids=cast.place_ids[1:])
    page = ben.get("/cumulative")
    assert "Disability" in words(page)
    assert "3 proposals" in words(page)
    assert "West Suffolk Alliance" not in words(page)
    (link,) = soup(page).select("main table a")
    behind = words(ben.get(str(link["href"])))
    assert "Cumulative effects in North East Essex Alliance" in behind
    assert "Live proposals (3)" in behind
    assert f"/a/{third}" in ben.get(str(link["href"])).get_data(as_text=True)
    assert "Access: worse. Deaf people cannot use the telephone line." in behind


def test_a_restricted_one_is_neither_named_nor_counted_for_anybody(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        refs = hit(cast, standing_clock, 4)
        for ref in refs[:1]:
            restriction.restrict(ref, reason="Staff.", until_on=None, by=cast.amina, now=standing_clock.now)
    for name in ("amina", "ben", "carol"):
        assert "3 proposals" in words(as_(name).get("/cumulative"))
        behind = as_(name).get(f"/cumulative/{cast.place_ids[0]}/disability").get_data(as_text=True)
        assert refs[0] not in behind
        assert refs[1] in behind
    with app.app_context():
        restriction.restrict(refs[1], reason="Staff.", until_on=None, by=cast.amina, now=standing_clock.now)
    assert "No cumulative effects" in words(as_("ben").get("/cumulative"))


def test_another_organisation_sees_nothing_of_it(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        hit(cast, standing_clock, 3)
    assert "No cumulative effects" in words(as_("esther").get("/cumulative"))
    assert as_("esther").get(f"/cumulative/{cast.place_ids[0]}/disability").status_code == 404
    for address in ("/cumulative/99/disability", f"/cumulative/{cast.place_ids[0]}/age"):
        assert as_("ben").get(address).status_code == 404
    assert app.test_client().get("/cumulative").status_code == 302


def test_it_takes_as_many_queries_for_three_proposals_as_for_six(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    ben, asked = as_("ben"), []
    for _ in range(2):
        with app.app_context():
            hit(cast, standing_clock, 3)
        for address in ("/cumulative", f"/cumulative/{cast.place_ids[0]}/disability"):
            with counted(app) as queries:
                ben.get(address)
            asked.append(len(queries))
    assert asked[:2] == asked[2:]
    assert max(asked) <= 5
