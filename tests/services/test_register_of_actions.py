"""The register of mitigating actions across assessments: what is found in it, and what leaves it."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask

from ehiia.clock import day_of
from ehiia.domain.mitigating import ActionKind, OverdueAge
from ehiia.domain.vocabulary import Claim
from ehiia.services import mitigations, promises, register_files, restriction, taking_on
from ehiia.services import people as people_service
from ehiia.services.promises import PromiseFilter
from tests import factories, people, writing
from tests.people import Cast


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def refs(cast: Cast, today: date, wanted: PromiseFilter, who: str = "dev") -> list[str]:
    actor = people_service.actor_of(cast.ids[who], today=today)
    page = promises.register(actor, cast.organisation_id, wanted, today=today)
    return [row.ref.rpartition("-")[2] for row in page.rows]


def test_what_is_overdue_is_found_by_its_age(cast: Cast, now: datetime) -> None:
    ref, later = writing.writing(cast, now), day_of(now) + timedelta(days=200)
    for days in (0, 1, 30, 31, 60, 61, 90, 91, 150):
        writing.promised(ref, cast, now, what=f"Since {days}", due_on=later - timedelta(days=days))
    writing.promised(ref, cast, now, what="No date", due_on=None)
    done = writing.promised(ref, cast, now, what="Done", due_on=later - timedelta(days=5))
    mitigations.claim(done, Claim.DONE, note_text="Done.", by=cast.helen, now=now)
    found = {age: refs(cast, later, PromiseFilter(age=age)) for age in OverdueAge}
    assert found == {
        OverdueAge.TO_30: ["M3", "M2"],
        OverdueAge.TO_60: ["M5", "M4"],
        OverdueAge.TO_90: ["M7", "M6"],
        OverdueAge.OVER_90: ["M9", "M8"],
    }
    assert len(refs(cast, later, PromiseFilter(overdue=True))) == 8


def test_it_is_filtered_by_director_body_kind_and_what_nobody_took_on(cast: Cast, now: datetime) -> None:
    ref, today = writing.writing(cast, now), day_of(now)
    first = writing.promised(ref, cast, now, kind=ActionKind.REMOVE)
    writing.promised(ref, cast, now, what="A leaflet", owner_id=None)
    taken = writing.promised(ref, cast, now, what="A film", owner_id=cast.grace)
    taking_on.accept(taken, revision=1, by=cast.grace, now=now)
    assert refs(cast, today, PromiseFilter(kind=ActionKind.REMOVE)) == ["M1"]
    assert refs(cast, today, PromiseFilter(unaccepted=True)) == ["M1"]
    assert refs(cast, today, PromiseFilter(director_id=cast.daniel)) == ["M1", "M2", "M3"]
    assert refs(cast, today, PromiseFilter(director_id=cast.carol)) == []
    assert refs(cast, today, PromiseFilter(body_id=cast.board_id)) == ["M1", "M2", "M3"]
    assert refs(cast, today, PromiseFilter(body_id=cast.alone_id)) == []
    taking_on.decline(first, reason="Not mine.", revision=1, by=cast.helen, now=now)
    actor = people_service.actor_of(cast.dev, today=today)
    listed = promises.register(actor, cast.organisation_id, today=today).rows[0]
    assert (listed.director, listed.owner, listed.acceptance.label) == (
        "Daniel Ashby",
        "Helen Marsh",
        "Declined",
    )


def exported(cast: Cast, today: date, who: str, *, overdue: bool = False) -> list[list[str]]:
    actor = people_service.actor_of(cast.ids[who], today=today)
    wanted = PromiseFilter(overdue=overdue)
    organisation = cast.other_id if who == "esther" else cast.organisation_id
    name, content = register_files.files_of(actor, organisation, wanted, today=today, kind="csv")
    assert name == f"mitigating-actions-{today.isoformat()}.csv"
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))[1:]


def test_a_file_holds_just_what_the_person_may_see(cast: Cast, now: datetime) -> None:
    secret, shown = factories.answered(cast, now, worse=True), writing.writing(cast, now)
    writing.promised(shown, cast, now, what="=HYPERLINK(1)", due_on=day_of(now))
    restriction.restrict(secret, reason="Staff are not told.", until_on=None, by=cast.amina, now=now)
    today = day_of(now) + timedelta(days=4)
    everybody = [row[0] for row in exported(cast, today, "dev")]
    assert everybody == [f"{shown}-M1"]
    assert [row[0] for row in exported(cast, today, "ben")] == everybody
    assert sorted(row[0] for row in exported(cast, today, "amina")) == sorted([f"{secret}-M1", f"{shown}-M1"])
    assert exported(cast, today, "esther") == []
    (row,) = exported(cast, today, "dev", overdue=True)
    assert row[1] == "'=HYPERLINK(1)"
    assert row[4:9] == ["Helen Marsh", "Not accepted yet", "Daniel Ashby", day_of(now).isoformat(), "4"]


def test_a_file_that_is_cut_says_so_in_its_last_line(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = writing.writing(cast, now)
    for number in range(3):
        writing.promised(ref, cast, now, what=f"Action {number}")
    today = day_of(now)
    monkeypatch.setattr(register_files, "MOST", 3)
    assert len(exported(cast, today, "dev")) == 3
    monkeypatch.setattr(register_files, "MOST", 2)
    *rows, last = exported(cast, today, "dev")
    assert len(rows) == 2
    assert last == ["Only the first 2 are in this file. Choose fewer, for example by their director."]
