"""Papers of a meeting: packs, reading in them, and confirming without signing in."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ehiia.domain.vocabulary import Stage
from ehiia.services import deciding, paper_packs, recorded, restriction, work
from ehiia.services.transaction import read
from ehiia.store.duties import MailRow
from ehiia.store.meetings import PackReading, PaperPackRow
from tests import factories
from tests.documents.reading import text_of
from tests.factories import to_the_board
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, counted, soup, words

ON = date(2026, 4, 20)
"""The day on which the board meets, by the factories."""


@pytest.fixture
def ref(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    """Return an assessment that waits for the board."""
    with app.app_context():
        made = factories.passed(cast, standing_clock.now, route=to_the_board(cast))
    standing_clock.pass_on(hours=4)
    return made


@pytest.fixture
def draft(app: Flask, cast: Cast, ref: str, standing_clock: Clock) -> str:
    """Return one that is still being written, for the same meeting."""
    with app.app_context():
        return factories.screened(
            cast, standing_clock.now, title="Closing the night desk", route=to_the_board(cast)
        )


def page(cast: Cast) -> str:
    return f"/papers/meetings/{cast.board_id}/{ON.isoformat()}"


def pack(client: FlaskClient, cast: Cast) -> bytes:
    """Return the newest pack as the person saves it."""
    found = soup(client.get(page(cast))).find("a", href=re.compile(r"/papers/packs/\d+\.pdf"))
    assert found is not None
    data: bytes = client.get(str(found["href"])).data
    return data


def entered(app: Flask, cast: Cast, ref: str, clock: Clock, **changes: Any) -> None:
    """Grace enters what the board decided."""
    with app.app_context():
        sha256 = factories.version(ref).sha256
        decision = factories.meeting(**changes)
        deciding.enter(ref, decision, sha256=sha256, by=cast.grace, now=clock.now)


def newest_mail(app: Flask, words_in_it: str) -> MailRow:
    with app.app_context():
        return next(
            mail
            for mail in read().scalars(select(MailRow).order_by(MailRow.id.desc()))
            if words_in_it in mail.subject
        )


def attested(app: Flask, ref: str, what: str) -> str:
    """Return how somebody put their name to something, as the record says it."""
    with app.app_context():
        record = recorded.find_record(ref=f"{ref}-D1").record
        return next(act.method for act in record.attestations if act.what == what)


def test_the_meetings_of_a_committee_stand_with_their_papers(as_: Browsers, cast: Cast, draft: str) -> None:
    found = words(as_("grace").get("/papers/meetings"))
    assert "Integrated Care Board, Monday 20 April 2026" in found
    assert "2 papers: 1 checked, for decision, 1 draft" in found
    lying = words(as_("grace").get(page(cast)))
    assert "No valid reference yet" in lying
    assert "No pack yet" in lying


def test_a_pack_marks_each_paper_and_names_the_version(
    app: Flask, as_: Browsers, cast: Cast, ref: str, draft: str, tmp_path: Path
) -> None:
    grace = as_("grace")
    assert send(grace, page(cast), {}).status_code == 303
    pdf = pack(grace, cast)
    text = text_of(pdf, tmp_path)
    assert "Checked, for decision" in text
    assert "Draft: no valid reference" in text
    for question in ("Who loses?", "How do you know?", "Did you ask them?", "What did you change?"):
        assert question in text
    with app.app_context():
        version = factories.version(ref)
        row = read().scalars(select(PaperPackRow)).one()
        assert row.sha256 == hashlib.sha256(pdf).hexdigest()
        assert [one["sha256"] for one in row.papers] == [version.sha256, ""]
    assert version.sha256 in text.replace("\n", "").replace(" ", "")
    assert draft not in text
    assert ref in text


def test_the_same_papers_make_no_second_pack_and_a_change_makes_another(
    app: Flask, as_: Browsers, cast: Cast, ref: str, draft: str, standing_clock: Clock
) -> None:
    grace = as_("grace")
    for _ in range(2):
        send(grace, page(cast), {})
    assert "Nothing has changed since the newest pack" in words(grace.get(page(cast)))
    first = pack(grace, cast)
    with app.app_context():
        factories.complete_assessment(cast, draft, standing_clock.now)
    assert "Out of date" in words(grace.get(page(cast)))
    send(grace, page(cast), {})
    both = words(grace.get(page(cast)))
    assert "Pack 2" in both
    assert "Pack 1 Replaced" in both
    assert pack(grace, cast) != first


def test_a_pack_of_more_papers_asks_no_more_questions(
    app: Flask, cast: Cast, ref: str, standing_clock: Clock
) -> None:
    asked = []
    for title in ("Moving the clinic", "Closing the ward", ""):
        with app.app_context(), counted(app) as queries:
            paper_packs.prepare(
                cast.organisation_id, cast.board_id, ON, by=cast.grace, now=standing_clock.now
            )
        asked.append(len(queries))
        if title:
            with app.app_context():
                factories.passed(cast, standing_clock.now, title=title, route=to_the_board(cast))
            standing_clock.pass_on(hours=4)
    assert asked[1] == asked[2]
    with app.app_context():
        held = [len(row.papers) for row in read().scalars(select(PaperPackRow).order_by(PaperPackRow.id))]
    assert held == [1, 2, 3]


def test_a_long_pack_is_put_together_beside_everything_else(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_packs, "AT_ONCE", 0)
    grace = as_("grace")
    for _ in range(2):
        send(grace, page(cast), {}, to=page(cast))
    shown = grace.get(page(cast))
    assert "Pack 1 is being put together" in words(shown)
    assert "1 paper. It waits for its turn." in words(shown)
    assert not soup(shown).find("button", string=re.compile("pack together"))
    with app.app_context():
        assert work.do_due(now=standing_clock.now).done == 1
        assert work.do_due(now=standing_clock.now).done == 0
    shown = grace.get(page(cast))
    assert "being put together" not in words(shown)
    assert "Nothing has changed since the newest pack" in words(shown)
    assert pack(grace, cast).startswith(b"%PDF-")


def test_a_pack_that_could_not_be_put_together_can_be_asked_for_again(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_packs, "AT_ONCE", 0)
    grace, later = as_("grace"), standing_clock.now.date() + timedelta(days=90)
    send(grace, page(cast), {}, to=page(cast))
    with app.app_context():
        restriction.restrict(ref, reason="A contract.", until_on=later, by=cast.amina, now=standing_clock.now)
        assert work.do_due(now=standing_clock.now).given_up == 1
        restriction.lift_restriction(ref, by=cast.amina, now=standing_clock.now)
    assert "Pack 1 could not be put together" in words(grace.get(page(cast)))
    send(grace, page(cast), {})
    assert "Pack 1 is being put together" in words(grace.get(page(cast)))
    with app.app_context():
        assert work.do_due(now=standing_clock.now).done == 1
    assert pack(grace, cast).startswith(b"%PDF-")


def test_whoever_has_nothing_to_do_with_the_body_reads_and_prepares_nothing(
    app: Flask, as_: Browsers, cast: Cast, ref: str
) -> None:
    assert "an equality lead, puts it together" in words(as_("amina").get(page(cast)))
    assert send(as_("amina"), page(cast), {}, to=page(cast)).status_code == 403
    send(as_("ben"), page(cast), {})
    assert as_("esther").get(page(cast)).status_code == 404
    with app.app_context():
        pack_id = read().scalars(select(PaperPackRow.id)).one()
    assert as_("amina").get(f"/papers/packs/{pack_id}.pdf").status_code == 200
    assert as_("esther").get(f"/papers/packs/{pack_id}.pdf").status_code == 404
    assert as_("grace").get("/papers/meetings/999/2026-04-20").status_code == 404
    assert as_("grace").get(f"/papers/meetings/{cast.board_id}/soon").status_code == 404


def test_a_restricted_assessment_is_in_no_pack_and_an_older_pack_is_kept_back(
    app: Flask,
    as_: Browsers,
    cast: Cast,
    draft: str,
    standing_clock: Clock,
    tmp_path: Path,
) -> None:
    grace = as_("grace")
    send(grace, page(cast), {})
    with app.app_context():
        pack_id = read().scalars(select(PaperPackRow.id)).one()
        restriction.restrict(
            draft,
            reason="A contract is being negotiated.",
            until_on=standing_clock.now.date() + timedelta(days=90),
            by=cast.amina,
            now=standing_clock.now,
        )
    assert as_("amina").get(f"/papers/packs/{pack_id}.pdf").status_code == 403
    assert "Closing the night desk" not in words(grace.get(page(cast)))
    send(grace, page(cast), {})
    assert "Closing the night desk" not in text_of(pack(grace, cast), tmp_path)


def test_reading_in_the_pack_counts_and_the_record_says_which_version(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock
) -> None:
    send(as_("grace"), page(cast), {})
    carol, paper = as_("carol"), f"/a/{ref}/paper"
    shown = soup(carol.get(paper))
    where = [one["value"] for one in shown.find_all("input", {"name": "where"})]
    sha256 = shown.find("input", {"name": "sha256"})
    assert len(where) == 2
    assert sha256 is not None
    answer = send(carol, paper, {"sha256": sha256["value"], "read": "y", "where": where[1]})
    assert answer.status_code == 303
    entered(app, cast, ref, standing_clock)
    with app.app_context():
        row = read().scalars(select(PaperPackRow)).one()
        assert read().scalars(select(PackReading.pack_id)).one() == row.id
    confirm = f"/a/{ref}/confirm-decision"
    entry = soup(carol.get(confirm)).find("input", {"name": "entry"})
    assert entry is not None
    send(carol, confirm, {"entry": entry["value"], "password": "quiet-harbour-lantern"})
    said = attested(app, ref, "Read this version")
    assert said == f"in the paper pack of 20 April 2026 (pack 1, SHA-256 {row.sha256})"


def test_a_pack_without_this_version_does_not_count_as_reading(
    app: Flask, as_: Browsers, cast: Cast, ref: str
) -> None:
    carol, paper = as_("carol"), f"/a/{ref}/paper"
    sha256 = soup(carol.get(paper)).find("input", {"name": "sha256"})
    assert sha256 is not None
    answer = send(carol, paper, {"sha256": sha256["value"], "read": "y", "where": "77"})
    assert answer.status_code == 400


def link(app: Flask, as_: Browsers, ref: str) -> str:
    """Have Grace send the link; return its path from the mail."""
    send(as_("grace"), f"/a/{ref}/paper", {}, to=f"/a/{ref}/confirm-decision/link")
    mail = newest_mail(app, "Please confirm")
    assert mail.recipient == "carol@example.org"
    found = re.search(r"/confirm/\S+", mail.body)
    assert found is not None
    return found[0]


def test_the_chair_confirms_by_a_link_that_works_once(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock, client: FlaskClient
) -> None:
    entered(app, cast, ref, standing_clock)
    path = link(app, as_, ref)
    opening = client.get(path)
    assert opening.status_code == 200
    assert "Moving the Harbour Road surgery" not in words(opening)
    assert client.get(f"{path}/decision").headers["Location"].endswith(path)
    assert send(client, path, {}).headers["Location"].endswith("/decision")
    shown = client.get(f"{path}/decision")
    assert "The minibus runs before the doors open." in words(shown)
    sha256 = soup(shown).find("input", {"name": "sha256"})
    assert sha256 is not None
    refused = send(client, f"{path}/decision", {"sha256": sha256["value"]})
    assert refused.status_code == 400
    assert send(client, f"{path}/decision", {"sha256": sha256["value"], "read": "y"}).status_code == 303
    with app.app_context():
        assert factories.current(ref).stage is Stage.IN_FORCE
        assert newest_mail_text(app) == ""
    again = client.get(path)
    assert again.status_code == 410
    assert "The decision was confirmed" in words(again)
    said = attested(app, ref, "Confirmed the decision of the meeting")
    assert said == "by a one-time link sent to their own e-mail address"


def newest_mail_text(app: Flask) -> str:
    """Return what is left of the mail with the link: once it was used, nothing."""
    rows = read().scalars(select(MailRow).where(MailRow.recipient == "carol@example.org"))
    return "".join(mail.body for mail in rows if "/confirm/" in mail.body)


def test_a_link_ends_when_it_is_entered_again_and_a_guess_opens_nothing(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock, client: FlaskClient
) -> None:
    entered(app, cast, ref, standing_clock)
    path = link(app, as_, ref)
    entered(app, cast, ref, standing_clock, minute="ICB-26-03, item 8")
    assert client.get(path).status_code == 410
    assert client.get(path[:-1]).status_code == 404
    newer = link(app, as_, ref)
    assert newer != path
    standing_clock.pass_on(days=15)
    assert client.get(newer).status_code == 410


def test_the_signed_minute_confirms_and_its_digest_is_in_the_record(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock
) -> None:
    entered(app, cast, ref, standing_clock)
    grace, minute = as_("grace"), f"/a/{ref}/confirm-decision/minute"
    entry = soup(grace.get(minute)).find("input", {"name": "entry"})
    assert entry is not None

    def upload(data: bytes, name: str) -> Any:
        fields = {"entry": entry["value"], "file": (BytesIO(data), name)}
        return send(grace, minute, fields, content_type="multipart/form-data")

    assert send(grace, minute, {"entry": entry["value"]}).status_code == 400
    assert upload(b"Agreed.", "minute.txt").status_code == 400
    pdf = b"%PDF-1.7\nThe minute of 2 March 2026, signed.\n%%EOF\n"
    assert upload(pdf, "minute.pdf").headers["Location"].endswith(f"/a/{ref}/decided")
    said = attested(app, ref, "Confirmed the decision of the meeting")
    digest = hashlib.sha256(pdf).hexdigest()
    assert said == f"by the signed minute of the meeting, uploaded by Grace Tilley (SHA-256 {digest})"
    assert upload(pdf, "minute.pdf").status_code in (403, 404, 409)


def test_nobody_but_the_secretary_sends_the_link_or_uploads_a_minute(
    app: Flask, as_: Browsers, cast: Cast, ref: str, standing_clock: Clock
) -> None:
    entered(app, cast, ref, standing_clock)
    for name in ("amina", "carol", "ben"):
        browser = as_(name)
        assert browser.get(f"/a/{ref}/confirm-decision/minute").status_code == 403
        sent = send(browser, f"/a/{ref}/paper", {}, to=f"/a/{ref}/confirm-decision/link")
        assert sent.status_code == 403
