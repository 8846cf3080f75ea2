"""The guidance: what its pages must have, and finding them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehiia.content import guidance, load
from ehiia.content.finding import Piece, find, plain, snippet, wanted
from ehiia.content.guidance import About, Page, Source, read_folder, read_page
from ehiia.content.reading import ContentError

HEAD = """+++
title = "A title"
summary = "A sentence."
chapter = "Start"
order = 1
words = []
law = ""
sources = [{ name = "Us", link = "", date = "2026-11-01" }]
+++
"""
WANTED_BY_THE_DUTIES = {
    "three-aims": "149",
    "due-regard": "Brown",
    "access-and-outcomes": "14Z35",
    "wider-effects": "14Z43",
    "involving-people": "14Z45",
    "human-rights": "section 6",
    "social-value": "2012",
    "accessible-information": "DAPB1605",
    "armed-forces-covenant": "343AA",
    "consultation": "Gunning",
    "core20plus5": "national",
}


def page(name: str, title: str, *, words: tuple[str, ...] = (), summary: str = "", text: str = "") -> Page:
    about = About(title, summary or "Short.", "C", 1, words, "", (Source("Us", "", "2026-11-01"),))
    return Page(name, about, text or "Nothing much.")


@pytest.mark.parametrize(("name", "named"), WANTED_BY_THE_DUTIES.items())
def test_each_duty_has_a_page_that_names_its_section(name: str, named: str) -> None:
    one = guidance.page(name)
    assert named in one.text + one.about.law
    assert one.about.law, "a page about a duty names its law"


def test_the_pages_stand_in_order_and_every_question_they_serve_exists() -> None:
    orders = [one.about.order for one in guidance.pages()]
    assert orders == sorted(orders)
    sets = [load.question_set(name) for name in ("assessment", "screening")]
    known = {q.id for questions in sets for section in questions.sections for q in section.questions}
    assert not {served for one in guidance.pages() for served in one.about.serves} - known


def test_the_chapters_hold_every_page_once() -> None:
    inside = [one for _, pages in guidance.chapters() for one in pages]
    assert inside == list(guidance.pages())


def test_a_question_is_offered_the_pages_that_serve_it() -> None:
    assert "human-rights" in {one.name for one in guidance.beside("human_rights")}
    assert guidance.beside("no_such_question") == ()


@pytest.mark.parametrize("name", ["nothing", "../guidance/due-regard", "due-regard.md", ""])
def test_guidance_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ContentError):
        guidance.page(name)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Text only.", "front matter"),
        (HEAD.replace('title = "A title"', "title ="), "not TOML"),
        (HEAD.replace('title = "A title"\n', "") + "Text.", "title: is missing"),
        (HEAD + "# A heading\n", "first level"),
        (HEAD, "the text: must not be empty"),
        (HEAD.replace("2026-11-01", "soon") + "Text.", "must be a date"),
        (HEAD.replace('link = ""', 'link = "ftp://x"') + "Text.", "https://"),
        (HEAD.replace("order = 1", "order = 1\nodd = 2") + "Text.", 'unknown key "odd"'),
    ],
)
def test_a_faulty_page_is_refused_and_says_what_is_wrong(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "one.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=problem):
        read_page(path)


def test_a_link_to_a_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(HEAD + "See [another](two).", encoding="utf-8")
    with pytest.raises(ContentError, match='"two"'):
        read_folder(tmp_path)


# -- finding ---------------------------------------------------------------------------------


def names(query: str, *pages: Page) -> list[str]:
    return [one.page.name for one in find(query, pages or guidance.pages())]


@pytest.mark.parametrize("name", ["EqIA", "EQIA", "EHIA", "IIA"])
def test_every_name_of_an_assessment_leads_to_what_it_is(name: str) -> None:
    assert names(name)[0] == "what-an-assessment-is"


def test_a_title_ranks_above_another_name_and_that_above_the_summary_and_the_text() -> None:
    pages = (
        page("text", "A", text="All about otters."),
        page("summary", "B", summary="Otters swim."),
        page("other-name", "C", words=("otters",)),
        page("title", "Otters"),
    )
    assert names("otter", *pages) == ["title", "other-name", "summary", "text"]


def test_every_word_must_be_found_and_each_may_be_only_the_beginning() -> None:
    both = page("both", "Otters", text="They like rivers.")
    one = page("one", "Otters", text="They like lakes.")
    assert names("ott riv", both, one) == ["both"]
    assert names("tters", both) == []


def test_sections_of_law_and_accents_are_found() -> None:
    assert names("14z35")[0] == "access-and-outcomes"
    assert names("149(7)")
    assert names("ecole", page("p", "L'École")) == ["p"]


@pytest.mark.parametrize("query", ["", "   ", "?!", "“”"])
def test_a_query_without_a_word_finds_nothing(query: str) -> None:
    assert find(query, guidance.pages()) == ()


def test_a_query_without_end_is_cut() -> None:
    assert len(wanted("a" * 100_000)) == 1
    assert find("due " * 50_000, guidance.pages())


def test_a_snippet_marks_the_words_and_shows_what_stands_around_them() -> None:
    text = "Before. " * 60 + "Here an **otter** swims. " + "After. " * 60
    pieces = snippet(page("p", "T", text=text), ("otter",))
    assert [piece.text for piece in pieces if piece.found] == ["otter"]
    assert pieces[0] == Piece("… ")
    assert pieces[-1] == Piece(" …")
    assert len("".join(piece.text for piece in pieces)) < 300


def test_a_snippet_is_the_summary_where_the_text_does_not_have_the_word() -> None:
    pieces = snippet(page("p", "Otters", summary="What they eat."), ("otters",))
    assert pieces == (Piece("What they eat."),)


def test_plain_text_has_neither_marks_nor_addresses() -> None:
    assert plain("## A *heading*\n\n- a [link](due-regard)\n1. one\n") == "A heading: a link one"
