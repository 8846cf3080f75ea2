"""The duties statement on its page, in the paper's places, and in what is frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask

from ehiia.content import load
from ehiia.documents.pdf import judgement
from ehiia.documents.pdf.structure import Heading, Paragraph
from ehiia.domain.decision import canonical
from ehiia.domain.frozen import DutyShown, Snapshot
from ehiia.domain.reasons import Reason
from ehiia.services import duties, freezing
from tests import writing
from tests.documents import records
from tests.domain.whole import QUESTIONS, whole, without
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words

TODAY = date(2026, 11, 20)


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def test_amina_sees_each_duty_with_links_to_where_it_is_shown_and_where_it_is_not(
    as_: Browsers, ref: str
) -> None:
    answer = as_("amina").get(f"/a/{ref}/duties")
    assert answer.status_code == 200
    tree = soup(answer)
    for duty in load.duties():
        assert duty.title in words(answer)
    links = {str(link["href"]) for link in tree.select("section.eh-question ul a")}
    assert f"/a/{ref}/section/equality_duty#q-human_rights" in links
    assert f"/a/{ref}/group/age#affected" in links
    for link in {urlsplit(one).path for one in links}:
        assert as_("amina").get(link).status_code == 200, link
    assert f"/a/{ref}/engagement" in links
    assert tree.select_one('#human_rights a[href="/guidance/human-rights"]')
    marriage = f"/a/{ref}/group/marriage#affected"
    where = {s["id"] for s in tree.select("section.eh-question") if s.select_one(f'a[href="{marriage}"]')}
    assert where == {"equality_duty", "aim_eliminate"}


def test_the_task_list_leads_to_the_duties(as_: Browsers, ref: str) -> None:
    assert soup(as_("amina").get(f"/a/{ref}")).find("a", href=f"/a/{ref}/duties")


def test_beside_the_short_answers_stands_the_way_to_the_duties(as_: Browsers, ref: str) -> None:
    link = f"/a/{ref}/duties"
    assert soup(as_("amina").get(f"/a/{ref}/section/health_duties")).select_one(f'.eh-side a[href="{link}"]')
    assert not soup(as_("amina").get(f"/a/{ref}/section/reaching")).select_one(f'.eh-side a[href="{link}"]')


def test_the_page_of_duties_asks_the_database_a_few_times_only(app: Flask, as_: Browsers, ref: str) -> None:
    amina = as_("amina")
    amina.get(f"/a/{ref}/duties")
    with counted(app) as queries:
        amina.get(f"/a/{ref}/duties")
    assert len(queries) <= 20, queries


def frozen(complete: bool = True) -> tuple[DutyShown, ...]:
    answers = whole() if complete else without(whole(), "human_rights", "safeguarding")
    return duties.frozen(duties.statements_of(QUESTIONS, answers, today=TODAY))


def test_what_is_frozen_names_pointers_and_what_is_missing_in_words() -> None:
    rights = next(one for one in frozen(complete=False) if one.id == "human_rights")
    assert rights.engaged
    assert len(rights.answered) == 1
    assert rights.not_answered == (QUESTIONS.question("human_rights").label,)  # type: ignore[union-attr]
    assert any("not answered yet" in text for text in rights.not_shown)
    advance = next(one for one in frozen() if one.id == "aim_advance")
    assert "Disability: affected differently" in advance.shown


def test_a_version_with_duties_thaws_and_one_from_before_has_none() -> None:
    with_duties = replace(records.SMALL_SNAPSHOT, duties=frozen())
    assert freezing.thaw_snapshot(canonical(with_duties)) == with_duties
    text = canonical(records.SMALL_SNAPSHOT).replace('"duties":[],', "", 1)
    assert '"duties":' not in text
    assert freezing.thaw_snapshot(text).duties == ()


def test_the_pdf_prints_the_duties_with_their_pointers() -> None:
    shown = replace(records.SMALL_SNAPSHOT, duties=frozen(complete=False))
    blocks = judgement.duties(records.record_of(shown), {})
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    assert "Where the assessment shows each duty" in headings
    assert {one.title for one in shown.duties if one.engaged} <= set(headings)
    assert "Not engaged" in headings
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert any(text.startswith("Shown in:") and "Disability: affected differently" in text for text in texts)
    assert any(text.startswith("Missing answer:") for text in texts)
    keys = [block.key for block in blocks if isinstance(block, Heading)]
    assert len(keys) == len(set(keys))


def test_the_pdf_of_a_version_without_duties_says_nothing_of_them() -> None:
    headings = [
        block.text
        for block in judgement.duties(records.record_of(records.SMALL_SNAPSHOT), {})
        if isinstance(block, Heading)
    ]
    assert headings == ["The duties the decision was made under"]


def test_the_record_shows_duties_as_they_were_frozen(app: Flask) -> None:
    one = DutyShown(
        "x",
        "A <b>duty</b>",
        "An Act",
        True,
        Reason("DUT-01", "Always."),
        ("Asked?",),
        (),
        ("Age: yes",),
        ("Race",),
    )
    snapshot: Snapshot = replace(
        records.SMALL_SNAPSHOT, duties=(one, replace(one, title="Other", engaged=False))
    )
    with app.test_request_context("/"):
        html = app.jinja_env.from_string(
            '{% from "decisions/_duties.html" import duties_shown %}{{ duties_shown(snapshot.duties) }}'
        ).render(snapshot=snapshot)
    assert "A &lt;b&gt;duty&lt;/b&gt;" in html
    assert html.index("Age: yes") < html.index("Not shown:") < html.index("Race") < html.index("Not engaged")
