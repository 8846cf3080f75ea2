"""Another date for a mitigating action: a reason always, an approval sometimes, and nothing forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from ehiia.clock import day_of
from ehiia.domain.mitigating import Asking
from ehiia.domain.vocabulary import Part
from ehiia.domain.workflow import Refused
from ehiia.extensions import db
from ehiia.services import (
    action_dates,
    date_history,
    history,
    mitigations,
    promises,
    stopping,
    team,
    versions,
)
from ehiia.services import people as people_service
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, read, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow, SnapshotRow
from ehiia.store.duties import Notice
from ehiia.store.promised import DateChange
from tests import factories, people, writing
from tests.people import Cast

DUE = date(2026, 8, 1)
LATER = date(2026, 10, 1)
LATEST = date(2026, 12, 1)
DAY = timedelta(days=1)
WHY = "The minibus is not delivered before September."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """Return an assessment in force that goes live next year; Helen owns its action."""
    ref, _ = factories.decided(cast, now, worse=True)
    with transaction() as session:
        session.scalars(select(Assessment)).one().expected_go_live_on = date(2027, 1, 4)
    return ref


def row_of(ref: str) -> MitigationRow:
    query = select(MitigationRow).where(MitigationRow.ref == f"{ref}-M1")
    return read().scalars(query.execution_options(populate_existing=True)).one()


def changes(ref: str) -> list[date_history.Change]:
    return date_history.changes_of(row_of(ref).id)


def ask(ref: str, by: int | None, now: datetime, to_on: date | None = LATER, **given: Any) -> Asking:
    form: dict[str, Any] = {"reason": WHY, "revision": row_of(ref).revision} | given
    return action_dates.ask(f"{ref}-M1", to_on=to_on, by=by, now=now, **form)


def answer(ref: str, by: int, now: datetime, *, agreed: bool = True, reason: str = "") -> None:
    waiting = changes(ref)[-1]
    action_dates.answer(f"{ref}-M1", waiting.id, agreed=agreed, reason=reason, by=by, now=now)


def told(message: str) -> list[int]:
    return sorted(read().scalars(select(Notice.person_id).where(Notice.message == message)))


def high(ref: str, cast: Cast) -> None:
    """Let the risk that is left of what the action answers be high."""
    with transaction() as session:
        session.execute(text("UPDATE impact SET likelihood_after = 4, severity_after = 4"))
    db.session.expire_all()


def test_a_first_later_date_moves_at_once_and_is_told(cast: Cast, ref: str, now: datetime) -> None:
    assert ask(ref, cast.helen, now) is Asking.MADE
    assert ask(ref, cast.helen, now) is Asking.MADE  # sent twice
    assert row_of(ref).due_on == LATER
    (change,) = changes(ref)
    assert (change.from_on, change.to_on, change.reason, change.by) == (DUE, LATER, WHY, "Helen Marsh")
    assert told("mitigation_date_moved") == sorted([cast.amina, cast.daniel])
    entry = history.of_subject(f"assessment:{factories.current(ref).id}").entries[0]
    assert entry.sentence.startswith("Helen Marsh moved the date of")
    assert entry.detail == WHY


def test_the_record_of_the_decision_keeps_the_date_that_was_promised(
    cast: Cast, ref: str, now: datetime
) -> None:
    before = read().scalars(select(RecordRow.text)).all(), read().scalars(select(SnapshotRow.text)).all()
    ask(ref, cast.helen, now)
    assert (read().scalars(select(RecordRow.text)).all(), read().scalars(select(SnapshotRow.text)).all()) == (
        before
    )


@pytest.mark.parametrize("who", ["ben", "daniel"])
def test_with_a_high_risk_left_somebody_else_agrees_first(
    cast: Cast, ref: str, now: datetime, who: str
) -> None:
    high(ref, cast)
    assert ask(ref, cast.helen, now) is Asking.ASKED
    assert row_of(ref).due_on == DUE
    assert changes(ref)[-1].why_approval
    assert told("mitigation_date_asked") == sorted([cast.ben, cast.daniel, cast.ivan])
    with pytest.raises(Refused):
        ask(ref, cast.amina, now, LATEST)
    for _ in range(2):
        answer(ref, cast.ids[who], now)
    assert row_of(ref).due_on == LATER
    (change,) = changes(ref)
    assert (change.state, change.answered_by) == (Asking.AGREED, people.NAMES[who])
    concerned = {cast.amina, cast.helen, cast.daniel} - {cast.ids[who]}
    assert told("mitigation_date_agreed") == sorted(concerned)


def test_after_go_live_and_at_the_second_slip_an_approval_is_needed(
    cast: Cast, ref: str, now: datetime
) -> None:
    assert ask(ref, cast.helen, now) is Asking.MADE
    assert ask(ref, cast.helen, now, LATEST) is Asking.ASKED
    answer(ref, cast.ben, now)
    assert ask(ref, cast.helen, now, DUE) is Asking.MADE  # an earlier date needs nobody
    with transaction() as session:
        session.scalars(select(Assessment)).one().actual_go_live_on = day_of(now)
    assert ask(ref, cast.helen, now, LATEST) is Asking.ASKED
    assert len(changes(ref)[-1].why_approval) == 2


def test_neither_the_owner_nor_whoever_asked_agrees(cast: Cast, ref: str, now: datetime) -> None:
    high(ref, cast)
    ask(ref, cast.daniel, now)
    for who in ("daniel", "helen", "amina", "carol"):
        with pytest.raises(NotAllowed):
            answer(ref, cast.ids[who], now)
    with pytest.raises(NotFound):
        answer(ref, cast.esther, now)
    assert row_of(ref).due_on == DUE


def test_an_equality_lead_who_owns_it_does_not_agree(cast: Cast, ref: str, now: datetime) -> None:
    high(ref, cast)
    ask(ref, cast.amina, now)
    with transaction() as session:
        session.scalars(select(MitigationRow)).one().owner_id = cast.ben
    with pytest.raises(NotAllowed):
        answer(ref, cast.ben, now)
    answer(ref, cast.ivan, now)
    assert row_of(ref).due_on == LATER


def test_what_is_not_agreed_changes_nothing_and_stays_in_the_history(
    cast: Cast, ref: str, now: datetime
) -> None:
    high(ref, cast)
    ask(ref, cast.helen, now)
    with pytest.raises(Invalid):
        answer(ref, cast.ben, now, agreed=False)
    answer(ref, cast.ben, now, agreed=False, reason="People wait at the bus stop.")
    with pytest.raises(Refused):
        answer(ref, cast.ivan, now)
    assert row_of(ref).due_on == DUE
    (change,) = changes(ref)
    assert (change.state, change.answer) == (Asking.REFUSED, "People wait at the bus stop.")
    assert cast.helen in told("mitigation_date_refused")
    later = DUE + 5 * DAY
    (listed,) = promises.register(
        people_service.actor_of(cast.ben, today=later), cast.organisation_id, today=later
    ).rows
    assert listed.days_overdue == 5


def test_helen_takes_her_request_back_and_asks_for_another_day(cast: Cast, ref: str, now: datetime) -> None:
    high(ref, cast)
    ask(ref, cast.helen, now)
    (change,) = changes(ref)
    with pytest.raises(NotAllowed):
        action_dates.take_back(f"{ref}-M1", change.id, by=cast.amina, now=now)
    for _ in range(2):
        action_dates.take_back(f"{ref}-M1", change.id, by=cast.helen, now=now)
    assert ask(ref, cast.helen, now, LATEST) is Asking.ASKED
    assert [one.state for one in changes(ref)] == [Asking.TAKEN_BACK, Asking.ASKED]
    with pytest.raises(Refused):
        action_dates.answer(f"{ref}-M1", change.id, agreed=True, reason="", by=cast.ben, now=now)


def test_a_date_that_has_gone_by_meanwhile_is_not_agreed(cast: Cast, ref: str, now: datetime) -> None:
    high(ref, cast)
    ask(ref, cast.helen, now)
    with pytest.raises(Refused):
        answer(ref, cast.ben, datetime.combine(LATER, now.timetz()))


def test_what_cannot_be_is_refused_field_by_field(cast: Cast, ref: str, now: datetime) -> None:
    for to_on, reason, field in (
        (None, WHY, "to_on"),
        (day_of(now), WHY, "to_on"),
        (DUE, WHY, "to_on"),
        (LATER, " ", "reason"),
        (LATER, "x" * 2001, "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            ask(ref, cast.helen, now, to_on, reason=reason)
        assert set(refused.value.errors) == {field}
    with pytest.raises(Stale):
        ask(ref, cast.helen, now, revision=99)
    for who in ("ben", "dev", "grace", "carol"):
        with pytest.raises(NotAllowed):
            ask(ref, cast.ids[who], now)
    with pytest.raises(NotFound):
        ask(ref, cast.esther, now)
    assert changes(ref) == []


def test_while_it_is_first_written_or_paused_nobody_asks(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    writing.promised(ref, cast, now)
    with pytest.raises(Refused):
        ask(ref, cast.helen, now)
    stopping.stop(ref, "pause", reason="Waiting for money.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        ask(ref, cast.helen, now)


def test_in_a_new_version_nobody_puts_the_date_back_in_silence(cast: Cast, ref: str, now: datetime) -> None:
    """What the decision relied on keeps its words and its date; the rest may be written anew."""
    versions.begin_new(ref, reason="The bus company changed.", by=cast.amina, now=now)
    promise = factories.minibus(cast)
    made, revision = f"{ref}-M1", row_of(ref).revision
    for changed in ({"due_on": LATER}, {"what": "A leaflet"}, {"measure": ""}, {"target": "Fewer"}):
        weaker = factories.minibus(cast, **changed)
        with pytest.raises(Invalid) as refused:
            mitigations.change(made, weaker, revision=revision, by=cast.amina, now=now)
        assert set(refused.value.errors) == set(changed)
    with pytest.raises(Refused):
        mitigations.take_out(made, by=cast.amina, now=now)
    more = factories.minibus(cast, resources="Two drivers")
    mitigations.change(made, more, revision=revision, by=cast.amina, now=now)
    assert ask(ref, cast.helen, now) is Asking.MADE
    assert (row_of(ref).what, row_of(ref).due_on) == (promise.what, LATER)
    new = mitigations.add(ref, mitigations.Promise("A second bus"), by=cast.amina, now=now).ref
    mitigations.change(new, mitigations.Promise("A boat"), revision=1, by=cast.amina, now=now)
    mitigations.take_out(new, by=cast.amina, now=now)


def test_in_a_new_version_somebody_still_owns_it_and_it_answers_as_much(
    cast: Cast, ref: str, now: datetime
) -> None:
    """Another owner may take it over and it may answer more; nobody, or less, is no silent change."""
    versions.begin_new(ref, reason="The bus company changed.", by=cast.amina, now=now)
    made, promised = f"{ref}-M1", (("disability", "access"),)
    for field, less in (("owner_id", {"owner_id": None}), ("answers", {"answers": ()})):
        with pytest.raises(Invalid) as refused:
            mitigations.change(
                made, factories.minibus(cast, **less), revision=row_of(ref).revision, by=cast.amina, now=now
            )
        assert set(refused.value.errors) == {field}
    for more in (
        {"owner_id": None, "outside_owner": "Jo Bell, Harbour Minibuses"},
        {"owner_id": cast.grace},
        {"answers": (*promised, ("disability", "outcomes"))},
        {"answers": promised},
    ):
        promise = factories.minibus(cast, **more)
        mitigations.change(made, promise, revision=row_of(ref).revision, by=cast.amina, now=now)


def test_an_owner_outside_asks_by_name(cast: Cast, ref: str, now: datetime) -> None:
    with transaction() as session:
        row = session.scalars(select(MitigationRow)).one()
        row.owner_id, row.outside_owner = None, "Jo Bell, Harbour Minibuses"
    assert ask(ref, None, now, named="Jo Bell") is Asking.MADE
    (change,) = changes(ref)
    assert (change.by, change.by_id) == ("Jo Bell", None)
    assert told("mitigation_date_moved") == sorted([cast.amina, cast.daniel])


def test_what_waits_is_told_to_those_who_may_answer(cast: Cast, ref: str, now: datetime) -> None:
    high(ref, cast)
    ask(ref, cast.daniel, now)

    def waits(who: str) -> list[str]:
        actor = people_service.actor_of(cast.ids[who], today=day_of(now))
        found = date_history.waiting(actor, cast.organisation_id, limit=9)
        return [action for action, _, _, _ in found]

    assert waits("ben") == [f"{ref}-M1"]
    assert [waits(who) for who in ("daniel", "amina", "helen", "carol")] == [[], [], [], []]
    team.invite(ref, person_id=cast.esther, part=Part.READER, by=cast.amina, now=now)
    assert waits("esther") == []
    answer(ref, cast.ben, now)
    assert waits("ben") == []


def test_nothing_of_the_history_of_dates_can_be_changed(cast: Cast, ref: str, now: datetime) -> None:
    ask(ref, cast.helen, now)
    for statement in ("UPDATE date_change SET reason = ''", "DELETE FROM date_change"):
        with pytest.raises(Exception, match="insert-only"):
            db.session.execute(text(statement))
        db.session.rollback()
    assert read().scalars(select(DateChange.reason)).all() == [WHY]
