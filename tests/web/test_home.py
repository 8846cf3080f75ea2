"""The first page: what waits for each person, and the history of an assessment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Claim, Part, RoutePart, Stage
from ehiia.services import answering, mitigations, taking_on, team
from ehiia.services.answering import Given
from ehiia.services.assessments import NewStep
from ehiia.services.transaction import transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import QualityCheck
from tests import writing as drafts
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, soup, words


def put(app: Flask, ref: str, **changes: Any) -> None:
    """Put an assessment where a test begins: rows only, as if it had got there."""
    with app.app_context(), transaction() as session:
        row = session.query(Assessment).filter_by(ref=ref).one()
        for name, value in changes.items():
            setattr(row, name, value)
        if changes.get("stage") is Stage.CHECKING:
            session.add(QualityCheck(assessment_id=row.id, version_no=1, begun_at=row.updated_at))


def test_nobody_gets_in_without_signing_in(app: Flask, cast: Cast) -> None:
    assert app.test_client().get("/").location == "/sign-in?next=/"


def test_somebody_for_whom_nothing_waits_is_told_what_to_do(as_: Browsers) -> None:
    page = words(as_("helen").get("/"))
    assert "Nothing waits for you" in page


def test_amina_is_told_to_carry_on(app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now)
    page = as_("amina").get("/")
    tree: Any = soup(page)
    assert "Next: carry on" in words(page)
    assert tree.select_one(".eh-next a")["href"] == f"/a/{ref}"
    assert "My assessments (1)" in words(page)
    assert "Later (1)" in words(page)
    assert "Integrated Care Board" in words(page)
    assert "Overdue" not in words(page)


def test_each_stage_waits_for_the_right_person(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now)
    expected = {
        Stage.SENT_BACK: {"amina": "Next: answer the comments"},
        Stage.WITH_DIRECTOR: {"daniel": "Next: read and agree"},
        Stage.CHECKING: {"ben": "Next: check", "ivan": "Next: check"},
        Stage.NOT_NEEDED_TO_CONFIRM: {"ben": "Next: confirm or refuse"},
        Stage.READY: {"carol": "Next: read the paper", "grace": "Next: enter what the meeting decided"},
    }
    for stage, who in expected.items():
        put(app, ref, stage=stage)
        for name, sentence in who.items():
            assert sentence in words(as_(name).get("/")), (stage, name)
        for name in {"amina", "ben", "carol", "daniel", "dev", "grace", "esther"} - set(who):
            page = words(as_(name).get("/"))
            assert "Next:" not in page or name == "amina", (stage, name)
    for stage in (Stage.PAUSED, Stage.CLOSED, Stage.WITHDRAWN):
        put(app, ref, stage=stage)
        for name in ("amina", "ben", "carol", "daniel", "grace"):
            assert "Next:" not in words(as_(name).get("/"))


def test_the_check_has_a_clock_of_ten_working_days(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now)
    put(app, ref, stage=Stage.CHECKING)
    browser = as_("ben")
    assert "Due Monday 16 March 2026, in 14 days" in words(browser.get("/"))
    standing_clock.pass_on(days=15)
    assert "Overdue by 1 day" in words(as_("ben").get("/"))


def test_carol_decides_alone_where_she_is_the_body(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = drafts.writing(
            cast, standing_clock.now, route=(NewStep(cast.alone_id, RoutePart.DECIDES, None),)
        )
    put(app, ref, stage=Stage.READY)
    page = words(as_("carol").get("/"))
    assert "Next: read and decide" in page
    assert "Papers for decision (1)" in page
    assert "How do you know?" in page
    assert "Next:" not in words(as_("grace").get("/"))


def test_a_lead_who_wrote_in_it_is_not_asked_to_check(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    now = standing_clock.now
    with app.app_context():
        ref = drafts.writing(cast, now)
        team.invite(ref, person_id=cast.ben, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        answering.save_page(
            ref, subject="disability", answers={"affected": Given("yes")}, impacts={}, by=cast.ben, now=now
        )
        team.end_part(ref, person_id=cast.ben, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    put(app, ref, stage=Stage.CHECKING)
    assert "Next: check" not in words(as_("ben").get("/"))
    assert "Next: check" in words(as_("ivan").get("/"))


def test_helens_action_waits_for_her_and_then_for_dev(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now)
        action = drafts.promised(ref, cast, standing_clock.now)
    put(app, ref, stage=Stage.IN_FORCE, review_due_on=day_of(standing_clock.now) + timedelta(days=5))
    assert "Accept or decline: Offer a text relay line" in words(as_("helen").get("/"))
    with app.app_context():
        taking_on.accept(action, revision=1, by=cast.helen, now=standing_clock.now)
    assert "Say how it is going: Offer a text relay line" in words(as_("helen").get("/"))
    assert "Review: Telephone first" in words(as_("amina").get("/"))
    standing_clock.pass_on(days=40)
    helen = words(as_("helen").get("/"))
    assert "Overdue (1)" in helen
    assert "Overdue by 10 days" in helen
    daniel = words(as_("daniel").get("/"))
    assert "Overdue in what you direct (1)" in daniel
    assert "Helen Marsh: Telephone first" in daniel
    with app.app_context():
        mitigations.claim(action, Claim.DONE, note_text="It is there.", by=cast.helen, now=standing_clock.now)
    assert "Say how" not in words(as_("helen").get("/"))
    assert "Next: find out whether it was done and works" in words(as_("dev").get("/"))
    with app.app_context(), transaction() as session:
        session.query(MitigationRow).update({"owner_id": cast.dev})
    assert "Next:" not in words(as_("dev").get("/"))


def test_a_restricted_one_waits_for_nobody_who_takes_no_part(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now, title="Zebra closure")
    for stage in (Stage.CHECKING, Stage.READY, Stage.IN_FORCE):
        put(app, ref, stage=stage, restricted=True, review_due_on=day_of(standing_clock.now))
        for name in ("ben", "carol", "grace", "dev", "farah", "esther", "helen"):
            browser = as_(name)
            assert "Zebra" not in words(browser.get("/")), (stage, name)
            assert browser.get(f"/a/{ref}/history").status_code == 404
    assert as_("amina").get(f"/a/{ref}/history").status_code == 200


def test_amina_reads_what_others_did_since_she_was_here(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now)
    amina = as_("amina")
    assert "Since you were last here" not in words(amina.get("/"))
    standing_clock.pass_on(minutes=30)
    with app.app_context():
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.ben, now=standing_clock.now)
    assert "Since you were last here" not in words(amina.get("/"))
    with amina.session_transaction() as session:
        session["latest"] = int(standing_clock.now.timestamp()) - 7200
    page = words(amina.get("/"))
    assert "Since you were last here Ben Okoro named Helen Marsh as contributor: Telephone first" in page


def test_a_new_administrator_is_met_by_the_checklist(as_: Browsers) -> None:
    page = words(as_("farah").get("/"))
    assert "Next: set up your organisation" in page


def test_the_history_tells_in_sentences(app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock) -> None:
    with app.app_context():
        ref = drafts.writing(cast, standing_clock.now)
    page = words(as_("carol").get(f"/a/{ref}/history"))
    assert "Amina Hassan started the assessment “Telephone first for out-of-hours advice”" in page
    assert "Amina Hassan finished the first questions: a full assessment is needed" in page
    assert "Monday 2 March 2026" in page
    stranger = as_("esther").get(f"/a/{ref}/history")
    assert stranger.status_code == 404
    assert as_("amina").get("/a/EHIIA-2026-999/history").status_code == 404
    assert app.test_client().get(f"/a/{ref}/history").status_code == 302
