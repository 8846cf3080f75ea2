"""The pieces that pages are made of: safe, strict, and the same as what the NHS macros write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from jinja2 import UndefinedError

from ehiia.forms.nhs import NHS
from ehiia.web.components import csp_nonce, csp_nonce_in_use, static_url
from tests.web.gallery import EVIL, make_app


@pytest.fixture(name="gallery")
def _gallery() -> Flask:
    return make_app()


@pytest.fixture(name="browser")
def _browser(gallery: Flask) -> FlaskClient:
    return gallery.test_client()


def page(browser: FlaskClient, **query: str) -> BeautifulSoup:
    """Return the gallery as a person would read it."""
    return BeautifulSoup(browser.get("/", query_string=query).text, "html.parser")


# -- safe --------------------------------------------------------------------------------------


def test_what_people_typed_is_shown_and_never_obeyed(browser: FlaskClient) -> None:
    """Through the NHS macros and through ours, in text and in attributes: the stored XSS of trap one."""
    soup = page(browser, answer=EVIL, aside="yes")
    assert soup.get_text().count("alert(1)") > 15
    assert [script for script in soup.find_all("script") if not script.get("src")] == []
    assert soup.find_all("img") == []
    assert [tag for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")] == []
    assert soup.select_one("#q-text").get_text() == EVIL  # type: ignore[union-attr]
    assert soup.select_one("#q-line")["value"] == EVIL  # type: ignore[index]


@pytest.mark.parametrize("component", ["button", "tag", "insetText", "hint", "label", "errorMessage"])
def test_the_macros_escape_text(component: str) -> None:
    """Flask would not: their files do not end in .html."""
    html = str(getattr(NHS, component)({"text": EVIL}))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_component_may_be_named_in_snake_case_and_must_exist() -> None:
    """A slip in a template is an error, not an empty place."""
    params = {"titleText": "There is a problem", "errorList": [{"text": "Enter a title", "href": "#title"}]}
    assert NHS.error_summary(params) == NHS.errorSummary(params)
    with pytest.raises(AttributeError, match="no NHS component"):
        _ = NHS.lozenge


def test_what_a_macro_wrote_is_remembered_but_long_texts_are_not() -> None:
    """Otherwise what people typed would stay in memory."""
    assert NHS.tag({"text": "kept"}) is NHS.tag({"text": "kept"})
    long = {"text": "long" * 6000}
    assert NHS.tag(long) is not NHS.tag(long)


def test_a_missing_variable_in_our_templates_is_an_error(gallery: Flask) -> None:
    """The macros are forgiving, our templates are not."""
    with gallery.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ not_there }}")
    with gallery.test_request_context():
        assert "nhsuk-tag" in render_template_string("{{ nhs.tag({'text': 'fine'}) }}")


def test_the_nonce_is_made_when_it_is_asked_for(gallery: Flask) -> None:
    """An error page may be rendered before any hook; and every response has its own."""
    with gallery.test_request_context():
        assert csp_nonce_in_use() is None
        first = csp_nonce()
        assert csp_nonce() == csp_nonce_in_use() == first
    with gallery.test_request_context():
        assert csp_nonce() != first


# -- static files ------------------------------------------------------------------------------


def test_static_files_are_asked_for_by_their_digest_and_kept_for_a_year(
    gallery: Flask, browser: FlaskClient, tmp_path: Path
) -> None:
    """A change of the file is a change of the address."""
    with gallery.test_request_context():
        address = static_url("ehiia.css")
    assert re.fullmatch(r"/static/ehiia\.css\?v=[0-9a-f]{12}", address)
    with browser.get(address) as kept:
        assert "max-age=31536000" in kept.headers["Cache-Control"]
        assert "immutable" in kept.headers["Cache-Control"]
    with browser.get("/static/ehiia.css") as asked_again:
        assert "immutable" not in asked_again.headers.get("Cache-Control", "")
    gallery.static_folder = str(tmp_path)
    (tmp_path / "a.css").write_text("one")
    with gallery.test_request_context():
        before = static_url("a.css")
        (tmp_path / "a.css").write_text("another")
        assert static_url("a.css") != before
        with pytest.raises(FileNotFoundError):
            static_url("misspelt.css")


# -- the frame ---------------------------------------------------------------------------------


def test_the_frame_around_a_page(browser: FlaskClient) -> None:
    """One h1, one main, a way past the header, who is signed in, where one is, and how to leave."""
    soup = page(browser)
    assert soup.html["lang"] == "en-GB"  # type: ignore[index]
    assert soup.title.get_text() == "Gallery – EHIIA"  # type: ignore[union-attr]
    assert len(soup.find_all("h1")) == 1
    assert soup.select_one("a.nhsuk-skip-link")["href"] == "#maincontent"  # type: ignore[index]
    assert soup.select_one("main#maincontent")
    assert "Suffolk and North East Essex" in soup.header.get_text()  # type: ignore[union-attr]
    assert soup.header.select_one("svg") is None  # type: ignore[union-attr]
    form = soup.select_one("form.nhsuk-header__account-form")
    assert form is not None
    assert form["method"] == "post"
    assert form.select_one("input[name=csrf_token]")
    assert [link.get_text() for link in soup.select("nav a[aria-current=true]")] == ["Assessments"]
    assert "Equality and Health Inequalities Impact Assessment" in soup.footer.get_text()  # type: ignore[union-attr]


def test_every_id_is_there_once_and_every_reference_leads_somewhere(browser: FlaskClient) -> None:
    """Labels, descriptions and headings are found by assistive technology by their ids."""
    for soup in (page(browser, aside="yes"), BeautifulSoup(browser.post("/", data={}).text, "html.parser")):
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        assert sorted(ids) == sorted(set(ids))
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for tag in soup.select(f"[{name}]"):
                assert set(str(tag[name]).split()) <= set(ids), tag
        for field in soup.select("main input:not([type=hidden]), main select, main textarea"):
            assert soup.select_one(f"label[for='{field['id']}']"), field


def test_an_aside_makes_two_columns(browser: FlaskClient) -> None:
    """And nothing is rendered twice."""
    assert page(browser).select(".nhsuk-grid-row") == []
    soup = page(browser, aside="yes")
    assert len(soup.select("main .nhsuk-grid-column-two-thirds h1")) == 1
    assert soup.select(".nhsuk-grid-column-one-third .eh-side dd")
    assert len(soup.find_all("h1")) == 1


def test_errors_come_first_with_links_to_what_is_wrong(browser: FlaskClient) -> None:
    """The title says so too, and what was typed is still there."""
    data = {
        "q-text": "x" * 4001,
        "q-number": "-3",
        "q-percent": "101",
        "q-date-day": "31",
        "q-date-month": "2",
        "q-date-year": "2027",
        "q-choice": "no such option",
        "q-effect-reason": "y" * 5000,
        "access-direction": "sideways",
    }
    soup = BeautifulSoup(browser.post("/", data=data).text, "html.parser")
    assert soup.title.get_text().startswith("Error: ")  # type: ignore[union-attr]
    main = soup.select_one("main")
    assert main is not None
    assert main.find(True)["class"] == ["nhsuk-error-summary"]  # type: ignore[index]
    links = soup.select(".nhsuk-error-summary__list a")
    assert [link["href"] for link in links] == [
        *("#q-text", "#q-choice", "#q-number", "#q-percent", "#q-date-day", "#q-effect-reason"),
        "#access-direction",
    ]
    messages = [message.get_text(strip=True) for message in soup.select(".nhsuk-error-message")]
    for link in links:
        assert soup.select_one(str(link["href"]))
        assert any(link.get_text() in message for message in messages)
    assert soup.select_one("#q-number")["value"] == "-3"  # type: ignore[index]
    assert soup.select_one("#q-date-month")["value"] == "2"  # type: ignore[index]
    assert soup.select_one("#q-text").get_text() == "x" * 4001  # type: ignore[union-attr]


def test_an_error_page_says_what_to_do(browser: FlaskClient) -> None:
    """With the same frame as every page."""
    soup = BeautifulSoup(browser.get("/error/404").text, "html.parser")
    assert soup.h1.get_text() == "Page not found"  # type: ignore[union-attr]
    assert soup.select_one("main a[href='/']")


def test_an_error_page_stands_without_the_frame(gallery: Flask) -> None:
    """When the service is broken, the frame may be what broke."""
    gallery.template_context_processors[None].clear()
    html = gallery.test_client().get("/error/500").text
    assert "copy it before you load the page again" in html


# -- ours against the macros -------------------------------------------------------------------


def _bare(tag: Tag | None) -> Any:
    """Return names, attributes and texts of an element, without white space that nobody sees."""
    assert tag is not None
    children: list[Any] = []
    for child in tag.children:
        if isinstance(child, Tag):
            children.append(_bare(child))
        elif str(child).strip():
            children.append(" ".join(str(child).split()))
    attrs = {name: sorted(value) if isinstance(value, list) else value for name, value in tag.attrs.items()}
    return tag.name, attrs, children


def _same(gallery: Flask, ours: str, theirs: str) -> None:
    source = (
        '{% from "components/lists.html" import task_list, summary_list, table, pagination %}'
        '{% from "components/form.html" import error_summary %}'
        '{% from "components/page.html" import breadcrumbs, details, button_link, callout, tag %}'
    )
    with gallery.test_request_context():
        found = BeautifulSoup(render_template_string(source + ours), "html.parser")
    expected = BeautifulSoup(theirs, "html.parser")
    assert _bare(found.find(True)) == _bare(expected.find(True))


def test_our_task_list_is_the_one_of_the_nhs(gallery: Flask) -> None:
    """Same elements, classes, ids and descriptions."""
    _same(
        gallery,
        """{{ task_list([
            {"title": "Age", "href": "/a", "hint": "Some", "state": {"text": "Started", "colour": "blue",
             "classes": "nhsuk-tag--blue"}},
            {"title": "Sex", "href": "/b", "hint": "", "state": {"text": "Answered", "colour": ""}},
            {"title": "Check", "href": "", "hint": "Later",
             "state": {"text": "Cannot start yet", "colour": ""}},
        ], "t") }}""",
        NHS.taskList(
            {
                "idPrefix": "t",
                "items": [
                    {
                        "title": {"text": "Age"},
                        "href": "/a",
                        "hint": {"text": "Some"},
                        "status": {"tag": {"text": "Started", "classes": "nhsuk-tag--blue"}},
                    },
                    {"title": {"text": "Sex"}, "href": "/b", "status": {"text": "Answered"}},
                    {
                        "title": {"text": "Check"},
                        "hint": {"text": "Later"},
                        "status": {"text": "Cannot start yet"},
                    },
                ],
            }
        ),
    )


def test_our_summary_list_is_the_one_of_the_nhs(gallery: Flask) -> None:
    """With and without something to change."""
    rows = [("Name", "Ann", "/n"), ("Post", "Director", "")]
    _same(
        gallery,
        '{{ summary_list([{"key": "Name", "value": "Ann", "href": "/n"},'
        ' {"key": "Post", "value": "Director", "href": ""}]) }}',
        NHS.summaryList(
            {
                "rows": [
                    {"key": {"text": key}, "value": {"text": value}}
                    | (
                        {"actions": {"items": [{"href": href, "text": "Change", "visuallyHiddenText": key}]}}
                        if href
                        else {}
                    )
                    for key, value, href in rows
                ]
            }
        ),
    )


def test_our_table_is_the_one_of_the_nhs(gallery: Flask) -> None:
    """But for the role of the table's body, which the macro forgets, and a class of ours."""
    theirs = str(
        NHS.table(
            {
                "responsive": True,
                "caption": "Mine",
                "captionSize": "m",
                "classes": "eh-table",
                "firstCellIsHeader": True,
                "head": [{"text": "Name"}, {"text": "Answered", "format": "numeric"}],
                "rows": [[{"text": "Ann"}, {"html": "34"}]],
            }
        )
    ).replace('<tbody class="nhsuk-table__body">', '<tbody class="nhsuk-table__body" role="rowgroup">')
    _same(gallery, "{{ table('Mine', ['Name', 'Answered'], [['Ann', '34']], numeric=(1,)) }}", theirs)


def test_our_small_pieces_are_those_of_the_nhs(gallery: Flask) -> None:
    """Error summary, pagination, breadcrumbs, details, link as a button."""
    _same(
        gallery,
        "{{ error_summary([{'text': 'Enter a title', 'href': '#title'}]) }}",
        NHS.errorSummary(
            {"titleText": "There is a problem", "errorList": [{"text": "Enter a title", "href": "#title"}]}
        ),
    )
    crumbs = {"items": [{"text": "Home", "href": "/"}, {"text": "Assessments", "href": "/a"}]}
    _same(gallery, "{{ breadcrumbs([('Home', '/'), ('Assessments', '/a')]) }}", NHS.breadcrumb(crumbs))
    _same(
        gallery,
        "{% call details('More') %}<p>Text</p>{% endcall %}",
        NHS.details({"summaryText": "More", "html": "<p>Text</p>"}),
    )
    _same(gallery, "{{ button_link('Go on', '/x') }}", NHS.button({"text": "Go on", "href": "/x"}))
    paging = NHS.pagination({"previous": {"href": "/p", "labelText": "newer"}, "next": {"href": "/n"}})
    _same(
        gallery,
        "{{ pagination('/p', '/n', previous_words='newer') }}",
        paging.replace(' role="navigation"', ""),
    )


# -- what only an assessment has ---------------------------------------------------------------


def test_an_impact_is_told_by_its_word(browser: FlaskClient) -> None:
    """Shape and colour are for those who see them."""
    soup = page(browser)
    key = [item.get_text(strip=True) for item in soup.select(".eh-key li")]
    assert key == ["Better", "Worse", "Some better, some worse", "No difference", "Don't know yet"]
    assert all(svg["aria-hidden"] == "true" for svg in soup.select("main svg"))
    shapes = {str(svg) for svg in soup.select(".eh-key svg")}
    assert len(shapes) == 5


def test_the_matrix_names_each_cell_on_a_phone_too(browser: FlaskClient) -> None:
    """There the head of the table is out of sight."""
    row = page(browser).select(".eh-matrix tr")[2]
    assert row.select_one("th")["scope"] == "row"  # type: ignore[index]
    assert [cell.get_text(" ", strip=True) for cell in row.select("td")] == [
        "Access Worse clearly high (12) An answer",
        "Experience Better a little",
        "Outcomes Not asked",
    ]


def test_the_stages_say_where_the_assessment_is(browser: FlaskClient) -> None:
    """In words, and to a screen reader as the current step."""
    stages = page(browser).select(".eh-stages li")
    assert [stage.b.get_text() for stage in stages] == [  # type: ignore[union-attr]
        *("Done: Screening", "Now: Being written", "Being checked", "In force")
    ]
    assert [stage.get("aria-current") for stage in stages] == [None, "step", None, None]


def test_another_librarys_form_looks_like_ours(browser: FlaskClient) -> None:
    """The password is never sent back and can be shown while typing."""
    soup = page(browser)
    assert soup.select_one("#email.nhsuk-input")["autocomplete"] == "username"  # type: ignore[index]
    password = soup.select_one("#password")
    assert password is not None
    assert password["type"] == "password"
    assert not password.get("value")
