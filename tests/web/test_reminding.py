"""Farah says when people are reminded and reads what it means; Amina chooses how she is told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from ehiia import clock
from ehiia.domain.telling import Telling
from ehiia.notify.delivery import Memory, Refused
from ehiia.services import choices, organisations, outbox
from ehiia.services.transaction import transaction
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words

PAGE = "/organisation/reminders"
TIMES = {"before": "21, 3", "every": "5", "director_after": "10", "lead_after": "20"}


def revision(page: Any) -> dict[str, str]:
    form: Any = soup(page)
    return {"revision": form.find("input", {"name": "revision"})["value"]}


def test_only_an_administrator_gets_in(app: Flask, as_: Browsers) -> None:
    assert as_("farah").get(PAGE).status_code == 200
    for name in ("amina", "ben", "carol", "dev", "esther"):
        assert as_(name).get(PAGE).status_code == 403, name


def test_farah_changes_the_times_and_reads_what_they_mean(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("farah")
    page = browser.get(PAGE)
    assert "People are reminded 30, 7 and 1 days before a date; every 7 days while it is overdue" in words(
        page
    )
    assert "30 days before" in words(page)
    assert send(browser, PAGE, TIMES | revision(page)).location == PAGE
    page = browser.get(PAGE)
    assert "21 and 3 days before a date; every 5 days while it is overdue; to the director after 10" in words(
        page
    )
    with app.app_context():
        now = organisations.settings_of(organisations.get(cast.organisation_id))
        assert (now.remind_before, now.remind_every) == ((21, 3), 5)
        assert (now.escalate_director_days, now.escalate_lead_days) == (10, 20)
    told = words(browser.get("/organisation/history"))
    assert "Farah Malik changed when people are reminded, from “30, 7 and 1 days before a date" in told
    assert "to “21 and 3 days before a date; every 5 days while it is overdue" in told


def test_the_example_says_what_was_moved_from_a_weekend(as_: Browsers) -> None:
    page = words(as_("farah").get(PAGE))
    assert "Example: due on" in page
    assert "1 day overdue" in page
    assert "28 days overdue" in page
    assert "moved from" in page


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("before", "", "Enter how many days before a date people are reminded"),
        ("before", "soon", "Enter whole numbers of days with commas between them"),
        ("before", "30, -7", "Enter whole numbers of days with commas between them"),
        ("before", "61", "Each number of days must be between 1 and 60"),
        ("before", "0", "Each number of days must be between 1 and 60"),
        ("before", "1,2,3,4,5,6,7", "Enter 6 numbers of days or fewer"),
        ("every", "0", "Enter a number of days between 1 and 28"),
        ("every", "29", "Days must be 28 or less"),
        ("director_after", "", "Enter a number of days"),
        ("lead_after", "9", "The equality lead is told after the director, or on the same day"),
    ],
)
def test_what_makes_no_sense_is_refused_and_what_was_typed_stays(
    as_: Browsers, name: str, value: str, says: str
) -> None:
    browser = as_("farah")
    answer = send(browser, PAGE, TIMES | revision(browser.get(PAGE)) | {name: value})
    assert answer.status_code == 400
    assert says in words(answer)
    form: Any = soup(answer)
    other = "every" if name == "before" else "before"
    assert form.find("input", {"name": other})["value"] == TIMES[other]
    assert "30, 7 and 1 days before" in words(answer)  # nothing was changed


@pytest.mark.parametrize("typed", ["7 30 1", "1;7;30", "30, 7 and 1", "30,7,1,7"])
def test_days_are_read_as_people_type_them(app: Flask, as_: Browsers, cast: Cast, typed: str) -> None:
    browser = as_("farah")
    sent = TIMES | revision(browser.get(PAGE)) | {"before": typed}
    assert send(browser, PAGE, sent).status_code == 303
    with app.app_context():
        found = organisations.settings_of(organisations.get(cast.organisation_id))
        assert found.remind_before == (30, 7, 1)


def test_who_saves_second_sees_that_somebody_was_first(as_: Browsers) -> None:
    browser = as_("farah")
    first = revision(browser.get(PAGE))
    assert send(browser, PAGE, TIMES | first).status_code == 303
    assert send(browser, PAGE, TIMES | first | {"before": "14"}).status_code == 409
    late = send(browser, PAGE, TIMES | first | {"before": "14"})
    assert "Somebody else changed these times meanwhile" in words(late)
    assert send(browser, PAGE, TIMES | {"before": "14"} | revision(late)).status_code == 303


def test_amina_chooses_how_she_is_told(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("amina")
    assert "What is urgent at once, the rest once a day" in words(browser.get("/account"))
    page = browser.get("/account/messages")
    assert "It is late or was undone" in words(page)
    answer = send(browser, "/account/messages", {"choice": "daily"} | revision(page))
    assert answer.location == "/account/messages"
    assert "Everything once a day" in words(browser.get("/account"))
    with app.app_context():
        assert choices.choice_of(cast.amina).telling is Telling.DAILY
        assert choices.choice_of(cast.ben).telling is Telling.URGENT_AT_ONCE
    refused = send(browser, "/account/messages", {"choice": "never"} | revision(page))
    assert refused.status_code == 400
    late = send(browser, "/account/messages", {"choice": "at_once", "revision": "0"})
    assert late.status_code == 409
    assert send(browser, "/account/messages", {"choice": "at_once"} | revision(late)).status_code == 303


def test_farah_finds_failed_mail_and_sends_all_of_it_again(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("farah")
    with app.app_context():
        for number in range(3):
            with transaction() as session:
                outbox.queue_mail(
                    session,
                    dedupe_key=f"mail {number}",
                    recipient=f"person{number}@example.nhs.uk",
                    subject=f"About {number}",
                    body="What only they read.",
                    organisation_id=cast.organisation_id,
                    now=clock.now(),
                )
        outbox.send_due(now=clock.now(), by_way_of=Memory(answers=[Refused("550 No such person")] * 3))
    page = browser.get("/organisation/mail?tab=failed&find=PERSON1")
    assert "person1@example.nhs.uk" in words(page)
    assert "person2@example.nhs.uk" not in words(page)
    assert "550 No such person" in words(page)
    assert "What only they read." not in words(page)
    assert "Nothing found" in words(browser.get("/organisation/mail?tab=failed&find=%25"))
    for name in ("amina", "esther"):
        assert send(as_(name), "/account", {}, to="/organisation/mail/again").status_code == 403
    assert (
        send(browser, "/organisation/mail?tab=failed", {}, to="/organisation/mail/again").status_code == 303
    )
    assert "person2@example.nhs.uk" in words(browser.get("/organisation/mail?tab=waiting"))
    assert "3 mails that had failed to be sent again" in words(browser.get("/organisation/history"))
    assert send(browser, "/organisation/mail", {}, to="/organisation/mail/again").status_code == 303
