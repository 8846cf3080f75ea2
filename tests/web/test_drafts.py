"""What somebody types and does not save is kept for them alone, and others see who has the page open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ehiia.domain.vocabulary import Part, Stage
from ehiia.services import drafting, housekeeping, organisations, team
from ehiia.services.transaction import read, transaction
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment
from ehiia.store.history import History
from ehiia.store.together import Draft, PageOpen
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import chosen, fields, fill, main_form

TEXT = "Half an hour of typing about the harbour."


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        ref = writing.writing(cast, now)
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        return ref


def types(browser: FlaskClient, ref: str, path: str, page: str, typed: dict[str, Any]) -> Any:
    """Send what the script sends after a pause."""
    form = fields(main_form(soup(browser.get(f"/a/{ref}/{path}"))))
    return browser.post(f"/a/{ref}/draft", data=form | typed | {"page": page})


def count(app: Flask, table: type[Any]) -> int:
    with app.app_context():
        found = read().scalar(select(func.count()).select_from(table))
        read().rollback()
    return found or 0


def test_a_draft_is_offered_put_back_and_gone_once_it_is_saved(
    app: Flask, ref: str, as_: Browsers, standing_clock: Clock
) -> None:
    amina, path = as_("amina"), f"/a/{ref}/section/proposal"
    answers, told = count(app, Answer), count(app, History)
    kept = types(amina, ref, "section/proposal", "proposal:", {"q-problem": TEXT, "q-money": "costs"})
    assert kept.get_json() == {"at": "10:00"}
    assert (count(app, Answer), count(app, History)) == (answers, told)
    standing_clock.pass_on(minutes=20)
    page = amina.get(path)
    assert "You typed something here on 2 March 2026 at 10:00 and did not save it." in words(page)
    assert chosen(soup(page), "q-problem") == [""]
    back = soup(amina.get(f"{path}?draft=back"))
    assert "stands below again. It is not saved yet." in " ".join(back.get_text(" ").split())
    assert chosen(back, "q-problem") == [TEXT]
    assert chosen(back, "q-money") == ["costs"]
    assert amina.post(path, data=fields(main_form(back))).status_code == 303
    assert chosen(soup(amina.get(path)), "q-problem") == [TEXT]
    assert "did not save it" not in words(amina.get(path))
    assert count(app, Draft) == 0


def test_a_draft_of_a_group_brings_back_its_impacts(app: Flask, ref: str, as_: Browsers) -> None:
    amina, path = as_("amina"), f"/a/{ref}/group/disability"
    fill(amina, path, {"affected": "yes"})
    typed = {"access-direction": "worse", "access-reason": TEXT, "access-likelihood_before": "4"}
    assert types(amina, ref, "group/disability", "characteristics:disability", typed).status_code == 200
    assert chosen(soup(amina.get(path)), "access-reason") == [""]
    back = soup(amina.get(f"{path}?draft=back"))
    assert chosen(back, "access-reason") == [TEXT]
    assert chosen(back, "access-direction") == ["worse"]
    assert chosen(back, "access-likelihood_before") == ["4"]
    assert amina.post(path, data=fields(main_form(back))).status_code == 303
    assert chosen(soup(amina.get(path)), "access-reason") == [TEXT]


def test_a_draft_is_thrown_away_without_a_script(app: Flask, ref: str, as_: Browsers) -> None:
    amina, path = as_("amina"), f"/a/{ref}/section/proposal"
    types(amina, ref, "section/proposal", "proposal:", {"q-problem": TEXT})
    form = soup(amina.get(path)).select_one("form[action$=throw-away]")
    assert form is not None
    answer = amina.post(str(form["action"]), data=fields(form))
    assert answer.headers["Location"].endswith(path)
    assert count(app, Draft) == 0


def test_nobody_else_sees_a_draft(app: Flask, ref: str, as_: Browsers) -> None:
    types(as_("amina"), ref, "section/proposal", "proposal:", {"q-problem": TEXT})
    for who in ("helen", "ben", "daniel"):
        page = as_(who).get(f"/a/{ref}/section/proposal?draft=back")
        assert TEXT not in words(page)
        assert "did not save it" not in words(page)


def test_a_draft_that_says_what_is_stored_is_not_offered(ref: str, as_: Browsers) -> None:
    amina, path = as_("amina"), f"/a/{ref}/section/proposal"
    types(amina, ref, "section/proposal", "proposal:", {})
    assert "did not save it" not in words(amina.get(path))


def test_a_draft_meets_what_somebody_saved_meanwhile(ref: str, as_: Browsers) -> None:
    amina, helen, path = as_("amina"), as_("helen"), f"/a/{ref}/section/proposal"
    types(amina, ref, "section/proposal", "proposal:", {"q-problem": TEXT})
    fill(helen, path, {"q-problem": "Helen's words."})
    back = soup(amina.get(f"{path}?draft=back"))
    answer = amina.post(path, data=fields(main_form(back)))
    assert answer.status_code == 409
    assert "What Helen Marsh saved" in words(answer)
    assert "did not save it" in words(amina.get(path))


def test_what_is_too_long_or_nowhere_or_not_hers_is_not_kept(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    assert types(amina, ref, "section/proposal", "proposal:", {"q-problem": "x" * 100_001}).status_code == 413
    assert types(amina, ref, "section/proposal", "nothing:", {"q-problem": "x"}).status_code == 404
    for who, status in (("ben", 403), ("esther", 404)):
        answer = send(as_(who), "/", {"page": "proposal:", "q-problem": "x"}, to=f"/a/{ref}/draft")
        assert answer.status_code == status
    with app.app_context(), transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = Stage.CHECKING
    answer = send(amina, "/", {"page": "proposal:", "q-problem": "x"}, to=f"/a/{ref}/draft")
    assert answer.status_code == 403
    assert count(app, Draft) == 0


def test_a_draft_after_the_session_ended_is_answered_with_401(
    app: Flask, ref: str, as_: Browsers, standing_clock: Clock
) -> None:
    amina = as_("amina")
    typed = fields(main_form(soup(amina.get(f"/a/{ref}/section/proposal")))) | {"page": "proposal:"}
    standing_clock.pass_on(minutes=61)
    assert amina.post(f"/a/{ref}/draft", data=typed | {"q-problem": TEXT}).status_code == 401
    assert count(app, Draft) == 0


def test_old_drafts_are_removed_after_the_days_of_the_organisation(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    types(as_("amina"), ref, "section/proposal", "proposal:", {"q-problem": TEXT})
    with app.app_context():
        here = organisations.get(cast.organisation_id)
        settings = replace(organisations.settings_of(here), draft_days=10)
        organisations.change(
            here.id, name=here.name, settings=settings, revision=here.revision, by=cast.farah, now=now
        )
        assert housekeeping.tidy_up(now=now + timedelta(days=9)).drafts == 0
        assert housekeeping.tidy_up(now=now + timedelta(days=11)).drafts == 1


# -- who has the page open ---------------------------------------------------------------------


def opens(browser: FlaskClient, ref: str, **more: str) -> Any:
    typed = {"page": "proposal:", **more}
    return send(browser, f"/a/{ref}", typed, to=f"/a/{ref}/open-page").get_json()


def test_others_see_who_has_the_page_open_and_since_when(
    app: Flask, ref: str, as_: Browsers, standing_clock: Clock
) -> None:
    amina, helen, path = as_("amina"), as_("helen"), f"/a/{ref}/section/proposal"
    assert opens(helen, ref) == {"others": []}
    standing_clock.pass_on(minutes=2)
    opens(helen, ref)
    assert "Helen Marsh has had this page open since 10:00." in words(amina.get(path))
    assert opens(amina, ref) == {"others": ["Helen Marsh has had this page open since 10:00."]}
    assert "has had this page open" not in words(as_("ben").get(path))
    opens(helen, ref, left="1")
    assert "has had this page open" not in words(amina.get(path))


def test_after_some_minutes_of_silence_a_page_counts_as_left(
    app: Flask, ref: str, as_: Browsers, standing_clock: Clock, now: datetime
) -> None:
    opens(as_("helen"), ref)
    standing_clock.pass_on(minutes=4)
    assert "has had this page open" not in words(as_("amina").get(f"/a/{ref}/section/proposal"))
    with app.app_context():
        housekeeping.tidy_up(now=now + timedelta(days=2))
    assert count(app, PageOpen) == 0


def test_opening_a_page_writes_nothing(app: Flask, ref: str, as_: Browsers) -> None:
    as_("amina").get(f"/a/{ref}/section/proposal")
    assert (count(app, PageOpen), count(app, Draft)) == (0, 0)


def test_the_page_tells_its_script_where_to_send(ref: str, as_: Browsers) -> None:
    form = soup(as_("amina").get(f"/a/{ref}/group/age")).select_one("form[data-draft]")
    assert form is not None
    assert form["data-page"] == drafting.page_name("characteristics", "age")
    assert soup(as_("ben").get(f"/a/{ref}/group/age")).select("form[data-draft]") == []


def test_a_page_that_is_open_when_the_stage_moves_on_is_left_without_a_word(
    app: Flask, ref: str, as_: Browsers
) -> None:
    helen = as_("helen")
    opens(helen, ref)
    with app.app_context(), transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = Stage.CHECKING
    assert opens(helen, ref) == {"others": []}
    assert opens(helen, ref, left="1") == {"others": []}
    assert count(app, PageOpen) == 0
