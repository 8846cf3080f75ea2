"""The control "Sources": answers and impacts cite, on the page, at check your answers, without a script."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Dimension
from ehiia.services import answering, evidence, library
from ehiia.services.answered import answers_of
from ehiia.services.answering import Given
from ehiia.services.evidence import Source
from ehiia.services.items import Entry
from ehiia.services.transaction import read
from tests import factories, writing
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import chosen, fields, main_form


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    """Amina writes it, with two sources; disabled people are worse off in access."""
    with app.app_context():
        made = writing.writing(cast, now)
        writing.affected(made, cast, now, access=writing.WORSE)
        for title in ("Census 2021", "What deaf people said"):
            evidence.add(made, Source("census", title), by=cast.amina, now=now)
    return made


def cited(app: Flask, ref: str) -> list[tuple[int, str, str, Dimension | None]]:
    with app.app_context():
        answers = answers_of(read(), factories.current(ref))
        return [(one.source, one.subject, one.question, one.dimension) for one in answers.citations]


def uses(app: Flask, ref: str) -> list[str]:
    with app.app_context():
        return [str(one.id) for one in evidence.list_of(factories.current(ref).id)]


def test_an_answer_and_an_impact_cite_sources_with_the_save_of_their_page(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    first, second = uses(app, ref)
    page = f"/a/{ref}/section/proposal"
    sent = fields(main_form(soup(amina.get(page)))) | {
        "q-problem": "Calls take long.",
        "cites-q-problem": first,
    }
    assert amina.post(page, data=sent).status_code == 303
    group = f"/a/{ref}/group/disability"
    sent = fields(main_form(soup(amina.get(group)))) | {"cites-d-access": [first, second]}
    assert amina.post(group, data=sent).status_code == 303
    assert cited(app, ref) == [
        (1, "", "problem", None),
        (1, "disability", "", Dimension.ACCESS),
        (2, "disability", "", Dimension.ACCESS),
    ]
    for path in (page, group, f"/a/{ref}/check-answers"):
        assert "[1]" in words(amina.get(path)), path
    assert "Sources: [1] [2]" in words(amina.get(f"/a/{ref}/check-answers"))
    assert "Sources: [1] [2]" in words(as_("dev").get(group))
    sent = fields(main_form(soup(amina.get(group))))
    sent["cites-d-access"] = [second]
    assert amina.post(group, data=sent).status_code == 303
    assert [one[0] for one in cited(app, ref) if one[1]] == [2]


def test_two_who_cite_at_the_same_time_both_stand(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    first, second = uses(app, ref)
    page = f"/a/{ref}/section/proposal"
    before = fields(main_form(soup(amina.get(page))))
    for use in (first, second):
        assert amina.post(page, data=before | {"cites-q-problem": use}).status_code == 303
    assert [one[0] for one in cited(app, ref)] == [1, 2]
    assert amina.post(page, data=before | {"cites-q-problem": first}).status_code == 303
    assert [one[0] for one in cited(app, ref)] == [1, 2]


def test_what_was_ticked_stays_when_the_page_is_refused(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    first, _ = uses(app, ref)
    page = f"/a/{ref}/section/proposal"
    sent = fields(main_form(soup(amina.get(page)))) | {"q-problem": "x" * 100_000, "cites-q-problem": first}
    refused = amina.post(page, data=sent)
    assert refused.status_code == 400
    box = soup(refused).select_one(f"#cites-q-problem-{first}")
    assert box is not None
    assert box.has_attr("checked")
    assert cited(app, ref) == []


def test_a_source_of_another_assessment_is_not_cited(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        other = writing.writing(cast, now)
        theirs = evidence.add(other, Source("census", "Theirs"), by=cast.amina, now=now).id
    amina = as_("amina")
    page = f"/a/{ref}/section/proposal"
    sent = fields(main_form(soup(amina.get(page)))) | {"cites-q-problem": str(theirs)}
    assert amina.post(page, data=sent).status_code == 303
    assert cited(app, ref) == cited(app, other) == []


def test_citations_go_with_their_source_and_stay_at_its_version(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    first, _ = uses(app, ref)
    page = f"/a/{ref}/section/proposal"
    sent = fields(main_form(soup(amina.get(page)))) | {"cites-q-problem": first}
    assert amina.post(page, data=sent).status_code == 303
    with app.app_context():
        used = evidence.list_of(factories.current(ref).id)[0]
        newer = Entry("census", "Census 2031", changed="Ten years on")
        library.change(used.item_id, newer, newest=1, by=cast.ben, now=now)
        answers = answers_of(read(), factories.current(ref))
        assert [one.title for one in answers.cited(question="problem")] == ["Census 2021"]
        read().rollback()
        evidence.move(ref, used.id, revision=used.revision, by=cast.amina, now=now)
        answers = answers_of(read(), factories.current(ref))
        assert [one.title for one in answers.cited(question="problem")] == ["Census 2031"]
        read().rollback()
        evidence.take_out(ref, used.id, by=cast.amina, now=now)
    assert cited(app, ref) == []


def test_citing_undoes_a_pass_like_every_change_of_what_is_frozen(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ready = factories.passed(cast, now)
    amina = as_("amina")
    (use, *_) = uses(app, ready)
    page = f"/a/{ready}/section/proposal"
    sent = fields(main_form(soup(amina.get(page)))) | {"cites-q-problem": use}
    assert amina.post(page, data=sent).status_code == 303
    with app.app_context():
        assert factories.current(ready).stage.value == "writing"
        read().rollback()


def test_dont_know_yet_offers_to_note_an_evidence_gap(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        unknown = {"direction": "unknown", "reason": "We ask them in May."}
        writing.affected(ref, cast, now, group="age", outcomes=unknown)
        answering.save_page(
            ref,
            answers={"smoking": Given({"direction": "unknown", "reason": "", "justification": ""})},
            by=cast.amina,
            now=now,
        )
    amina = as_("amina")
    link = soup(amina.get(f"/a/{ref}/group/age")).find("a", string="Note it as an evidence gap")
    assert link is not None
    address = str(link["href"])
    assert address == f"/a/{ref}/gaps/add?subject=age&dimension=outcomes"
    form = main_form(soup(amina.get(address)))
    assert fields(form)["groups"] in ("age", ["age"])
    sent = fields(form) | {"unknown": "How older people fare"}
    assert amina.post(address, data=sent).status_code == 303
    assert "Note it as an evidence gap" not in words(amina.get(f"/a/{ref}/group/age"))


def test_forty_sources_cost_no_more_queries_than_two(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    pages = (f"/a/{ref}/section/proposal", f"/a/{ref}/group/disability", f"/a/{ref}/check-answers")

    def asked() -> list[int]:
        found = []
        for page in pages:
            with counted(app) as queries:
                assert amina.get(page).status_code == 200
            found.append(len(queries))
        return found

    few = asked()
    with app.app_context():
        for number in range(38):
            evidence.add(ref, Source("census", f"Source {number}"), by=cast.amina, now=now)
    assert asked() == few


def test_what_was_ticked_and_not_saved_is_put_back_with_the_draft(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    first, second = uses(app, ref)
    for path, page, field in (
        (f"/a/{ref}/section/proposal", "proposal:", "cites-q-problem"),
        (f"/a/{ref}/group/disability", "characteristics:disability", "cites-d-access"),
    ):
        sent = fields(main_form(soup(amina.get(path)))) | {field: first}
        assert amina.post(path, data=sent).status_code == 303
        typed = fields(main_form(soup(amina.get(path)))) | {field: second, "page": page}
        assert amina.post(f"/a/{ref}/draft", data=typed).status_code == 200
        assert chosen(soup(amina.get(path)), field) == [first]
        assert "did not save it" in words(amina.get(path))
        back = soup(amina.get(f"{path}?draft=back"))
        assert chosen(back, field) == [second]
        assert amina.post(path, data=fields(main_form(back))).status_code == 303
        assert chosen(soup(amina.get(path)), field) == [second]
        assert "did not save it" not in words(amina.get(path))


def test_what_was_ticked_is_still_ticked_on_a_page_that_is_refused(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina, path = as_("amina"), f"/a/{ref}/section/proposal"
    first, second = uses(app, ref)
    sent = fields(main_form(soup(amina.get(path)))) | {"cites-q-problem": [first, second]}
    answer = amina.post(path, data=sent | {"q-problem": "x" * 100_000})
    assert answer.status_code == 400
    assert chosen(soup(answer), "cites-q-problem") == [first, second]
