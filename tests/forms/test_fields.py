"""Fields in the NHS design: what they read, what they refuse, what they show again."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from markupsafe import escape

from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Likelihood, Stage
from ehiia.forms.fields import (
    CheckboxesField,
    ChoiceField,
    DateField,
    EhiiaForm,
    ErrorLink,
    HiddenToken,
    LineField,
    NumberField,
    PercentField,
    RadiosField,
    SecretField,
    TextField,
    TickField,
    UploadField,
    options,
)
from tests.forms.conftest import Post

CHOICES = (Option("a", "First"), Option("b", "Second", "More about it"))


class Example(EhiiaForm):
    """One field of each kind."""

    title = LineField("Title", noun="Title", required="Enter the title of the proposal", max_length=20)
    summary = TextField("What is proposed?", max_length=10)
    people = NumberField("How many people?", noun="Number of people")
    share = PercentField("Share", noun="Share")
    kind = ChoiceField("Kind", choices=CHOICES, noun="the kind")
    way = RadiosField("Way", choices=CHOICES, noun="the way")
    several = CheckboxesField("Several", choices=CHOICES)
    due = DateField("Due date", noun="Due date", not_before=date(2026, 11, 21))
    read = TickField(
        "I have read this version", hint="Version 3", required="Say that you have read this version"
    )
    secret = SecretField("Password")
    proof = UploadField("Proof", accept=".pdf")
    was = HiddenToken()


FINE = {"title": "A title", "read": "y"}


def example(posted: Post, **data: Any) -> Example:
    """Return the form after these fields were posted with what is required."""
    posted({**FINE, **data})
    form = Example()
    form.validate()
    return form


def html(field: Any, **how: Any) -> BeautifulSoup:
    """Return a field as a person would read it."""
    return BeautifulSoup(str(field(**how)), "html.parser")


def test_line_ends_count_once_and_hidden_characters_are_dropped(posted: Post) -> None:
    """Browsers send two characters for a line end and count one: at "0 remaining" a text must be taken."""
    form = example(posted, summary="1\r\n3\r\n5\r\n789\x00\x07\r\n", title=" A \u2028 title\n ")
    assert form.errors_list() == []
    assert form.summary.data == "1\n3\n5\n789"
    assert form.title.data == "A title"


def test_a_text_that_is_too_long_says_by_how_much_and_is_kept(posted: Post) -> None:
    """Nothing that was typed is lost."""
    form = example(posted, summary="x" * 13)
    words = "“What is proposed?” must be 10 characters or fewer. It has 13: take out 3"
    assert form.errors_list() == [ErrorLink(words, "#summary")]
    assert html(form.summary).textarea.get_text() == "x" * 13  # type: ignore[union-attr]


def test_text_survives_the_way_through_the_page(posted: Post) -> None:
    """Indented lines, an empty line at the start, quotation marks: the macros would have moved them."""
    posted()
    text = '\n  indented\n\n\n"quoted" <b> & é'
    form = Example(data={"summary": text, "title": text.strip()})
    shown = str(form.summary())
    assert f">\n{escape(text)}</textarea>" in shown
    posted({"title": 'A "title" <b>'})
    assert html(Example().title).input["value"] == 'A "title" <b>'  # type: ignore[index]


def test_required_fields_say_what_to_enter(posted: Post) -> None:
    """One message each, which is a request and not a complaint."""
    posted({"title": "   "})
    form = Example()
    assert not form.validate()
    assert form.errors_list() == [
        ErrorLink("Enter the title of the proposal", "#title"),
        ErrorLink("Say that you have read this version", "#read"),
    ]


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12", 12), (" 1,022,000 ", 1_022_000), ("1 022 000", 1_022_000), ("0", 0), ("007", 7), ("", None)],
)
def test_numbers_are_read_as_people_write_them(posted: Post, typed: str, value: int | None) -> None:
    """With commas or spaces between thousands."""
    form = example(posted, people=typed)
    assert (form.errors_list(), form.people.data) == ([], value)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-3", "Number of people must be 0 or more"),
        ("many", "Number of people must be a whole number, like 1200"),
        ("1.5", "Number of people must be a whole number, like 1200"),
        ("²", "Number of people must be a whole number, like 1200"),
        ("1,5", "Number of people must be a whole number, like 1200"),
        ("9" * 5000, "Number of people must be 2,000,000,000 or less"),
    ],
)
def test_what_is_no_number_is_refused_and_kept(posted: Post, typed: str, message: str) -> None:
    """With an example of what would do."""
    form = example(posted, people=typed)
    assert form.errors_list() == [ErrorLink(message, "#people")]
    assert html(form.people).input["value"] == typed  # type: ignore[index]


@pytest.mark.parametrize(
    ("typed", "value"), [("12.5", 12.5), ("12 %", 12), ("100", 100), ("0.0", 0), ("12.50", 12.5)]
)
def test_percentages_are_read(posted: Post, typed: str, value: float) -> None:
    """With or without the sign."""
    form = example(posted, share=typed)
    assert (form.errors_list(), form.share.data) == ([], value)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("101", "Share must be between 0 and 100"),
        ("-1", "Share must be between 0 and 100"),
        ("a half", "Share must be a percentage, like 12 or 12.5"),
        ("12,5", "Share must be a percentage, like 12 or 12.5"),
        ("12.25", "Share must have one decimal place at most, like 12.5"),
        ("12.500001", "Share must have one decimal place at most, like 12.5"),
    ],
)
def test_other_percentages_are_refused(posted: Post, typed: str, message: str) -> None:
    """Each with what to do."""
    assert example(posted, share=typed).errors_list() == [ErrorLink(message, "#share")]


def test_a_choice_that_was_not_offered_is_refused(posted: Post) -> None:
    """From a stale page or a forged request; the link leads to the first option."""
    form = example(posted, kind="x", way="x", several=["b", "x"])
    assert form.errors_list() == [
        ErrorLink("Choose one of the options for the kind", "#kind"),
        ErrorLink("Choose one of the options for the way", "#way"),
        ErrorLink("Choose from the options shown for “Several”", "#several"),
    ]
    assert html(form.way).select_one("input")["id"] == "way"  # type: ignore[index]


def test_choices_are_read_in_the_order_of_the_options(posted: Post) -> None:
    """However they were sent, and once each."""
    form = example(posted, kind="b", way="a", several=["b", "a", "b"])
    assert (form.errors_list(), form.kind.data, form.way.data, form.several.data) == (
        [],
        "b",
        "a",
        ["a", "b"],
    )
    assert [box["value"] for box in html(form.several).select("input[checked]")] == ["a", "b"]
    assert html(form.kind).select_one("option[selected]")["value"] == "b"  # type: ignore[index]
    assert "More about it" in html(form.way).get_text()


def test_nothing_is_chosen_beforehand(posted: Post) -> None:
    """A judgement must be made, not accepted."""
    posted()
    form = Example()
    for field in (form.way, form.kind, form.several, form.read):
        assert html(field).select("[checked], [selected]") == []


def test_words_of_the_vocabulary_are_options() -> None:
    """With their stored value, their label and, if wished, their meaning."""
    assert options(Likelihood)[0] == Option("1", "Rare", "")
    assert options([Stage.PAUSED], meanings=True)[0].hint == Stage.PAUSED.meaning


def test_a_date_error_leads_to_the_part_that_is_wrong(posted: Post) -> None:
    """And only that part is marked."""
    form = example(posted, **{"due-day": "27", "due-month": "November", "due-year": ""})
    assert form.errors_list() == [ErrorLink("Due date must include a year", "#due-year")]
    soup = html(form.due)
    assert [part["id"] for part in soup.select(".nhsuk-input--error")] == ["due-year"]
    assert soup.select_one("#due-month")["value"] == "November"  # type: ignore[index]


def test_a_date_that_is_too_early_marks_all_of_it(posted: Post) -> None:
    """No one part is wrong."""
    form = example(posted, **{"due-day": "1", "due-month": "1", "due-year": "2026"})
    assert form.errors_list() == [ErrorLink("Due date must be 21 November 2026 or later", "#due-day")]
    assert len(html(form.due).select(".nhsuk-input--error")) == 3


def test_a_date_is_shown_and_read_back(posted: Post) -> None:
    """In numbers, without leading zeros."""
    posted()
    shown = html(Example(data={"due": "2027-04-01"}).due)
    assert [part["value"] for part in shown.select("input")] == ["1", "4", "2027"]
    form = example(posted, **{str(part["name"]): part["value"] for part in shown.select("input")})
    assert form.due.data == date(2027, 4, 1)


def test_fields_that_were_not_on_the_page_keep_what_they_had(posted: Post) -> None:
    """A page from before a question was added must not wipe its answer."""
    posted(FINE)
    form = Example(data={"due": date(2027, 4, 1), "summary": "kept", "people": 7, "way": "a"})
    assert (form.due.data, form.summary.data, form.people.data, form.way.data) == (
        date(2027, 4, 1),
        "kept",
        7,
        "a",
    )


def test_a_password_is_never_sent_back(posted: Post) -> None:
    """Not even when something else was wrong."""
    form = example(posted, secret="correct horse")
    assert form.secret.data == "correct horse"
    assert "correct horse" not in str(form.secret())


def test_a_file_is_read_from_the_upload(posted: Post) -> None:
    """And an empty upload is no file."""
    form = example(posted, proof=(BytesIO(b"%PDF"), "proof.pdf"))
    assert (form.errors_list(), form.proof.data.filename) == ([], "proof.pdf")
    assert html(form.proof).input["accept"] == ".pdf"  # type: ignore[index]
    assert example(posted, proof=(BytesIO(b""), "")).proof.data is None


def test_a_hidden_token_is_short(posted: Post) -> None:
    """Whatever is sent in its place."""
    assert len(example(posted, was="x" * 5000).was.data) == 200


def test_a_label_can_be_the_heading_of_the_page(posted: Post) -> None:
    """Where a page asks one thing only."""
    posted()
    form = Example()
    assert html(form.title, heading=True).h1.get_text(strip=True) == "Title"  # type: ignore[union-attr]
    assert html(form.way, heading=True, size="xl").select_one("legend h1")
    assert html(form.title, size="m").select_one("label.nhsuk-label--m")
    assert html(form.way, small=True, inline=True).select_one(".nhsuk-radios--small.nhsuk-radios--inline")


def test_the_refusal_of_a_service_is_shown_like_our_own(posted: Post) -> None:
    """At the field, or for the form as a whole."""
    form = example(posted)
    form.refuse("title", "Choose another title: this one is taken")
    form.refuse("", "Ask somebody else to check it: you wrote in it")
    assert form.errors_list() == [
        ErrorLink("Ask somebody else to check it: you wrote in it", ""),
        ErrorLink("Choose another title: this one is taken", "#title"),
    ]
    assert "this one is taken" in html(form.title).select_one(".nhsuk-error-message").get_text()  # type: ignore[union-attr]


def test_a_form_without_its_token_says_that_it_was_open_too_long() -> None:
    """In words, where the application leaves the check to the form."""
    app = Flask("forms")
    app.config["SECRET_KEY"] = "not secret"
    with app.test_request_context(method="POST", data=FINE):
        form = Example()
        assert not form.validate()
        assert [link.text for link in form.errors_list()] == [
            "This page was open for too long. Nothing is lost: send it again"
        ]
        assert "csrf_token" not in form.values()
