"""Ben brings in the register of his organisation page by page; what it added is found, and can be undone."""

from __future__ import annotations

import io
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient

from ehiia.documents.tables import read
from ehiia.domain.vocabulary import Claim
from ehiia.services import mitigations
from tests.people import Cast, send
from tests.registers import CLINIC, OLD, ROWS, SECOND, changed, csv, xlsx
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import chosen, fill

CLINIC_REF = "EHIIA-EARLIER-2026-001"


def upload(browser: FlaskClient, data: bytes, name: str = "register.xlsx") -> Any:
    return fill(browser, "/bring-in", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def tried(browser: FlaskClient, data: bytes, name: str = "register.xlsx") -> str:
    """Upload a register and say what its columns are; return the address of its trial."""
    columns = upload(browser, data, name).location
    answer = fill(browser, columns, {"kind": "service_change"})
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def brought(browser: FlaskClient, data: bytes, name: str = "register.xlsx") -> str:
    """Bring a register in and return the address of what it added."""
    answer = fill(browser, tried(browser, data, name), {})
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def test_ben_brings_in_his_register_from_the_file_to_the_list(as_: Browsers) -> None:
    ben = as_("ben")
    assert "Bring in the register you kept before" in words(ben.get("/assessments"))
    columns = soup(ben.get(upload(ben, xlsx(*ROWS)).location))
    assert "Moving the clinic · Opening hours" in columns.get_text(" ")
    assert chosen(columns, "column-B") == ["title"]
    trial = tried(ben, xlsx(*ROWS))
    page = words(ben.get(trial))
    assert "All (3)" in page
    assert "Adds the assessment, a mitigating action and a review." in page
    assert "“Jo Ferris, Town Council” is not known here and is kept as a contact outside." in page
    first = words(ben.get(brought(ben, xlsx(*ROWS))))
    assert "2 assessments, 2 mitigating actions and 1 review" in first
    assert f"{CLINIC_REF}-M2" in first
    here = words(ben.get(f"/a/{CLINIC_REF}"))
    assert "Assessed before; the paper is kept elsewhere." in here
    assert "there is no signed record of it here" in here
    assert "Run a shuttle bus" in here
    assert "The register did not say" in here
    assert "Moving the clinic" in words(ben.get("/assessments"))
    assert "Assessed before" in words(ben.get("/assessments"))
    assert "What was expected stands in the paper" in words(ben.get(f"/a/{CLINIC_REF}/review"))
    assert "Run a shuttle bus" in words(as_("helen").get(f"/mitigations/{CLINIC_REF}-M1"))


def test_every_row_that_cannot_be_taken_says_why_with_its_column(as_: Browsers) -> None:
    wrong = changed(OLD, date="31/02/2020", status="Purple")
    page = words(as_("ben").get(tried(as_("ben"), csv(CLINIC, wrong, CLINIC), "register.csv")))
    assert "Row 3" in page
    assert "Date approved (C): Date of the decision must be a real date: February 2020 has 29 days" in page
    assert "Status (E): “Purple” is no stage here. Write in force or closed." in page
    assert "row 2 has the same action" in page
    assert "Bring in 1 row" in page
    assert "2 rows cannot be taken and would be left out" in page


def test_a_trial_shows_only_what_is_asked_for_page_by_page(as_: Browsers) -> None:
    ben = as_("ben")
    rows = [changed(OLD, ref=f"R{n}", name=f"Assessment {n}") for n in range(105)]
    trial = tried(ben, csv(*rows, changed(OLD, status="Purple")), "register.csv")
    first = ben.get(trial)
    assert "Assessment 99" in words(first)
    assert "Assessment 100" not in words(first)
    more = soup(first).select_one("a[rel=next]")
    assert more is not None
    assert "Assessment 104" in words(ben.get(str(more["href"])))
    assert "Row 107" in words(ben.get(f"{trial}?show=refused"))
    assert "Assessment 1 " not in words(ben.get(f"{trial}?show=refused"))
    assert "There is no row" in words(ben.get(f"{trial}?show=here"))


def test_the_same_file_twice_offers_nothing_to_bring_in(as_: Browsers) -> None:
    ben = as_("ben")
    brought(ben, xlsx(*ROWS))
    trial = tried(ben, xlsx(*ROWS))
    page = words(ben.get(trial))
    assert "Is here already (3)" in page
    assert "Bring in 0" not in page
    refused = send(ben, trial, {}, to=trial)
    assert refused.status_code == 409


def test_a_form_sent_twice_and_old_addresses_lead_to_what_was_added(as_: Browsers) -> None:
    ben = as_("ben")
    result = brought(ben, xlsx(*ROWS))
    for page in ("columns", "trial"):
        assert ben.get(f"{result}/{page}").location == result
    assert send(ben, result, {"seen": "x"}, to=f"{result}/trial").location == result


def test_ben_chooses_another_sheet_and_corrects_a_column(as_: Browsers) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(*ROWS)))
    notes = book.create_sheet("Notes", 0)
    notes.append(["Title", "Link"])
    notes.append(["A note", "here"])
    content = io.BytesIO()
    book.save(content)
    ben = as_("ben")
    columns = upload(ben, content.getvalue()).location
    assert "A note" in words(ben.get(columns))
    send(ben, columns, {"sheet": "Register"}, to=columns.replace("columns", "sheet"))
    assert "Moving the clinic" in words(ben.get(columns))
    send(ben, columns, {"sheet": "Nowhere"}, to=columns.replace("columns", "sheet"))
    page = words(ben.get(columns))
    assert "There is no sheet “Nowhere” in this workbook" in page
    assert "Moving the clinic" in page
    twice = fill(ben, columns, {"kind": "policy", "column-C": "title"})
    assert twice.status_code == 400
    assert "is “Title” already. Choose it once" in words(twice)
    assert chosen(soup(twice), "column-C") == ["title"]
    assert "Choose a kind for the rows that do not say" in words(fill(ben, columns, {"kind": ""}))


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "register.xlsx", "The file is empty"),
        (b"Title\n", "register.csv", "no row below them"),
        (b"MZ", "register.exe", "cannot be used"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    as_: Browsers, data: bytes, name: str, said: str
) -> None:
    refused = upload(as_("ben"), data, name)
    assert refused.status_code == 400
    assert said in words(refused)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_is_a_register_with_a_line_of_explanation(as_: Browsers, kind: str) -> None:
    ben = as_("ben")
    answer = ben.get(f"/bring-in/template/{kind}")
    assert f"register.{kind}" in answer.headers["Content-Disposition"]
    table = read(answer.get_data())
    assert table.columns[0].heading == "Reference"
    assert len(table.rows) == 1
    assert "All (0)" in words(ben.get(tried(ben, answer.get_data(), f"register.{kind}")))
    assert ben.get("/bring-in/template/pdf").status_code == 404


def test_ben_undoes_it_and_what_helen_worked_on_stays_and_is_named(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    ben = as_("ben")
    result = brought(ben, xlsx(*ROWS))
    with app.app_context():
        mitigations.claim(
            f"{CLINIC_REF}-M1", Claim.DONE, note_text="It runs.", by=cast.helen, now=standing_clock.now
        )
    page = words(ben.get(f"{result}/undo"))
    assert "1 assessment, 0 mitigating actions and 0 reviews would be taken away" in page
    assert f"{CLINIC_REF} : Helen Marsh changed it on Monday 2 March 2026" in page
    assert fill(ben, f"{result}/undo", {}).status_code == 303
    after = words(ben.get(result))
    assert "This was undone" in after
    assert "Taken away" in after
    assert ben.get("/a/EHIIA-EARLIER-2026-002").status_code == 404
    assert ben.get(f"/a/{CLINIC_REF}").status_code == 200
    assert ben.get(f"{result}/undo").location == result
    told = words(as_("farah").get("/organisation/history"))
    assert "undid what register.xlsx had brought in" in told


def test_others_stay_outside(as_: Browsers) -> None:
    result = brought(as_("ben"), xlsx(*ROWS))
    assert as_("farah").get(result).status_code == 200
    pages = ("/bring-in", result, f"{result}/undo", f"{result}/columns", f"{result}/trial")
    for who in ("amina", "carol", "daniel", "dev"):
        assert {as_(who).get(page).status_code for page in pages} == {403}
    assert {as_("esther").get(page).status_code for page in pages[1:]} == {404}
    assert "register.xlsx" not in words(as_("esther").get("/bring-in"))
    assert "Bring in the register" not in words(as_("amina").get("/assessments"))


def test_from_before_a_version_of_today_can_be_begun(as_: Browsers) -> None:
    ben = as_("ben")
    brought(ben, csv(CLINIC, SECOND), "register.csv")
    amina = as_("amina")
    assert "Assess it anew here" in words(amina.get(f"/a/{CLINIC_REF}"))
    begun = fill(amina, f"/a/{CLINIC_REF}/versions/new", {"reason": "The clinic moves again"})
    assert begun.status_code == 303
    page = words(amina.get(f"/a/{CLINIC_REF}"))
    assert "Give up this version" in page
    assert "Assessed before; the paper" not in page


def test_what_was_brought_in_is_restricted_and_lifted_on_its_page(as_: Browsers) -> None:
    brought(as_("ben"), csv(CLINIC, SECOND), "register.csv")
    amina = as_("amina")
    assert "Restrict it to the people who take part" in words(amina.get(f"/a/{CLINIC_REF}"))
    fill(amina, f"/a/{CLINIC_REF}/restrict", {"reason": "Staff are named"})
    page = words(amina.get(f"/a/{CLINIC_REF}"))
    assert "Only the people who take part can see this. Staff are named" in page
    assert "Lift the restriction" in page
    assert "Moving the clinic" not in words(as_("ivan").get("/assessments"))


def test_the_pages_take_as_many_queries_for_many_rows_as_for_few(app: Flask, as_: Browsers) -> None:
    ben, took = as_("ben"), []
    for start, many in ((0, 2), (1000, 60)):
        rows = [
            changed(CLINIC, ref=f"R{n}", name=f"Assessment {n}", action=f"Action {n}")
            for n in range(start, start + many)
        ]
        trial = tried(ben, xlsx(*rows))
        for page in (trial.replace("trial", "columns"), trial):
            with counted(app) as queries:
                assert ben.get(page).status_code == 200
            took.append(len(queries))
        result = fill(ben, trial, {}).location
        for page in (result, f"{result}/undo"):
            with counted(app) as queries:
                assert ben.get(page).status_code == 200
            took.append(len(queries))
        with counted(app) as queries:
            ben.get(f"/a/EHIIA-EARLIER-2026-{1 if start == 0 else 3:03d}")
        took.append(len(queries))
    assert took[:5] == took[5:]
