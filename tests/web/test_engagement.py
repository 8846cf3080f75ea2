"""The pages of the engagement log: what Amina writes down, what others see of it, and who was not heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Gate, Naming, Stage
from ehiia.services import commitments, engagement, freezing, voices
from ehiia.services.engagement import Entry
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import chosen, fill

CLUB: dict[str, Any] = {
    "on_date-day": "10",
    "on_date-month": "2",
    "on_date-year": "2026",
    "channel": "went_to_them",
    "place": "Deaf club, Clacton",
    "heard-disability-band": "under_10",
    "heard-age-band": "heard",
    "said": "A telephone line shuts them out.",
    "changed": "A text relay was added.",
}


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def log(ref: str, rest: str = "") -> str:
    return f"/a/{ref}/engagement{rest}"


def put_in_stage(app: Flask, ref: str, stage: Stage) -> None:
    with app.app_context(), transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = stage


def test_an_empty_log_says_what_it_is_for(ref: str, as_: Browsers) -> None:
    page = words(as_("amina").get(log(ref)))
    assert "Nobody has been listened to yet" in page
    assert "Go first to those who could be worse off" in page
    assert "ten principles of involvement" in page


def test_amina_adds_an_entry_and_everybody_reads_it(ref: str, as_: Browsers) -> None:
    assert fill(as_("amina"), log(ref, "/add"), CLUB).status_code == 303
    page = words(as_("ben").get(log(ref)))
    assert "Engagement 1: went to a group's own place or event, Deaf club, Clacton, 10 February 2026" in page
    assert "Age: not counted; Disability: fewer than 10" in page
    assert "They heard back Not yet" in page
    assert "Only the author and contributors change answers" in page


def test_an_entry_can_be_saved_with_gaps_and_comes_back_as_it_was(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, log(ref, "/add"), CLUB)
    page = soup(amina.get(log(ref, "/1")))
    for name, value in CLUB.items():
        assert chosen(page, name) == [value], name


def test_nothing_typed_is_lost_when_a_date_is_wrong(ref: str, as_: Browsers) -> None:
    answer = fill(as_("amina"), log(ref, "/add"), CLUB | {"on_date-month": "13"})
    page = soup(answer)
    assert answer.status_code == 400
    assert "Error:" in page.title.get_text()  # type: ignore[union-attr]
    assert chosen(page, "said") == [CLUB["said"]]
    assert chosen(page, "heard-disability-band") == ["under_10"]
    assert page.select_one('.nhsuk-error-summary a[href="#on_date-month"]')


def test_what_may_show_who_somebody_is_is_a_gentle_warning(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    answer = fill(amina, log(ref, "/add"), CLUB | {"said": "Ring Mrs Ada Bell on 01206 555123"})
    assert answer.status_code == 303
    page = words(amina.get(log(ref)))
    assert "this may show who somebody is: a telephone number (“01206 555123”)" in page
    assert "the name of a person (“Mrs Ada Bell”)" in page
    assert "this may show who somebody is" not in words(as_("ben").get(log(ref)))


def test_an_entry_taken_out_can_be_put_back(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, log(ref, "/add"), CLUB)
    assert send(amina, log(ref, "/1"), {}, to=log(ref, "/1/take-out")).status_code == 303
    page = words(amina.get(log(ref)))
    assert "1 entry taken out" in page
    assert send(amina, log(ref), {}, to=log(ref, "/1/put-back")).status_code == 303
    assert "taken out" not in words(amina.get(log(ref))).replace("was taken out", "")


def test_the_second_who_saves_sees_what_the_first_wrote(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    fill(amina, log(ref, "/add"), CLUB)
    form = soup(amina.get(log(ref, "/1")))
    with app.app_context():
        engagement.change(ref, 1, Entry(said="They want a text line."), revision=1, by=cast.amina, now=now)
    token = chosen(form, "csrf_token")[0]
    answer = amina.post(log(ref, "/1"), data=CLUB | {"revision": "1", "csrf_token": token})
    assert answer.status_code == 409
    assert "They want a text line." in words(answer)
    assert chosen(soup(answer), "said") == [CLUB["said"]]
    again = amina.post(log(ref, "/1"), data=CLUB | {"revision": "2", "csrf_token": token})
    assert again.status_code == 303


def test_people_hear_back_and_are_named_after_the_decision(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, log(ref, "/add"), CLUB)
    put_in_stage(app, ref, Stage.IN_FORCE)
    assert amina.get(log(ref, "/1")).status_code == 403
    day = {"fed_back_on-day": "28", "fed_back_on-month": "2", "fed_back_on-year": "2026"}
    assert fill(amina, log(ref, "/1/heard-back"), day | {"fed_back_how": "A letter"}).status_code == 303
    assert "They heard back Saturday 28 February 2026, A letter" in words(amina.get(log(ref)))
    assert as_("dev").get(log(ref, "/1/heard-back")).status_code == 403


def test_nobody_is_named_unless_they_chose_to_be_and_they_can_take_it_back(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, log(ref, "/add"), CLUB)
    assert chosen(soup(amina.get(log(ref, "/1/named"))), "naming") == ["not_at_all"]
    refused = fill(amina, log(ref, "/1/named"), {"named_as": "Leila"})
    assert refused.status_code == 400
    assert chosen(soup(refused), "named_as") == ["Leila"]
    assert fill(amina, log(ref, "/1/named"), {"naming": "first_name", "named_as": "Leila"}).status_code == 303
    assert "Named, as they chose Leila" in words(as_("ben").get(log(ref)))
    address = soup(amina.get(log(ref, "/1/named"))).select_one('form[action$="/withdraw"]')["action"]  # type: ignore[index]
    assert send(amina, log(ref, "/1/named"), {}, to=str(address)).status_code == 303
    page = words(amina.get(log(ref)))
    assert "Leila" not in page
    assert "Somebody who chose not to be named" in page
    assert "Leila" not in words(amina.get(f"/a/{ref}/history"))


def test_the_picture_says_who_was_not_heard(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        writing.affected(ref, cast, now, access=writing.WORSE)
        writing.affected(ref, cast, now, group="age", access=writing.WORSE)
    amina = as_("amina")
    fill(amina, log(ref, "/add"), CLUB | {"heard-disability-band": ""})
    page = soup(amina.get(log(ref, "/reach")))
    text = " ".join(page.get_text(" ").split())
    assert "Nobody was heard from these groups that would be worse off: Disability." in text
    assert "Disability Nobody heard yet, and they would be worse off" in text
    marks = [len(one.select("rect:not(.eh-is-open)")) for one in page.select(".eh-marks")]
    assert marks == [1, 0]
    table = page.select_one("table")
    assert table is not None
    assert "Heard once, not counted" in table.get_text()


def test_the_section_and_the_task_list_say_how_the_log_stands(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    assert "Nothing is in the log yet" in words(amina.get(f"/a/{ref}/section/engagement"))
    fill(amina, log(ref, "/add"), CLUB)
    assert "1 entry so far" in words(amina.get(f"/a/{ref}/section/engagement"))
    assert "1 entry in the log, 1 not heard back yet" in words(amina.get(f"/a/{ref}"))
    assert "They said A telephone line shuts them out." in words(amina.get(f"/a/{ref}/check-answers"))


def test_the_log_takes_as_many_queries_with_thirty_entries_as_with_one(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")

    def log_many(first: int, last: int) -> None:
        with app.app_context():
            for at in range(first, last):
                entry = Entry(place=f"Place {at}", heard={"age": None, "disability": None})
                engagement.add(ref, entry, by=cast.amina, now=now)

    log_many(0, 1)
    amina.get(log(ref))
    counts = []
    for _ in range(2):
        with counted(app) as found:
            amina.get(log(ref))
        counts.append(len(found))
        log_many(1, 31)
    assert counts[0] == counts[1]
    assert counts[0] <= 24


def test_esther_from_elsewhere_finds_no_log(ref: str, as_: Browsers) -> None:
    esther = as_("esther")
    for rest in ("", "/add", "/1", "/reach", "/1/heard-back", "/1/named"):
        assert esther.get(log(ref, rest)).status_code == 404


def test_a_frozen_version_shows_the_log_and_says_that_a_name_was_taken_back(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    fill(amina, log(ref, "/add"), CLUB)
    with app.app_context():
        writing.affected(ref, cast, now, access=writing.WORSE)
        voices.add(ref, 1, naming=Naming.FIRST_NAME, named_as="Leila", by=cast.amina, now=now)
        with transaction() as session:
            assessment = session.query(Assessment).filter_by(ref=ref).one()
            commitments.add(
                session, assessment, what="Come back in June", source="Paper 7", by=cast.amina, now=now
            )
            here = assessment.id
            freezing.freeze(session, assessment, Gate.SUBMITTED, by=cast.amina, now=now)
        (voice,) = voices.of_assessment(here)[1]
        voices.withdraw(ref, 1, voice.id, by=cast.amina, now=now + timedelta(days=1))
    page = words(amina.get(f"/a/{ref}/versions/1-submitted-1"))
    assert "Heard once, fewer than 10 people" in page
    assert "Engagement 1, Went to a group's own place or event, Deaf club, Clacton" in page
    assert "Named, as they chose Leila" in page
    assert "Somebody who is named here took their name back later." in page
    assert "Come back in June" in page
