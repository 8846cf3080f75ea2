"""Signs that a text may show who somebody is: what is plain is found, and ordinary words are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.privacy import NAMES_OF_RULES, signs, signs_in

FOUND = [
    ("PRI-01", "Write to jo.bell@example.org please", "jo.bell@example.org"),
    ("PRI-02", "Her number is 943 476 5919.", "943 476 5919"),
    ("PRI-03", "Ring 01206 555 123 after six", "01206 555 123"),
    ("PRI-03", "Ring +44 7700 900123", "+44 7700 900123"),
    ("PRI-04", "Mrs Ada O’Connor could not get a seat", "Mrs Ada O’Connor"),
    ("PRI-04", "said by Tom Smith at the end", "said by Tom Smith"),
    ("PRI-04", "My name is Leila and I care for two", "My name is Leila"),
    ("PRI-05", "She lives at CO15 1AB", "CO15 1AB"),
    ("PRI-06", "One woman, born 3.4.1951, said", "born 3"),
]


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [pytest.param(*one, marks=pytest.mark.rule(one[0], fires=True)) for one in FOUND],
)
def test_what_may_show_who_somebody_is_is_found(rule: str, text: str, found: str) -> None:
    assert [(sign.rule, sign.found) for sign in signs(text)] == [(rule, found)]


@pytest.mark.parametrize(
    "text",
    [
        "People from North East Essex said that buses stop at six.",
        "The Deaf club in Clacton met on 12 May 2026; between 10 and 24 people came.",
        "Calls fell from 12,400 in 2024 to 9,800 in 2025.",
        "A member of the Windrush group asked for evening hours.",
        "People called Age Concern for help.",
        "The number 123 456 7890 is not an NHS number.",
        "",
    ],
)
@pytest.mark.rule("PRI-01", fires=False)
@pytest.mark.rule("PRI-02", fires=False)
@pytest.mark.rule("PRI-03", fires=False)
@pytest.mark.rule("PRI-04", fires=False)
@pytest.mark.rule("PRI-05", fires=False)
@pytest.mark.rule("PRI-06", fires=False)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert signs(text) == ()


def test_the_same_sign_is_named_once_and_every_rule_has_a_name() -> None:
    twice = signs("jo@example.org, and again jo@example.org, and 01206 555123")
    assert [sign.rule for sign in twice] == ["PRI-01", "PRI-03"]
    assert set(NAMES_OF_RULES) == {f"PRI-0{n}" for n in range(1, 7)}
    assert signs_in({"said": "Ring 01206 555123", "changed": "Nothing"}).keys() == {"said"}


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    for sign in signs(text):
        assert len(sign.found) <= 40
