"""From questions to a form, and back to answers."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehiia.domain.answers import Impact, Risk, SubjectGroup, Value
from ehiia.domain.questions import AnswerKind, Group, Option, Question
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    LegalStatus,
    Likelihood,
    Magnitude,
    Severity,
)
from ehiia.forms.builder import (
    Was,
    field_for,
    parse_was,
    question_form,
    was_token,
)
from ehiia.forms.fields import ErrorLink
from ehiia.forms.impact import impact_form, impact_token, impact_values
from tests.forms.conftest import Post

OPTIONS = (Option("a", "First"), Option("b", "Second"))
GROUPS = (
    Group("age", "Age", "people of any age", LegalStatus.PROTECTED, "Equality Act 2010"),
    Group("carers", "Unpaid carers", "unpaid carers", LegalStatus.STATUTORY, "Care Act 2014"),
)
STORED: dict[AnswerKind, Value] = {
    AnswerKind.TEXT: "One\n\n  two",
    AnswerKind.LINE: "A line",
    AnswerKind.CHOICE: "b",
    AnswerKind.MULTI: ["a", "b"],
    AnswerKind.NUMBER: 0,
    AnswerKind.PERCENT: 12.5,
    AnswerKind.DATE: "2027-04-01",
    AnswerKind.UNKNOWABLE: "unknown",
    AnswerKind.EFFECT: {"direction": "worse", "reason": "Because."},
    AnswerKind.GROUPS: ["carers"],
    AnswerKind.COMBINATION: ["carers"],
}


def ask(kind: AnswerKind) -> Question:
    """Return a question of a kind."""
    choices = OPTIONS if kind in (AnswerKind.CHOICE, AnswerKind.MULTI) else ()
    return Question(
        f"the-{kind.value}", kind, f"{kind.label}?", hint="A hint", options=choices, max_length=50
    )


QUESTIONS = tuple(ask(kind) for kind in AnswerKind)


def as_a_browser_sends(html: str) -> dict[str, list[str]]:
    """Return what a browser would post if the page were sent as it is."""
    sent: dict[str, list[str]] = {}
    for tag in BeautifulSoup(html, "html.parser").select("input, textarea, select"):
        name = str(tag["name"])
        if tag.name == "textarea":
            sent.setdefault(name, []).append(tag.get_text().removeprefix("\n").replace("\n", "\r\n"))
        elif tag.name == "select":
            sent.setdefault(name, []).extend(str(o["value"]) for o in tag.select("option[selected]"))
        elif tag.get("type") not in ("radio", "checkbox") or tag.has_attr("checked"):
            sent.setdefault(name, []).append(str(tag["value"]))
    return sent


def page_of(form: Any) -> str:
    """Return the HTML of all fields of a form."""
    return "".join(str(field()) for field in form if field.short_name != "csrf_token")


@pytest.mark.parametrize("kind", AnswerKind)
def test_every_kind_of_answer_has_a_field(kind: AnswerKind, posted: Post) -> None:
    """A new kind must be known here before a question can use it. (A house rule.)"""
    assert kind in STORED
    posted()
    form = question_form([ask(kind)], GROUPS)()
    soup = BeautifulSoup(page_of(form), "html.parser")
    assert f"{kind.label}?" in soup.get_text()
    assert "A hint" in soup.get_text()


@pytest.mark.parametrize("kind", AnswerKind)
def test_an_answer_survives_the_page(kind: AnswerKind, posted: Post) -> None:
    """Shown, sent by a browser without a change, read: the same value, and known to be the same."""
    question = ask(kind)
    form_class = question_form([question], GROUPS)
    posted()
    shown = form_class.filled({question.id: STORED[kind]}, {question.id: 3})
    posted(as_a_browser_sends(page_of(shown)))
    form = form_class()
    assert form.validate(), form.errors_list()
    assert form.answers() == {question.id: STORED[kind]}
    was = form.was()[question.id]
    assert was is not None
    assert was.revision == 3
    assert was.same_as(STORED[kind])


@given(text=st.text(max_size=50))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_the_page_once_it_is_clean(text: str, posted: Post) -> None:
    """What was saved once is not changed by looking at it and saving again."""
    form_class = question_form([ask(AnswerKind.TEXT)])
    posted({"q-the-text": text})
    form = form_class()
    assert form.validate()
    saved = form.answers()["the-text"]
    posted(as_a_browser_sends(page_of(form_class.filled({"the-text": saved}))))
    assert form_class().answers()["the-text"] == saved


def test_nothing_is_required_to_save(posted: Post) -> None:
    """Missing answers are listed elsewhere; they never refuse a save."""
    form_class = question_form(QUESTIONS, GROUPS)
    posted()
    empty = form_class.filled({})
    posted(as_a_browser_sends(page_of(empty)))
    form = form_class()
    assert form.validate()
    assert form.answers() == {question.id: None for question in QUESTIONS}
    assert all(was == parse_was(was_token(0, None)) for was in form.was().values())


def test_only_what_is_malformed_is_refused_with_a_link_to_it(posted: Post) -> None:
    """Over-long text, impossible dates, unknown options, negative numbers."""
    posted(
        {
            "q-the-text": "x" * 51,
            "q-the-choice": "z",
            "q-the-number": "-1",
            "q-the-date-day": "30",
            "q-the-date-month": "2",
            "q-the-date-year": "2028",
            "q-the-effect-direction": "up",
            "q-the-effect-reason": "y" * 51,
            "q-the-groups": "martians",
        }
    )
    form = question_form(QUESTIONS, GROUPS)()
    assert not form.validate()
    links = form.errors_list()
    assert [link.href for link in links] == [
        *("#q-the-text", "#q-the-choice", "#q-the-number", "#q-the-date-day"),
        *("#q-the-effect-direction", "#q-the-effect-reason", "#q-the-groups"),
    ]
    assert "“Date?” must be a real date: February 2028 has 29 days" in [link.text for link in links]
    soup = BeautifulSoup(page_of(form), "html.parser")
    assert all(soup.select_one(link.href) for link in links)


def test_half_an_effect_is_kept(posted: Post) -> None:
    """A reason without a direction is still something that was typed."""
    posted({"q-the-effect-reason": "Because."})
    form = question_form([ask(AnswerKind.EFFECT)])()
    assert form.validate()
    assert form.answers() == {"the-effect": {"direction": "", "reason": "Because."}}


def test_yes_no_unknown_may_have_words_of_its_own(posted: Post) -> None:
    """Where "Don't know yet" reads badly."""
    words = (Option("yes", "Yes"), Option("no", "No"), Option("unknown", "We do not have enough evidence"))
    posted()
    form = question_form([Question("x", AnswerKind.UNKNOWABLE, "Could they?", options=words)])()
    assert "We do not have enough evidence" in str(form.field_of("x")())


def test_a_kind_that_nobody_knows_is_an_error() -> None:
    """Loud, and not an empty page."""
    with pytest.raises(ValueError, match="no field"):
        field_for(Question("x", "riddle", "What?"))  # type: ignore[arg-type]


def test_the_token_tells_whether_somebody_else_saved_meanwhile() -> None:
    """By revision, and by value: saving the same again is no conflict."""
    was = parse_was(was_token(3, "what I saw"))
    assert was is not None
    assert was.revision == 3
    assert was.same_as("what I saw")
    assert not was.same_as("what the other wrote")
    assert was_token(1, {"direction": "", "reason": "é"}) == was_token(1, {"reason": "é", "direction": ""})
    assert was_token(0, None) != was_token(0, "")


@pytest.mark.parametrize(
    "text", ["", None, "3", "3.", "-1.0123456789ab", "3.0123456789AB", "٣.0123456789ab", "x" * 99]
)
def test_a_token_that_is_not_ours_says_nothing(text: str | None) -> None:
    """It was tampered with, or the page is from before."""
    assert parse_was(text) is None
    assert parse_was("12.0123456789ab") == Was(12, "0123456789ab")


def test_after_a_conflict_the_page_points_at_what_is_stored_now(posted: Post) -> None:
    """So that saving again puts this person's text in its place, knowingly."""
    question = ask(AnswerKind.TEXT)
    posted({"q-the-text": "mine", "was-the-text": was_token(1, "old")})
    form = question_form([question])()
    form.renew_was({"the-text": "theirs"}, {"the-text": 2})
    sent = as_a_browser_sends(page_of(form))
    assert sent == {"q-the-text": ["mine"], "was-the-text": [was_token(2, "theirs")]}


# -- a group's page ----------------------------------------------------------------------------

IMPACT = Impact(
    "disability",
    Dimension.ACCESS,
    Direction.WORSE,
    Magnitude.MEDIUM,
    Confidence.WEAK,
    "Fewer ways in.",
    Risk(Likelihood.LIKELY, Severity.MODERATE),
    Risk(Likelihood.UNLIKELY, Severity.SMALL),
)


@pytest.mark.parametrize("dimension", Dimension)
def test_an_impact_survives_the_page(dimension: Dimension, posted: Post) -> None:
    """And is known to be untouched when nobody changed it."""
    form_class = impact_form(dimension)
    posted()
    shown = form_class.filled(IMPACT, 2)
    sent = as_a_browser_sends(page_of(shown))
    assert all(name.startswith(f"{dimension.value}-") for name in sent)
    posted(sent)
    form = form_class()
    assert form.validate(), form.errors_list()
    assert form.impact() == impact_values(IMPACT)
    assert form.worse_off
    assert not form.touched()
    assert form.was_token() == parse_was(impact_token(2, impact_values(IMPACT)))


def test_an_impact_may_be_left_open_or_half_done(posted: Post) -> None:
    """Half a risk is kept as it is; nothing is chosen beforehand."""
    form_class = impact_form(Dimension.OUTCOMES)
    posted()
    html = page_of(form_class.filled(None))
    assert BeautifulSoup(html, "html.parser").select("[checked], [selected]") == []
    posted({**as_a_browser_sends(html), "outcomes-likelihood_before": "4"})
    form = form_class()
    assert form.validate()
    assert form.impact()["likelihood_before"] == 4
    assert form.impact()["severity_before"] is None
    assert form.touched()
    assert not form.worse_off


def test_an_impact_refuses_degrees_that_do_not_exist(posted: Post) -> None:
    """From 1 to 5."""
    posted({"access-likelihood_before": "6", "access-direction": "better"})
    form = impact_form(Dimension.ACCESS)()
    assert not form.validate()
    assert form.errors_list() == [
        ErrorLink("Choose one of the options for “Likelihood now”", "#access-likelihood_before")
    ]


def test_several_dimensions_stand_in_one_page(posted: Post) -> None:
    """With ids of their own, and without a CSRF token each."""
    posted()
    forms = [impact_form(dimension)() for dimension in (Dimension.ACCESS, Dimension.EXPERIENCE)]
    ids = [tag["id"] for tag in BeautifulSoup("".join(map(page_of, forms)), "html.parser").find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert not any("csrf" in str(name) for name in ids)


OPENING = (
    Question(
        "affected",
        AnswerKind.UNKNOWABLE,
        "Could {people} be affected?",
        hint="Think of {people}.",
        good="{people}!",
        why="Why {people}?",
        poor="{people} again.",
        prompts=("A rule for {people}", "A form for {people}"),
    ),
    Question("not_affected_reason", AnswerKind.TEXT, "Why would {people} not be affected?", max_length=20),
)


def test_the_questions_of_a_group_name_the_people(posted: Post) -> None:
    """In labels, hints and messages; the links from the list of missing answers find the fields."""
    posted({"affected": "perhaps", "not_affected_reason": "x" * 21})
    form = question_form(OPENING, people="disabled people")()
    assert not form.validate()
    assert [link.href for link in form.errors_list()] == ["#affected", "#not_affected_reason"]
    assert "“Why would disabled people not be affected?” must be 20" in form.errors_list()[1].text
    text = BeautifulSoup(page_of(form), "html.parser").get_text()
    assert "Could disabled people be affected?" in text
    assert "Think of disabled people." in text
    first = form.questions[0]
    assert (first.good, first.why) == ("disabled people!", "Why disabled people?")
    assert first.poor == "disabled people again."
    assert first.prompts == ("A rule for disabled people", "A form for disabled people")
    posted({"affected": "unknown"})
    assert question_form(OPENING, people="disabled people")().answers()["affected"] == "unknown"


def test_a_question_cannot_take_a_name_that_the_form_needs() -> None:
    """It would break the page of every group."""
    with pytest.raises(ValueError, match="cannot be called 'data'"):
        question_form([Question("data", AnswerKind.TEXT, "What?")], people="people")


def test_only_what_was_touched_is_saved(posted: Post) -> None:
    """So that two people can work on different questions of one page."""
    posted(
        {
            "q-the-text": "mine",
            "was-the-text": was_token(1, "old"),
            "q-the-line": "same",
            "was-the-line": was_token(4, "same"),
            "q-the-number": "7",
        }
    )
    form = question_form([ask(AnswerKind.TEXT), ask(AnswerKind.LINE), ask(AnswerKind.NUMBER)])()
    assert form.touched() == {"the-text", "the-number"}


def test_why_nothing_is_done_belongs_to_an_effect(posted: Post) -> None:
    """It is left out where there is none."""
    effect: Value = {"direction": "worse", "reason": "Because.", "justification": "It cannot be helped."}
    form_class = question_form([ask(AnswerKind.EFFECT)])
    posted()
    html = page_of(form_class.filled({"the-effect": effect}))
    for anchor in ("#q-the-effect", "#q-the-effect-reason", "#q-the-effect-justification"):
        assert BeautifulSoup(html, "html.parser").select_one(anchor)
    posted(as_a_browser_sends(html))
    assert form_class().answers() == {"the-effect": effect}


def test_every_question_can_be_linked_to(posted: Post) -> None:
    """The list of missing answers leads to "q-<id>" whatever the kind."""
    posted()
    soup = BeautifulSoup(page_of(question_form(QUESTIONS, GROUPS)()), "html.parser")
    assert all(soup.select_one(f"#q-{question.id}") for question in QUESTIONS)


def test_a_group_is_offered_with_the_reason_why_it_is_considered(posted: Post) -> None:
    """Protected by law, a statutory duty, or a policy choice; also for groups of the organisation's own."""
    own = SubjectGroup("ports", "Fishing communities", "fishing communities", LegalStatus.POLICY)
    posted()
    html = page_of(question_form([ask(AnswerKind.GROUPS)], (*GROUPS, own))())
    hints = [
        hint.get_text(strip=True)
        for hint in BeautifulSoup(html, "html.parser").select(".nhsuk-checkboxes__hint")
    ]
    assert hints == ["Protected by law", "Statutory duty", "Policy choice"]
