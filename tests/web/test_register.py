"""The register: what each person finds there, how it is paged, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Part, ProposalKind, Stage
from ehiia.services import register
from ehiia.services.people import actor_of
from ehiia.services.register import Filters
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment, AssessmentPlace, Participant
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words

Make = Callable[..., list[str]]


@pytest.fixture
def make(app: Flask, cast: Cast, now: datetime) -> Make:
    """Return a function that puts plain rows into the register, Amina's unless told otherwise."""
    counter = iter(range(1, 10_000))

    def rows(count: int = 1, *, title: str = "Proposal {n}", parts: Any = (), **changes: Any) -> list[str]:
        made = []
        with app.app_context(), transaction() as session:
            for _ in range(count):
                n = next(counter)
                here: dict[str, Any] = {
                    "organisation_id": cast.organisation_id,
                    "ref": f"EHIIA-2026-{n:03d}",
                    "title": title.format(n=n),
                    "kind": ProposalKind.POLICY,
                    "stage": Stage.WRITING,
                    "question_set_version": 1,
                    "screening_version": 1,
                    "created_by": cast.amina,
                    "created_at": now,
                    "updated_at": now,
                    "asked_count": 60,
                } | changes
                row = Assessment(**here, title_folded=here["title"].casefold())
                session.add(row)
                session.flush()
                for person, part in parts:
                    session.add(
                        Participant(
                            assessment_id=row.id, person_id=person, part=part, added_by=person, added_at=now
                        )
                    )
                made.append(row.ref)
        return made

    return rows


def listed(response: Any) -> list[str]:
    """Return the references in the table of the page, in order."""
    return [
        row.find("a")["href"].removeprefix("/a/")  # type: ignore[index, union-attr]
        for row in soup(response).select("tbody tr")
    ]


def test_nobody_sees_it_without_signing_in(app: Flask, cast: Cast) -> None:
    assert app.test_client().get("/assessments").location.startswith("/sign-in?next=/assessments")


def test_the_newest_change_comes_first(as_: Browsers, make: Make, now: datetime) -> None:
    old, new = make(updated_at=now - timedelta(days=1))[0], make()[0]
    page = as_("ben").get("/assessments")
    assert listed(page) == [new, old]
    assert "2 assessments" in words(page)


def test_paging_loses_and_repeats_nothing_where_many_changed_in_the_same_second(
    as_: Browsers, make: Make
) -> None:
    everything = make(60)
    browser = as_("ben")
    page, seen, pages = browser.get("/assessments"), [], 0
    while True:
        seen += listed(page)
        pages += 1
        older = soup(page).find("a", rel="next")
        if older is None:
            break
        page = browser.get(older["href"])
    assert pages == 3
    assert seen == everything[::-1]
    back = browser.get(soup(page).find("a", rel="prev")["href"])  # type: ignore[index]
    assert listed(back) == seen[25:50]
    first = browser.get(soup(back).find("a", rel="prev")["href"])  # type: ignore[index]
    assert listed(first) == seen[:25]
    assert soup(first).find("a", rel="prev") is None


@pytest.mark.parametrize("key", ["x", "1-", "-1", "99999999999999999999-1", "999999999999999999-1", "1'--1"])
def test_a_key_that_is_none_begins_at_the_newest(as_: Browsers, make: Make, key: str) -> None:
    refs = make(2)
    assert listed(as_("ben").get("/assessments", query_string={"after": key})) == refs[::-1]


def test_counting_stops_at_a_thousand(as_: Browsers, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "COUNTED", 30)
    make(31)
    assert "More than 30 assessments" in words(as_("ben").get("/assessments"))


def test_filters_and_search(as_: Browsers, make: Make, app: Flask, cast: Cast, now: datetime) -> None:
    branch = make(title="Branch surgery at Harwich")[0]
    check = make(title="Étude in check", stage=Stage.CHECKING)[0]
    strategy = make(title="50% fewer beds", kind=ProposalKind.STRATEGY, parts=((cast.ben, Part.READER),))[0]
    overdue = make(title="Old rule", stage=Stage.IN_FORCE, review_due_on=(now - timedelta(days=3)).date())[0]
    with app.app_context(), transaction() as session:
        row = session.query(Assessment).filter_by(ref=branch).one()
        session.add(
            AssessmentPlace(
                organisation_id=cast.organisation_id,
                assessment_id=row.id,
                place_id=cast.place_ids[0],
                name="North East Essex Alliance",
            )
        )
    browser = as_("ben")
    for query, expected in (
        ({"words": "bRANCH  surg"}, [branch]),
        ({"words": "surgery"}, []),
        ({"words": "étude"}, [check]),
        ({"words": "%"}, []),
        ({"words": "50%"}, [strategy]),
        ({"words": "_"}, []),
        ({"words": branch.lower()}, [branch]),
        ({"words": "2026-001"}, [branch]),
        ({"words": "\x00'"}, []),
        ({"stage": "checking"}, [check]),
        ({"stage": "nonsense", "kind": "strategy"}, [strategy]),
        ({"overdue": "y"}, [overdue]),
        ({"mine": "y"}, [strategy]),
        ({"place": str(cast.place_ids[0])}, [branch]),
        ({"place": "abc", "words": "old"}, [overdue]),
    ):
        assert listed(browser.get("/assessments", query_string=query)) == expected, query
    empty = browser.get("/assessments?words=nothing+like+it")
    assert "Nothing found" in words(empty)
    assert 'value="nothing like it"' in empty.get_data(as_text=True)


def test_a_restricted_assessment_is_in_no_list_count_or_search_of_others(
    as_: Browsers, make: Make, cast: Cast
) -> None:
    secret = make(
        title="Zebra closure", restricted=True, parts=((cast.amina, Part.AUTHOR), (cast.helen, Part.READER))
    )[0]
    plain = make()[0]
    for name, sees in (("amina", True), ("helen", True), ("carol", False), ("farah", False), ("ben", False)):
        browser = as_(name)
        page = browser.get("/assessments")
        assert (secret in listed(page)) is sees, name
        assert plain in listed(page)
        assert ("2 assessments" if sees else "1 assessment") in words(page)
        assert (secret in listed(browser.get("/assessments?words=zebra"))) is sees
        assert listed(browser.get(f"/assessments?words={secret}")) == ([secret] if sees else [])
        assert ("Zebra" in words(page)) is sees
    lead = words(as_("ben").get("/assessments"))
    assert f"{secret}, Amina Hassan" in lead
    assert secret not in words(as_("carol").get("/assessments"))


def test_esther_sees_only_what_is_shared_with_her(as_: Browsers, make: Make, cast: Cast) -> None:
    shared = make(parts=((cast.esther, Part.CONTRIBUTOR),))[0]
    make()
    browser = as_("esther")
    own = browser.get("/assessments")
    assert listed(own) == []
    assert "No assessment yet" in words(own)
    tab = browser.get("/assessments?tab=shared")
    assert listed(tab) == [shared]
    assert listed(as_("amina").get("/assessments?tab=shared")) == []


@pytest.mark.parametrize("name", ["amina", "ben", "esther"])
def test_a_page_takes_few_queries_however_many_rows(app: Flask, as_: Browsers, make: Make, name: str) -> None:
    make(40)
    make(3, restricted=True)
    browser = as_(name)
    browser.get("/assessments")
    with counted(app) as queries:
        browser.get("/assessments?words=p")
    assert len(queries) <= 4, queries
    with counted(app) as queries:
        browser.get("/assessments")
    assert len(queries) <= 5, queries


def test_what_a_page_lists_is_what_may_be_seen(app: Flask, make: Make, cast: Cast, now: datetime) -> None:
    """The two halves that the index carries together say the same as the policy."""
    from ehiia.domain.access import Sight, sight
    from ehiia.services.sight import facts_of

    for restricted in (False, True):
        make(restricted=restricted)
        make(restricted=restricted, parts=((cast.helen, Part.OWNER), (cast.helen, Part.READER)))
        make(restricted=restricted, organisation_id=cast.other_id, parts=((cast.helen, Part.READER),))
        make(restricted=restricted, organisation_id=cast.other_id)
    with app.app_context(), transaction() as session:
        everything = session.query(Assessment).all()
        for person_id in cast.ids.values():
            actor = actor_of(person_id, today=now.date())
            found = {
                row.ref
                for organisation_id in (cast.organisation_id, cast.other_id)
                for row in register.page(actor, organisation_id, today=now.date()).rows
            }
            shared = register.page(actor, cast.organisation_id, shared=True, today=now.date())
            found |= {row.ref for row in shared.rows}
            full = {
                row.ref for row in everything if sight(actor, facts_of(session, row, person_id)) is Sight.FULL
            }
            assert found == full
            assert not Filters()
