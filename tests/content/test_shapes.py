"""A published assessment of any shape can be keyed in: each thing that it says has its place.

``shapes.toml`` has the headings and facts of closures, policies, procurements,
strategies and restructures as health bodies publish them, and the place of each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ehiia.content import load
from ehiia.domain.answers import Answers, SubjectGroup, Value
from ehiia.domain.asked import asked_questions, asked_sections
from ehiia.domain.duties import statements
from ehiia.domain.questions import AnswerKind, AskedWhen, SectionKind
from ehiia.domain.vocabulary import LegalStatus, ProposalKind, YesNoUnknown
from ehiia.store.models import Base

SHAPES: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text(encoding="utf-8"))
KINDS: Mapping[str, ProposalKind] = {shape: ProposalKind(kind) for shape, kind in SHAPES["kinds"].items()}
ASSESSMENT = load.question_set("assessment")
SCREENING = load.question_set("screening")


def facts(shape: str) -> Iterator[tuple[str, str, str]]:
    """Return heading, fact and place of everything that a shape says."""
    for source in (SHAPES["every"], SHAPES[shape]):
        for heading, said in source.items():
            for fact, places in said.items():
                yield from ((heading, fact, place) for place in places)


def places(kind: str) -> list[tuple[str, str, str]]:
    """Return shape, fact and what stands behind the colon, of the places of one kind."""
    return [
        (shape, fact, place.removeprefix(f"{kind}:"))
        for shape in KINDS
        for _, fact, place in facts(shape)
        if place.startswith(f"{kind}:")
    ]


def earlier(question_id: str, subject: str) -> tuple[dict[tuple[str, str], Value], bool]:
    """Return the earlier answers that open a question, and whether it has to be decided already."""
    values: dict[tuple[str, str], Value] = {}
    decided = False

    def open_up(condition: AskedWhen) -> None:
        nonlocal decided
        decided = decided or condition.already_decided
        if not condition.question:
            return
        before = ASSESSMENT.question(condition.question)
        assert before is not None, condition
        answer = condition.is_one_of[0]
        about = subject if section_of(before.id, subject).kind == SectionKind.GROUP else ""
        values[(before.id, about)] = [answer] if before.kind == AnswerKind.MULTI else answer
        open_up(before.asked_when)

    question = next(one for one in section_of(question_id, subject).questions if one.id == question_id)
    open_up(question.asked_when)
    open_up(section_of(question_id, subject).asked_when)
    return values, decided


@cache
def section_of(question_id: str, subject: str) -> Any:
    """Return the section that has a question; for a group, the section of that group."""
    found = [one for one in ASSESSMENT.sections if any(q.id == question_id for q in one.questions)]
    if subject:
        found = [one for one in found if subject in one.subjects] or [
            one for one in found if not one.subjects
        ]
    assert found, f"no section asks {question_id}"
    return found[0]


def asked(kind: ProposalKind, question_id: str, subject: str = "") -> bool:
    """Say whether a proposal of this kind is asked it once the earlier answers are there."""
    section = section_of(question_id, subject)
    values, decided = earlier(question_id, subject)
    groups: tuple[SubjectGroup, ...] = ()
    if subject:
        affected = values.pop(("affected", subject), None)
        groups = (
            SubjectGroup(
                subject,
                subject,
                subject,
                LegalStatus.PROTECTED,
                affected=YesNoUnknown(str(affected)) if affected else None,
            ),
        )
    answers = Answers(kind, values, groups, already_decided=decided)
    return section in asked_sections(ASSESSMENT, answers) and any(
        one.id == question_id for one in asked_questions(ASSESSMENT, answers, section, subject)
    )


@pytest.mark.parametrize("shape", KINDS)
def test_no_shape_leaves_a_heading_without_a_place(shape: str) -> None:
    found = {heading for heading, _, _ in facts(shape)}
    assert found == set(SHAPES["headings"])
    assert all(said for source in (SHAPES["every"], SHAPES[shape]) for said in source.values())
    assert all(
        where
        for source in (SHAPES["every"], SHAPES[shape])
        for said in source.values()
        for where in said.values()
    )
    assert {place.split(":")[0] for _, _, place in facts(shape)} == {"ask", "screen", "keep", "page", "duty"}


@pytest.mark.parametrize("shape", KINDS)
def test_each_question_named_is_asked_of_that_kind_of_proposal(shape: str) -> None:
    not_asked = [
        (fact, place)
        for of, fact, place in places("ask")
        if of == shape and not asked(KINDS[shape], *place.split("@"))
    ]
    assert not_asked == []


def test_a_question_for_another_kind_is_noticed() -> None:
    """The test above can fail: what only a contract is asked is not asked of a strategy."""
    assert asked(ProposalKind.PROCUREMENT, "contract_terms")
    assert not asked(ProposalKind.STRATEGY, "contract_terms")
    assert not asked(ProposalKind.STRATEGY, "staff_chosen")


def test_each_screening_question_named_exists() -> None:
    assert [one for one in places("screen") if SCREENING.question(one[2]) is None] == []


def test_each_column_named_exists() -> None:
    columns = {f"{table.name}.{one.name}" for table in Base.metadata.sorted_tables for one in table.columns}
    assert [one for one in places("keep") if one[2] not in columns] == []


def test_each_page_named_exists(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert [one for one in places("page") if one[2] not in endpoints] == []


def test_each_duty_named_is_stated_for_that_kind_of_proposal() -> None:
    owed = {
        shape: {one.id for one in statements(load.duties(), ASSESSMENT, Answers(kind, {})) if one.engaged}
        for shape, kind in KINDS.items()
    }
    assert [one for one in places("duty") if one[2] not in owed[one[0]]] == []
