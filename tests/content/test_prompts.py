"""The bank of prompts, and what is said beside every question."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehiia.content import guidance, load, prompts
from ehiia.content.reading import ContentError

ASKED = [
    pytest.param(question, id=f"{section.id}-{question.id}")
    for name in ("screening", "assessment")
    for section in load.question_set(name).sections
    for question in section.questions
]


@pytest.mark.parametrize("question", ASKED)
def test_beside_every_question_stands_why_it_is_asked_and_what_is_good_and_poor(question: object) -> None:
    for name in ("why", "good", "poor"):
        assert getattr(question, name).strip(), name


@pytest.mark.parametrize("group", load.groups(), ids=lambda group: group.code)
def test_every_national_group_has_prompts_of_its_own_and_a_page_to_read(group: object) -> None:
    found = prompts.about(group.code)  # type: ignore[attr-defined]
    assert found in prompts.bank().groups
    assert len(found.prompts) >= 3
    assert found.pages


def test_a_group_that_an_organisation_has_added_gets_the_general_prompts() -> None:
    found = prompts.about("fishing_families")
    assert found.prompts == prompts.bank().general
    assert [page.name for page in found.pages] == ["no-difference"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('general = ["A?"]\n[[groups]]\ngroup = "otters"\nprompts = ["B?"]', 'no group "otters"'),
        ('general = []\n[[groups]]\ngroup = "age"\nprompts = ["B?"]', "general"),
        ('general = ["A?"]\n[[groups]]\ngroup = "age"\nprompts = []', "prompts: must not be empty"),
        ('general = ["A?"]\n[[groups]]\ngroup = "age"\nprompts = ["B?", "B?"]', "more than once"),
        (
            'general = ["A?"]\n[[groups]]\ngroup = "age"\nprompts = ["B?"]\nguidance = ["otters"]',
            'no page "otters"',
        ),
    ],
)
def test_a_faulty_bank_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "prompts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=problem):
        prompts.read(path)


def test_marriage_is_prompted_about_the_first_aim_only() -> None:
    assert [page.name for page in prompts.about("marriage").pages] == ["marriage-and-civil-partnership"]
    assert guidance.page("marriage-and-civil-partnership").about.law.endswith("149(7)")
