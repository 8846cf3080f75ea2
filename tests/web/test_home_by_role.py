"""The parts of the first page: what waits for a post, what a director directs, and what somebody new sees."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from ehiia.clock import day_of
from ehiia.domain.auditing import Response
from ehiia.domain.vocabulary import Part, Role, RoutePart, Stage
from ehiia.services import administration, commitments, restriction, review_dates, reviews, team, triggers
from ehiia.services.answering_findings import Answer
from ehiia.services.assessments import NewStep
from ehiia.services.commitments import Commitment
from ehiia.services.transaction import read
from tests import factories
from tests import writing as drafts
from tests.factories import current
from tests.people import Cast
from tests.services.test_findings import answer, raised
from tests.services.test_programmes import APRIL, begun, case_of, done, drawn
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.test_cumulative import hit
from tests.web.test_home import put

LATE = {"days": 900}
"""After which everything that was promised in the tests is overdue."""


def headings(page: object) -> list[str]:
    """Return the headings of the page in their order, without the counts."""
    return [" ".join(one.get_text(" ").split()).split(" (")[0] for one in soup(page).select("main h2")]


def ask_later(ref: str, cast: Cast, clock: Clock) -> None:
    """Ask as Amina that the review of an assessment be postponed by a month."""
    planned = reviews.open_review(read(), current(ref))
    assert planned is not None
    later = planned.due_on + timedelta(days=30)
    review_dates.ask(
        ref,
        to_on=later,
        reason="The survey is late.",
        revision=planned.revision,
        by=cast.amina,
        now=clock.now,
    )


def busy(cast: Cast, clock: Clock) -> str:
    """Make one of everything that waits for an equality lead or a director; return the one in force."""
    ref, _ = factories.decided(cast, clock.now, worse=True)
    triggers.raise_one(ref, trigger="law", reason="A new Act.", by=cast.dev, now=clock.now)
    ask_later(ref, cast, clock)
    commitments.record(
        ref,
        Commitment("Tell the carers.", "The board", owner_id=cast.helen, due_on=date(2026, 5, 1)),
        by=cast.amina,
        now=clock.now,
    )
    raised(cast, condition=f"Nobody looked at number {ref[-3:]}.")
    return ref


def test_ben_sees_the_queue_the_reviews_and_what_adds_up_each_with_its_link(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = busy(cast, standing_clock)
        waiting = hit(cast, standing_clock, 3)
    put(app, waiting[0], stage=Stage.CHECKING)
    ben = as_("ben")
    page = ben.get("/")
    order = headings(page)
    parts = ["To check", "Reviews and dates", "Cumulative effects"]
    assert [one for one in order if one in parts] == parts
    links = {str(one.get("href")) for one in soup(page).select("main a")}
    wanted = {
        f"/a/{waiting[0]}/check",
        f"/a/{ref}/review/triggers/1",
        f"/a/{ref}/review/date/1",
        f"/cumulative/{cast.place_ids[0]}/disability",
        "/checks",
        "/reviews",
        "/ahead",
    }
    assert wanted <= links
    assert "Accept or decline an early review" in words(page)
    assert len(soup(page).select(".eh-next")) == 1
    for href in wanted:
        assert ben.get(href).status_code == 200, href


def test_ben_sees_a_review_that_is_overdue_and_it_is_not_the_first_thing_to_do(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref, _ = factories.decided(cast, standing_clock.now, worse=True)
    standing_clock.pass_on(**LATE)
    page = as_("ben").get("/")
    assert "See that it is reviewed: Moving the Harbour Road surgery It waits for Amina Hassan." in words(
        page
    )
    assert f"/a/{ref}/review" in page.get_data(as_text=True)
    assert "Next:" not in words(page)


def test_long_parts_are_cut_and_say_how_many_there_are(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        refs = [drafts.writing(cast, standing_clock.now, title=f"Proposal {n}") for n in range(6)]
    for ref in refs:
        put(app, ref, stage=Stage.CHECKING)
    ben = as_("ben")
    page = ben.get("/")
    assert "To check (6)" in words(page)
    assert len(soup(page).select("main .nhsuk-task-list__item")) == 5
    assert "Show all 6" in words(page)
    every = ben.get("/?all=yes")
    assert len(soup(every).select("main .nhsuk-task-list__item")) == 6
    assert "Show all" not in words(every)


def test_daniel_sees_what_is_overdue_in_what_he_directs_and_nobody_else_does(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = busy(cast, standing_clock)
    assert "Answer the finding: Nobody looked at" in words(as_("daniel").get("/"))
    standing_clock.pass_on(**LATE)
    daniel = as_("daniel")
    page = daniel.get("/")
    assert "Overdue in what you direct (3)" in words(page)
    links = {str(one.get("href")) for one in soup(page).select("main a")}
    assert {f"/mitigations/{ref}-M1", f"/a/{ref}/review", f"/a/{ref}/commitments"} <= links
    late = words(daniel.get("/ahead?whose=directed&month=late"))
    assert "Tell the carers." in late
    for name in ("amina", "ben", "carol", "dev", "esther"):
        assert "Overdue in what you direct" not in words(as_(name).get("/")), name
        assert "What I direct" not in words(as_(name).get("/ahead?whose=directed")), name


def test_a_director_for_whom_nothing_waits_is_sent_to_what_is_late(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        factories.decided(cast, standing_clock.now, worse=True)
    standing_clock.pass_on(**LATE)
    page = as_("daniel").get("/")
    assert "Next: see what is late" in words(page)
    assert soup(page).select_one(".eh-next a")["href"] == "/ahead?whose=directed&month=late"  # type: ignore[index]


def test_of_a_restricted_one_only_a_director_who_takes_part_sees_what_is_late(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = busy(cast, standing_clock)
        restriction.restrict(ref, reason="Staff.", until_on=None, by=cast.amina, now=standing_clock.now)
    standing_clock.pass_on(**LATE)
    assert "Overdue in what you direct (3)" in words(as_("daniel").get("/"))
    for name in ("ben", "carol", "dev", "farah"):
        page = words(as_(name).get("/"))
        assert "A new Act" not in page, name
        assert "The review would move" not in page, name
        assert ref not in as_(name).get("/ahead?whose=all&month=late").get_data(as_text=True), name


def test_dev_sees_programmes_what_was_drawn_and_findings_to_look_at_again(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    now = standing_clock.now
    with app.app_context():
        programme = begun(cast, now)
        ref = done(cast, now)
        drawn(cast, programme)
        standing_clock.now = APRIL
        case = case_of(f"{ref}-M1")
        finding = raised(cast, case)
        put_right_by = day_of(APRIL) + timedelta(days=20)
        answer(cast, finding.ref, Answer(Response.ACCEPTED, "", cast.helen, put_right_by), 1)
        case_id, finding_ref = case.id, finding.ref
    page = as_("dev").get("/")
    assert "Audit programmes" in words(page)
    assert "next sample on Wednesday 1 July 2026" in words(page)
    assert "Audit what was drawn: A minibus" in words(page)
    assert f"/audits/cases/{case_id}" in page.get_data(as_text=True)
    assert "Put it right: Nobody rides on Sundays." in words(as_("helen").get("/"))
    assert "Look again" not in words(page)
    standing_clock.pass_on(days=21)
    page = as_("dev").get("/")
    assert "Look again: Nobody rides on Sundays." in words(page)
    assert f"/audits/findings/{finding_ref}/look-again" in page.get_data(as_text=True)
    assert "Look again" not in words(as_("helen").get("/"))
    daniel = words(as_("daniel").get("/"))
    assert (
        "Nobody rides on Sundays. Audit or finding: Moving the Harbour Road surgery Overdue by 1 day"
        in daniel
    )
    for name in ("amina", "carol"):
        assert "Audit programmes" not in words(as_(name).get("/"))


def test_somebody_with_several_posts_sees_the_parts_in_order_with_one_first_thing(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    now = standing_clock.now
    with app.app_context():
        route = (NewStep(cast.alone_id, RoutePart.DECIDES, None),)
        paper = drafts.writing(cast, now, title="A paper", route=route)
        check = drafts.writing(cast, now, title="A check")
        own = drafts.writing(cast, now, title="Their own")
        team.invite(own, person_id=cast.carol, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        administration.give_post(cast.organisation_id, cast.carol, Role.EQUALITY_LEAD, by=cast.farah, now=now)
    put(app, paper, stage=Stage.READY)
    put(app, check, stage=Stage.CHECKING)
    standing_clock.pass_on(days=1)
    page = as_("carol").get("/")
    order = headings(page)
    parts = ["Next: read and decide", "Later", "Papers for decision", "To check"]
    assert [one for one in order if one in parts] == parts
    assert len(soup(page).select(".eh-next .nhsuk-button")) == 1


def test_somebody_new_is_told_what_will_stand_here(as_: Browsers) -> None:
    page = words(as_("grace").get("/"))
    assert "What will stand here" in page
    assert "Practise with an assessment that nobody else sees" in page
    assert "Read what an impact assessment is for" in words(as_("dev").get("/"))


def test_the_first_page_takes_as_many_queries_for_one_of_everything_as_for_two(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    numbers: dict[str, list[int]] = {}
    for _ in range(2):
        with app.app_context():
            busy(cast, standing_clock)
            waiting = hit(cast, standing_clock, 3)
        put(app, waiting[0], stage=Stage.CHECKING)
        put(app, waiting[1], stage=Stage.READY)
        for name in ("amina", "ben", "carol", "daniel", "dev", "helen"):
            browser = as_(name)
            browser.get("/")
            with counted(app) as queries:
                browser.get("/")
            numbers.setdefault(name, []).append(len(queries))
    assert all(first == second for first, second in numbers.values()), numbers
    most = {"amina": 11, "ben": 22, "carol": 10, "daniel": 15, "dev": 16, "helen": 11}
    assert {name: first for name, (first, _) in numbers.items() if first > most[name]} == {}
