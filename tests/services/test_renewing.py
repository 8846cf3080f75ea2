"""New questions for work that has begun: answers go along, stay in sight, and are never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.cli import questions_commands
from ehiia.content import load
from ehiia.content.reading import ContentError
from ehiia.services import answering, history, mitigations, renewing, screening, versions
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from ehiia.store.duties import Notice
from tests import factories, people, writing
from tests.edited import copied, forget
from tests.people import Cast

MAPPING = """
[[mapping]]
old = "do_nothing"
dropped = "It is asked among the options."

[[mapping]]
old = "objectives"
new = "plans"

[[mapping]]
old = "plus_groups"
new = "plus_chosen"
"""
HERE = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the question sets in a copy of the content."""
    yield copied(tmp_path, monkeypatch) / "question_sets"
    forget()


def second(sets: Path, mapping: str = MAPPING) -> Path:
    """Write version 2: one question gone, two under other names."""
    text = (sets / "assessment-v1.toml").read_text(encoding="utf-8")
    start = text.index('[[sections.questions]]\nid = "do_nothing"')
    end = text.index("[[sections.questions]]", start + 1)
    text = text[:start] + text[end:]
    text = text.replace('id = "objectives"', 'id = "plans"').replace(
        'id = "plus_groups"', 'id = "plus_chosen"'
    )
    text = text.replace("version = 1\n", "version = 2\nreplaces = 1\n", 1)
    path = sets / "assessment-v2.toml"
    path.write_text(text + mapping, encoding="utf-8")
    for name in ("duties.toml", "core20plus5.toml"):
        known = sets.parent / "reference" / name
        known.write_text(
            known.read_text(encoding="utf-8").replace('"plus_groups"', '"plus_chosen"'), encoding="utf-8"
        )
    forget()
    return path


def assessment_of(ref: str) -> Assessment:
    query = select(Assessment).where(Assessment.ref == ref)
    return read().scalars(query.execution_options(populate_existing=True)).one()


def begun(cast: Cast, now: datetime) -> str:
    """Amina has written something about each of the three questions that change."""
    ref = writing.writing(cast, now)
    effect = {"direction": "worse", "reason": "No boat after six."}
    answering.save_page(
        ref,
        answers={
            "problem": Given("Long waits."),
            "do_nothing": Given("It gets worse by itself."),
            "objectives": Given("Objective 3."),
            "plus_groups": Given(effect),
        },
        by=cast.amina,
        now=now,
    )
    return ref


def test_answers_go_along_and_what_has_no_place_stays_in_sight(sets: Path, cast: Cast, now: datetime) -> None:
    ref = begun(cast, now)
    promised = writing.promised(ref, cast, now, answers=(("plus_groups", "overall"),))
    second(sets)
    (carried,) = renewing.move_open(by=cast.ben, now=now + HERE)
    assert (carried.ref, carried.moved, carried.kept) == (ref, 2, 1)
    assessment = assessment_of(ref)
    assert assessment.question_set_version == 2
    values = page_of(assessment).values
    assert values["problem"] == "Long waits."
    assert values["plans"] == "Objective 3."
    assert values["plus_chosen"] == {"direction": "worse", "reason": "No boat after six."}
    assert "objectives" not in values
    (earlier,) = renewing.earlier_of(assessment)
    assert earlier.question.label == "What happens to people if nothing is done?"
    assert earlier.value == "It gets worse by itself."
    (row,) = [row for row, _, _ in mitigations.list_of(assessment.id) if row.ref == promised]
    assert mitigations.links_of(row.id) == (("plus_chosen", "overall"),)
    told = history.of_subject(f"assessment:{assessment.id}").entries[0].sentence
    assert "version 2 of the questions: 2 answers moved, 1 answered earlier" in told


def test_moving_again_changes_nothing(sets: Path, cast: Cast, now: datetime) -> None:
    ref = begun(cast, now)
    second(sets)
    assert len(renewing.move_open(by=cast.ben, now=now)) == 1
    before = assessment_of(ref).updated_at
    assert renewing.move_open(by=cast.ben, now=now + HERE) == []
    assert assessment_of(ref).updated_at == before


def screening_asked_anew(sets: Path) -> None:
    """Write version 2 of the screening: one question under another name."""
    text = (sets / "screening-v1.toml").read_text(encoding="utf-8")
    text = text.replace('id = "opportunity"', 'id = "chance"')
    text = text.replace("version = 1\n", "version = 2\nreplaces = 1\n", 1)
    mapping = """
[[mapping]]
old = "opportunity"
new = "chance"
"""
    (sets / "screening-v2.toml").write_text(text + mapping, encoding="utf-8")
    forget()


def test_a_screening_that_is_answered_goes_along_and_its_author_is_told_once(
    sets: Path, cast: Cast, now: datetime
) -> None:
    ref = factories.started(cast, now)
    screening.save(ref, {"opportunity": Given("More mornings.")}, by=cast.amina, now=now)
    screening_asked_anew(sets)
    (carried,) = renewing.move_open(by=None, now=now + HERE)
    assert (carried.ref, carried.moved, carried.kept) == (ref, 1, 0)
    assessment = assessment_of(ref)
    assert (assessment.question_set_version, assessment.screening_version) == (1, 2)
    assert screening.values_of(assessment)["chance"] == "More mornings."
    assert renewing.move_open(by=None, now=now + 2 * HERE) == []
    told = read().execute(select(Notice.person_id, Notice.message)).all()
    assert told == [(cast.amina, "questions_renewed")]


def test_a_finished_screening_stays_with_the_questions_of_its_result(
    sets: Path, cast: Cast, now: datetime
) -> None:
    ref = begun(cast, now)
    screening_asked_anew(sets)
    assert renewing.move_open(by=None, now=now + HERE) == []
    assert assessment_of(ref).screening_version == 1


def test_what_was_sent_on_is_asked_what_it_was_asked(sets: Path, cast: Cast, now: datetime) -> None:
    ref = factories.submitted(cast, now)
    second(sets)
    assert renewing.move_open(by=cast.ben, now=now + HERE) == []
    assert assessment_of(ref).question_set_version == 1


def test_a_new_version_of_an_assessment_begins_with_the_new_questions(
    sets: Path, cast: Cast, now: datetime
) -> None:
    ref, _ = factories.decided(cast, now)
    second(sets)
    versions.begin_new(ref, reason="The yearly review.", by=cast.amina, now=now + HERE)
    assessment = assessment_of(ref)
    assert assessment.question_set_version == 2
    assert page_of(assessment).values["plus_chosen"]


def test_the_command_moves_what_is_being_written(app: Flask, sets: Path, cast: Cast, now: datetime) -> None:
    begun(cast, now)
    second(sets)
    result = app.test_cli_runner().invoke(questions_commands, ["move"])
    assert result.exit_code == 0, result.output
    assert "2 moved, 1 kept as answered earlier" in result.output
    assert "1 moved to version 2 (screening: version 1)." in result.output


def test_a_published_set_that_was_changed_is_not_read(sets: Path) -> None:
    load.publish("assessment", 1, sets)
    path = sets / "assessment-v1.toml"
    forget()
    assert load.question_set("assessment").version == 1
    path.write_text(path.read_text(encoding="utf-8") + "# one more line\n", encoding="utf-8")
    forget()
    with pytest.raises(ContentError, match="was published and has changed"):
        load.question_set("assessment")


def test_a_new_set_that_forgets_a_question_is_refused(sets: Path) -> None:
    path = second(
        sets, MAPPING.replace('old = "objectives"', 'old = "problem"').replace('"plans"', '"problem"')
    )
    with pytest.raises(ContentError, match='says nothing of "objectives"'):
        load.read_question_set(path)


def test_a_new_set_says_what_it_replaces(sets: Path) -> None:
    path = second(sets)
    path.write_text(path.read_text(encoding="utf-8").replace("replaces = 1\n", ""), encoding="utf-8")
    with pytest.raises(ContentError, match="must name the version before this one"):
        load.read_question_set(path)


def test_published_questions_are_replaced_by_a_new_file(sets: Path) -> None:
    load.publish("assessment", 1, sets)
    second(sets)
    load.publish("assessment", 2, sets)
    assert list(load.lock(sets)) == ["assessment-v1.toml", "assessment-v2.toml"]
    assert load.question_set("assessment").replaces == 1
