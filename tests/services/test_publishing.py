"""Publishing a record: prepared by one person, agreed by another, with nothing left out in the file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import update

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.documents.signing.facts import SignatureKind
from ehiia.documents.signing.verify import verify
from ehiia.domain.publishing import Exemption, PublicationState, Publishing
from ehiia.domain.redaction import GONE, Mark
from ehiia.domain.schedule import add_working_days
from ehiia.domain.vocabulary import Permission
from ehiia.services import (
    agreeing_publications,
    editions,
    freezing,
    keys,
    leaked_keys,
    people,
    publishing,
    redacting,
    restriction,
    sealing,
    verifying,
    work,
)
from ehiia.services.publishing import Plan
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow
from ehiia.store.organisations import Organisation
from tests import factories
from tests.factories import HOUR
from tests.people import Cast, gather
from tests.services.test_dated import DAY, live, told

WORDS = "The surgery moves two miles inland"
PERSONAL = Exemption.PERSONAL
REDACTED = Plan(Publishing.REDACTED)
WITHHELD = Plan(Publishing.WITHHELD, "A tender is open until May.", Exemption.COMMERCIAL)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def record(cast: Cast, now: datetime) -> RecordRow:
    return factories.decided(cast, now)[1]


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + 6 * HOUR


def ref_of(record: RecordRow) -> str:
    return record.ref.rpartition("-")[0]


def page(record: RecordRow, cast: Cast, who: int, at: datetime) -> publishing.Page:
    read().rollback()
    actor = people.actor_of(who, today=at.date())
    found = publishing.page_of(see(ref_of(record), Permission.READ, actor=actor), today=at.date())
    read().rollback()
    return found


def looked_at_all(record: RecordRow, cast: Cast, later: datetime) -> None:
    left = page(record, cast, cast.amina, later).to_look_at
    if left:
        ref = ref_of(record)
        redacting.look_at(ref, [one.key for one in left], "It names nobody.", by=cast.amina, now=later)


def agreed(record: RecordRow, cast: Cast, later: datetime, plan: Plan, *marks: Mark) -> editions.KeptEdition:
    ref = ref_of(record)
    publishing.begin(ref, plan, by=cast.amina, now=later)
    for one in marks:
        redacting.mark(ref, one, by=cast.amina, now=later)
    looked_at_all(record, cast, later)
    agreeing_publications.ask(ref, by=cast.amina, now=later)
    row = agreeing_publications.agree(ref, by=cast.ben, now=later + HOUR)
    if plan.kind is not Publishing.WITHHELD:
        assert agreeing_publications.seal_at_once(row.id, now=later + HOUR)
    made = page(record, cast, cast.amina, later).past[0][1]
    assert made is not None
    return editions.find(ref=made.ref)


def everything_in(pdf: bytes) -> bytes:
    """Return every byte of a PDF as it is and unpacked: streams, attachments, metadata."""
    found = [pdf]
    with pikepdf.open(BytesIO(pdf)) as opened:
        for one in opened.objects:
            if isinstance(one, pikepdf.Stream):
                found.append(one.read_bytes())
            elif isinstance(one, pikepdf.Dictionary | pikepdf.Array | pikepdf.String):
                found.append(one.unparse(resolved=False))
    return b"\n".join(found)


def test_no_word_that_was_left_out_is_anywhere_in_the_sealed_file(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    summary = freezing.thaw_record(record.text).snapshot.summary
    assert WORDS in summary
    kept = agreed(record, cast, later, REDACTED, Mark("", "two miles inland", "It names a site.", PERSONAL))
    assert kept.record.snapshot.summary == f"The surgery moves {GONE}."
    pdf = sealing.signed_files().get(kept.files[0].storage_key)
    plain = everything_in(pdf)
    for word in (b"miles", b"inland", "miles".encode("utf-16-be"), "inland".encode("utf-16-be")):
        assert word not in plain
    assert b"miles" in everything_in(sealed_whole(record, later))  # the test would notice it
    assert "miles" not in kept.row.text
    assert record.code.encode() not in plain
    assert "Amina Hassan" not in kept.row.text
    told = json.loads(kept.row.text)["published"]
    assert told["of_reference"] == record.ref
    assert told["of_sha256"] == record.sha256
    assert told["kind"] == "redacted"


def sealed_whole(record: RecordRow, at: datetime) -> bytes:
    sealing.seal_record(record.id, now=at)
    from ehiia.services.recorded import find_record

    return sealing.signed_files().get(find_record(ref=record.ref).files[0].storage_key)


def test_an_edition_is_sealed_once_and_found_by_reference_code_and_digest(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    kept = agreed(record, cast, later, Plan(Publishing.FULL))
    assert kept.row.ref == f"{record.ref}-P1"
    assert len(kept.files) == 1
    agreeing_publications.seal_edition(kept.row.id, now=later + 2 * HOUR)
    code = f"{kept.row.code[:4]} {kept.row.code[4:8].lower()}-{kept.row.code[8:]}"
    for found in (
        editions.find(code=code),
        editions.find(sha256=kept.row.sha256),
        editions.find(sha256=kept.files[0].sha256),
    ):
        assert (found.row.id, found.of_ref, len(found.files)) == (kept.row.id, record.ref, 1)
    with pytest.raises(NotFound):
        editions.find(code=record.code)
    pdf = sealing.signed_files().get(kept.files[0].storage_key)
    file = verifying.check_file(pdf).file
    assert file.intact
    assert file.trusted
    assert [one.kind for one in verify(pdf, trusted=()).signatures] == [
        SignatureKind.SEAL,
        SignatureKind.TIME_STAMP,
    ]
    assert verifying.check_file(pdf).current
    seal = next(one.id for one in keys.listed(cast.organisation_id) if one.purpose == "seal")
    read().rollback()
    keys.revoke(cast.organisation_id, seal, since=later, reason="Stolen.", by=cast.farah, now=later + DAY)
    read().rollback()
    assert verifying.check_file(pdf).doubtful
    made = leaked_keys.made_since(cast.organisation_id, actor=None)
    assert {(one.ref, one.kind) for one in made} == {(kept.row.ref, "edition")}


def test_a_seal_that_fails_is_made_later_by_the_worker(
    cast: Cast, record: RecordRow, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ehiia.services import edition_work

    def broken(*_: object, **__: object) -> bytes:
        raise OSError("no room left")

    ref = ref_of(record)
    publishing.begin(ref, Plan(Publishing.SUMMARY), by=cast.amina, now=later)
    looked_at_all(record, cast, later)
    agreeing_publications.ask(ref, by=cast.amina, now=later)
    row = agreeing_publications.agree(ref, by=cast.ben, now=later)
    with monkeypatch.context() as patch:
        patch.setattr(edition_work, "lay_out", broken)
        assert not agreeing_publications.seal_at_once(row.id, now=later)
    work.do_due(now=later + timedelta(minutes=5))
    made = page(record, cast, cast.amina, later).past[0][1]
    assert made is not None
    assert len(editions.find(ref=made.ref).files) == 1


def test_whoever_prepared_it_may_not_agree_it_and_no_writer_may(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    ref = ref_of(record)
    publishing.begin(ref, WITHHELD, by=cast.ben, now=later)
    with pytest.raises(Refused, match="Nothing waits for agreement"):
        agreeing_publications.agree(ref, by=cast.ivan, now=later)
    agreeing_publications.ask(ref, by=cast.ben, now=later)
    agreeing_publications.ask(ref, by=cast.ben, now=later)
    for who in (cast.amina, cast.ben, cast.carol, cast.dev):
        with pytest.raises(NotAllowed):
            agreeing_publications.agree(ref, by=who, now=later)
    with pytest.raises(NotFound):
        agreeing_publications.agree(ref, by=cast.esther, now=later)
    row = agreeing_publications.agree(ref, by=cast.ivan, now=later)
    assert (row.state, row.agreed_by, row.agreed_as) == (
        PublicationState.AGREED,
        cast.ivan,
        "Equality lead",
    )
    assert page(record, cast, cast.amina, later).edition is None


def test_it_is_not_agreed_while_something_is_left_to_do(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    ref = ref_of(record)
    row = publishing.begin(ref, replace(WITHHELD, exemption=None), by=cast.amina, now=later)
    with pytest.raises(Refused, match="section of the Act"):
        agreeing_publications.ask(ref, by=cast.amina, now=later)
    row = publishing.change(ref, REDACTED, revision=row.revision, by=cast.amina, now=later)
    with pytest.raises(Refused, match="Mark what is left out"):
        agreeing_publications.ask(ref, by=cast.amina, now=later)
    with pytest.raises(Stale):
        publishing.change(ref, WITHHELD, revision=row.revision - 1, by=cast.amina, now=later)
    with pytest.raises(Invalid):
        redacting.mark(ref, Mark("", "words nobody wrote", "Why", None), by=cast.amina, now=later)
    given = Mark("", WORDS, "It names a site.", None)
    redacting.mark(ref, given, by=cast.amina, now=later)
    redacting.mark(ref, given, by=cast.amina, now=later)
    marks = page(record, cast, cast.amina, later).marks
    assert len(marks) == 1
    redacting.unmark(ref, marks[0].id, by=cast.amina, now=later)
    redacting.unmark(ref, marks[0].id, by=cast.amina, now=later)
    assert page(record, cast, cast.amina, later).marks == []


def test_what_may_show_somebody_has_to_be_looked_at_first(cast: Cast, now: datetime, later: datetime) -> None:
    summary = "Ring 01206 555 123. Of those asked 3 patients use it."
    _, record = factories.decided(cast, now, summary=summary)[:2]
    ref = ref_of(record)
    publishing.begin(ref, Plan(Publishing.FULL), by=cast.amina, now=later)
    with pytest.raises(Refused, match="not looked at"):
        agreeing_publications.ask(ref, by=cast.amina, now=later)
    found = page(record, cast, cast.amina, later).to_look_at
    assert {"01206 555 123", "3"} <= {one.found for one in found}
    with pytest.raises(Invalid):
        redacting.look_at(ref, [found[0].key], " ", by=cast.amina, now=later)
    redacting.look_at(ref, ["nonsense"], "Why", by=cast.amina, now=later)
    assert len(page(record, cast, cast.amina, later).to_look_at) == len(found)
    looked_at_all(record, cast, later)
    agreeing_publications.ask(ref, by=cast.amina, now=later)


def test_a_later_publication_replaces_the_one_that_is_out(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    first = agreed(record, cast, later, Plan(Publishing.SUMMARY))
    second = agreed(record, cast, later, REDACTED, Mark("", WORDS, "It names a site.", PERSONAL))
    assert second.row.ref == f"{record.ref}-P2"
    assert editions.find(ref=first.row.ref).replaced
    assert second.is_out(later.date())


def test_a_name_that_is_taken_back_later_is_said_to_stand_in_the_edition(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    agreed(record, cast, later, Plan(Publishing.FULL))
    assert page(record, cast, cast.amina, later).no_longer_named == 0
    with transaction() as session:
        session.execute(update(Organisation).values(settings={"named_in_public": ["checker"]}))
    assert page(record, cast, cast.amina, later).no_longer_named == 2, "Carol and Daniel"
    agreed(record, cast, later + HOUR, Plan(Publishing.FULL))
    assert page(record, cast, cast.amina, later).no_longer_named == 0


def test_a_restricted_assessment_is_not_published_and_one_that_was_is_out_no_more(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    kept = agreed(record, cast, later, Plan(Publishing.SUMMARY))
    ref = ref_of(record)
    restriction.restrict(ref, reason="Staff consultation", until_on=None, by=cast.amina, now=later)
    assert not editions.find(ref=kept.row.ref).is_out(later.date())
    with pytest.raises(Refused, match="restricted"):
        publishing.begin(ref, REDACTED, by=cast.amina, now=later)


def test_it_can_be_sent_back_and_given_up(cast: Cast, record: RecordRow, later: datetime) -> None:
    ref = ref_of(record)
    publishing.begin(ref, WITHHELD, by=cast.amina, now=later)
    publishing.begin(ref, WITHHELD, by=cast.amina, now=later)
    agreeing_publications.ask(ref, by=cast.amina, now=later)
    with pytest.raises(Refused, match="waits for agreement"):
        redacting.mark(ref, Mark("", WORDS, "Why", None), by=cast.amina, now=later)
    agreeing_publications.send_back(ref, "Name the tender.", by=cast.ben, now=later)
    shown = page(record, cast, cast.amina, later)
    assert shown.now is not None
    assert shown.now.note == "Name the tender."
    agreeing_publications.give_up(ref, "It is published after all.", by=cast.amina, now=later)
    after = page(record, cast, cast.amina, later)
    assert after.now is None
    assert [row.state for row, _ in after.past] == [PublicationState.GIVEN_UP]


def late_from(record: RecordRow) -> date:
    """Return the first day after the ten working days of the organisation."""
    return add_working_days(day_of(record.made_at), 10, bank_holidays()) + DAY


def test_the_leads_are_told_once_that_a_record_was_not_published_in_time(
    cast: Cast, record: RecordRow
) -> None:
    first = late_from(record)
    live(first - 2 * DAY, first - DAY)
    assert not told("publication_")
    live(first, first + 30 * DAY)
    assert told("publication_") == [("Ben", "publication_late"), ("Ivan", "publication_late")]


def test_whoever_prepares_it_is_told_instead_and_nobody_long_after(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    publishing.begin(ref_of(record), REDACTED, by=cast.amina, now=later)
    first = late_from(record)
    live(first + 20 * DAY, first + 22 * DAY)
    assert not told("publication_")
    live(first, first + 3 * DAY)
    assert told("publication_") == [("Amina", "publication_late")]


@pytest.mark.parametrize("why", ["withheld", "restricted", "practice", "no register"])
def test_nobody_is_reminded_where_there_is_nothing_to_publish(
    cast: Cast, record: RecordRow, later: datetime, why: str
) -> None:
    ref = ref_of(record)
    if why == "withheld":
        publishing.begin(ref, WITHHELD, by=cast.amina, now=later)
        agreeing_publications.ask(ref, by=cast.amina, now=later)
        agreeing_publications.agree(ref, by=cast.ben, now=later + HOUR)
    elif why == "restricted":
        restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=later)
    else:
        with transaction() as session:
            if why == "practice":
                session.execute(update(Assessment).values(practice=True))
            else:
                session.execute(update(Organisation).values(settings={"public_register": False}))
    live(late_from(record), late_from(record) + 14 * DAY)
    assert "publication_late" not in {message for _, message in told("publication_")}


def test_whoever_may_agree_is_told_that_it_waits_and_the_preparer_what_became_of_it(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    ref = ref_of(record)
    publishing.begin(ref, WITHHELD, by=cast.amina, now=later)
    agreeing_publications.ask(ref, by=cast.amina, now=later)
    assert [one for one in told("publication_") if one[0] == "Ben"] == [("Ben", "publication_asked")]
    agreeing_publications.send_back(ref, "Say which tender.", by=cast.ben, now=later + HOUR)
    agreeing_publications.ask(ref, by=cast.amina, now=later + 2 * HOUR)
    agreeing_publications.agree(ref, by=cast.ben, now=later + 3 * HOUR)
    assert [message for name, message in told("publication_") if name == "Amina"] == [
        "publication_sent_back",
        "publication_agreed",
    ]
    assert "publication_asked" not in {message for name, message in told("publication_") if name == "Amina"}
