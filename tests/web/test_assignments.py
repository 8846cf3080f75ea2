"""Who writes what: pages are given to people by a day, told once, shown where they look."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Part
from ehiia.services import assigning, team
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read
from ehiia.store.duties import MailRow
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import fields, fill, main_form

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        ref = writing.writing(cast, now)
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        return ref


def give(ref: str, cast: Cast, now: datetime, *pages: tuple[str, str], due_on: date = FRIDAY) -> int:
    held = {key: one.revision for key, one in assigning.given(1).items()}
    return assigning.give(ref, pages, person_id=cast.helen, due_on=due_on, held=held, by=cast.amina, now=now)


def mails_to_helen(app: Flask) -> list[str]:
    with app.app_context():
        found = [mail.subject for mail in read().query(MailRow).all() if "helen" in mail.recipient]
        read().rollback()
    return [subject for subject in found if "Pages for you" in subject]


def test_amina_gives_pages_to_helen_who_finds_them_at_home_and_on_the_task_list(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina, helen = as_("amina"), as_("helen")
    typed = {
        "person_id": str(
            soup(amina.get(f"/a/{ref}/who-writes-what")).select("#person_id option")[-1]["value"]
        ),
        "due_on-day": "6",
        "due_on-month": "3",
        "due_on-year": "2026",
        "pages": ["proposal:", "characteristics:disability"],
    }
    assert fill(amina, f"/a/{ref}/who-writes-what", typed).status_code == 303
    home = words(helen.get("/"))
    assert "Write your pages" in home
    assert "2 pages are yours" in home
    assert "Helen Marsh, by Friday 6 March 2026" in words(amina.get(f"/a/{ref}"))
    mine = words(helen.get(f"/a/{ref}?show=mine"))
    assert "Only the pages given to you are shown" in mine
    assert "Disability" in mine
    assert "Religion or belief" not in mine
    assert mails_to_helen(app) == [mails_to_helen(app)[0]]


def test_given_twice_tells_once(app: Flask, cast: Cast, ref: str, now: datetime) -> None:
    with app.app_context():
        assert give(ref, cast, now, ("proposal", "")) == 1
        assert give(ref, cast, now + timedelta(minutes=1), ("proposal", "")) == 0
    assert len(mails_to_helen(app)) == 1


def test_a_page_that_stays_undone_is_overdue_until_she_says_that_it_is_finished(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime, standing_clock: Clock
) -> None:
    with app.app_context():
        give(ref, cast, now, ("proposal", ""))
    standing_clock.pass_on(minutes=60 * 24 * 7)
    helen = as_("helen")
    assert "overdue by 3 days" in words(helen.get(f"/a/{ref}"))
    assert "Overdue" in words(helen.get("/"))
    send(helen, f"/a/{ref}/who-writes-what", {"page": "proposal:"}, to=f"/a/{ref}/who-writes-what/finished")
    assert "Helen Marsh says it is finished" in words(as_("amina").get(f"/a/{ref}"))
    assert "Write your pages" not in words(helen.get("/"))
    again = {"page": "proposal:", "done": "no"}
    send(helen, f"/a/{ref}/who-writes-what", again, to=f"/a/{ref}/who-writes-what/finished")
    assert "Write your pages" in words(helen.get("/"))


def test_only_its_owner_says_that_a_page_is_finished(app: Flask, cast: Cast, ref: str, now: datetime) -> None:
    with app.app_context():
        give(ref, cast, now, ("proposal", ""))
        with pytest.raises(NotAllowed):
            assigning.finish(ref, ("proposal", ""), by=cast.amina, now=now)
        with pytest.raises(NotFound):
            assigning.finish(ref, ("monitoring", ""), by=cast.helen, now=now)


def test_what_cannot_be_given_is_refused_by_field(app: Flask, cast: Cast, ref: str, now: datetime) -> None:
    with app.app_context():
        with pytest.raises(Invalid) as refused:
            assigning.give(
                ref,
                [("nothing", "")],
                person_id=cast.ben,
                due_on=date(2026, 3, 1),
                held={},
                by=cast.amina,
                now=now,
            )
        assert set(refused.value.errors) == {"pages", "person_id", "due_on"}
        with pytest.raises(NotAllowed):
            assigning.give(
                ref, [("proposal", "")], person_id=cast.amina, due_on=FRIDAY, held={}, by=cast.helen, now=now
            )


def test_amina_takes_a_page_back_and_whoever_leaves_keeps_none(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        give(ref, cast, now, ("proposal", ""), ("monitoring", ""))
    amina = as_("amina")
    taken = {"page": "proposal:", "revision": "1"}
    send(amina, f"/a/{ref}/who-writes-what", taken, to=f"/a/{ref}/who-writes-what/take-back")
    again = send(amina, f"/a/{ref}/who-writes-what", taken, to=f"/a/{ref}/who-writes-what/take-back")
    assert again.status_code == 303
    with app.app_context():
        assert set(assigning.given(1)) == {("monitoring", "")}
        team.end_part(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        assert assigning.given(1) == {}


def test_who_gives_a_page_second_sees_who_has_it_and_keeps_what_was_typed(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        give(ref, cast, now, ("proposal", ""))
    path, ben = f"/a/{ref}/who-writes-what", as_("ben")
    typed = fields(main_form(soup(ben.get(path)))) | {
        "person_id": str(cast.amina),
        "due_on-day": "13",
        "due_on-month": "3",
        "due_on-year": "2026",
        "pages": ["proposal:"],
    }
    with app.app_context():
        assigning.finish(ref, ("proposal", ""), by=cast.helen, now=now)
    second = ben.post(path, data=typed)
    assert second.status_code == 409
    page = soup(second)
    assert page.select("#due_on-day")[0]["value"] == "13"
    assert "Somebody gave or finished one of these pages meanwhile" in page.get_text()
    assert "Helen Marsh" in page.get_text()
    kept = fields(main_form(page)) | {"pages": ["proposal:"]}
    assert ben.post(path, data=kept).status_code == 303
    with app.app_context():
        assert assigning.given(1)["proposal", ""].name == "Amina Hassan"


def test_a_page_that_was_finished_meanwhile_is_not_taken_back(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        give(ref, cast, now, ("proposal", ""))
        assigning.finish(ref, ("proposal", ""), by=cast.helen, now=now)
    path, amina = f"/a/{ref}/who-writes-what", as_("amina")
    send(amina, path, {"page": "proposal:", "revision": "1"}, to=f"{path}/take-back")
    assert "given or finished meanwhile" in words(amina.get(path))
    with app.app_context():
        assert ("proposal", "") in assigning.given(1)


def test_who_only_reads_sees_who_writes_what_without_a_form(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        give(ref, cast, now, ("proposal", ""))
    page = as_("dev").get(f"/a/{ref}/who-writes-what")
    assert "Helen Marsh" in words(page)
    assert "Give these pages" not in words(page)


def test_the_list_asks_the_database_a_few_times_only(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        give(ref, cast, now, ("proposal", ""), ("monitoring", ""), ("characteristics", "age"))
    amina = as_("amina")
    amina.get(f"/a/{ref}/who-writes-what")
    with counted(app) as queries:
        amina.get(f"/a/{ref}/who-writes-what")
    assert len(queries) <= 11, "\n".join(queries)
