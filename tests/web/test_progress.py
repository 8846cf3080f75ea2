"""The pages of progress, of figures over time, and of what the body that decided is asked."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Claim
from ehiia.services import promises, readings
from ehiia.services.transaction import read
from ehiia.store.answers import MitigationRow
from tests import factories, writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import chosen, fill


@pytest.fixture
def page(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    """Return the address of an action that Helen owns; Carol decided alone."""
    with app.app_context():
        return f"/mitigations/{factories.decided(cast, standing_clock.now, worse=True)[0]}-M1"


def claim_of(app: Flask) -> Claim:
    with app.app_context():
        return read().scalars(select(MitigationRow.claim)).one()


def test_helen_notes_progress_with_a_file_and_carol_reads_it(page: str, as_: Browsers) -> None:
    helen, carol = as_("helen"), as_("carol")
    assert fill(helen, f"{page}/progress", {"text": ""}).status_code == 400
    refused = fill(helen, f"{page}/progress", {"text": "Done.", "proof": (BytesIO(b"MZ\x90"), "run.exe")})
    assert refused.status_code == 400
    assert chosen(soup(refused), "text") == ["Done."]
    file = (BytesIO(b"Monday to Friday."), "rota.txt")
    assert fill(helen, f"{page}/progress", {"text": "The rota is out.", "proof": file}).status_code == 303
    assert "The rota is out." in words(carol.get(page))
    link = soup(carol.get(f"{page}/progress")).select_one("main a[href$='/file']")
    assert link is not None
    answer = carol.get(str(link["href"]))
    assert answer.get_data() == b"Monday to Friday."
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert as_("esther").get(str(link["href"])).status_code == 404
    assert soup(carol.get(f"{page}/progress")).select("main form") == []


def test_figures_of_two_days_are_a_chart_with_words_and_a_table(
    app: Flask, cast: Cast, page: str, as_: Browsers, standing_clock: Clock
) -> None:
    helen, today = as_("helen"), day_of(standing_clock.now)
    for typed in ({"value": "many"}, {"value": ""}, {"value": "1.23456"}):
        assert fill(helen, f"{page}/figures", typed).status_code == 400
    day = {"measured_on-day": "1", "measured_on-month": "2", "measured_on-year": "2026"}
    assert fill(helen, f"{page}/figures", day | {"value": "62%"}).status_code == 303
    assert soup(helen.get(f"{page}/figures")).select("main svg[role=img]") == []
    with app.app_context():
        for subject, value in (("", 80.0), ("disability", 45.5)):
            readings.add(
                page.rpartition("/")[2],
                measured_on=today,
                subject=subject,
                value=value,
                by=cast.helen,
                now=standing_clock.now,
            )
    shown = soup(as_("carol").get(f"{page}/figures"))
    (chart,) = shown.select("main svg[role=img]")
    assert "Everybody: from 62 on 1 February 2026 to 80 on 2 March 2026, up by 18." in chart.get_text(" ")
    assert len(shown.select("main tbody tr")) == 3
    assert all("style" not in tag.attrs for tag in chart.find_all(True))


def test_the_pages_take_as_many_queries_for_many_rows_as_for_few(
    app: Flask, cast: Cast, page: str, as_: Browsers, standing_clock: Clock
) -> None:
    helen = as_("helen")

    def queries(path: str) -> int:
        helen.get(path)
        with counted(app) as found:
            helen.get(path)
        return len(found)

    before = [queries(path) for path in (page, f"{page}/figures", f"{page}/progress")]
    with app.app_context():
        for days in range(30):
            readings.add(
                page.rpartition("/")[2],
                measured_on=day_of(standing_clock.now) - timedelta(days=days),
                value=days,
                by=cast.helen,
                now=standing_clock.now,
            )
    for n in range(5):
        fill(helen, f"{page}/progress", {"text": f"Note {n}"})
    assert [queries(path) for path in (page, f"{page}/figures", f"{page}/progress")] == before


def test_a_claim_that_cancels_it_asks_carol_who_answers(app: Flask, page: str, as_: Browsers) -> None:
    helen, carol = as_("helen"), as_("carol")
    answer = fill(helen, page, {"claim": "cancelled", "note": "No bus."}, follow_redirects=True)
    assert "so the body that decided is asked" in words(answer)
    assert claim_of(app) is Claim.NOT_STARTED
    assert "Director of Commissioning is asked: cancel it" in words(carol.get(page))
    assert "Answer for the body that decided: A minibus" in words(carol.get("/"))
    link = soup(carol.get(f"{page}/ending")).select_one("main a.nhsuk-button")
    assert link is not None
    path = str(link["href"])
    assert helen.get(path).status_code == 403
    assert fill(carol, path, {"agreed": "yes"}).status_code == 400
    assert fill(carol, path, {"agreed": "yes", "reason": "None to be had."}).status_code == 303
    assert claim_of(app) is Claim.CANCELLED
    assert carol.get(f"{page}/ending/999").status_code == 404


def test_helen_asks_to_promise_less_and_takes_it_back(app: Flask, page: str, as_: Browsers) -> None:
    helen = as_("helen")
    refused = fill(helen, f"{page}/ending", {"kind": "weakened", "reason": "One driver is ill."})
    assert refused.status_code == 400
    typed = {"kind": "weakened", "reason": "One driver is ill.", "what": "A minibus on Tuesdays."}
    assert fill(helen, f"{page}/ending", typed).status_code == 303
    assert "Instead: A minibus on Tuesdays." in words(as_("carol").get(f"{page}/ending/1"))
    assert send(helen, f"{page}/ending", {}, to=f"{page}/ending/1/take-back").status_code == 303
    assert "Taken back" in words(helen.get(f"{page}/ending"))
    assert "A minibus from the harbour" in words(helen.get(page))


def test_the_register_is_filtered_and_leaves_as_a_file(
    page: str, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    standing_clock.pass_on(days=200)
    dev = as_("dev")
    shown = words(dev.get("/mitigations?taken=unaccepted&due=31-60"))
    assert "A minibus from the harbour" in shown
    assert "Not accepted yet" in shown
    assert "Daniel Ashby" in shown
    assert "Nothing fits" in words(dev.get(f"/mitigations?body={cast.board_id}"))
    assert "Nothing fits" in words(dev.get("/mitigations?due=over-90"))
    assert dev.get("/mitigations?director=x&body=99&kind=y&due=z&taken=q").status_code == 200
    link = soup(dev.get("/mitigations?due=31-60")).select_one("main a[href*='register.csv']")
    assert link is not None
    answer = dev.get(str(link["href"]))
    assert "A minibus from the harbour" in answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "A minibus" not in dev.get("/mitigations/register.csv?due=over-90").get_data(as_text=True)
    assert dev.get("/mitigations/register.xlsx").get_data().startswith(b"PK")
    assert dev.get("/mitigations/register.exe").status_code == 404
    assert "A minibus" not in as_("esther").get("/mitigations/register.csv").get_data(as_text=True)


def test_the_register_takes_as_many_queries_for_many_as_for_few(
    app: Flask, page: str, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    dev = as_("dev")

    def queries(path: str) -> int:
        dev.get(path)
        with counted(app) as found:
            dev.get(path)
        return len(found)

    before = [queries(path) for path in ("/mitigations", "/mitigations/register.csv")]
    with app.app_context():
        ref = writing.writing(cast, standing_clock.now)
        for n in range(20):
            writing.promised(ref, cast, standing_clock.now, what=f"Action {n}")
    assert [queries(path) for path in ("/mitigations", "/mitigations/register.csv")] == before


def test_where_there_is_more_than_a_page_it_is_said_that_a_file_may_be_cut(
    app: Flask, page: str, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    assert "into one file" not in words(as_("dev").get("/mitigations"))
    with app.app_context():
        ref = writing.writing(cast, standing_clock.now)
        for n in range(promises.PAGE):
            writing.promised(ref, cast, standing_clock.now, what=f"Action {n}")
    assert "At most 10,000 actions go into one file" in words(as_("dev").get("/mitigations"))
