"""The public pages hold 200 requests at once without a write, and say nothing of what is not published."""

from __future__ import annotations

import io
import re
import time
import urllib.error
import urllib.request
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from ehiia.domain.decision import UNDECIDED
from ehiia.domain.publishing import PublicationState, Publishing
from ehiia.services import organisations
from ehiia.services.published import SINCE
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment
from ehiia.store.organisations import Organisation
from ehiia.store.publications import Publication
from tests import factories, people
from tests.people import Cast
from tests.publishing import marked, publish, waiting
from tests.servers.browser import LiveServer
from tests.web.conftest import Clock, counted

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MAY_READ = {
    *("edition", "edition_entry", "edition_facet", "edition_file"),
    *("publication", "publication_format", "organisation", "assessment", "record"),
}
"""Of an assessment it is asked whether it is hidden, of a record which edition is of which."""
TABLE = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)')
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)", re.IGNORECASE)
VERIFIES = {"throttle", "decision"}
"""What verifying reads beside: guesses that were counted, and which record a code could be of."""
AT_ONCE = 200


def tables_of(statements: list[str]) -> set[str]:
    return {name for statement in statements for name in TABLE.findall(statement)}


def columns_of(statements: list[str], table: str) -> set[str]:
    return {
        name
        for statement in statements
        for name in re.findall(rf"\b{table}\.(\w+)", " ".join(statement.split()))
    }


# -- 200 at once -------------------------------------------------------------------------------


def test_200_at_once_are_answered_without_a_write(live_server: LiveServer, now: Any) -> None:
    app = live_server.app
    with app.app_context():
        cast = people.gather(now)
        _, row = factories.decided(cast, now, worse=True)
        refs = [publish(cast, row, now, number=number) for number in range(1, 31)]
    ref = refs[0]
    paths = (
        "/published",
        f"/published/{ref}",
        f"/published/{ref}.pdf",
        "/published/feed.json",
        "/published?words=harbour&year=2026",
        f"/verify/{ref}",
        f"/published/{ref}.json",
        f"/published/{ref}.html",
        f"/published/{ref}.docx",
        "/robots.txt",
    )
    tags = {path: fetch(live_server.url + path)[1] for path in paths}
    gate = Barrier(AT_ONCE)

    def ask(number: int) -> tuple[int, float]:
        path = paths[number % len(paths)]
        known = tags[path] if number % 16 >= 8 else ""
        gate.wait(30)
        began = time.monotonic()
        status, _ = fetch(live_server.url + path, known)
        return status, time.monotonic() - began

    with counted(app) as statements, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(ask, range(AT_ONCE)))
    assert set(Counter(status for status, _ in answers)) <= {200, 304}
    assert {304} <= {status for status, _ in answers}
    assert max(took for _, took in answers) < 30
    assert not [one for one in statements if WRITES.match(one)]
    assert tables_of(statements) <= MAY_READ | VERIFIES


def fetch(url: str, etag: str = "") -> tuple[int, str]:
    request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
            return answer.status, answer.headers.get("ETag", "")
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code, ""


def test_of_an_assessment_only_what_hides_it_is_read(
    app: Flask, client: FlaskClient, cast: Cast, standing_clock: Clock
) -> None:
    with app.app_context():
        _, row = factories.decided(cast, standing_clock.now, worse=True)
        ref = publish(cast, row, standing_clock.now)
    with counted(app) as statements:
        forms = [f"/published/{ref}.{form}" for form in ("pdf", "html", "docx")]
        for path in ("/published", f"/published/{ref}", *forms, "/published/feed.json"):
            assert client.get(path).status_code == 200
    assert tables_of(statements) <= MAY_READ - {"record"}
    assert columns_of(statements, "assessment") <= {"id", "restricted", "practice", "taken_away"}


# -- nothing leaks -----------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """A state of an assessment with its publication. ``shown``: whether the public reads it."""

    name: str
    publication: dict[str, Any]
    assessment: dict[str, Any]
    shown: bool = False
    register: bool = True


def states(now: Any) -> tuple[State, ...]:
    """Return every state in which an assessment with a record can be, the first one is public."""
    open_: dict[str, Any] = {"restricted": False, "practice": False}
    plain: dict[str, Any] = {"not_before_on": None, "ended_at": None, "decided_at": None}
    plain |= {"kind": Publishing.FULL}
    agreed = plain | {"state": PublicationState.AGREED}
    tomorrow = now.date() + timedelta(days=1)
    ended = [
        State(str(one), plain | {"state": one, "ended_at": now}, open_)
        for one in (PublicationState.GIVEN_UP, PublicationState.REPLACED, PublicationState.WITHDRAWN)
    ]
    begun = [
        State(str(one), plain | {"state": one}, open_)
        for one in (PublicationState.PREPARING, PublicationState.ASKED)
    ]
    return (
        State("out", agreed, open_, shown=True),
        State("decided since", agreed | {"decided_at": now}, open_, shown=True),
        State("not yet", agreed | {"not_before_on": tomorrow}, open_),
        State("ended before its day", ended[1].publication | {"not_before_on": tomorrow}, open_),
        State("restricted since", agreed, open_ | {"restricted": True}),
        State("practice", agreed, open_ | {"practice": True}),
        State("switched off", agreed, open_, register=False),
        *ended,
        *begun,
    )


@dataclass(frozen=True)
class Known:
    """Assessments with their tokens: those with an edition, and one that is only being written.

    The last of those with an edition was published before it was decided.
    """

    editions: tuple[tuple[str, str, str, int], ...]
    """Token, reference of the edition and of what it is of, id of the assessment."""
    draft: str
    draft_ref: str


@pytest.fixture
def known(app: Flask, cast: Cast, standing_clock: Clock) -> Known:
    """Make three assessments whose every text has a token of its own, published, and one being written."""
    now = standing_clock.now
    made = []
    with app.app_context():
        for number, token in enumerate(("Zanzibar17", "Quetzal42")):
            words: dict[str, Any] = {"title": f"Move {number} {token}", "summary": f"It moves. {token}"}
            _, row = factories.decided(cast, now, **words)
            ref = publish(cast, row, now, change=partial(marked, token=token))
            made.append((token, ref, row.ref, row.assessment_id))
        token = "Wombat58"
        waits = waiting(factories.passed(cast, now, title=f"Move it {token}", summary=f"It moves. {token}"))
        ref = publish(cast, waits, now, change=partial(marked, token=token))
        made.append((token, ref, waits.ref, waits.assessment_id))
        draft = factories.started(cast, now, title="Close it Xylophone99", summary="Xylophone99")
    standing_clock.pass_on(minutes=1)
    return Known(tuple(made), "Xylophone99", draft)


def everything_public(client: FlaskClient, known: Known) -> dict[str, str]:
    """Ask for every public page there could be of these assessments; return what came, headers included."""
    paths = ["/published", "/published/feed.json", "/published/by/snee", "/published/by/snee/feed.json"]
    paths += ["/robots.txt", f"/published/{known.draft_ref}", f"/verify/{known.draft_ref}"]
    for token, ref, of_ref, _ in known.editions:
        stays = of_ref.rsplit("-", 1)[0]
        paths += [f"/published?words={token}", f"/published/{ref}", f"/published/{stays}"]
        paths += [f"/published/{ref}.pdf", f"/published/{ref}.json", f"/published/{ref}/withdrawn"]
        paths += [f"/published/{ref}.html", f"/published/{ref}.docx"]
        paths += [f"/published/{of_ref}", f"/verify/{stays}", f"/published/{ref}/formats/1"]
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        asked_for = path.partition("words=")[2]  # what was typed stands in the box of the search
        said = answer.get_data(as_text=True) if not path.endswith(".docx") else _of_word(answer.data)
        text = f"{answer.status} {answer.headers} {said}"
        found[path] = text.replace(f'value="{asked_for}"', "") if asked_for else text
    return found


def _of_word(content: bytes) -> str:
    """Return all that a Word document holds, or what was answered instead of one."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@settings(
    max_examples=14,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_whatever_state_it_is_in_nothing_unpublished_is_ever_said(
    app: Flask, client: FlaskClient, known: Known, standing_clock: Clock, data: st.DataObject
) -> None:
    chosen = [
        data.draw(st.sampled_from(states(standing_clock.now)), label=ref) for _, ref, _, _ in known.editions
    ]
    on = all(one.register for one in chosen)
    with app.app_context(), transaction() as session:
        for (_, _, _, assessment_id), state in zip(known.editions, chosen, strict=True):
            mine = Publication.assessment_id == assessment_id
            session.execute(update(Publication).where(mine).values(**state.publication))
            session.execute(
                update(Assessment).where(Assessment.id == assessment_id).values(**state.assessment)
            )
        here = session.query(Organisation).filter_by(code="snee").one()
        here.settings = organisations.plain(organisations.settings_of(here)) | {"public_register": on}
    found = everything_public(client, known)
    assert not [path for path, text in found.items() if known.draft in text]
    for (token, ref, of_ref, _), state in zip(known.editions, chosen, strict=True):
        said = [path for path, text in found.items() if token.casefold() in text.casefold()]
        if state.shown and on:
            stays = f"/published/{of_ref.rsplit('-', 1)[0]}"
            assert {"/published", "/published/feed.json", f"/published/{ref}"} <= set(said)
            assert found[stays].startswith("302")
            if of_ref.endswith("-V1"):
                since = state.publication["decided_at"] is not None
                assert ("has been decided since" in found[f"/published/{ref}"]) == since
                assert (UNDECIDED in found[f"/published?words={token}"]) == (not since)
                assert (SINCE in found["/published"]) == since
        else:
            assert not said, state.name
        if state.publication["state"] not in (PublicationState.AGREED, PublicationState.WITHDRAWN) or not on:
            assert found[f"/published/{ref}"].startswith("404"), state.name


def test_what_is_unpublished_is_answered_as_what_does_not_exist(client: FlaskClient, known: Known) -> None:
    nowhere = client.get("/published/EHIIA-2026-999")
    being_written = client.get(f"/published/{known.draft_ref}")
    assert (nowhere.status_code, nowhere.get_data()) == (404, being_written.get_data())
    whole = client.get(f"/published/{known.editions[0][2]}")
    assert (whole.status_code, whole.get_data()) == (404, nowhere.get_data()), "the record itself"
