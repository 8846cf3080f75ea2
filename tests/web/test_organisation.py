"""What an administrator looks after: settings, places, committees, people, groups, mail; and who may not."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import ehiia.content
from ehiia import clock
from ehiia.clock import day_of
from ehiia.domain.vocabulary import Role
from ehiia.extensions import db
from ehiia.services import administration, bodies, jobs, organisations, outbox, people, restriction
from ehiia.services.transaction import NotAllowed, NotFound, transaction
from ehiia.store.duties import DeliveryState, MailRow
from tests import writing as drafts
from tests.people import PASSWORD, Cast, send
from tests.web.conftest import Browsers, Clock, soup, words

PAGES = (
    "/organisation",
    "/organisation/settings",
    "/organisation/places",
    "/organisation/committees",
    "/organisation/people",
    "/organisation/groups",
    "/organisation/jobs",
    "/organisation/history",
    "/organisation/mail",
)
SETTINGS = {
    "name": "Suffolk and North East Essex",
    "director_agrees": "y",
    "check_working_days": "10",
    "director_working_days": "5",
    "paper_working_days": "5",
    "full_working_days": "20",
    "review_months_high": "6",
    "review_months_medium": "12",
    "review_months_low": "24",
    "escalate_director_days": "14",
    "escalate_lead_days": "28",
    "band_low_to": "3",
    "band_medium_to": "9",
    "band_high_to": "16",
}


@pytest.mark.parametrize("page", PAGES)
def test_only_an_administrator_gets_in(app: Flask, as_: Browsers, cast: Cast, page: str) -> None:
    assert as_("farah").get(page).status_code == 200
    for name in ("amina", "ben", "carol", "dev", "esther"):
        assert as_(name).get(page).status_code == 403, name
    assert app.test_client().get(page).status_code == 302


def test_what_is_sent_past_the_pages_is_refused_too(as_: Browsers, cast: Cast, app: Flask) -> None:
    browser = as_("amina")
    for page in (
        *PAGES,
        f"/organisation/people/{cast.ben}/left",
        f"/organisation/committees/{cast.board_id}/end",
        f"/organisation/places/{cast.place_ids[0]}/end",
        "/organisation/posts/1/end",
        "/organisation/mail/1/again",
    ):
        assert send(browser, "/account", {}, to=page).status_code in (403, 405), page


def test_services_ask_too_whoever_calls_them(app: Flask, cast: Cast, standing_clock: Clock) -> None:
    here, now = cast.organisation_id, standing_clock.now
    with app.app_context():
        for act in (
            lambda: organisations.add_place(here, name="X", by=cast.amina, now=now),
            lambda: organisations.add_group(here, label="X", people="x", by=cast.amina, now=now),
            lambda: administration.end_place(here, cast.place_ids[0], by=cast.ben, now=now),
            lambda: administration.give_post(here, cast.amina, Role.AUDITOR, by=cast.amina, now=now),
            lambda: administration.leave(here, cast.ben, by=cast.amina, now=now),
            lambda: organisations.add_place(cast.other_id, name="X", by=cast.farah, now=now),
        ):
            with pytest.raises(NotAllowed):
                act()
        with pytest.raises(NotFound):
            administration.leave(here, cast.esther, by=cast.farah, now=now)


def test_farah_changes_the_settings(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("farah")
    fields = SETTINGS | {"check_working_days": "15", "director_agrees": "", "revision": "1"}
    del fields["director_agrees"]
    answer = send(browser, "/organisation/settings", fields)
    assert answer.location == "/organisation"
    with app.app_context():
        now = organisations.settings_of(organisations.get(cast.organisation_id))
        assert now.check_working_days == 15
        assert now.director_agrees is False
    assert "Farah Malik changed the name or the settings" in words(browser.get("/organisation"))


def test_two_who_change_the_settings_at_once_do_not_overwrite_unseen(as_: Browsers) -> None:
    browser = as_("farah")
    assert send(browser, "/organisation/settings", SETTINGS | {"revision": "1"}).status_code == 303
    late = send(browser, "/organisation/settings", SETTINGS | {"revision": "1", "name": "Mine"})
    assert late.status_code == 400
    assert "Somebody else changed these settings meanwhile" in words(late)
    form: Any = soup(late)
    assert form.find("input", {"name": "name"})["value"] == "Mine"
    again = {"name": "Mine", "revision": form.find("input", {"name": "revision"})["value"]}
    assert send(browser, "/organisation/settings", SETTINGS | again).status_code == 303


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("name", " ", "Enter the name of the organisation"),
        ("check_working_days", "many", "must be a whole number"),
        ("band_low_to", "9", "The bands must end at rising scores"),
        ("review_months_high", "", "Enter a number of months"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_kept(
    as_: Browsers, name: str, value: str, says: str
) -> None:
    answer = send(as_("farah"), "/organisation/settings", SETTINGS | {"revision": "1", name: value})
    assert answer.status_code == 400
    assert says in words(answer)
    assert soup(answer).find(class_="nhsuk-error-summary")


def test_places_and_groups_come_and_go(as_: Browsers, cast: Cast) -> None:
    browser = as_("farah")
    assert send(browser, "/organisation/places", {"name": "Harwich"}).status_code == 303
    assert "There is a place of this name already" in words(
        send(browser, "/organisation/places", {"name": "Harwich"})
    )
    assert "West Suffolk Alliance" in words(browser.get("/organisation/places"))
    send(browser, "/organisation/places", {}, to=f"/organisation/places/{cast.place_ids[1]}/end")
    assert "West Suffolk Alliance" not in words(browser.get("/organisation/places"))
    fishing = {"label": "Fishing communities", "people": "people in fishing communities"}
    assert send(browser, "/organisation/groups", fishing).status_code == 303
    assert "people in fishing communities" in words(browser.get("/organisation/groups"))
    bad = send(browser, "/organisation/groups", {"label": "Sailors", "people": ""})
    assert bad.status_code == 400
    assert 'value="Sailors"' in bad.get_data(as_text=True)


def test_committees_are_added_and_get_another_chair(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("farah")
    new = {"name": "Quality Committee", "kind": "committee", "chair_id": str(cast.carol), "secretary_id": ""}
    assert send(browser, "/organisation/committees", new).status_code == 303
    assert "Chair: Carol Whitfield. Secretary: nobody yet." in words(browser.get("/organisation/committees"))
    stranger = new | {"name": "Another", "chair_id": str(cast.esther)}
    assert send(browser, "/organisation/committees", stranger).status_code == 400
    page = f"/organisation/committees/{cast.board_id}"
    change = {"chair_id": str(cast.daniel), "secretary_id": str(cast.grace), "revision": "1"}
    assert send(browser, page, change).status_code == 303
    assert send(browser, page, change).status_code == 400
    assert browser.get("/organisation/committees/999").status_code == 404
    send(browser, page, {}, to=f"{page}/end")
    assert "Integrated Care Board" not in words(browser.get("/organisation/committees"))


def test_a_new_person_chooses_their_own_password(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("farah")
    new = {"name": "Joan Reid", "email": "Joan@Example.org", "roles": ["staff", "auditor"]}
    assert send(browser, "/organisation/people", new).status_code == 303
    assert "There is a person with this e-mail address" in words(send(browser, "/organisation/people", new))
    assert "Choose one post at least" in words(
        send(browser, "/organisation/people", {"name": "X", "email": "x@example.org"})
    )
    assert "Member of staff and Mitigation auditor" in words(browser.get("/organisation/people"))
    with app.app_context():
        (mail,) = db.session.scalars(select(MailRow))
        assert mail.recipient == "joan@example.org"
        assert "http://127.0.0.1:5000/forgotten-password" in mail.body
    assert "not right" in words(
        send(app.test_client(), "/sign-in", {"email": "joan@example.org", "password": PASSWORD})
    )


def test_posts_are_given_and_ended(as_: Browsers, app: Flask, cast: Cast, standing_clock: Clock) -> None:
    browser = as_("farah")
    page = f"/organisation/people/{cast.amina}"
    assert send(browser, page, {"role": "equality_lead"}).status_code == 303
    assert "holds this post already" in words(send(browser, page, {"role": "equality_lead"}))
    with app.app_context():
        today = day_of(standing_clock.now)
        actor = people.actor_of(cast.amina, today=today)
        assert actor.has(cast.organisation_id, Role.EQUALITY_LEAD)
        posts = administration.member(cast.organisation_id, cast.amina, today=today).posts
    post = next(post for post in posts if post.role is Role.EQUALITY_LEAD)
    assert send(browser, page, {}, to=f"/organisation/posts/{post.id}/end").location == page
    with app.app_context():
        actor = people.actor_of(cast.amina, today=day_of(standing_clock.now))
        assert not actor.has(cast.organisation_id, Role.EQUALITY_LEAD)
    assert browser.get(f"/organisation/people/{cast.esther}").status_code == 404


def test_the_only_administrator_stays(as_: Browsers, app: Flask, cast: Cast, standing_clock: Clock) -> None:
    browser = as_("farah")
    with app.app_context():
        today = day_of(standing_clock.now)
        (post,) = administration.member(cast.organisation_id, cast.farah, today=today).posts
    answer = send(
        browser, "/organisation/people", {}, to=f"/organisation/posts/{post.id}/end", follow_redirects=True
    )
    assert "This is the only administrator" in words(answer)
    page = f"/organisation/people/{cast.farah}/left"
    assert "This is the only administrator" in words(send(browser, page, {}))
    assert browser.get("/organisation").status_code == 200


def test_whoever_leaves_is_shown_with_what_they_leave_behind(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now)
        secret = drafts.writing(cast, standing_clock.now, title="Zebra closure")
        restriction.restrict(
            secret, reason="Names one person", until_on=None, by=cast.amina, now=standing_clock.now
        )
        action = drafts.promised(ref, cast, standing_clock.now, owner_id=cast.amina)
    browser = as_("farah")
    page = f"/organisation/people/{cast.amina}/left"
    asked = words(browser.get(page))
    assert f"Author {ref}, Telephone first" in asked
    assert action in asked
    assert secret not in asked
    assert "1 more matter that you may not know of" in asked
    assert "Chair" not in asked
    of_carol = words(browser.get(f"/organisation/people/{cast.carol}/left"))
    for body in ("Director of Commissioning", "Integrated Care Board"):
        assert f"Chair, or decides alone: {body}" in of_carol
    assert send(browser, page, {}).status_code == 303
    assert "Left on 2 March 2026" in words(browser.get("/organisation/people"))
    assert as_("amina").get("/account").status_code == 302


def test_a_new_administrator_ticks_off_the_checklist(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    browser = as_("farah")
    page = words(browser.get("/organisation"))
    assert "Next: look at name and settings" in page
    send(browser, "/organisation/settings", SETTINGS | {"revision": "1"})
    page = words(browser.get("/organisation"))
    assert "Next: send a test mail" in page
    assert "Send the first invitations Done" in page
    assert "Bring in your register Assessments from before" in page
    send(browser, "/organisation/mail", {"recipient": "farah@example.org"})
    assert "Test mail" in words(browser.get("/organisation/mail"))
    with app.app_context(), transaction() as session:
        session.query(MailRow).update({"state": DeliveryState.DONE, "sent_at": standing_clock.now})
    assert "Before people can begin" not in words(browser.get("/organisation"))
    assert "set up your organisation" not in words(browser.get("/"))


def test_mail_that_was_given_up_is_shown_with_the_servers_words_and_sent_again(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    browser = as_("farah")
    assert "Enter an e-mail address" in words(send(browser, "/organisation/mail", {"recipient": "nobody"}))
    send(browser, "/organisation/mail", {"recipient": "farah@example.org"})
    with app.app_context(), transaction() as session:
        session.query(MailRow).update(
            {"state": DeliveryState.FAILED, "last_error": "550 no such <b>person</b>"}
        )
        mail = session.query(MailRow).one().id
    assert "1 given up" in words(browser.get("/organisation"))
    failed = browser.get("/organisation/mail?tab=failed")
    assert "The server said: 550 no such <b>person</b>" in words(failed)
    assert send(browser, "/organisation/mail", {}, to=f"/organisation/mail/{mail}/again").status_code == 303
    with app.app_context():
        assert outbox.count_failed(cast.organisation_id) == 0
    assert send(browser, "/organisation/mail", {}, to="/organisation/mail/999/again").status_code == 404


def test_the_file_fills_an_empty_organisation_once(app: Flask) -> None:
    example = str(Path(ehiia.content.__file__).parent / "organisation.example.toml")
    runner = app.test_cli_runner()
    result = runner.invoke(args=["organisation", "load", example])
    assert result.exit_code == 0, result.output
    with app.app_context():
        made = organisations.by_code("SNEE")
        assert made is not None
        today = clock.today()
        assert len(organisations.places(made.id, today=today)) == 3
        assert len(bodies.listed(made.id, today=today)) == 6
        assert len(organisations.local_groups(made.id, today=today)) == 3
        assert organisations.settings_of(made).review_months_low == 24
    again = runner.invoke(args=["organisation", "load", example])
    assert again.exit_code == 1
    assert "it is not touched" in again.output


def test_old_posts_stay_in_the_list(app: Flask, cast: Cast, standing_clock: Clock) -> None:
    with app.app_context():
        later = day_of(standing_clock.now + timedelta(days=10_000))
        everybody = administration.members(cast.organisation_id, today=later)
        assert {one.person_id for one in everybody} == set(cast.ids.values()) - {cast.esther}


def test_a_job_that_is_late_is_red_and_one_that_ran_is_green(
    app: Flask, as_: Browsers, cast: Cast, now: datetime
) -> None:
    with app.app_context():
        jobs.ring(jobs.find("send-mail"), now=now)
    page = soup(as_("farah").get("/organisation/jobs"))
    states = [row.select("td")[-1].get_text(" ") for row in page.select("main tbody tr")]
    assert len(states) == len(jobs.JOBS)
    assert [tag.text for tag in page.select(".nhsuk-tag--green")] == ["Well"]
    assert len(page.select(".nhsuk-tag--red")) == len([one for one in states if "Late" in one]) > 0
    assert "Something did not run" in page.text
