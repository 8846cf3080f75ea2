"""Carol corrects an error of the record: a new record names the old, and nothing is decided again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ehiia.domain.standing import Standing
from ehiia.services import (
    correcting,
    deciding,
    history,
    papers,
    people,
    recorded,
    sealing,
    signing,
    verifying,
)
from ehiia.services.bodies import AlsoSigns
from ehiia.services.correcting import Facts
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read
from ehiia.store.decisions import MeetingEntry, RecordRow, Review
from ehiia.store.duties import Notice
from ehiia.store.people import Person
from tests import factories
from tests.factories import HOUR, again
from tests.people import Cast, gather
from tests.services.test_decision_logs import matched
from tests.services.test_signing import two_more

DAY = timedelta(days=1)
WHY = "The minute was numbered anew."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def of_the_board(cast: Cast, now: datetime) -> str:
    """Return the reference of the record of what the Board decided."""
    ref = factories.passed(cast, now, route=factories.to_the_board(cast))
    sha256 = factories.version(ref).sha256
    deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.grace, now=now + DAY)
    entry = read().scalars(select(MeetingEntry.id)).one()
    read().rollback()
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=now + DAY)
    record = deciding.confirm(
        ref, entry_id=entry, reauthenticated=again(now + DAY), by=cast.carol, now=now + DAY
    )
    sealing.seal_at_once(record.id, now=now + DAY)
    return record.ref


def facts_of(record_ref: str, cast: Cast, now: datetime) -> Facts:
    actor = people.actor_of(cast.carol, today=now.date())
    facts = correcting.page_of(record_ref, actor=actor).facts
    read().rollback()
    return facts


def correct(record_ref: str, facts: Facts, now: datetime, by: int, why: str = WHY) -> RecordRow:
    return correcting.correct(record_ref, facts, reason=why, reauthenticated=again(now), by=by, now=now)


def kept(record_ref: str) -> recorded.KeptRecord:
    read().rollback()
    read().expire_all()
    found = recorded.find_record(ref=record_ref)
    read().rollback()
    return found


def test_a_correction_is_a_new_record_that_names_the_old_one(
    cast: Cast, of_the_board: str, now: datetime
) -> None:
    later, old = now + 3 * DAY, kept(of_the_board)
    before = [sealing.signed_files().get(file.storage_key) for file in old.files]
    stage, reviews = old.assessment.stage, read().scalars(select(func.count(Review.id))).one()
    read().rollback()
    wrong = facts_of(of_the_board, cast, now)
    right = replace(wrong, minute="ICB-26-03, item 9", members_present=("Carol Whitfield", "Ruth Adeyemi"))

    row = correct(of_the_board, right, later, cast.carol)
    assert correct(of_the_board, right, later + HOUR, cast.carol).ref == row.ref  # the form sent twice
    sealing.seal_at_once(row.id, now=later)

    new, old_after = kept(row.ref), kept(of_the_board)
    assert new.record.supersedes == of_the_board
    assert new.record.edition == old.record.edition + 1
    assert new.record.code != old.record.code
    made = new.record.correction
    assert made is not None
    assert (made.corrects, made.reason) == (of_the_board, WHY)
    assert set(made.facts) == {"Reference of the minute", "Members present"}
    assert made.by.name == "Carol Whitfield"
    assert new.record.decided == replace(
        old.record.decided, minute=right.minute, members_present=right.members_present
    )
    assert new.record.snapshot == old.record.snapshot
    assert new.record.attestations[:-1] == old.record.attestations
    assert new.record.attestations[-1].what == "Corrected the record"
    assert [file.signatory for file in new.files][1] == "Carol Whitfield"

    assert old_after.row.text == old.row.text
    assert [sealing.signed_files().get(file.storage_key) for file in old_after.files] == before
    assert (old_after.superseded_by, old_after.corrected) == (row.ref, True)
    checked = verifying.check_file(before[-1])
    assert checked.good
    assert checked.standing is Standing.SUPERSEDED
    assert row.ref in " ".join(verifying.sentences(checked, now=now))
    newest = verifying.check_file(sealing.signed_files().get(new.files[-1].storage_key))
    assert newest.good
    assert newest.current

    assert new.assessment.stage is stage
    assert read().scalars(select(func.count(Review.id))).one() == reviews
    read().rollback()
    assert history.verify_chain(cast.organisation_id) == []


def test_only_whoever_decides_for_the_body_corrects_its_record(
    cast: Cast, of_the_board: str, now: datetime
) -> None:
    right = replace(facts_of(of_the_board, cast, now), minute="Item 9")
    for name in ("amina", "ben", "grace", "farah", "daniel"):
        with pytest.raises(NotAllowed):
            correct(of_the_board, right, now + 2 * DAY, cast.ids[name])
    with pytest.raises(NotFound):
        correct(of_the_board, right, now + 2 * DAY, cast.esther)
    assert kept(of_the_board).superseded_by == ""


def test_what_did_not_change_what_is_wrong_and_what_was_replaced_is_refused(
    cast: Cast, of_the_board: str, now: datetime
) -> None:
    later, same = now + 2 * DAY, facts_of(of_the_board, cast, now)
    with pytest.raises(Refused, match="Nothing differs"):
        correct(of_the_board, replace(same, reasons=f"{same.reasons} "), later, cast.carol)
    for given, field in (
        (replace(same, minute=""), "minute"),
        (replace(same, reasons=" "), "reasons"),
        (replace(same, meeting_on=None), "meeting_on"),
        (replace(same, meeting_on=(later + 9 * DAY).date()), "meeting_on"),
    ):
        with pytest.raises(Invalid) as refused:
            correct(of_the_board, given, later, cast.carol)
        assert field in refused.value.errors
    for why in ("  ", "x" * 1001):
        with pytest.raises(Invalid) as refused:
            correct(of_the_board, replace(same, minute="Item 9"), later, cast.carol, why)
        assert "why" in refused.value.errors
    correct(of_the_board, replace(same, minute="Item 9"), later, cast.carol)
    with pytest.raises(Refused, match="has taken its place"):
        correct(of_the_board, replace(same, minute="Item 10"), later, cast.carol)


def test_a_date_before_the_check_makes_it_late_and_no_date_takes_that_back(
    cast: Cast, of_the_board: str, now: datetime
) -> None:
    same = facts_of(of_the_board, cast, now)
    assert not kept(of_the_board).record.check.late
    earlier = correct(of_the_board, replace(same, meeting_on=date(2026, 2, 26)), now + 2 * DAY, cast.carol)
    assert kept(earlier.ref).record.check.late_note.startswith("The check passed after the meeting of 26")
    assert kept(earlier.ref).assessment.late
    back = correct(earlier.ref, same, now + 3 * DAY, cast.carol)
    assert kept(back.ref).record.check.late


def test_of_what_one_person_decided_only_the_wording_is_corrected(cast: Cast, now: datetime) -> None:
    _, record = factories.decided(cast, now)
    given = Facts("It is the better place by far.", "", meeting_on=date(2026, 3, 2), minute="Item 9")
    row = correct(record.ref, given, now + DAY, cast.carol)
    decision = kept(row.ref).record.decided
    assert (decision.reasons, decision.meeting_on, decision.minute) == (given.reasons, None, "")
    assert decision.decided_at == kept(record.ref).record.decided.decided_at


def test_nothing_is_corrected_while_signatures_are_awaited(cast: Cast, now: datetime) -> None:
    two_more(cast, now, AlsoSigns("Executive lead"))
    _, record = factories.decided(cast, now)
    with pytest.raises(Refused, match="still awaited"):
        correct(record.ref, Facts("Better.", ""), now + DAY, cast.carol)


def told_of_corrections() -> list[str]:
    """Return the first names of those who were told of a correction, once for each time."""
    rows = read().scalars(
        select(Person.name)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.message == "record_corrected")
    )
    found = [name.split()[0] for name in rows]
    read().rollback()
    return found


def test_whoever_signed_wrote_leads_or_was_told_of_the_old_record_is_told_once(
    cast: Cast, of_the_board: str, now: datetime
) -> None:
    right = replace(facts_of(of_the_board, cast, now), minute="Item 9")
    for _ in range(2):
        row = correct(of_the_board, right, now + 2 * DAY, cast.carol)
    names = told_of_corrections()
    assert sorted(names) == sorted(set(names))
    assert {"Amina", "Ben", "Ivan", "Grace", "Daniel"} <= set(names)
    assert not {"Carol", "Esther", "Farah"} & set(names)
    notice = read().scalars(select(Notice).where(Notice.message == "record_corrected")).first()
    assert notice is not None
    assert of_the_board in notice.said
    assert "Corrected: Reference of the minute." in notice.said
    assert notice.link.endswith(f"/records/{row.ref}")
    read().rollback()
    again_right = replace(right, minute="Item 10")
    correct(row.ref, again_right, now + 3 * DAY, cast.carol)
    assert len(told_of_corrections()) == 2 * len(names)


def test_whoever_else_signed_the_old_record_is_told(cast: Cast, now: datetime) -> None:
    two_more(cast, now, AlsoSigns("Executive lead", cast.helen))
    _, record = factories.decided(cast, now)
    signing.sign(
        record.ref,
        sha256=record.sha256,
        reauthenticated=again(now + DAY),
        by=cast.helen,
        now=now + DAY,
    )
    correct(record.ref, Facts("Better by far.", ""), now + 2 * DAY, cast.carol)
    assert "Helen" in told_of_corrections()


def test_a_log_of_decisions_is_matched_with_the_day_that_was_corrected(
    cast: Cast, of_the_board: str, now: datetime
) -> None:
    title = kept(of_the_board).assessment.title
    rows = [f"D-{day},{title},0{day}/03/2026,,," for day in (2, 4)]
    right = replace(facts_of(of_the_board, cast, now), meeting_on=date(2026, 3, 4))

    def same_day(*rows: str) -> list[bool]:
        _, found = matched(cast, *rows)
        return ["the same day" in line.found.candidates[0].why for line in found.lines]

    assert same_day(*rows) == [True, False]
    corrected = correct(of_the_board, right, now + 3 * DAY, cast.carol)
    assert same_day(*reversed(rows)) == [True, False]
    correct(corrected.ref, replace(right, minute="Item 9"), now + 4 * DAY, cast.carol)
    assert same_day(*rows, f"D-5,{title},04/03/2026,,,") == [False, True, True]
