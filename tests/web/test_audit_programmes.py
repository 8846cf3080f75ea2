"""The pages of audit programmes: begun, drawn, audited with eleven checks, drawn again."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.content.auditing import checks
from ehiia.domain import sampling
from ehiia.services import drawing, restriction
from ehiia.services.transaction import read
from ehiia.store.auditing import CaseRow, DrawRow, RunRow
from tests.people import Cast
from tests.services.test_programmes import APRIL, begun, done, drawn
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import fields, fill, main_form


@pytest.fixture
def run_id(app: Flask, cast: Cast, now: datetime, standing_clock: Clock) -> int:
    """Draw a sample with one action in it; it is April."""
    with app.app_context():
        programme = begun(cast, now)
        done(cast, now)
        run = drawn(cast, programme)
        standing_clock.now = APRIL
        return run.id


def the_case(app: Flask) -> int:
    with app.app_context():
        return read().scalars(select(CaseRow.id)).first() or 0


def test_dev_begins_a_programme_changes_its_rule_and_draws_when_the_quarter_has_closed(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    dev = as_("dev")
    assert "No programme yet" in words(dev.get("/audits/programmes"))
    assert fill(dev, "/audits/programmes/begin", {"name": ""}).status_code == 400
    made = fill(dev, "/audits/programmes/begin", {"name": "Every quarter", "rhythm": "quarterly"})
    page = str(made.headers["Location"])
    text = words(dev.get(page))
    assert "January to March 2026 runs until Tuesday 31 March 2026" in text
    assert "Other actions said to be done: 25%, at least 5" in text
    bad = fill(dev, f"{page}/rule", {"share_completed": "101", "reason": "More."})
    assert bad.status_code == 400
    assert "must be 100 or less" in words(bad)
    form = fields(main_form(soup(dev.get(f"{page}/rule"))))
    assert fill(dev, f"{page}/rule", {"share_completed": "50", "reason": "More."}).status_code == 303
    stale = dev.post(f"{page}/rule", data=form | {"share_completed": "60", "reason": "Mine."})
    assert stale.status_code == 409
    assert "50%, at least 5" in words(stale)
    assert 'value="60"' in stale.get_data(as_text=True)
    with app.app_context():
        done(cast, standing_clock.now)
    standing_clock.now = APRIL
    dev = as_("dev")
    text = words(dev.get(page))
    assert "January to March 2026 has closed" in text
    drawn_ = fill(dev, page, {})
    assert drawn_.status_code == 303
    text = words(dev.get(drawn_.headers["Location"]))
    assert "0 of 1 item audited" in text
    assert "A minibus from the harbour" in text
    assert "Dev Patel" in text
    assert "printf" in text
    text = words(dev.get("/audits/programmes"))
    assert "Yours to audit" in text
    ended = dev.get(f"{page}/end")
    assert fill(dev, f"{page}/end", {}).status_code == 303
    assert ended.status_code == 200
    assert "It ended on 2 April 2026" in words(dev.get(page))


def test_the_frame_that_is_handed_out_draws_the_sample(app: Flask, as_: Browsers, run_id: int) -> None:
    dev = as_("dev")
    frame = dev.get(f"/audits/runs/{run_id}/draws/1/frame").get_data(as_text=True)
    with app.app_context():
        kept = read().scalars(select(DrawRow)).one()
        seed = sampling.seed_of(kept.seed_seq, kept.seed_hash)
        assert sampling.digest(frame) == kept.frame_sha256
        assert [one.item.ref for one in sampling.draw(sampling.parse(frame), seed)] == kept.drawn
    page = words(dev.get(f"/audits/runs/{run_id}"))
    assert seed in page
    assert "the director stands for the directorate" in page
    assert "counts as it stood at the close" in page
    assert dev.get(f"/audits/runs/{run_id}/draws/2/frame").status_code == 404
    refused = fill(dev, f"/audits/runs/{run_id}/again", {"reason": "I do not like it"})
    assert refused.status_code == 409
    assert "the same sample would come" in words(refused)


def test_dev_saves_a_draft_goes_on_and_gives_the_verdict(app: Flask, as_: Browsers, run_id: int) -> None:
    dev, page = as_("dev"), f"/audits/cases/{the_case(app)}"
    draft = {
        "result_worked": "partly",
        "words_worked": "Half full.",
        "file_worked": (io.BytesIO(b"12 rides"), "rides.txt"),
        "act": "save",
    }
    ivan = as_("ivan")
    opened = fields(main_form(soup(ivan.get(page))))
    assert fill(dev, page, draft, content_type="multipart/form-data").status_code == 303
    text = words(dev.get(page))
    assert "Half full." in text
    assert "Kept: rides.txt" in text
    handed = dev.get(f"{page}/files/worked")
    assert handed.data == b"12 rides"
    assert handed.headers["Content-Disposition"].startswith("attachment")
    assert dev.get(f"{page}/files/cause").status_code == 404
    stale = ivan.post(page, data=opened | {"found": "Ivan was here."})
    assert stale.status_code == 409
    assert "Half full." in words(stale)
    assert "Ivan was here." in stale.get_data(as_text=True)
    refused = fill(dev, page, {"act": "finish"})
    assert refused.status_code == 400
    links = {str(a["href"]) for a in soup(refused).select(".nhsuk-error-summary a")}
    assert {"#result_dates", "#verdict", "#found"} <= links
    assert "Half full." in refused.get_data(as_text=True)
    whole = {f"result_{one.id}": "met" for one in checks()} | {f"words_{one.id}": "Seen." for one in checks()}
    given = {
        "verdict": "working",
        "found": "Rode on it.",
        "likelihood": "2",
        "severity": "2",
        "act": "finish",
    }
    assert fill(dev, page, whole | given).status_code == 303
    text = words(dev.get(page))
    assert "5. It worked: met" in text
    assert "Risk left, as the auditor saw it: Unlikely, small." in text
    assert "1 of 1 item audited" in words(dev.get(f"/audits/runs/{run_id}"))


def test_ben_who_checked_it_reads_why_it_is_not_his_and_gives_it_to_ivan(
    app: Flask, cast: Cast, as_: Browsers, run_id: int
) -> None:
    ben, page = as_("ben"), f"/audits/cases/{the_case(app)}"
    text = words(ben.get(page))
    assert "so somebody else must verify" in text
    assert "What did you find?" not in text
    names = [str(label.get_text()).strip() for label in soup(ben.get(f"{page}/give")).select("main label")]
    assert names == ["Dev Patel", "Ivan Petrov"]
    assert fill(ben, f"{page}/give", {"auditor": str(cast.ben)}).status_code == 400
    assert fill(ben, f"{page}/give", {"auditor": str(cast.ivan)}).status_code == 303
    assert "Ivan Petrov" in words(ben.get(f"/audits/runs/{run_id}"))


def test_others_stay_outside(app: Flask, as_: Browsers, run_id: int) -> None:
    case = the_case(app)
    for name in ("amina", "carol", "farah", "helen"):
        for path in ("programmes", "programmes/begin", "programmes/1", f"runs/{run_id}", f"cases/{case}"):
            assert as_(name).get(f"/audits/{path}").status_code == 403, (name, path)
    for path in (
        "programmes/1",
        f"runs/{run_id}",
        f"runs/{run_id}/again",
        f"cases/{case}",
        f"cases/{case}/give",
    ):
        assert as_("esther").get(f"/audits/{path}").status_code == 404, path


def test_what_was_restricted_since_is_nowhere(app: Flask, cast: Cast, as_: Browsers, run_id: int) -> None:
    with app.app_context():
        ref = read().scalars(select(CaseRow.ref)).one().removesuffix("-M1")
        restriction.restrict(ref, reason="Staff.", until_on=None, by=cast.amina, now=APRIL)
    for name in ("dev", "ivan", "ben"):
        seen = as_(name)
        for path in ("programmes", "programmes/1", f"runs/{run_id}", f"runs/{run_id}/draws/1/frame"):
            text = seen.get(f"/audits/{path}").get_data(as_text=True)
            assert "minibus" not in text
            assert ref not in text, (name, path)
        case = the_case(app)
        assert seen.get(f"/audits/cases/{case}").status_code == 404
        assert seen.get(f"/audits/cases/{case}/give").status_code == 404


def test_a_page_takes_as_many_queries_for_one_item_as_for_many(
    app: Flask, cast: Cast, as_: Browsers, run_id: int, standing_clock: Clock
) -> None:
    dev = as_("dev")
    pages = ("/audits/programmes", f"/audits/runs/{run_id}")
    before = []
    for page in pages:
        dev.get(page)
        with counted(app) as found:
            dev.get(page)
        before.append(len(found))
    with app.app_context():
        for title in ("Second", "Third"):
            done(cast, datetime(2026, 3, 3, tzinfo=UTC), title=title)
        run = read().get_one(RunRow, run_id)
        drawn_again(cast, run)
    for page, number in zip(pages, before, strict=True):
        with counted(app) as found:
            assert dev.get(page).status_code == 200
        assert len(found) == number <= 12, found
    case = f"/audits/cases/{the_case(app)}"
    with counted(app) as found:
        dev.get(case)
    assert len(found) <= 12, found


def drawn_again(cast: Cast, run: RunRow) -> None:
    drawing.draw(
        run.programme_id,
        run.first_on,
        organisation_id=cast.organisation_id,
        reason="Two were entered late.",
        by=cast.dev,
        now=APRIL + timedelta(hours=1),
    )
