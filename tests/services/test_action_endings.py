"""What a decision relied on is given up, or made weaker, only by the body that decided."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from ehiia.clock import day_of
from ehiia.domain.mitigating import Asking, Ending
from ehiia.domain.vocabulary import Claim
from ehiia.domain.workflow import Refused
from ehiia.extensions import db
from ehiia.services import (
    action_endings,
    deciding,
    ending_history,
    history,
    mitigations,
    papers,
    promises,
    waiting,
)
from ehiia.services import people as people_service
from ehiia.services.action_endings import Weaker
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.decisions import MeetingEntry, RecordRow, SnapshotRow
from ehiia.store.duties import Notice
from tests import factories, people, writing
from tests.people import Cast

WHY = "The bus company has closed."
DUE = date(2026, 8, 1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """Return an assessment that Carol decided alone; Helen owns its action."""
    return factories.decided(cast, now, worse=True)[0]


def by_the_board(cast: Cast, now: datetime) -> str:
    ref = factories.passed(cast, now, worse=True, route=factories.to_the_board(cast))
    sha256 = factories.version(ref).sha256
    deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.grace, now=now)
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=now)
    entry = read().scalars(select(MeetingEntry.id).order_by(MeetingEntry.id.desc())).first()
    assert entry is not None
    deciding.confirm(ref, entry_id=entry, reauthenticated=factories.again(now), by=cast.carol, now=now)
    return ref


def row_of(ref: str) -> MitigationRow:
    query = select(MitigationRow).where(MitigationRow.ref == f"{ref}-M1")
    return read().scalars(query.execution_options(populate_existing=True)).one()


def newest(ref: str) -> action_endings.Request:
    return action_endings.requests_of(row_of(ref).id)[-1]


def answer(ref: str, by: int, now: datetime, *, agreed: bool = True, **given: Any) -> None:
    reason = given.pop("reason", "It cannot be had any more.")
    action_endings.answer(f"{ref}-M1", newest(ref).id, agreed=agreed, reason=reason, by=by, now=now, **given)


def told(message: str) -> list[int]:
    return sorted(read().scalars(select(Notice.person_id).where(Notice.message == message)))


@pytest.mark.parametrize(
    ("said", "kind"), [(Claim.CANCELLED, Ending.CANCELLED), (Claim.SUPERSEDED, Ending.SUPERSEDED)]
)
def test_a_claim_that_gives_it_up_only_asks_and_overdue_keeps_counting(
    cast: Cast, ref: str, now: datetime, said: Claim, kind: Ending
) -> None:
    for _ in range(2):
        mitigations.claim(f"{ref}-M1", said, note_text=WHY, by=cast.helen, now=now)
    row, asked = row_of(ref), newest(ref)
    assert (row.claim, asked.kind, asked.state, asked.body) == (
        Claim.NOT_STARTED,
        kind,
        Asking.ASKED,
        "Director of Commissioning",
    )
    assert told("mitigation_end_asked") == [cast.carol]
    later = DUE + timedelta(days=3)
    actor = people_service.actor_of(cast.ben, today=later)
    (listed,) = promises.register(actor, cast.organisation_id, today=later).rows
    assert listed.days_overdue == 3
    with pytest.raises(Refused):
        mitigations.claim(f"{ref}-M1", said, note_text="Another reason.", by=cast.amina, now=now)


def test_whoever_decided_alone_agrees_and_the_records_stay(cast: Cast, ref: str, now: datetime) -> None:
    before = read().scalars(select(RecordRow.text)).all(), read().scalars(select(SnapshotRow.text)).all()
    mitigations.claim(f"{ref}-M1", Claim.CANCELLED, note_text=WHY, by=cast.helen, now=now)
    actor = people_service.actor_of(cast.carol, today=day_of(now))
    assert len(ending_history.waiting(actor, cast.organisation_id, limit=9)) == 1
    for _ in range(2):
        answer(ref, cast.carol, now)
    row = row_of(ref)
    assert (row.claim, row.claim_note, row.claimed_by) == (Claim.CANCELLED, WHY, cast.helen)
    assert told("mitigation_end_agreed") == sorted([cast.amina, cast.daniel, cast.helen])
    assert ending_history.waiting(actor, cast.organisation_id, limit=9) == []
    entry = history.of_subject(f"assessment:{factories.current(ref).id}").entries[0]
    assert entry.sentence == (
        f"Carol Whitfield recorded that Director of Commissioning agreed about {ref}-M1: cancel it"
    )
    after = read().scalars(select(RecordRow.text)).all(), read().scalars(select(SnapshotRow.text)).all()
    assert after == before


@pytest.mark.parametrize("who", ["amina", "daniel", "ben", "helen", "grace", "dev"])
def test_nobody_else_answers(cast: Cast, ref: str, now: datetime, who: str) -> None:
    mitigations.claim(f"{ref}-M1", Claim.CANCELLED, note_text=WHY, by=cast.helen, now=now)
    with pytest.raises(NotAllowed):
        answer(ref, cast.ids[who], now)
    with pytest.raises(NotFound):
        answer(ref, cast.esther, now)
    assert row_of(ref).claim is Claim.NOT_STARTED


def test_carol_does_not_answer_for_an_action_that_is_hers(cast: Cast, ref: str, now: datetime) -> None:
    mitigations.claim(f"{ref}-M1", Claim.CANCELLED, note_text=WHY, by=cast.helen, now=now)
    with transaction() as session:
        session.scalars(select(MitigationRow)).one().owner_id = cast.carol
    with pytest.raises(NotAllowed):
        answer(ref, cast.carol, now)


def asked_on_the_first_page(cast: Cast, now: datetime) -> list[str]:
    """Return who finds on their first page that their body is asked."""
    found = []
    for name in ("amina", "ben", "carol", "dev", "grace", "helen"):
        actor = people_service.actor_of(cast.ids[name], today=day_of(now))
        page = waiting.waiting_for(actor, cast.organisation_id, day_of(now))
        by_post = (item for items in page.areas.values() for item in items)
        every = (*page.overdue, *page.this_week, *page.later, *by_post)
        found += [name] if any(item.do == waiting.ENDING for item in every) else []
    return found


def test_a_committee_answers_with_its_meeting_and_minute(cast: Cast, now: datetime) -> None:
    ref = by_the_board(cast, now)
    mitigations.claim(f"{ref}-M1", Claim.SUPERSEDED, note_text=WHY, by=cast.amina, now=now)
    assert told("mitigation_end_asked") == sorted([cast.carol, cast.grace])
    assert asked_on_the_first_page(cast, now) == ["carol", "grace"]
    with pytest.raises(Invalid) as refused:
        answer(ref, cast.grace, now)
    assert set(refused.value.errors) == {"meeting_on", "minute"}
    with pytest.raises(Invalid):
        answer(ref, cast.grace, now, meeting_on=day_of(now) + timedelta(days=1), minute="item 2")
    answer(ref, cast.grace, now, meeting_on=day_of(now), minute="ICB-26-04, item 2")
    assert asked_on_the_first_page(cast, now) == []
    found = newest(ref)
    assert (row_of(ref).claim, found.minute, found.answered_by) == (
        Claim.SUPERSEDED,
        "ICB-26-04, item 2",
        "Grace Tilley",
    )


def test_what_is_not_agreed_goes_on_as_it_was_promised(cast: Cast, ref: str, now: datetime) -> None:
    mitigations.claim(f"{ref}-M1", Claim.CANCELLED, note_text=WHY, by=cast.helen, now=now)
    answer(ref, cast.carol, now, agreed=False, reason="People need the bus.")
    assert (row_of(ref).claim, newest(ref).state) == (Claim.NOT_STARTED, Asking.REFUSED)
    assert cast.helen in told("mitigation_end_refused")
    mitigations.claim(f"{ref}-M1", Claim.AT_RISK, note_text="Looking for a bus.", by=cast.helen, now=now)
    mitigations.claim(f"{ref}-M1", Claim.CANCELLED, note_text="None to be had.", by=cast.helen, now=now)
    with pytest.raises(Refused):
        action_endings.answer(f"{ref}-M1", 1, agreed=True, reason="Yes.", by=cast.carol, now=now)


def test_a_weaker_promise_stands_only_when_the_body_agreed(cast: Cast, ref: str, now: datetime) -> None:
    made, weaker = f"{ref}-M1", Weaker("A minibus on Tuesdays.", "", "40 rides")
    ask: dict[str, Any] = {"by": cast.helen, "now": now}
    with pytest.raises(Invalid) as refused:
        action_endings.ask(made, Ending.WEAKENED, reason=" ", instead=weaker, **ask)
    assert set(refused.value.errors) == {"reason"}
    same = Weaker(row_of(ref).what, row_of(ref).measure, row_of(ref).target)
    with pytest.raises(Invalid) as refused:
        action_endings.ask(made, Ending.WEAKENED, reason=WHY, instead=same, **ask)
    assert set(refused.value.errors) == {"what"}
    for _ in range(2):
        action_endings.ask(made, Ending.WEAKENED, reason=WHY, instead=weaker, **ask)
    assert row_of(ref).what == "A minibus from the harbour, twice a day."
    answer(ref, cast.carol, now)
    row = row_of(ref)
    assert (row.what, row.measure, row.target) == ("A minibus on Tuesdays.", "Rides each week", "40 rides")


def test_helen_takes_her_request_back(cast: Cast, ref: str, now: datetime) -> None:
    mitigations.claim(f"{ref}-M1", Claim.CANCELLED, note_text=WHY, by=cast.helen, now=now)
    with pytest.raises(NotAllowed):
        action_endings.take_back(f"{ref}-M1", newest(ref).id, by=cast.amina, now=now)
    for _ in range(2):
        action_endings.take_back(f"{ref}-M1", newest(ref).id, by=cast.helen, now=now)
    assert newest(ref).state is Asking.TAKEN_BACK
    with pytest.raises(Refused):
        answer(ref, cast.carol, now)


def test_what_no_decision_relied_on_is_given_up_by_a_claim(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    with pytest.raises(Refused):
        action_endings.ask(made, Ending.CANCELLED, reason=WHY, by=cast.helen, now=now)
    mitigations.claim(made, Claim.CANCELLED, note_text=WHY, by=cast.helen, now=now)
    assert row_of(ref).claim is Claim.CANCELLED


def test_nothing_of_what_was_asked_can_be_changed(cast: Cast, ref: str, now: datetime) -> None:
    mitigations.claim(f"{ref}-M1", Claim.CANCELLED, note_text=WHY, by=cast.helen, now=now)
    for statement in ("UPDATE mitigation_ending SET reason = ''", "DELETE FROM mitigation_ending"):
        with pytest.raises(Exception, match="insert-only"):
            db.session.execute(text(statement))
        db.session.rollback()
