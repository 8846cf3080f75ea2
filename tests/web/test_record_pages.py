"""The frozen record as a page: nothing that was signed is left out of what people read."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import docx
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from ehiia.documents.copies import TITLE
from ehiia.documents.pdf import words as written
from ehiia.documents.pdf.structure import Document, texts
from ehiia.domain.decision import DEMONSTRATION, TIMES_OF_DEMONSTRATION, DecisionRecord
from ehiia.domain.paper import harms
from ehiia.domain.vocabulary import ReviewOutcome
from ehiia.services import checks, raising, record_copies, recorded, submission, taking_on
from ehiia.services.recorded import KeptRecord
from ehiia.services.transaction import read
from ehiia.web import present
from tests import factories, lookback
from tests.documents.everything import full_record, said_in
from tests.documents.reading import squeezed
from tests.people import Cast
from tests.services.test_mitigations import row_of
from tests.web.conftest import Browsers, Clock, soup, words

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def full_ref(app: Flask, cast: Cast, standing_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the reference of a decided record whose content is that of the full record."""
    with app.app_context():
        _, row = factories.decided(cast, standing_clock.now, worse=True)
        ref = row.ref
        read().rollback()
    see_record = recorded.see_record

    def full(ref: str, **who: object) -> KeptRecord:
        return replace(see_record(ref, **who), record=full_record())  # type: ignore[arg-type]

    monkeypatch.setattr(recorded, "see_record", full)
    return ref


@pytest.fixture
def page(full_ref: str, as_: Browsers) -> object:
    """Return the page of the full record."""
    return as_("amina").get(f"/records/{full_ref}")


def lowered(text: str) -> str:
    return " ".join(text.lower().split())


def test_every_text_and_date_of_a_record_is_on_its_page(page: object) -> None:
    said = lowered(words(page))
    left_out = [
        text
        for text in said_in(full_record(), day=present.day, moment=present.day)
        if any(lowered(part) not in said for part in text.split("\n\n"))
    ]
    assert not left_out, "\n".join(left_out)


def test_a_record_of_the_demonstration_says_that_it_is_invented_and_which_times_are_true(
    page: object,
) -> None:
    said = words(page)
    assert f"{DEMONSTRATION}. {TIMES_OF_DEMONSTRATION}" in said


def test_the_matrix_shows_every_group_before_action_and_after_it(page: object) -> None:
    matrix, effects = soup(page).select("table.eh-matrix")
    lines = [" ".join(row.get_text(" ").split()) for row in matrix.select("tbody tr")]
    assert lines == [
        "Disability Access Worse clearly 100 to 999 people before action: very high (16 of 25) "
        "after action: low (4 of 25) Experience Don't know yet 100 to 999 people "
        "before action: very high (16 of 25) after action: low (4 of 25)",
        "Marriage and civil partnership First aim of the duty only. Discrimination: better (clearly; "
        "100 to 999 people; before action: very high (16 of 25); after action: low (4 of 25))",
        "Not affected differently Age",
        "Nothing rated Race",
    ]
    assert "Cancer screening" in effects.get_text()
    assert "after action: low (4 of 25)" in effects.get_text()


def test_each_harm_says_its_risk_before_and_after_and_what_it_rests_on(app: Flask) -> None:
    with app.test_request_context():
        short = app.jinja_env.get_template("submission/_short.html").module
        for linked, links in ((True, ["#source-2", "#source-2"]), (False, [])):
            shown = BeautifulSoup(
                short.harm_list(harms(full_record().snapshot), linked=linked),  # type: ignore[attr-defined]
                "html.parser",
            )
            said = " ".join(shown.get_text(" ").split())
            risk = (
                "very high (likely × major, 16 of 25) now and low (unlikely × small, 4 of 25) after action."
            )
            assert said.count(f"The risk is {risk}") == 2, said
            assert said.count("[2]") == 2
            assert [link["href"] for link in shown.find_all("a")] == links


def test_an_approval_of_what_was_changed_since_is_shown_as_stale(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    with app.app_context():
        ref, made = factories.decided(cast, standing_clock.now, worse=True)
        record, revision = made.ref, row_of(f"{ref}-M1").revision
        read().rollback()
    amina = as_("amina")
    assert "stale" not in words(amina.get(f"/a/{ref}"))
    at = standing_clock.pass_on(days=1)
    with app.app_context():
        taking_on.give(f"{ref}-M1", owner_id=cast.ivan, revision=revision, by=cast.amina, now=at)
        assert raising.raise_found(now=at) == 1
    amina = as_("amina")
    overview = words(amina.get(f"/a/{ref}"))
    assert f"The approval is stale The decision {record} was signed for version 1." in overview
    assert "this was changed: What was promised." in overview
    assert "Signed for version 1 Since it was signed" in words(amina.get(f"/records/{record}"))
    assert "stale: what was approved was changed since" in words(amina.get("/records"))
    assert "Approval stale" in words(amina.get("/assessments?stale=y"))
    assert "Changed since it was approved" in words(amina.get(f"/a/{ref}/review/carry-out/end"))


def test_the_paper_of_a_new_version_says_what_was_changed_since_the_approval(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    at = standing_clock.now
    with app.app_context():
        ref, made = factories.decided(cast, at, worse=True)
        record = made.ref
        read().rollback()
        lookback.carry_out(ref, ReviewOutcome.UPDATE, by=cast.amina, now=at)
        revision = row_of(f"{ref}-M1").revision
        read().rollback()
        taking_on.give(f"{ref}-M1", owner_id=cast.ivan, revision=revision, by=cast.amina, now=at)
        factories.complete_assessment(cast, ref, at)
        submission.submit(ref, declared=True, by=cast.amina, now=at)
        submission.agree(ref, by=cast.daniel, now=at)
        factories.satisfy(ref, cast.ben, at)
        checks.pass_check(ref, reservations="", by=cast.ben, now=at)
    paper = words(as_("carol").get(f"/a/{ref}/paper"))
    assert f"Approved before, and changed since The decision {record} was signed for version 1." in paper
    assert "What was promised" in paper


# -- copies: one page that stands alone, and a Word document --------------------------------------


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """Return the copies that are made from now on."""
    made: list[Document] = []
    copy = record_copies.copy

    def noted(record: DecisionRecord, *, sha256: str) -> Document:
        made.append(copy(record, sha256=sha256))
        return made[-1]

    monkeypatch.setattr(record_copies, "copy", noted)
    return made


def test_every_text_of_a_record_is_on_the_page_that_stands_alone(
    full_ref: str, as_: Browsers, copies: list[Document]
) -> None:
    answer = as_("amina").get(f"/records/{full_ref}.html")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{full_ref}.html"'
    said = squeezed(BeautifulSoup(answer.data, "html.parser").get_text())
    (copy,) = copies
    assert not [text for text in texts(copy) if squeezed(text) not in said]
    told = said_in(full_record(), day=written.day, moment=written.day)
    assert not [
        text for text in told if any(squeezed(part).lower() not in said.lower() for part in text.split("\n"))
    ]


def test_the_page_that_stands_alone_needs_nothing_else_and_can_be_heard(full_ref: str, as_: Browsers) -> None:
    tree = BeautifulSoup(as_("amina").get(f"/records/{full_ref}.html").data, "html.parser")
    assert not tree.find_all(["script", "link", "img", "iframe"])
    assert "url(" not in tree.select("style")[0].get_text()
    assert tree.select("html")[0]["lang"] == "en-GB"
    assert len(tree.find_all("h1")) == len(tree.find_all("main")) == len(tree.find_all("nav")) == 1
    levels = [int(heading.name[1]) for heading in tree.find_all(["h1", "h2", "h3", "h4"])]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in tree.find_all("table"):
        assert table.select("caption")[0].get_text(strip=True)
        assert all(head["scope"] in {"col", "row"} for head in table.find_all("th"))
    keys = [part["id"] for part in tree.find_all(id=True)]
    assert len(set(keys)) == len(keys)
    assert {str(link["href"])[1:] for link in tree.select("nav a")} <= set(keys)
    assert TITLE in tree.get_text()
    led = {str(link["href"]) for link in tree.select("main p a")}
    assert {"#group-1", "https://example.org/dpia-12"} <= led | {
        str(link["href"]) for link in tree.select("main li a")
    }
    assert {one[1:] for one in led if one.startswith("#")} <= set(keys)
    assert all(one.startswith(("#", "http://", "https://", "mailto:")) for one in led)


def test_a_copy_in_word_says_all_of_it_and_that_it_is_a_copy(
    full_ref: str, as_: Browsers, copies: list[Document]
) -> None:
    answer = as_("amina").get(f"/records/{full_ref}.docx")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{full_ref}.docx"'
    said = squeezed("".join(docx.Document(io.BytesIO(answer.data)).element.body.itertext()))
    (copy,) = copies
    assert not [text for text in texts(copy) if squeezed(text) not in said]
    assert squeezed(TITLE) in said


def test_the_page_of_a_record_leads_to_all_its_forms(page: object) -> None:
    found = {link["href"] for link in soup(page).find_all("a", href=True)}
    forms = {f"/records/{full_record().reference}.{form}" for form in ("json", "html", "docx")}
    assert forms | {"/schemas/decision-record-1.json"} <= found
