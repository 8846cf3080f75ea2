"""Farah says when people are reminded and reads what it means; Amina chooses how she is told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from ehiia import clock
from ehiia.domain.schedule import DeadlineKind
from ehiia.domain.telling import Telling
from ehiia.notify.delivery import Memory, Refused
from ehiia.services import choices, organisations, outbox
from ehiia.services.transaction import transaction
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words

TABLE = "/organisation/reminders"
PAGE = f"{TABLE}/usual"
REVIEW = f"{TABLE}/review"
TIMES = {"before": "21, 3", "every": "5", "director_after": "10", "lead_after": "20"}


def revision(page: Any) -> dict[str, str]:
    form: Any = soup(page)
    return {"revision": form.find("input", {"name": "revision"})["value"]}


def test_only_an_administrator_gets_in(app: Flask, as_: Browsers) -> None:
    for page in (TABLE, PAGE, REVIEW):
        assert as_("farah").get(page).status_code == 200
        for name in ("amina", "ben", "carol", "dev", "esther"):
            assert as_(name).get(page).status_code == 403, name
    assert as_("farah").get(f"{TABLE}/birthday").status_code == 404


def test_farah_changes_the_times_and_reads_what_they_mean(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("farah")
    page = browser.get(PAGE)
    assert "People are reminded 30, 7 and 1 days before a date; every 7 days while it is overdue" in words(
        page
    )
    assert "30 days before" in words(page)
    assert send(browser, PAGE, TIMES | revision(page)).location == TABLE
    page = browser.get(PAGE)
    assert (
        "21 and 3 days before a date; every 5 days while it is overdue; to the accountable director after 10"
        in words(page)
    )
    with app.app_context():
        now = organisations.settings_of(organisations.get(cast.organisation_id))
        assert (now.remind_before, now.remind_every) == ((21, 3), 5)
        assert (now.escalate_director_days, now.escalate_lead_days) == (10, 20)
    told = words(browser.get("/organisation/history"))
    assert "Farah Malik changed when people are reminded, from “30, 7 and 1 days before a date" in told
    assert "to “21 and 3 days before a date; every 5 days while it is overdue" in told


def row_of(page: Any, kind: str) -> str:
    """Return the words of the row of the table that begins with this kind."""
    rows: Any = soup(page).find_all("tr")
    found: str = next(
        text for row in rows if (text := row.get_text(" ", strip=True)).startswith(f"What {kind}")
    )
    return found


def test_the_table_says_of_each_kind_what_is_sent_when_and_to_whom(as_: Browsers) -> None:
    page = as_("farah").get(TABLE)
    action = row_of(page, "Mitigating action")
    assert "30, 7 and 1 days before a date: to its owner" in action
    assert "The day after, then every 7 days: to the owner and the authors" in action
    assert "To the accountable director after 14 and to the equality leads after 28 days" in action
    assert "As usual" in action
    assert "Nobody above them is told" in row_of(page, "Pages given to somebody to write")
    for kind in DeadlineKind:
        assert row_of(page, kind.label)


def test_farah_gives_reviews_times_of_their_own_and_takes_them_back(
    app: Flask, as_: Browsers, cast: Cast
) -> None:
    browser = as_("farah")
    page = browser.get(REVIEW)
    assert "It follows the usual times" in words(page)
    assert "Use the usual times" not in words(page)
    assert send(browser, REVIEW, TIMES | revision(page)).location == TABLE
    page = browser.get(TABLE)
    assert "21 and 3 days before a date: to the authors" in row_of(page, "Review")
    assert "Its own" in row_of(page, "Review")
    assert "30, 7 and 1 days" in row_of(page, "Mitigating action")
    assert send(browser, PAGE, TIMES | {"before": "14"} | revision(browser.get(PAGE))).status_code == 303
    page = browser.get(TABLE)
    assert "21 and 3 days" in row_of(page, "Review"), "it has its own"
    assert "14 days" in row_of(page, "Mitigating action")
    with app.app_context():
        timings = organisations.timings_of(organisations.settings_of(organisations.get(cast.organisation_id)))
        assert timings.of(DeadlineKind.REVIEW).before == (21, 3)
        assert timings.of(DeadlineKind.GAP).before == (14,)
    late = browser.get(REVIEW)
    assert send(browser, REVIEW, {"act": "usual"} | revision(late)).status_code == 303
    assert "14 days" in row_of(browser.get(TABLE), "Review")
    assert send(browser, REVIEW, {"act": "usual"} | revision(browser.get(REVIEW))).status_code == 303
    told = words(browser.get("/organisation/history"))
    assert "changed when people are reminded (Review), from “30, 7 and 1 days before a date" in told
    assert told.count("to “the usual times”") == 1, "the same again is no change"


def test_of_pages_to_write_nobody_above_is_told_so_nothing_of_it_is_asked(
    app: Flask, as_: Browsers, cast: Cast
) -> None:
    browser = as_("farah")
    page = browser.get(f"{TABLE}/pages")
    form: Any = soup(page)
    assert form.find("input", {"name": "director_after"}) is None
    assert "director" not in words(page)
    sent = {"before": "2", "every": "1"} | revision(page)
    assert send(browser, f"{TABLE}/pages", sent).status_code == 303
    assert "The day after, then every day: to whoever writes them and the authors" in row_of(
        browser.get(TABLE), "Pages given to somebody to write"
    )


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
@pytest.mark.parametrize("page", [PAGE, REVIEW])
def test_what_makes_no_sense_is_refused_and_what_was_typed_stays(
    as_: Browsers, page: str, name: str, value: str, says: str
) -> None:
    browser = as_("farah")
    answer = send(browser, page, TIMES | revision(browser.get(page)) | {name: value})
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


@pytest.mark.parametrize("page", [PAGE, REVIEW])
def test_who_saves_second_sees_that_somebody_was_first(as_: Browsers, page: str) -> None:
    browser = as_("farah")
    first = revision(browser.get(page))
    assert send(browser, page, TIMES | first).status_code == 303
    assert send(browser, page, TIMES | first | {"before": "14"}).status_code == 409
    late = send(browser, page, TIMES | first | {"before": "14"})
    assert "Somebody else changed these times meanwhile" in words(late)
    assert "21 and 3 days before" in words(late), "what the first one saved"
    assert send(browser, page, TIMES | {"before": "14"} | revision(late)).status_code == 303


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
