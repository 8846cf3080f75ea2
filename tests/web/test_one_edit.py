"""Adding a question, a hint or a group is one edit of one data file; pages, record and PDF follow it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ehiia.content import load
from ehiia.documents.pdf.layout import lay_out
from ehiia.services import administration, checks, organisations, renewing, submission
from ehiia.services.answering import Given, save_page
from ehiia.services.freezing import thaw_record
from tests import factories, writing
from tests.documents.reading import squeezed, text_of
from tests.edited import Edit, editing, forget
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import fill

QUESTION = """[[sections.questions]]
id = "by_ferry"
depth = "short"
kind = "text"
label = "What changes for people who come by ferry?"
hint = "The last boat leaves at six."
good = "Says what happens to somebody who misses it."

"""
ABOUT_A_GROUP = """[[sections.questions]]
id = "at_night"
depth = "short"
kind = "line"
label = "What is different for {people} at night?"
hint = "Light, noise, and who answers the door."
good = "Names a night."
asked_when = { question = "affected", is_one_of = ["yes", "unknown"] }

"""
BEFORE = '[[sections.questions]]\nid = "change_for_people"\n'
AFTER_NO = "# -- Inclusion health and local groups ---"
GROUP = """
[[groups]]
code = "lighthouse_keepers"
label = "Lighthouse keepers"
people = "people who keep lighthouses"
legal_status = "policy"
basis = "A choice of the organisation"
source = "Suggested by a test"
hint = "Think of fog."
valid_from = "2022-07-01"
"""


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Work with a copy of the content."""
    yield from editing(tmp_path, monkeypatch)


def test_a_new_question_stands_on_page_in_check_answers_in_record_and_pdf(
    edit: Edit, app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock, tmp_path: Path
) -> None:
    edit("question_sets/assessment-v1.toml", lambda text: text.replace(BEFORE, QUESTION + BEFORE))
    edit("question_sets/assessment-v1.toml", lambda text: text.replace(AFTER_NO, ABOUT_A_GROUP + AFTER_NO, 1))
    with app.app_context():
        ref = factories.answered(cast, standing_clock.now - timedelta(days=1), worse=True)
    amina = as_("amina")
    page = amina.get(f"/a/{ref}/section/proposal")
    assert "The last boat leaves at six." in words(page)
    assert "Says what happens to somebody who misses it." in words(page)
    assert fill(amina, f"/a/{ref}/section/proposal", {"q-by_ferry": "They stay a night."}).status_code == 303
    assert "at night?" in words(amina.get(f"/a/{ref}/group/disability"))
    fill(amina, f"/a/{ref}/group/disability", {"at_night": "The bell is too high."})
    review = words(amina.get(f"/a/{ref}/check-answers"))
    for told in (
        "What changes for people who come by ferry?",
        "They stay a night.",
        "What is different for disabled people at night?",
        "The bell is too high.",
    ):
        assert told in review
    with app.app_context():
        record = decided(cast, ref, standing_clock)
        value = thaw_record(record.text)
        record_ref = record.ref
    html = words(as_("carol").get(f"/records/{record_ref}"))
    printed = text_of(lay_out(value, signatories=()), tmp_path)
    for told in (
        "What changes for people who come by ferry?",
        "They stay a night.",
        "What is different for disabled people at night?",
        "The bell is too high.",
    ):
        assert told in html
        assert squeezed(told) in squeezed(printed)


def decided(cast: Cast, ref: str, clock: Clock) -> Any:
    """Take an answered assessment to its record."""
    submission.submit(ref, declared=True, by=cast.amina, now=clock.now)
    submission.agree(ref, by=cast.daniel, now=clock.now)
    factories.satisfy(ref, cast.ben, clock.now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=clock.now)
    return factories.decide_alone(cast, ref, clock.now)


def test_a_new_question_left_empty_is_missed(
    edit: Edit, app: Flask, cast: Cast, standing_clock: Clock
) -> None:
    edit("question_sets/assessment-v1.toml", lambda text: text.replace(BEFORE, QUESTION + BEFORE))
    with app.app_context():
        ref = factories.answered(cast, standing_clock.now)
        before = factories.current(ref).missing_count
        revision = 1
        save_page(ref, answers={"by_ferry": Given("", revision)}, by=cast.amina, now=standing_clock.now)
        assert factories.current(ref).missing_count == before + 1


def test_a_changed_hint_is_read_on_the_page(
    edit: Edit, app: Flask, cast: Cast, as_: Browsers, now: Any
) -> None:
    old = "The problem, not yet the answer to it."
    edit("question_sets/assessment-v1.toml", lambda text: text.replace(old, "What hurts, and whom."))
    with app.app_context():
        ref = writing.writing(cast, now)
    assert "What hurts, and whom." in words(as_("amina").get(f"/a/{ref}/section/proposal"))


def test_a_new_national_group_is_offered_and_gets_its_page(
    edit: Edit, app: Flask, cast: Cast, as_: Browsers, now: Any
) -> None:
    edit("reference/groups.toml", lambda text: text + GROUP)
    with app.app_context():
        ref = writing.writing(cast, now)
    amina = as_("amina")
    page = soup(amina.get(f"/a/{ref}/section/groups"))
    assert page.find("input", {"value": "lighthouse_keepers"})
    fill(amina, f"/a/{ref}/section/groups", {"q-groups_chosen": ["lighthouse_keepers"]})
    told = words(amina.get(f"/a/{ref}/group/lighthouse_keepers"))
    assert "Could people who keep lighthouses be affected differently?" in told
    assert "Think of fog." in told


def test_a_new_local_group_in_the_file_of_an_organisation_is_its_own(
    app: Flask, tmp_path: Path, now: Any
) -> None:
    text = (load.HERE / "organisation.example.toml").read_text(encoding="utf-8")
    path = tmp_path / "organisation.toml"
    path.write_text(text.replace("[settings]", GROUP + "\n[settings]", 1), encoding="utf-8")
    with app.app_context():
        made = administration.load_file(path, now=now)
        groups = organisations.local_groups(made.id, today=now.date())
        assert "Lighthouse keepers" in [group.label for group in groups]


def test_what_was_answered_to_a_question_that_is_gone_stays_in_sight(
    edit: Edit,
    app: Flask,
    cast: Cast,
    as_: Browsers,
    now: Any,
) -> None:
    edit("question_sets/assessment-v1.toml", lambda text: text.replace(BEFORE, QUESTION + BEFORE))
    with app.app_context():
        ref = writing.writing(cast, now)
        save_page(ref, answers={"by_ferry": Given("They stay a night.")}, by=cast.amina, now=now)
    text = (load.HERE / "question_sets" / "assessment-v1.toml").read_text(encoding="utf-8")
    text = text.replace(QUESTION, "").replace("version = 1\n", "version = 2\nreplaces = 1\n", 1)
    gone = '\n[[mapping]]\nold = "by_ferry"\ndropped = "The ferry was sold."\n'
    (load.HERE / "question_sets" / "assessment-v2.toml").write_text(text + gone, encoding="utf-8")
    forget()
    with app.app_context():
        renewing.move_open(by=None, now=now)
    told = words(as_("amina").get(f"/a/{ref}/check-answers"))
    assert "Answered earlier" in told
    assert "They stay a night." in told
