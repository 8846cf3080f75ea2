"""The next twelve months: what is one's own, what one directs, the organisation; a picture and its table."""

from __future__ import annotations

from flask import Flask

from ehiia.domain.vocabulary import Claim
from ehiia.services import mitigations, restriction, stopping
from tests import factories
from tests import writing as drafts
from tests.people import Cast
from tests.services.test_programmes import begun
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.test_home_by_role import busy


def test_amina_sees_her_reviews_and_decisions_helen_her_action_and_commitment(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = busy(cast, standing_clock)
        drafts.writing(cast, standing_clock.now, title="To the board")
    amina = as_("amina").get("/ahead")
    assert "Nothing is overdue; 1 due in the next 12 months" in words(amina)
    assert "To the board" in words(amina)
    assert f"/mitigations/{ref}-M1" not in amina.get_data(as_text=True)
    helen = as_("helen").get("/ahead?month=2026-05")
    assert "Tell the carers." in words(helen)
    assert f"/a/{ref}/commitments" in helen.get_data(as_text=True)
    assert "A minibus" in words(as_("helen").get("/ahead?month=2026-08"))
    standing_clock.pass_on(days=300)
    amina = as_("amina").get("/ahead?month=2027-09")
    assert "1 overdue, in squares; 1 due in the next 12 months" in words(amina)
    assert f"/a/{ref}/review" in amina.get_data(as_text=True)


def test_the_picture_has_words_and_the_same_numbers_as_its_table(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        busy(cast, standing_clock)
    tree = soup(as_("helen").get("/ahead"))
    picture = tree.select_one("svg[role=img]")
    assert picture is not None
    named = str(picture["aria-labelledby"]).split()
    assert [bool(tree.find(id=one)) for one in named] == [True, True]
    assert "style" not in picture.attrs
    drawn = [text.get_text() for text in picture.select("text[fill='#fff']")]
    table = [" ".join(row.get_text(" ").split()) for row in tree.select("table")[0].select("tbody tr")]
    assert drawn == ["1", "1"]
    assert table == [
        "Month May 2026 What is due 1 commitment",
        "Month August 2026 What is due 1 mitigating action",
    ]


def test_the_whole_organisation_is_for_those_with_a_post_and_what_one_directs_for_directors(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = busy(cast, standing_clock)
    for name, tabs in (("daniel", ["Mine", "What I direct", "The whole organisation"]), ("carol", ["Mine"])):
        found = [one.get_text() for one in soup(as_(name).get("/ahead")).select(".eh-places a")]
        assert found[: len(tabs)] == tabs
    assert "What I direct" not in words(as_("carol").get("/ahead"))
    assert "Tell the carers." in words(as_("carol").get("/ahead?whose=all&month=2026-05"))
    assert "Tell the carers." in words(as_("daniel").get("/ahead?whose=directed&month=2026-05"))
    esther = as_("esther").get("/ahead?whose=all&month=2026-05")
    assert "Nothing is due" in words(esther)
    assert ref not in esther.get_data(as_text=True)
    with app.app_context():
        restriction.restrict(ref, reason="Staff.", until_on=None, by=cast.amina, now=standing_clock.now)
    carol = words(as_("carol").get("/ahead?whose=all&month=2026-05"))
    assert "Tell the carers." not in carol
    assert "Nothing is due" in carol
    assert "Tell the carers." in words(as_("daniel").get("/ahead?whose=directed&month=2026-05"))


def test_samples_stand_there_for_those_who_see_the_audit_plan(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        begun(cast, standing_clock.now)
    dev = words(as_("dev").get("/ahead?month=2026-04"))
    assert "4 due in the next 12 months" in dev
    assert "January to March 2026" in dev
    assert "Nothing is due" in words(as_("amina").get("/ahead?whose=all"))


def test_what_is_decided_done_or_paused_is_not_due(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        decided, _ = factories.decided(cast, standing_clock.now, worse=True)
        paused = drafts.writing(cast, standing_clock.now)
        stopping.stop(paused, "pause", reason="It rests.", by=cast.amina, now=standing_clock.now)
        mitigations.claim(
            f"{decided}-M1", Claim.DONE, note_text="It runs.", by=cast.helen, now=standing_clock.now
        )
    for name in ("amina", "helen"):
        assert "Nothing is due" in words(as_(name).get("/ahead")), name


def test_it_takes_as_many_queries_for_one_of_everything_as_for_two(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    numbers: dict[str, list[int]] = {}
    for _ in range(2):
        with app.app_context():
            busy(cast, standing_clock)
        for name, whose in (("helen", "mine"), ("daniel", "directed"), ("ben", "all")):
            with counted(app) as queries:
                as_(name).get(f"/ahead?whose={whose}&month=2026-05")
            numbers.setdefault(name, []).append(len(queries))
    assert all(first == second <= 12 for first, second in numbers.values()), numbers
