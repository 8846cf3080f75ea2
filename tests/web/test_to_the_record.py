"""The pages from submitting to the verified record, as the people of the tests see them.

Long because each page stands on the one before it, up to the record, its review and its verdicts.
"""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ehiia.domain.vocabulary import ReviewOutcome, Stage
from ehiia.services import restriction, seal_work, sealing
from tests import factories, lookback
from tests.factories import HOUR, current
from tests.people import PASSWORD, Cast, send
from tests.web.conftest import Browsers, Clock, counted, soup, words

DAY = timedelta(days=1)


def stage(app: Flask, ref: str) -> Stage:
    with app.app_context():
        return current(ref).stage


def made(app: Flask, cast: Cast, clock: Clock, what: str, **changes: Any) -> Any:
    """Make an assessment by a factory, a day before the moment of the pages."""
    with app.app_context():
        return getattr(factories, what)(cast, clock.now - DAY, **changes)


# -- submitting -----------------------------------------------------------------------------------


def test_amina_sees_what_is_missing_with_links_to_it(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "screened")
    page = soup(as_("amina").get(f"/a/{ref}/submit"))
    links = [link["href"] for link in page.select("main a")]
    assert f"/a/{ref}/section/proposal#q-problem" in links
    assert f"/a/{ref}/group/disability#affected" in links
    assert not page.select("form[method=post] input[name=declared]")


def test_amina_declares_and_submits(app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock) -> None:
    ref = made(app, cast, standing_clock, "answered")
    amina = as_("amina")
    refused = send(amina, f"/a/{ref}/submit", {})
    assert refused.status_code == 400
    assert "Tick the box" in words(refused)
    assert send(amina, f"/a/{ref}/submit", {"declared": "y"}).status_code == 303
    assert stage(app, ref) is Stage.WITH_DIRECTOR
    assert "take it back" in words(amina.get(f"/a/{ref}/submit"))
    assert send(amina, f"/a/{ref}/submit", {}, to=f"/a/{ref}/take-back").status_code == 303
    assert stage(app, ref) is Stage.WRITING


def test_daniel_reads_it_in_short_and_sends_it_back_or_agrees(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "submitted", worse=True)
    daniel = as_("daniel")
    assert "The bus stops at five." in words(daniel.get(f"/a/{ref}/agree"))
    refused = send(daniel, f"/a/{ref}/agree", {"act": "return"})
    assert refused.status_code == 400
    assert "Enter the reason" in words(refused)
    assert send(daniel, f"/a/{ref}/agree", {"act": "agree"}).status_code == 303
    assert stage(app, ref) is Stage.CHECKING
    assert "nothing for you to agree" in words(daniel.get(f"/a/{ref}/agree"))


# -- checking -------------------------------------------------------------------------------------


def test_ben_finds_the_queue_with_its_clock(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    route = factories.to_the_board(cast, date(2026, 2, 27))
    made(app, cast, standing_clock, "agreed", route=route)
    seen = words(as_("ben").get("/checks"))
    assert "Moving the Harbour Road surgery" in seen
    assert "9 working days left" in seen
    assert "The day has gone by" in seen
    standing_clock.pass_on(days=21)
    assert re.search(r"\d working days over", words(as_("ben").get("/checks")))


def test_an_empty_queue_says_what_it_is_for(as_: Browsers) -> None:
    assert "Nothing waits to be checked" in words(as_("ben").get("/checks"))


def test_ben_goes_from_section_to_section_and_passes_it(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "agreed", worse=True)
    ben = as_("ben")
    page = f"/a/{ref}/check/proposal"
    assert "What good looks like" in words(ben.get(page))
    refused = send(ben, page, {"satisfied": "no", "note": ""})
    assert refused.status_code == 400
    assert "Say what the author should change" in words(refused)
    follows = send(ben, page, {"satisfied": "yes", "note": ""})
    assert follows.headers["Location"] == f"/a/{ref}/check/population"
    assert "The bus stops at five." in words(ben.get(f"/a/{ref}/check/characteristics:disability"))
    assert "minibus" in words(ben.get(f"/a/{ref}/check/mitigations"))
    early = send(ben, f"/a/{ref}/check/pass", {"reservations": "Watch the bus."})
    assert early.status_code == 400
    assert "Watch the bus." in words(early)
    with app.app_context():
        factories.satisfy(ref, cast.ben, standing_clock.now)
    assert send(ben, f"/a/{ref}/check/pass", {"reservations": "Watch the bus."}).status_code == 303
    assert stage(app, ref) is Stage.READY


def test_ben_sends_it_back_and_amina_answers(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "agreed")
    ben, amina = as_("ben"), as_("amina")
    assert send(ben, f"/a/{ref}/check/send-back", {"message": ""}).status_code == 400
    send(ben, f"/a/{ref}/check/proposal", {"satisfied": "no", "note": "Which bus?"})
    assert send(ben, f"/a/{ref}/check/send-back", {"message": "Nearly."}).status_code == 303
    seen = amina.get(f"/a/{ref}/comments")
    assert "Which bus?" in words(seen)
    answer = soup(seen).select_one("main a[href*='answer=']")
    assert answer is not None
    opened = str(answer["href"]).split("#")[0]
    number = opened.split("=")[1]
    page = soup(amina.get(opened))
    assert "This may be disclosed under the Freedom of Information Act." in page.get_text()
    fields = {"act": "answer", "comment": number, "answer": ""}
    assert send(amina, opened, fields, to=f"/a/{ref}/comments").status_code == 400
    fields["answer"] = "The number 12."
    assert send(amina, opened, fields, to=f"/a/{ref}/comments").status_code == 303
    assert "The number 12." in words(ben.get(f"/a/{ref}/comments"))


def test_a_comment_can_be_made_by_whoever_takes_part(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "answered")
    fields = {"act": "say", "section": "proposal", "text": "Think of the ferry."}
    assert send(as_("daniel"), f"/a/{ref}/comments", fields).status_code == 303
    assert send(as_("daniel"), f"/a/{ref}/comments", fields | {"section": "nothing"}).status_code == 400
    assert send(as_("dev"), f"/a/{ref}/comments", fields).status_code == 403
    assert "Think of the ferry." in words(as_("dev").get(f"/a/{ref}/comments"))


# -- deciding -------------------------------------------------------------------------------------

DECISION = {
    "outcome": "approved",
    "reasons": "It is the better place.",
    "advice_followed": "yes",
    "advice_not_followed_reason": "",
    "conditions": "",
}


def hidden(client: FlaskClient, page: str, name: str) -> str:
    field = soup(client.get(page)).select_one(f"input[name={name}]")
    assert field is not None, page
    return str(field["value"])


def test_carol_reads_the_paper_then_decides_alone_with_her_password(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "passed", worse=True, reservations="Watch the bus.")
    carol = as_("carol")
    assert "Moving the Harbour Road surgery" in words(carol.get("/papers"))
    seen = words(carol.get(f"/a/{ref}/paper"))
    for part in (
        "In short",
        "Risks left, in plain words",
        "Reservation of the equality lead Watch the bus.",
        "Who loses?",
        "How will we know?",
        "Equality Act 2010, section 149",
        "it cannot be handed to the author",
    ):
        assert part in seen, part
    assert "Say first that you have read this version" in words(carol.get(f"/a/{ref}/decide"))

    sha256 = hidden(carol, f"/a/{ref}/paper", "sha256")
    unticked = send(carol, f"/a/{ref}/paper", {"sha256": sha256})
    assert unticked.status_code == 400
    onwards = send(carol, f"/a/{ref}/paper", {"sha256": sha256, "read": "y"})
    assert onwards.headers["Location"] == f"/a/{ref}/decide"

    fields = DECISION | {"sha256": hidden(carol, f"/a/{ref}/decide", "sha256"), "password": "wrong"}
    wrong = send(carol, f"/a/{ref}/decide", fields)
    assert wrong.status_code == 400
    assert "The password is not right" in words(wrong)
    kept = soup(wrong).select_one("textarea[name=reasons]")
    assert kept is not None
    assert kept.get_text(strip=True) == "It is the better place."
    assert soup(wrong).select_one("input[name=outcome][checked]") is not None
    assert stage(app, ref) is Stage.READY

    right = send(carol, f"/a/{ref}/decide", fields | {"password": PASSWORD})
    assert right.headers["Location"] == f"/a/{ref}/decided"
    done = words(carol.get(f"/a/{ref}/decided"))
    assert "Decided: Approved" in done
    assert "Sealed and signed" in done


def test_after_too_many_wrong_passwords_carol_waits_and_what_she_typed_is_kept(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "passed")
    carol = as_("carol")
    sha256 = hidden(carol, f"/a/{ref}/paper", "sha256")
    send(carol, f"/a/{ref}/paper", {"sha256": sha256, "read": "y"})
    answers = [
        send(carol, f"/a/{ref}/decide", DECISION | {"sha256": sha256, "password": "wrong"}) for _ in range(11)
    ]
    assert [answer.status_code for answer in answers[-2:]] == [400, 429]
    assert "It is the better place." in words(answers[-1])


def test_grace_enters_and_carol_confirms(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "passed", route=factories.to_the_board(cast))
    grace, carol = as_("grace"), as_("carol")
    assert "To enter after the meeting" in words(grace.get("/papers"))
    sha256 = hidden(grace, f"/a/{ref}/enter-decision", "sha256")
    fields = DECISION | {
        "sha256": sha256,
        "meeting_on-day": "2",
        "meeting_on-month": "3",
        "meeting_on-year": "2026",
        "minute": "ICB-26-03, item 7",
        "members_present": "Carol Whitfield\nJohn Reeve\n",
        "conflicts": "None",
    }
    not_circulated = send(grace, f"/a/{ref}/enter-decision", fields)
    assert not_circulated.status_code == 400
    assert "must have been circulated" in words(not_circulated)
    entered = send(grace, f"/a/{ref}/enter-decision", fields | {"version_circulated": "y"})
    assert entered.status_code == 303
    assert "To confirm" in words(carol.get("/papers"))
    assert grace.get(f"/a/{ref}/confirm-decision").status_code == 403

    page = f"/a/{ref}/confirm-decision"
    assert "Say first that you have read" in words(carol.get(page))
    send(carol, f"/a/{ref}/paper", {"sha256": hidden(carol, f"/a/{ref}/paper", "sha256"), "read": "y"})
    assert "John Reeve" in words(carol.get(page))
    fields = {"entry": hidden(carol, page, "entry"), "password": PASSWORD}
    assert send(carol, page, fields | {"entry": "999"}).status_code == 409
    assert send(carol, page, fields).headers["Location"] == f"/a/{ref}/decided"
    assert stage(app, ref) is Stage.IN_FORCE


def test_the_decision_stands_while_the_file_waits_to_be_sealed(
    app: Flask,
    cast: Cast,
    as_: Browsers,
    standing_clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ref = made(app, cast, standing_clock, "passed")
    carol = as_("carol")
    sha256 = hidden(carol, f"/a/{ref}/paper", "sha256")
    send(carol, f"/a/{ref}/paper", {"sha256": sha256, "read": "y"})

    def broken(*_: object, **__: object) -> bytes:
        raise OSError("no room left")

    monkeypatch.setattr(seal_work, "lay_out", broken)
    fields = DECISION | {"sha256": sha256, "password": PASSWORD}
    assert send(carol, f"/a/{ref}/decide", fields).status_code == 303
    assert "Waiting to be sealed" in words(carol.get(f"/a/{ref}/decided"))
    assert "Waiting to be sealed" in words(carol.get(f"/records/{ref}-D1"))
    assert carol.get(f"/records/{ref}-D1.pdf").status_code == 404
    assert stage(app, ref) is Stage.IN_FORCE


def test_a_paper_that_was_changed_meanwhile_is_gone(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ref = made(app, cast, standing_clock, "passed")
    carol = as_("carol")
    sha256 = hidden(carol, f"/a/{ref}/paper", "sha256")
    with app.app_context():
        from ehiia.services import answering
        from ehiia.services.answered import page_of
        from ehiia.services.answering import Given

        revision = page_of(current(ref)).revisions["problem"]
        answering.save_page(
            ref, answers={"problem": Given("Other.", revision)}, by=cast.amina, now=standing_clock.now
        )
    assert send(carol, "/papers", {"sha256": sha256, "read": "y"}, to=f"/a/{ref}/paper").status_code in {
        400,
        409,
    }
    assert "There is no version to decide now" in words(carol.get(f"/a/{ref}/paper"))
    assert "No paper waits for you" in words(carol.get("/papers"))


# -- the record and its file ----------------------------------------------------------------------


@pytest.fixture
def record(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    with app.app_context():
        _, row = factories.decided(cast, standing_clock.now - DAY, worse=True)
        assert sealing.seal_at_once(row.id, now=standing_clock.now)
        return row.ref


def test_the_record_is_a_page_a_pdf_and_its_data(app: Flask, cast: Cast, as_: Browsers, record: str) -> None:
    dev = as_("dev")
    assert record in words(dev.get("/records"))
    page = words(dev.get(f"/records/{record}"))
    for part in ("The bus stops at five.", "Carol Whitfield", "Sealed and signed", "REV-"):
        assert part in page, part
    pdf = dev.get(f"/records/{record}.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Content-Disposition"] == f'attachment; filename="{record}.3.pdf"'
    first = dev.get(f"/records/{record}/step/1.pdf")
    assert first.data == pdf.data[: len(first.data)]
    assert dev.get(f"/records/{record}/step/4.pdf").status_code == 404
    data = dev.get(f"/records/{record}.json")
    import hashlib

    assert data.headers["ETag"] == f'"{hashlib.sha256(data.data).hexdigest()}"'
    again = dev.get(f"/records/{record}.json", headers={"If-None-Match": data.headers["ETag"]})
    assert again.status_code == 304


def test_a_stranger_learns_nothing_of_a_record(as_: Browsers, record: str, client: FlaskClient) -> None:
    for form in ("", ".pdf", ".json", ".html", ".docx"):
        page = f"/records/{record}{form}"
        assert as_("esther").get(page).status_code == 404
        assert client.get(page).status_code == 302
    assert "No records yet" in words(as_("esther").get("/records"))


def verify(client: FlaskClient, data: bytes, name: str = "record.pdf") -> Any:
    return send(client, "/verify", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_anybody_verifies_a_file_without_signing_in(client: FlaskClient, as_: Browsers, record: str) -> None:
    pdf = as_("dev").get(f"/records/{record}.pdf").data
    good = words(verify(client, pdf))
    for part in ("This record is intact", "Yes: Intact.", "Yes: Trusted.", "Yes: Ours.", record):
        assert part in good, part
    broken = words(verify(client, pdf[:9000] + bytes([pdf[9000] ^ 1]) + pdf[9001:]))
    assert "This record is intact" not in broken
    assert record not in broken
    first = words(verify(client, as_("dev").get(f"/records/{record}/step/1.pdf").data))
    assert "This record is intact, and not complete" in first
    assert "We can say nothing about this file" in words(verify(client, b"hello"))
    assert verify(client, b"").status_code in {200, 400}
    assert client.post("/verify").status_code == 400
    nothing = send(client, "/verify", {}, content_type="multipart/form-data")
    assert nothing.status_code == 400
    assert "Choose a signed PDF" in words(nothing)


def test_the_certificate_is_for_everybody(client: FlaskClient, record: str) -> None:
    found = client.get("/records/certificate/snee.pem")
    assert found.data.startswith(b"-----BEGIN CERTIFICATE-----")
    assert client.get("/records/certificate/other.pem").status_code == 404


# -- reviews and verdicts -------------------------------------------------------------------------


def test_the_review_is_listed_moved_with_a_reason_and_carried_out(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock, record: str
) -> None:
    ref = record.removesuffix("-D1")
    amina = as_("amina")
    assert "Later" in words(amina.get("/reviews"))
    page = f"/a/{ref}/review"
    seen = words(amina.get(page))
    assert "REV-" in seen
    assert "What was expected" in seen
    sooner = {"to_on-day": "1", "to_on-month": "10", "to_on-year": "2026"}
    date = f"{page}/date"
    move = {"revision": hidden(amina, date, "revision")} | sooner
    assert send(amina, date, move | {"reason": ""}).status_code == 400
    assert send(amina, date, move | {"reason": "The opening was moved."}).status_code == 303
    assert send(amina, date, move | {"reason": "The opening was moved."}).status_code == 303  # sent twice
    assert words(amina.get(page)).count("The opening was moved.") == 1
    stale = send(amina, date, move | {"reason": "Again.", "to_on-day": "2"})
    assert stale.status_code == 409
    assert "Somebody else changed the date of this review" in words(stale)
    with app.app_context():
        lookback.carry_out(
            ref, ReviewOutcome.UPDATE, by=cast.amina, now=standing_clock.now, happened="The bus was cut."
        )
    assert stage(app, ref) is Stage.WRITING
    assert "No review is planned" in words(amina.get("/reviews"))
    assert "The bus was cut." in words(amina.get(page))
    assert as_("dev").get(f"{page}/carry-out").status_code == 403


def test_dev_gives_a_verdict_with_a_file_that_is_only_ever_saved(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock, record: str
) -> None:
    ref = record.removesuffix("-D1")
    mref = f"{ref}-M1"
    dev = as_("dev")
    assert "Nothing waits for a verdict" in words(dev.get("/audits"))
    with app.app_context():
        from ehiia.domain.vocabulary import Claim
        from ehiia.services import mitigations

        mitigations.claim(
            mref, Claim.DONE, note_text="It runs.", by=cast.helen, now=standing_clock.now - HOUR
        )
    assert mref in words(dev.get("/audits"))
    page = f"/mitigations/{mref}/verdict"
    assert send(dev, page, {"verdict": "not_working", "found": ""}).status_code == 400
    bad = {"verdict": "not_working", "found": "Empty seats.", "proof": (io.BytesIO(b"MZ"), "proof.exe")}
    refused = send(dev, page, bad, content_type="multipart/form-data")
    assert refused.status_code == 400
    assert "Empty seats." in words(refused)
    good = bad | {"proof": (io.BytesIO(b"Rides: 2\n"), "rides <1>.txt")}
    assert send(dev, page, good, content_type="multipart/form-data").status_code == 303
    seen = dev.get(page)
    assert "Done, not working" in words(seen)
    link = soup(seen).select_one("main section a")
    assert link is not None
    file = dev.get(str(link["href"]))
    assert file.data == b"Rides: 2\n"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.mimetype == "application/octet-stream"
    assert as_("esther").get(str(link["href"])).status_code == 404
    # the impact is open again, and the review sooner
    with app.app_context():
        assert current(ref).worst_left is not None
        assert current(ref).worst_left.value == "high"  # type: ignore[union-attr]
        assert current(ref).review_due_on <= standing_clock.now.date() + 30 * DAY  # type: ignore[operator]
    assert "Nothing waits for a verdict" in words(dev.get("/audits"))
    for who in ("helen", "amina", "ben", "daniel"):
        theirs = as_(who).get(page)
        assert theirs.status_code == 200
        assert not soup(theirs).select("input[name=verdict]"), who
        fields = {"verdict": "working", "found": "Fine."}
        assert send(as_(who), "/reviews", fields, to=page).status_code in {400, 403}, who


# -- doors ----------------------------------------------------------------------------------------

DOORS = {
    "submit": {"amina"},
    "agree": {"daniel"},
    "check": {"ben", "ivan"},
    "check/proposal": {"ben", "ivan"},
    "check/send-back": {"ben", "ivan"},
    "check/pass": {"ben", "ivan"},
    "comments": {"amina", "ben", "carol", "daniel", "dev", "farah", "ivan", "grace", "helen"},
    "paper": {"amina", "ben", "carol", "daniel", "dev", "farah", "ivan", "grace", "helen"},
    "decide": {"carol"},
    "enter-decision": set(),
    "confirm-decision": set(),
    "review": {"amina", "ben", "carol", "daniel", "dev", "farah", "ivan", "grace", "helen"},
}
"""Page -> who may open it for a version that waits for Carol to decide alone."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_door_opens_for_the_right_people_only(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock, client: FlaskClient
) -> None:
    ref = made(app, cast, standing_clock, "passed")
    for page, allowed in DOORS.items():
        for who in cast.ids:
            expected = 404 if who == "esther" else 200 if who in allowed else 403
            assert as_(who).get(f"/a/{ref}/{page}").status_code == expected, (page, who)
        assert client.get(f"/a/{ref}/{page}").status_code == 302, page
    for who in cast.ids:
        lead = who in {"ben", "ivan", "esther"}
        assert as_(who).get("/checks").status_code == (200 if lead else 403), who
        assert as_(who).get("/audits").status_code == (200 if lead or who == "dev" else 403), who


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_of_a_restricted_assessment_no_page_says_anything(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock, record: str
) -> None:

    ref = record.removesuffix("-D1")
    with app.app_context():
        restriction.restrict(
            ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=standing_clock.now
        )
    for who in ("ben", "dev", "farah", "carol"):
        person = as_(who)
        for page in (f"/a/{ref}/paper", f"/records/{record}", f"/records/{record}.pdf", f"/a/{ref}/review"):
            assert person.get(page).status_code == 404, (who, page)
        assert person.get(f"/mitigations/{ref}-M1/verdict").status_code == 404, who
        for page in ("/records", "/reviews"):
            seen = words(person.get(page))
            assert "Harbour" not in seen, (who, page)
            assert ref not in seen, (who, page)
    assert ref in words(as_("amina").get("/records"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_lists_take_the_same_queries_however_long_they_are(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    def queries() -> list[int]:
        numbers = []
        for who, page in (
            ("ben", "/checks"),
            ("carol", "/papers"),
            ("dev", "/audits"),
            ("amina", "/reviews"),
            ("amina", "/records"),
        ):
            person = as_(who)
            person.get(page)
            with counted(app) as found:
                assert person.get(page).status_code == 200
            numbers.append(len(found))
        return numbers

    def more() -> None:
        from ehiia.domain.vocabulary import Claim
        from ehiia.services import mitigations

        with app.app_context():
            moment = standing_clock.now - DAY
            factories.agreed(cast, moment)
            factories.passed(cast, moment)
            ref, _ = factories.decided(cast, moment, worse=True)
            mitigations.claim(
                f"{ref}-M1", Claim.DONE, note_text="It runs.", by=cast.helen, now=standing_clock.now
            )

    more()
    before = queries()
    more()
    assert queries() == before
    assert max(before) <= 10, before
