"""Evidence gaps in the life of an assessment: noted, closed, or accepted by whoever decides."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.gaps import Acceptance
from ehiia.domain.vocabulary import Conclusion, GapState, Outcome, Stage
from ehiia.services import (
    answering,
    checks,
    deciding,
    evidence,
    freezing,
    gap_dates,
    gaps,
    history,
    papers,
    recorded,
    submission,
)
from ehiia.services.answering import Given
from ehiia.services.decision_entry import Decision, content_of, decision_from
from ehiia.services.gaps import Unknown
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import MeetingEntry
from ehiia.store.duties import Notice
from ehiia.store.library import GapRow
from tests import factories, people, writing
from tests.people import Cast

PLAIN = "Nobody knows how many deaf people would be cut off at night."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def unknown(cast: Cast, **changes: object) -> Unknown:
    given = Unknown(
        "How many deaf people call at night",
        groups=("disability",),
        material=True,
        plan="Count relay calls for four weeks",
        due_on=date(2026, 6, 1),
        owner_id=cast.helen,
        plain=PLAIN,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def acceptance(**changes: object) -> Acceptance:
    given = Acceptance("G1", "The lease ends in May.", date(2026, 6, 1), "A text line runs all night.")
    return replace(given, **changes)  # type: ignore[arg-type]


def stored(ref: str) -> list[GapRow]:
    found = [one.row for one in gaps.list_of(factories.current(ref).id)]
    read().rollback()
    return found


def ready(cast: Cast, now: datetime, **changes: object) -> str:
    """Return the reference of an assessment with one gap that matters, ready for its decision."""
    ref = factories.passed(cast, now)
    gaps.add(ref, unknown(cast, **changes), by=cast.amina, now=now)
    assert factories.current(ref).stage is not Stage.READY, "noting a gap undoes the pass"
    read().rollback()
    return ref


def again(ref: str, cast: Cast, now: datetime) -> None:
    """Send the assessment on and pass it once more, after the pass was undone."""
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    assert factories.current(ref).stage is Stage.READY
    read().rollback()


def test_a_gap_is_noted_changed_and_taken_out(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = gaps.add(ref, Unknown("How many"), by=cast.amina, now=now)
    gaps.add(ref, Unknown("How many"), by=cast.amina, now=now)  # the form was sent twice
    assert [row.ref for row in stored(ref)] == ["G1"]
    gaps.change(ref, 1, unknown(cast), revision=made.revision, by=cast.amina, now=now)
    with pytest.raises(Stale):
        gaps.change(ref, 1, Unknown("Other"), revision=1, by=cast.amina, now=now)
    gaps.take_out(ref, 1, by=cast.amina, now=now)
    assert stored(ref) == []
    assert gaps.add(ref, Unknown("Next"), by=cast.amina, now=now).ref == "G2"


def test_what_cannot_be_is_refused_at_its_field(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    with pytest.raises(Invalid) as refused:
        gaps.add(
            ref,
            Unknown(" ", groups=("martians",), owner_id=cast.esther, plain="x" * 2001),
            by=cast.amina,
            now=now,
        )
    assert set(refused.value.errors) == {"unknown", "groups", "owner_id", "plain"}
    for person, expected in ((cast.esther, NotFound), (cast.ben, NotAllowed)):
        with pytest.raises(expected):
            gaps.add(ref, Unknown("How many"), by=person, now=now)


def test_a_gap_is_closed_with_what_was_found_and_may_be_opened_again(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    gaps.add(ref, unknown(cast), by=cast.amina, now=now)
    source = evidence.add(ref, evidence.Source("activity", "Relay calls"), by=cast.amina, now=now)
    with pytest.raises(Invalid):
        gaps.close(ref, 1, found=" ", by=cast.amina, now=now)
    with pytest.raises(Invalid):
        gaps.close(ref, 1, found="Twelve a night.", use_id=source.id + 99, by=cast.amina, now=now)
    gaps.close(ref, 1, found="Twelve a night.", use_id=source.id, by=cast.amina, now=now)
    (one,) = gaps.list_of(factories.current(ref).id)
    assert (one.row.state, one.row.found, one.source) == (
        GapState.CLOSED,
        "Twelve a night.",
        "Relay calls",
    )
    read().rollback()
    gaps.open_again(ref, 1, by=cast.amina, now=now)
    assert [row.state for row in stored(ref)] == [GapState.OPEN]


def test_an_open_gap_that_matters_blocks_the_approval_and_not_a_deferral(cast: Cast, now: datetime) -> None:
    ref = ready(cast, now)
    again(ref, cast, now)
    with pytest.raises(Invalid) as refused:
        factories.decide_alone(cast, ref, now, outcome=Outcome.APPROVED)
    assert set(refused.value.errors) == {"G1-reason", "G1-until", "G1-protection"}
    assert factories.current(ref).stage is Stage.READY
    read().rollback()
    factories.decide_alone(cast, ref, now, outcome=Outcome.DEFERRED)
    assert [row.state for row in stored(ref)] == [GapState.OPEN]


def test_a_gap_is_accepted_with_the_decision_and_stands_in_the_record(cast: Cast, now: datetime) -> None:
    ref = ready(cast, now)
    again(ref, cast, now)
    made = factories.decide_alone(cast, ref, now, accepted=(acceptance(),))
    (row,) = stored(ref)
    assert (row.state, row.accepted_until, row.protection) == (
        GapState.ACCEPTED,
        date(2026, 6, 1),
        "A text line runs all night.",
    )
    record = recorded.find_record(ref=made.ref).record
    (accepted,) = record.decided.accepted_gaps
    assert (accepted.ref, accepted.plain, accepted.reason, accepted.until) == (
        "G1",
        PLAIN,
        "The lease ends in May.",
        date(2026, 6, 1),
    )
    assert [gap.unknown for gap in record.snapshot.gaps] == ["How many deaf people call at night"]
    read().rollback()
    with pytest.raises(NotAllowed):
        gaps.take_out(ref, 1, by=cast.amina, now=now)


def test_who_sees_to_it_closes_an_accepted_gap_after_the_decision(cast: Cast, now: datetime) -> None:
    ref = ready(cast, now)
    again(ref, cast, now)
    factories.decide_alone(cast, ref, now, accepted=(acceptance(),))
    with pytest.raises(NotAllowed):
        gaps.close(ref, 1, found="Twelve.", by=cast.dev, now=now)
    gaps.close(ref, 1, found="Twelve a night.", by=cast.helen, now=now + timedelta(days=9))
    assert [(row.state, row.closed_by) for row in stored(ref)] == [(GapState.CLOSED, cast.helen)]
    assert factories.current(ref).stage is Stage.IN_FORCE


def moved(ref: str, by: int, now: datetime, *, to_on: date = date(2026, 9, 1), revision: int = 3) -> None:
    gap_dates.move(ref, 1, to_on=to_on, reason="The relay firm is late.", revision=revision, by=by, now=now)


def test_an_accepted_gap_gets_another_date_with_a_reason_and_the_record_stays(
    cast: Cast, now: datetime
) -> None:
    ref = ready(cast, now)
    again(ref, cast, now)
    made = factories.decide_alone(cast, ref, now, accepted=(acceptance(),))
    text, revision = made.text, stored(ref)[0].revision
    later = now + timedelta(days=80)
    for person in (cast.helen, cast.dev):
        with pytest.raises(NotAllowed):
            moved(ref, person, later, revision=revision)
    with pytest.raises(Invalid) as refused:
        gap_dates.move(ref, 1, to_on=later.date(), reason=" ", revision=revision, by=cast.amina, now=later)
    assert set(refused.value.errors) == {"to_on", "reason"}
    with pytest.raises(Stale):
        moved(ref, cast.amina, later, revision=revision - 1)
    moved(ref, cast.amina, later, revision=revision)
    moved(ref, cast.amina, later, revision=revision)  # the form was sent twice
    (row,) = stored(ref)
    assert (row.state, row.accepted_until) == (GapState.ACCEPTED, date(2026, 9, 1))
    (change,) = gap_dates.moves_of([row.id])[row.id]
    assert (change.from_on, change.reason, change.by) == (
        date(2026, 6, 1),
        "The relay firm is late.",
        "Amina Hassan",
    )
    told = set(read().scalars(select(Notice.person_id).where(Notice.message == "gap_moved")))
    assert told == {cast.carol, cast.helen}, "whoever decided, and whoever sees to it"
    assert recorded.find_record(ref=made.ref).row.text == text
    said = history.of_subject(f"assessment:{factories.current(ref).id}").entries[0]
    assert said.sentence.endswith("G1 from Monday 1 June 2026 to Tuesday 1 September 2026")
    assert said.detail == "The relay firm is late."
    read().rollback()


def test_only_a_gap_that_was_accepted_with_the_decision_in_force_gets_another_date(
    cast: Cast, now: datetime
) -> None:
    ref = ready(cast, now, material=False)
    again(ref, cast, now)
    factories.decide_alone(cast, ref, now)
    with pytest.raises(Refused):
        moved(ref, cast.amina, now, revision=stored(ref)[0].revision)


def test_a_gap_that_does_not_matter_or_was_closed_blocks_nothing(cast: Cast, now: datetime) -> None:
    ref = ready(cast, now, material=False)
    gaps.add(ref, unknown(cast, unknown="Where they live"), by=cast.amina, now=now)
    gaps.close(ref, 2, found="In Ipswich.", by=cast.amina, now=now)
    again(ref, cast, now)
    factories.decide_alone(cast, ref, now)
    assert [row.state for row in stored(ref)] == [GapState.OPEN, GapState.CLOSED]


def test_the_secretary_enters_what_is_accepted_and_the_chair_confirms_it(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now, route=factories.to_the_board(cast))
    gaps.add(ref, unknown(cast), by=cast.amina, now=now)
    again(ref, cast, now)
    sha256 = factories.version(ref).sha256
    read().rollback()
    meeting = factories.meeting(meeting_on=now.date())
    with pytest.raises(Invalid) as refused:
        deciding.enter(ref, meeting, sha256=sha256, by=cast.grace, now=now)
    assert "G1-reason" in refused.value.errors
    accepting = replace(meeting, accepted=(acceptance(),))
    deciding.enter(ref, accepting, sha256=sha256, by=cast.grace, now=now)
    assert [row.state for row in stored(ref)] == [GapState.OPEN], (
        "nothing is accepted until the chair confirms"
    )
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=now)
    entry = read().execute(select(MeetingEntry.id)).scalars().all()[-1]
    read().rollback()
    deciding.confirm(ref, entry_id=entry, reauthenticated=factories.again(now), by=cast.carol, now=now)
    assert [row.state for row in stored(ref)] == [GapState.ACCEPTED]


def test_no_major_change_is_refused_while_a_gap_that_matters_is_open(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    before = factories.current(ref).missing_count
    read().rollback()
    answering.save_page(
        ref,
        answers={"conclusion": Given(Conclusion.NO_MAJOR_CHANGE.value, revision=1)},
        by=cast.amina,
        now=now,
    )
    gaps.add(ref, unknown(cast), by=cast.amina, now=now)
    assert factories.current(ref).missing_count == before + 1
    read().rollback()
    gaps.close(ref, 1, found="Twelve a night.", by=cast.amina, now=now)
    assert factories.current(ref).missing_count == before
    read().rollback()


def test_an_older_frozen_version_without_gaps_still_thaws(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    content = json.loads(factories.version(ref).text)
    for name in ("gaps", "evidence_left_out"):
        del content[name]
    for item in content["evidence"]:
        for name in ("number", "place", "groups", "link", "file_name", "version"):
            del item[name]
    old = freezing.thaw_snapshot(json.dumps(content))
    assert (old.gaps, old.evidence_left_out, old.evidence[0].number) == ((), 0, 0)
    read().rollback()


def test_a_decision_entered_before_gaps_could_be_accepted_is_still_read() -> None:
    content = content_of(Decision(Outcome.APPROVED, "Yes."))
    del content["accepted"]
    assert decision_from(content).accepted == ()


def test_a_gap_that_was_accepted_stays_when_it_is_written_again(cast: Cast, now: datetime) -> None:
    ref = ready(cast, now)
    again(ref, cast, now)
    factories.decide_alone(cast, ref, now, accepted=(acceptance(),))
    row = read().scalars(select(GapRow)).one()
    assert row.decision_id is not None
    read().rollback()
    with transaction() as session:
        session.scalars(select(Assessment)).one().stage = Stage.WRITING
    with pytest.raises(Refused):
        gaps.take_out(ref, 1, by=cast.amina, now=now)
