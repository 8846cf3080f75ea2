"""A form in Word given back: nothing changes by itself, nothing is lost, and both sides are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.documents.word.form import tag_of
from ehiia.domain.vocabulary import Confidence, Dimension, Direction, Permission, Severity, Stage
from ehiia.services import answering, evidence, word, word_out
from ehiia.services import people as who
from ehiia.services.answered import COLUMNS, page_of, pages_of
from ehiia.services.answering import Given
from ehiia.services.evidence import Source
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read
from ehiia.services.word import Change, Proposed, State
from ehiia.services.word_form import PARTS
from ehiia.store.assessments import Assessment
from ehiia.store.history import History
from ehiia.store.uploads import WordUpload
from tests import factories, people, writing
from tests.people import Cast
from tests.typing_in_word import typed, without_controls, without_origin


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    found = writing.writing(cast, now)
    give(found, cast, now, problem="Long waits.", money="saves")
    return found


def give(ref: str, cast: Cast, now: datetime, subject: str = "", **values: Any) -> None:
    """Answer on the site."""
    revisions = page_of(assessment(ref), subject).revisions
    given = {name: Given(value, revisions.get(name, 0)) for name, value in values.items()}
    answering.save_page(ref, subject=subject, answers=given, by=cast.amina, now=now)


def assessment(ref: str) -> Assessment:
    return read().scalars(select(Assessment).where(Assessment.ref == ref)).one()


def seen_by(ref: str, person_id: int, now: datetime) -> Seen:
    return see(ref, Permission.READ, actor=who.actor_of(person_id, today=now.date()))


def test_legal_advice_does_not_leave_with_the_form(ref: str, cast: Cast, now: datetime) -> None:
    advice = Source("legal_advice", "Advice on section 149", shows="Counsel has doubts.")
    evidence.add(ref, advice, by=cast.amina, now=now)
    evidence.add(ref, Source("census", "Census 2021"), by=cast.amina, now=now)
    listed = word_out.form_of(
        seen_by(ref, cast.amina, now), blank=False, made_at=now, made_at_words="today"
    ).lists[0]
    text = str(listed.rows)
    assert "Census 2021" in text
    assert "Advice on section 149" not in text
    assert "Counsel" not in text
    assert listed.rows[-1][:2] == ("Legal advice", "Privileged and left out here: 1")


def document(ref: str, cast: Cast, now: datetime, *, blank: bool = False) -> bytes:
    return factories.in_word(ref, by=cast.amina, now=now, blank=blank)


def given_back(ref: str, data: bytes, cast: Cast, now: datetime) -> Proposed:
    number = word.give_back(ref, name="form.docx", data=data, by=cast.amina, now=now)
    return word.proposed(seen_by(ref, cast.amina, now), number)


def by_key(found: Proposed) -> dict[str, Change]:
    return {change.key: change for change in found.changes}


def take_all(ref: str, found: Proposed, cast: Cast, now: datetime) -> word.Taken:
    wanted = {change.key: change.token for change in found.changes}
    return word.take(ref, found.upload_id, wanted=wanted, done=False, by=cast.amina, now=now)


def test_a_form_given_back_untouched_would_change_nothing(ref: str, cast: Cast, now: datetime) -> None:
    found = given_back(ref, document(ref, cast, now), cast, now)
    assert (found.changes, found.lost, found.homeless, found.other) == ((), 0, (), "")
    assert found.same > 60


def test_what_was_typed_is_shown_and_changes_nothing_until_it_is_taken(
    ref: str, cast: Cast, now: datetime
) -> None:
    data = typed(document(ref, cast, now), {"/problem": "Very long waits.", "/options": "Nothing.\nOr more."})
    found = given_back(ref, data, cast, now)
    changes = by_key(found)
    assert {key: (one.state, one.now, one.theirs) for key, one in changes.items()} == {
        "/problem": (State.CHANGED, "Long waits.", "Very long waits."),
        "/options": (State.CHANGED, "", "Nothing.\nOr more."),
    }
    assert page_of(assessment(ref)).values["problem"] == "Long waits."
    assert take_all(ref, found, cast, now) == word.Taken(2, 0, False)
    values = page_of(assessment(ref)).values
    assert (values["problem"], values["options"]) == ("Very long waits.", "Nothing.\nOr more.")
    again = word.proposed(seen_by(ref, cast.amina, now), found.upload_id)
    assert (again.changes, again.taken) == ((), 2)


def test_only_what_is_ticked_is_taken(ref: str, cast: Cast, now: datetime) -> None:
    data = typed(document(ref, cast, now), {"/problem": "Other.", "/options": "More."})
    found = given_back(ref, data, cast, now)
    token = by_key(found)["/options"].token
    word.take(ref, found.upload_id, wanted={"/options": token}, done=False, by=cast.amina, now=now)
    values = page_of(assessment(ref)).values
    assert (values["problem"], values["options"]) == ("Long waits.", "More.")


def test_an_answer_changed_in_both_places_shows_both_and_is_not_ticked(
    ref: str, cast: Cast, now: datetime
) -> None:
    data = typed(document(ref, cast, now), {"/problem": "From Word."})
    give(ref, cast, now, problem="From the site.")
    (change,) = given_back(ref, data, cast, now).changes
    assert (change.state, change.now, change.theirs) == (State.BOTH, "From the site.", "From Word.")
    assert change.state not in word.READY


def test_what_changed_on_the_site_only_is_no_change_of_the_form(ref: str, cast: Cast, now: datetime) -> None:
    data = document(ref, cast, now)
    give(ref, cast, now, problem="Newer on the site.")
    assert given_back(ref, data, cast, now).changes == ()


def test_an_answer_that_changed_while_somebody_was_reading_is_left(
    ref: str, cast: Cast, now: datetime
) -> None:
    found = given_back(ref, typed(document(ref, cast, now), {"/problem": "From Word."}), cast, now)
    give(ref, cast, now, problem="Just now.")
    assert take_all(ref, found, cast, now) == word.Taken(0, 1, False)
    assert page_of(assessment(ref)).values["problem"] == "Just now."


def test_an_emptied_answer_is_named_and_not_ticked(ref: str, cast: Cast, now: datetime) -> None:
    found = given_back(ref, typed(document(ref, cast, now), {"/problem": ""}), cast, now)
    (change,) = found.changes
    assert (change.state, change.now, change.theirs) == (State.EMPTIED, "Long waits.", "")
    assert change.state not in word.READY
    take_all(ref, found, cast, now)
    assert page_of(assessment(ref)).values["problem"] is None


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ({"/money": "It prints money"}, "not one of the answers"),
        ({"/problem": "x" * 5000}, "The text has 5,000 characters; 4,000 fit."),
    ],
)
def test_what_cannot_be_an_answer_is_explained_and_never_taken(
    ref: str, cast: Cast, now: datetime, answers: dict[str, str], trouble: str
) -> None:
    found = given_back(ref, typed(document(ref, cast, now), answers), cast, now)
    (change,) = found.changes
    assert change.state is State.NOT_MEANT
    assert trouble in change.trouble
    assert change.theirs == next(iter(answers.values()))
    assert take_all(ref, found, cast, now).count == 0
    assert page_of(assessment(ref)).values["money"] == "saves"


def test_a_group_is_answered_in_word_with_its_impacts(ref: str, cast: Cast, now: datetime) -> None:
    access = f"disability/{Dimension.ACCESS.value}"
    answers: dict[str, str | set[str]] = {
        "disability/affected": "Yes",
        f"{access}.direction": "Worse",
        f"{access}.reason": "The lift is narrow.",
        f"{access}.confidence": Confidence.WEAK.label,
        f"{access}.severity_before": Severity.MAJOR.label,
    }
    found = given_back(ref, typed(document(ref, cast, now), answers), cast, now)
    assert take_all(ref, found, cast, now).count == 5
    page = page_of(assessment(ref), "disability")
    impact = page.impacts[Dimension.ACCESS]
    assert page.values["affected"] == "yes"
    assert (impact.direction, impact.reason) == (Direction.WORSE, "The lift is narrow.")
    assert page.impact_columns[Dimension.ACCESS]["severity_before"] == 4


def test_parts_of_an_effect_are_put_together(ref: str, cast: Cast, now: datetime) -> None:
    give(ref, cast, now, smoking={"direction": "better", "reason": "Help is near."})
    data = typed(document(ref, cast, now), {"/smoking#reason": "Help is very near."})
    take_all(ref, given_back(ref, data, cast, now), cast, now)
    assert page_of(assessment(ref)).values["smoking"] == {
        "direction": "better",
        "reason": "Help is very near.",
    }


def test_groups_ticked_in_word_get_their_pages(ref: str, cast: Cast, now: datetime) -> None:
    data = typed(document(ref, cast, now), {"/groups_chosen": {"homeless", "armed_forces"}})
    take_all(ref, given_back(ref, data, cast, now), cast, now)
    assert {"homeless/affected", "armed_forces/affected"} <= {
        field.key
        for field in word_out.form_of(
            seen_by(ref, cast.amina, now), blank=True, made_at=now, made_at_words=""
        ).fields
    }


def test_groups_that_meet_in_one_person_are_ticked_in_word_too(ref: str, cast: Cast, now: datetime) -> None:
    give(ref, cast, now, combinations_matter="yes", combination_1=["age", "sex"])
    assert given_back(ref, document(ref, cast, now), cast, now).changes == ()
    data = typed(document(ref, cast, now), {"/combination_1": {"age", "disability"}})
    take_all(ref, given_back(ref, data, cast, now), cast, now)
    assert page_of(assessment(ref)).values["combination_1"] == ["age", "disability"]


def test_every_question_and_every_column_of_an_impact_has_a_field(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True)
    form = word_out.form_of(seen_by(ref, cast.amina, now), blank=False, made_at=now, made_at_words="")
    keys = {field.key.split("#")[0] for field in form.fields}
    for subject, page in pages_of(assessment(ref)).items():
        if subject != "screening":
            assert {f"{subject}/{question}" for question in page.values} <= keys
    assert set(PARTS) == set(COLUMNS)
    assert len({tag_of(field.key) for field in form.fields}) == len(form.fields)


def test_a_blank_form_has_the_fields_and_no_answer(ref: str, cast: Cast, now: datetime) -> None:
    seen = seen_by(ref, cast.amina, now)
    full = word_out.form_of(seen, blank=False, made_at=now, made_at_words="")
    blank = word_out.form_of(seen, blank=True, made_at=now, made_at_words="")
    assert [field.key for field in blank.fields] == [field.key for field in full.fields]
    assert not any(field.value for field in blank.fields)
    assert blank.lists == ()


def test_a_blank_form_filled_in_never_empties_what_is_answered(ref: str, cast: Cast, now: datetime) -> None:
    data = typed(document(ref, cast, now, blank=True), {"/options": "Three."})
    found = given_back(ref, data, cast, now)
    assert {change.key for change in found.changes} == {"/options"}


def test_deleted_fields_leave_their_answers(ref: str, cast: Cast, now: datetime) -> None:
    data = without_controls(document(ref, cast, now), "/problem", "/money")
    found = given_back(ref, data, cast, now)
    assert (found.lost, found.changes) == (2, ())


def test_without_its_origin_nothing_is_ticked(ref: str, cast: Cast, now: datetime) -> None:
    data = without_origin(typed(document(ref, cast, now), {"/problem": "From Word."}))
    found = given_back(ref, data, cast, now)
    assert found.unsure
    assert [(change.key, change.state) for change in found.changes] == [("/problem", State.UNSURE)]


def test_the_form_of_another_assessment_is_told_apart(ref: str, cast: Cast, now: datetime) -> None:
    other = writing.writing(cast, now)
    data = typed(document(other, cast, now), {"/problem": "Elsewhere."})
    found = given_back(ref, data, cast, now)
    assert (found.other, found.changes) == (other, ())
    with pytest.raises(NotFound):
        word.take(ref, found.upload_id, wanted={"/problem": "x"}, done=False, by=cast.amina, now=now)


def test_a_file_of_one_assessment_is_not_found_under_another(ref: str, cast: Cast, now: datetime) -> None:
    found = given_back(ref, document(ref, cast, now), cast, now)
    other = writing.writing(cast, now)
    with pytest.raises(NotFound):
        word.proposed(seen_by(other, cast.amina, now), found.upload_id)


def test_who_may_not_write_gives_nothing_back_and_leaves_no_file(ref: str, cast: Cast, now: datetime) -> None:
    data = document(ref, cast, now)
    with pytest.raises(NotAllowed):
        word.give_back(ref, name="form.docx", data=data, by=cast.ben, now=now)
    with pytest.raises(NotFound):
        word.give_back(ref, name="form.docx", data=data, by=cast.esther, now=now)
    assert read().scalars(select(WordUpload)).all() == []


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("form.docx", b"", "empty"),
        ("form.docx", b"not a document", "not a Word document"),
        ("form.pdf", b"%PDF-1.7\n%%EOF", "ends in .docx"),
        ("form.exe", b"MZ", "cannot be used"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    ref: str, cast: Cast, now: datetime, name: str, data: bytes, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        word.give_back(ref, name=name, data=data, by=cast.amina, now=now)
    assert words in refused.value.errors["file"]


def test_the_same_file_twice_is_one_and_taking_twice_changes_once(
    ref: str, cast: Cast, now: datetime
) -> None:
    data = typed(document(ref, cast, now), {"/problem": "From Word."})
    first, second = given_back(ref, data, cast, now), given_back(ref, data, cast, now)
    assert first.upload_id == second.upload_id
    assert take_all(ref, first, cast, now).count == 1
    assert take_all(ref, first, cast, now).count == 0


def test_the_history_tells_who_gave_what_back_and_what_was_taken(ref: str, cast: Cast, now: datetime) -> None:
    data = typed(document(ref, cast, now), {"/problem": "From Word."})
    take_all(ref, given_back(ref, data, cast, now), cast, now)
    verbs = list(read().scalars(select(History.verb).order_by(History.id)))
    assert verbs[-3:] == ["word_given_back", "answers_changed", "word_taken"]


def test_taking_over_undoes_a_pass(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    assert assessment(ref).stage is Stage.READY
    data = typed(document(ref, cast, now), {"/problem": "From Word."})
    assert take_all(ref, given_back(ref, data, cast, now), cast, now).undid_pass
    assert assessment(ref).stage is not Stage.READY
