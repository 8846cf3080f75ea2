"""Who takes part, on the page: who can be asked, and who cannot see a restricted assessment yet."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from ehiia.domain.vocabulary import Part, Stage
from ehiia.services import restriction, team, versions
from tests import factories
from tests.factories import current
from tests.people import Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fill

CANNOT_SEE = "who cannot see it yet"


def offered(page: object) -> set[str]:
    return {option.get_text() for option in soup(page).select("select[name=person_id] option")}


def test_whoever_takes_part_is_not_offered_again(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        ref = factories.answered(cast, now, worse=True)  # Helen owns an action
        team.invite(ref, person_id=cast.ben, part=Part.READER, by=cast.amina, now=now)
    amina = as_("amina")
    names = offered(amina.get(f"/a/{ref}/people"))
    assert not names & {"Amina Hassan", "Daniel Ashby", "Ben Okoro"}
    assert {"Helen Marsh", "Ivan Petrov"} <= names
    typed = {"person_id": str(cast.ivan), "part": "reader"}
    for _ in range(2):  # the second of a double click finds Ivan taking part
        form = fill(amina, f"/a/{ref}/people", typed)
        assert form.status_code == 303, words(form)
    assert "Ivan Petrov" not in offered(amina.get(f"/a/{ref}/people"))


def test_amina_is_told_early_who_cannot_see_what_she_restricts(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        ref = factories.answered(cast, now)
    amina = as_("amina")
    assert CANNOT_SEE not in words(amina.get(f"/a/{ref}/people"))
    assert "RES-01" in words(amina.get(f"/a/{ref}/restrict"))
    with app.app_context():
        restriction.restrict(ref, reason="Staff.", until_on=None, by=cast.amina, now=now)
    for path in ("people", "submit"):
        page = words(amina.get(f"/a/{ref}/{path}"))
        assert CANNOT_SEE in page
        assert "RES-01" in page
        assert "RES-02" in page
    for person_id in (cast.ben, cast.carol):
        fill(amina, f"/a/{ref}/people", {"person_id": str(person_id), "part": "reader"})
    for path in ("people", "submit"):
        assert CANNOT_SEE not in words(amina.get(f"/a/{ref}/{path}"))


def test_a_new_version_is_given_up_on_the_page_and_the_decision_stands(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        ref, record = factories.decided(cast, now)
        versions.begin_new(ref, reason="A second site.", by=cast.amina, now=now)
    amina = as_("amina")
    page = soup(amina.get(f"/a/{ref}"))
    assert page.select_one(f"a[href='/a/{ref}/give-up-version']") is not None
    assert page.select_one(f"a[href='/a/{ref}/withdraw']") is None
    refused = fill(amina, f"/a/{ref}/give-up-version", {"reason": ""})
    assert refused.status_code == 400
    assert fill(amina, f"/a/{ref}/give-up-version", {"reason": "No site."}).status_code == 303
    with app.app_context():
        assert current(ref).stage is Stage.IN_FORCE
    told = words(amina.get(f"/a/{ref}"))
    assert f"Version 2 was given up: version 1 is in force, as the decision {record.ref} says" in told
    assert "newer version" not in words(amina.get(f"/records/{record.ref}"))
