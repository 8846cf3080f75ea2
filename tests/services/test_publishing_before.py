"""Publishing an assessment before it is decided: as it goes to be decided, and what becomes of it then."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import update

from ehiia.domain.decision import UNDECIDED
from ehiia.domain.publishing import PublicationState, Publishing
from ehiia.domain.standing import Standing
from ehiia.domain.vocabulary import Outcome, Permission
from ehiia.services import (
    agreeing_publications,
    checks,
    editions,
    enquiries,
    history,
    people,
    publishing,
    redacting,
    sealing,
    stopping,
    submission,
    verifying,
    versions,
)
from ehiia.services.enquiries import Told
from ehiia.services.publishing import Plan
from ehiia.services.sight import see
from ehiia.services.transaction import read, transaction
from ehiia.store.organisations import Organisation
from tests import factories
from tests.documents.reading import text_of
from tests.factories import HOUR, current
from tests.people import Cast, gather
from tests.services.test_dated import live, told
from tests.services.test_main_job import edit
from tests.services.test_verifying import statements

DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """Pass the check of an assessment; it waits for Carol's decision."""
    return factories.passed(cast, now, reservations="Watch the bus.")


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + 6 * HOUR


def page(ref: str, who: int, at: datetime) -> publishing.Page:
    read().rollback()
    seen = see(ref, Permission.READ, actor=people.actor_of(who, today=at.date()))
    found = publishing.page_of(seen, today=at.date())
    read().rollback()
    return found


def published(ref: str, cast: Cast, at: datetime, plan: Plan | None = None) -> editions.KeptEdition:
    """Publish what is next: Amina prepares it, Ben agrees."""
    publishing.begin(ref, plan or Plan(Publishing.FULL), by=cast.amina, now=at)
    left = page(ref, cast.amina, at).to_look_at
    if left:
        redacting.look_at(ref, [one.key for one in left], "It names nobody.", by=cast.amina, now=at)
    agreeing_publications.ask(ref, by=cast.amina, now=at)
    row = agreeing_publications.agree(ref, by=cast.ben, now=at)
    assert agreeing_publications.seal_at_once(row.id, now=at)
    made = page(ref, cast.amina, at).past[0][1]
    assert made is not None
    return editions.find(ref=made.ref)


def asked(what: str, at: datetime) -> Told:
    read().rollback()
    return enquiries.ask(what, address="203.0.113.9", now=at)


def again(ref: str, cast: Cast, at: datetime) -> None:
    """Amina sends it once more, and Ben passes it."""
    submission.submit(ref, declared=True, by=cast.amina, now=at)
    submission.agree(ref, by=cast.daniel, now=at)
    factories.satisfy(ref, cast.ben, at)
    checks.pass_check(ref, reservations="", by=cast.ben, now=at)


def test_the_edition_says_in_words_everywhere_that_nothing_has_been_decided(
    cast: Cast, ref: str, later: datetime, tmp_path: Path
) -> None:
    kept = published(ref, cast, later)
    assert (kept.row.ref, kept.of_ref, kept.row.record_id) == (f"{ref}-V1-P1", f"{ref}-V1", None)
    data = json.loads(kept.row.text)
    assert (data["decision"], data["status"]) == (None, UNDECIDED)
    assert data["published"]["of_sha256"] == factories.version(ref).sha256
    assert "Amina Hassan" not in kept.row.text
    pdf = sealing.signed_files().get(kept.files[0].storage_key)
    text = " ".join(text_of(pdf, tmp_path).split())
    for said in ("Nothing has been decided yet", UNDECIDED, "Watch the bus.", kept.row.ref):
        assert said in text
    assert "Decision record" not in text
    with pikepdf.open(BytesIO(pdf)) as opened, opened.open_metadata() as metadata:
        assert UNDECIDED in str(metadata["dc:title"])
    checked = verifying.check_file(pdf)
    assert checked.current
    assert f"Current. {UNDECIDED}." in list(verifying.standing_words(checked))


def test_it_is_current_while_it_waits_then_decided_since_then_superseded(
    cast: Cast, ref: str, later: datetime
) -> None:
    first = published(ref, cast, later).row
    waits = asked(first.ref, later)
    assert (waits.standing, waits.decided_at, waits.newer) == (Standing.CURRENT, None, "")
    factories.decide_alone(cast, ref, later + HOUR)
    since = asked(first.code, later + 2 * HOUR)
    assert (since.standing, since.newer) == (Standing.DECIDED, "")
    assert editions.find(ref=first.ref).is_out(later.date())
    second = published(ref, cast, later + 2 * HOUR).row
    assert second.ref == f"{ref}-D1-P1"
    after = asked(first.ref, later + 3 * HOUR)
    assert (after.standing, after.newer) == (Standing.SUPERSEDED, second.ref)
    assert asked(second.ref, later + 3 * HOUR).standing is Standing.CURRENT


def test_what_is_changed_afterwards_is_withdrawn_and_the_next_version_has_a_number_of_its_own(
    cast: Cast, ref: str, later: datetime
) -> None:
    first = published(ref, cast, later)
    edit(ref, cast.amina, later + HOUR)
    found = editions.find(ref=first.row.ref)
    assert (found.standing, found.withdrawn) == (Standing.WITHDRAWN, True)
    assert "taken back" in found.publication.ended_reason
    acts = [one.sentence for one in history.of_subject(f"assessment:{current(ref).id}").entries]
    assert f"Amina Hassan ended the publication of {ref}-V1, which is no longer for decision" in acts
    again(ref, cast, later + 3 * HOUR)
    assert published(ref, cast, later + 4 * HOUR).row.ref == f"{ref}-V1-P2"


def test_it_is_withdrawn_with_the_proposal_and_stays_while_that_is_paused(
    cast: Cast, ref: str, later: datetime
) -> None:
    kept = published(ref, cast, later).row
    stopping.stop(ref, "pause", reason="The lease is looked at.", by=cast.amina, now=later + HOUR)
    assert asked(kept.ref, later + HOUR).standing is Standing.CURRENT
    stopping.stop(ref, "withdraw", reason="There is no lease.", by=cast.amina, now=later + 2 * HOUR)
    assert asked(kept.ref, later + 2 * HOUR).standing is Standing.WITHDRAWN


@pytest.mark.parametrize("far", ["prepared", "not out yet"])
def test_what_is_not_out_when_it_is_decided_never_comes_out(
    cast: Cast, ref: str, later: datetime, far: str
) -> None:
    day = later.date() + 7 * DAY
    if far == "prepared":
        publishing.begin(ref, Plan(Publishing.SUMMARY), by=cast.amina, now=later)
    else:
        kept = published(ref, cast, later, Plan(Publishing.SUMMARY, not_before_on=day))
        assert not kept.is_out(later.date())
    factories.decide_alone(cast, ref, later + HOUR)
    shown = page(ref, cast.amina, later + HOUR)
    assert (shown.whole.ref, shown.now, shown.edition) == (f"{ref}-D1", None, None)
    ended = shown.past[0][0]
    assert ended.state is PublicationState.GIVEN_UP
    assert "before this was out" in ended.ended_reason


def test_what_is_in_force_is_not_replaced_by_what_waits(cast: Cast, ref: str, later: datetime) -> None:
    factories.decide_alone(cast, ref, later)
    in_force = published(ref, cast, later + HOUR).row
    at = later + DAY
    versions.begin_new(ref, reason="Another site.", by=cast.amina, now=at)
    again(ref, cast, at + 2 * HOUR)
    waits = published(ref, cast, at + 3 * HOUR).row
    assert waits.ref == f"{ref}-V2-P1"
    for one in (in_force, waits):
        told = asked(one.ref, at + 3 * HOUR)
        assert (told.standing, told.newer) == (Standing.CURRENT, "")


def test_a_record_that_nobody_published_comes_before_the_next_version(
    cast: Cast, ref: str, later: datetime
) -> None:
    factories.decide_alone(cast, ref, later, Outcome.DEFERRED)
    assert page(ref, cast.amina, later).whole.ref == f"{ref}-D1"


PAPERS_OUT = date(2026, 4, 13)
"""Five working days before the meeting of 20 April."""


def with_the_papers() -> None:
    """Publish assessments before they are decided, here."""
    with transaction() as session:
        session.execute(update(Organisation).values(settings={"publish_before_decision": True}))


def test_that_it_was_not_published_with_its_papers_is_told_once_where_that_is_the_rule(
    cast: Cast, ref: str, later: datetime
) -> None:
    assert page(ref, cast.amina, later).due_on == PAPERS_OUT
    live(PAPERS_OUT + DAY, PAPERS_OUT + DAY)
    assert not told("publication_"), "nobody asked for it"
    with_the_papers()
    live(PAPERS_OUT - DAY, PAPERS_OUT)
    assert not told("publication_")
    live(PAPERS_OUT + DAY, PAPERS_OUT + 30 * DAY)
    assert told("publication_") == [("Ben", "publication_late"), ("Ivan", "publication_late")]


def test_nobody_is_told_of_what_was_published_in_time(cast: Cast, ref: str, later: datetime) -> None:
    with_the_papers()
    published(ref, cast, later)
    live(PAPERS_OUT + DAY, PAPERS_OUT + 3 * DAY)
    assert "publication_late" not in {message for _, message in told("publication_")}


def test_no_text_of_a_record_is_read_to_see_whether_it_is_late(cast: Cast, now: datetime) -> None:
    factories.decided(cast, now)
    with statements() as said:
        live((now + DAY).date(), (now + DAY).date())
    of_records = [one for one in said if "FROM record" in one]
    assert of_records
    assert not [one for one in of_records if "record.text" in one]
