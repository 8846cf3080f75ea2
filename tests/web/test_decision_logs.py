"""The pages of decision logs: uploaded, columns put right, matched, confirmed by hand, handed out."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.people import Cast
from tests.services.test_decision_logs import csv_of
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import chosen, fields, fill, main_form

LOGS = "/audits/decision-logs"
UNSURE = "D1,Harbour Road surgery to move,2/3/2026,Board,,"


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return factories.passed(cast, now)


def upload(client: FlaskClient, data: bytes, name: str = "log.csv") -> Any:
    return fill(client, LOGS, {"file": (BytesIO(data), name)}, content_type="multipart/form-data")


def matched(client: FlaskClient, *rows: str) -> str:
    """Upload a log and match it; return the address of what came out."""
    made = upload(client, csv_of(*rows))
    assert made.status_code == 303
    columns = str(made.headers["Location"])
    done = fill(client, columns, {})
    assert done.status_code == 303, words(done)
    return columns.removesuffix("/columns")


def counts(page: Any) -> list[str]:
    """Return how many rows came out in each way, in the order of the page."""
    rows = soup(page).select("table")[0].select("tbody tr")
    return [row.select("td")[-1].select("span")[-1].get_text(strip=True) for row in rows]


def test_dev_takes_a_log_from_its_columns_to_a_finding(
    app: Flask, cast: Cast, as_: Browsers, ref: str, standing_clock: Clock
) -> None:
    dev = as_("dev")
    assert "Was every decision assessed" in words(dev.get(LOGS))
    columns = str(
        upload(dev, csv_of(UNSURE, f"D2,A,1/3/2026,Board,{ref},", "D3,B,31/2/2026,,,")).headers["Location"]
    )
    page = soup(dev.get(columns))
    assert chosen(page, "decided_on") == ["2"]
    assert "2/3/2026; 1/3/2026; 31/2/2026" in words(dev.get(columns))
    wrong = fill(dev, columns, {"decided_on": "", "title": "0"})
    assert wrong.status_code == 400
    assert "Choose the column with the day of the decision" in words(wrong)
    made = fill(dev, columns, {})
    out = str(made.headers["Location"]).split("?")[0]
    text = words(dev.get(out))
    assert counts(dev.get(out)) == ["0", "1", "1", "1", "0", "0", "0"]
    assert "begun on Monday 2 March 2026, after the decision" in text
    assert "February 2026 has 28 days" in words(dev.get(f"{out}?fate=unread"))
    row = f"{out}/rows/2"
    assert row in str(soup(dev.get(out)).select_one("main a.nhsuk-button"))
    assert "3 of 4 words of the title" in words(dev.get(row))
    assert fill(dev, row, {}).status_code == 400
    other = fill(dev, row, {"which": "other", "ref": "EHIIA-2026-999", "words": "By heart."})
    assert other.status_code == 400
    assert "not found among what you may see" in words(other)
    assert "By heart." in other.get_data(as_text=True)
    kept = fill(dev, row, {"which": ref, "words": "Read the minutes."})
    assert kept.status_code == 303
    assert str(kept.headers["Location"]) == out
    assert "Somebody confirmed that it is EHIIA-2026-001." in words(dev.get(f"{out}?fate=matched"))
    assert chosen(soup(dev.get(row)), "which") == [ref]
    assert "Assessed after the decision: 1" in words(
        dev.get(f"/audits/findings/write?log={out.rsplit('/', 1)[1]}")
    )
    assert "said of a row by hand which assessment it has" in words(dev.get(out))
    for kind, begins in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert dev.get(f"{out}/result.{kind}").get_data().startswith(begins)


def test_what_is_no_table_is_refused_where_it_was_chosen(as_: Browsers, cast: Cast) -> None:
    dev = as_("dev")
    for data, name, said in (
        (b"", "log.csv", "The file is empty"),
        (b"Decision,Date", "log.csv", "no row below them"),
        (b"PK", "log.xlsx", "damaged"),
        (b"words", "log.txt", "Choose an Excel workbook (.xlsx) or a CSV table (.csv)"),
    ):
        refused = upload(dev, data, name)
        assert refused.status_code == 400
        assert said in words(refused)
    assert "Logs that were uploaded" not in words(dev.get(LOGS))


def test_the_same_file_leads_to_the_same_log_and_it_is_gone_through_again(
    as_: Browsers, ref: str, standing_clock: Clock
) -> None:
    dev, ben = as_("dev"), as_("ben")
    out = matched(dev, UNSURE)
    again = upload(ben, csv_of(UNSURE))
    assert again.headers["Location"] == f"{out}/columns"
    page = ben.get(f"{out}/columns")
    assert "uploaded before" in words(page)
    stale = fields(main_form(soup(page)))
    standing_clock.pass_on(minutes=5)
    assert fill(dev, f"{out}/columns", {"body": ""}).status_code == 303
    second = ben.post(f"{out}/columns", data=stale)
    assert second.status_code == 409
    assert "Somebody else changed this log meanwhile" in words(second)
    text = words(ben.get(out))
    assert "Every time it was gone through" in text
    assert "It was gone through again since" in words(ben.get(f"{out}?time=1"))
    assert ben.get(f"{out}?time=9").status_code == 404


def test_who_confirms_second_sees_the_first_and_keeps_their_own(as_: Browsers, ref: str) -> None:
    dev, ben = as_("dev"), as_("ben")
    row = f"{matched(dev, UNSURE)}/rows/2"
    stale = fields(main_form(soup(ben.get(row))))
    fill(dev, row, {"which": ref, "words": "It is the one."})
    second = ben.post(row, data=stale | {"which": "none", "words": "It is not."})
    assert second.status_code == 409
    assert "Dev Patel" in words(second)
    assert "It is the one." in words(second)
    assert "It is not." in second.get_data(as_text=True)
    assert ben.post(row, data=fields(main_form(soup(second)))).status_code == 303


def test_others_stay_outside(as_: Browsers, ref: str) -> None:
    out = matched(as_("dev"), UNSURE)
    for path in (LOGS, out, f"{out}/columns", f"{out}/rows/2", f"{out}/result.csv"):
        assert as_("amina").get(path).status_code == 403
    for path in (out, f"{out}/columns", f"{out}/rows/2", f"{out}/result.csv", "/audits/findings/write?log=1"):
        assert as_("esther").get(path).status_code == 404
    assert "log.csv" not in words(as_("esther").get(LOGS))
    assert as_("dev").get(f"{out}/rows/99").status_code == 404


def test_a_long_log_is_paged_and_takes_as_many_queries_as_a_short_one(
    app: Flask, as_: Browsers, ref: str
) -> None:
    dev, numbers = as_("dev"), []
    for many in (1, 150):
        rows = (f"D{n},Harbour Road surgery to move {n},2/3/2026,Board,,Because" for n in range(many))
        out = matched(dev, f"D,Harbour Road surgery {many},2/3/2026,Board,{ref},", *rows)
        with counted(app) as found:
            page = dev.get(f"{out}?fate=explained")
        numbers.append(len(found))
    assert numbers[0] == numbers[1] <= 20, found
    after = soup(page).select_one("a.nhsuk-pagination__link--next")
    assert after is not None
    later = soup(dev.get(str(after["href"])))
    assert len(later.select("table")[1].select("tbody tr")) == 50
