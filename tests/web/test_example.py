"""The finished example: anybody signed in reads it, and it says that it is invented."""

from __future__ import annotations

import pytest
from flask import Flask

from ehiia.content import example, load
from ehiia.content.reading import ContentError
from ehiia.demonstration.command import demo_commands
from ehiia.domain.decision import canonical
from ehiia.services import freezing
from tests.web.conftest import Browsers, soup, words

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("name", ["amina", "dev", "esther"])
def test_anybody_signed_in_reads_it_from_end_to_end(as_: Browsers, name: str) -> None:
    answer = as_(name).get("/example")
    assert answer.status_code == 200
    text = words(answer)
    assert "Example: invented" in text
    record = freezing.thaw_record(example.text())
    for section in record.snapshot.sections:
        assert section.title in text
    for group in record.snapshot.groups:
        assert group.label in text
    for duty in record.snapshot.duties:
        assert duty.title in text
    assert record.decided.outcome_label in text
    assert len(soup(answer).find_all("h1")) == 1


def test_only_those_who_may_start_are_sent_to_practise(as_: Browsers) -> None:
    assert "Practise yourself" in words(as_("amina").get("/example"))
    assert "Practise yourself" not in words(as_("dev").get("/example"))


def test_it_was_made_by_the_demonstration_and_of_the_newest_questions(as_: Browsers) -> None:
    record = freezing.thaw_record(example.text())
    assert record.demonstration
    newest = load.question_set("assessment")
    assert record.snapshot.question_set.startswith(f"{newest.id} {newest.version},")
    assert any(impact.direction == "worse" for group in record.snapshot.groups for impact in group.impacts)
    assert not [
        one.question for section in record.snapshot.sections for one in section.answers if one.missing
    ]
    assert freezing.thaw_snapshot(canonical(record.snapshot)) == record.snapshot


def test_somebody_not_signed_in_is_asked_to_sign_in(client: object) -> None:
    assert client.get("/example").status_code == 302  # type: ignore[attr-defined]


def test_an_example_that_is_not_there_says_how_to_write_it(
    as_: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "FILE", example.FILE.with_name("nothing.json"))
    example.text.cache_clear()
    with pytest.raises(ContentError, match="demo load --example"):
        example.text()
    example.text.cache_clear()


def test_it_is_not_made_where_nothing_says_that_it_is_a_demonstration(app: Flask) -> None:
    before = example.text()
    result = app.test_cli_runner().invoke(demo_commands, ["load", "--example"])
    assert result.exit_code == 1
    assert "EHIIA_DEMONSTRATION=1" in result.output
    assert example.text() == before
