"""Progress notes with their files, and figures over time by group: only ever added."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from ehiia.clock import day_of
from ehiia.domain.readings import counting
from ehiia.domain.workflow import Refused
from ehiia.extensions import db
from ehiia.services import action_progress, history, readings, restriction, stopping
from ehiia.services import people as people_service
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read, transaction
from ehiia.services.uploads import Upload
from ehiia.store.answers import MitigationRow, StoredFile
from tests import factories, people
from tests.people import Cast

SAID = "Two drivers have been found."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def made(cast: Cast, now: datetime) -> str:
    """Return the action of an assessment in force that Helen owns."""
    return f"{factories.decided(cast, now, worse=True)[0]}-M1"


def id_of(made: str) -> int:
    return read().scalars(select(MitigationRow.id).where(MitigationRow.ref == made)).one()


def notes(made: str) -> list[tuple[str, str, str]]:
    return [(one.text, one.by, one.file_name) for one in action_progress.notes_of(id_of(made))]


def test_notes_are_kept_with_their_file_newest_first(cast: Cast, made: str, now: datetime) -> None:
    for _ in range(2):
        action_progress.add(made, text=SAID, by=cast.helen, now=now)
    proof = Upload("rota.txt", b"Monday to Friday.")
    action_progress.add(made, text="The rota is out.", proof=proof, by=cast.amina, now=now)
    assert notes(made) == [
        ("The rota is out.", "Amina Hassan", "rota.txt"),
        (SAID, "Helen Marsh", ""),
    ]
    entry = history.of_subject(f"assessment:{factories.current(made[:-3]).id}").entries[1]
    assert (entry.sentence, entry.detail) == (f"Helen Marsh noted progress of {made}", SAID)
    newest = action_progress.notes_of(id_of(made))[0]
    carol = people_service.actor_of(cast.carol, today=day_of(now))
    assert action_progress.file_of(made, newest.id, actor=carol)[2] == b"Monday to Friday."


def test_a_program_is_refused_and_nothing_is_kept(cast: Cast, made: str, now: datetime) -> None:
    for what, proof, field in ((" ", None, "text"), (SAID, Upload("run.exe", b"MZ\x90\x00"), "proof")):
        with pytest.raises(Invalid) as refused:
            action_progress.add(made, text=what, proof=proof, by=cast.helen, now=now)
        assert set(refused.value.errors) == {field}
    for who in ("ben", "carol", "dev"):
        with pytest.raises(NotAllowed):
            action_progress.add(made, text=SAID, proof=Upload("a.txt", b"A."), by=cast.ids[who], now=now)
    assert notes(made) == []
    assert read().scalars(select(StoredFile)).all() == []


def test_the_file_of_a_note_stays_with_those_who_may_know(cast: Cast, made: str, now: datetime) -> None:
    action_progress.add(made, text=SAID, proof=Upload("a.txt", b"A."), by=cast.helen, now=now)
    restriction.restrict(made[:-3], reason="Staff are not told.", until_on=None, by=cast.amina, now=now)
    note_id = action_progress.notes_of(id_of(made))[0].id
    for who in ("dev", "esther", "ben"):
        actor = people_service.actor_of(cast.ids[who], today=day_of(now))
        with pytest.raises(NotFound):
            action_progress.file_of(made, note_id, actor=actor)
    helen = people_service.actor_of(cast.helen, today=day_of(now))
    with pytest.raises(NotFound):
        action_progress.file_of(made, note_id + 1, actor=helen)


def test_an_owner_outside_notes_progress_and_figures_by_name(cast: Cast, made: str, now: datetime) -> None:
    with transaction() as session:
        row = session.scalars(select(MitigationRow)).one()
        row.owner_id, row.outside_owner = None, "Jo Bell, Harbour Minibuses"
    proof = Upload("bill.txt", b"Paid.")
    action_progress.add(made, text=SAID, proof=proof, by=None, named="Jo Bell", now=now)
    readings.add(made, measured_on=day_of(now), value=12, by=None, named="Jo Bell", now=now)
    assert notes(made) == [(SAID, "Jo Bell", "bill.txt")]
    assert [one.by for one in readings.readings_of(id_of(made))] == ["Jo Bell"]
    with pytest.raises(NotAllowed):
        action_progress.add(made, text=SAID, by=None, named=" ", now=now)


def test_figures_are_of_a_day_and_of_a_group_or_everybody(cast: Cast, made: str, now: datetime) -> None:
    today = day_of(now)
    for _ in range(2):
        readings.add(made, measured_on=today, value=62.5, note_text="From the till.", by=cast.helen, now=now)
    readings.add(made, measured_on=today, subject="disability", value=30, by=cast.daniel, now=now)
    readings.add(made, measured_on=today, value=64, by=cast.amina, now=now)
    found = readings.readings_of(id_of(made))
    assert [(one.subject, one.value, one.by) for one in found] == [
        ("", 62.5, "Helen Marsh"),
        ("disability", 30, "Daniel Ashby"),
        ("", 64, "Amina Hassan"),
    ]
    assert found[1].label
    assert [one.value for one in counting(found)] == [64, 30]


def test_a_figure_that_cannot_be_is_refused_field_by_field(cast: Cast, made: str, now: datetime) -> None:
    today = day_of(now)
    for on, subject, value, note, field in (
        (None, "", 1.0, "", "measured_on"),
        (today + timedelta(days=1), "", 1.0, "", "measured_on"),
        (date(1999, 12, 31), "", 1.0, "", "measured_on"),
        (today, "martians", 1.0, "", "subject"),
        (today, "", None, "", "value"),
        (today, "", float("nan"), "", "value"),
        (today, "", 1.0, "x" * 1001, "note"),
    ):
        with pytest.raises(Invalid) as refused:
            readings.add(
                made, measured_on=on, subject=subject, value=value, note_text=note, by=cast.helen, now=now
            )
        assert set(refused.value.errors) == {field}
    with pytest.raises(NotAllowed):
        readings.add(made, measured_on=today, value=1, by=cast.dev, now=now)
    assert readings.readings_of(id_of(made)) == []


def test_what_is_noted_after_the_decision_changes_no_answer_and_can_not_be_changed(
    cast: Cast, made: str, now: datetime
) -> None:
    before = factories.current(made[:-3]).stage
    action_progress.add(made, text=SAID, by=cast.helen, now=now)
    readings.add(made, measured_on=day_of(now), value=1, by=cast.helen, now=now)
    assert factories.current(made[:-3]).stage is before
    for table in ("progress_note", "measurement"):
        for statement in (f"UPDATE {table} SET name = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(Exception, match="insert-only"):
                db.session.execute(text(statement))
            db.session.rollback()


def test_nothing_is_noted_where_the_work_was_given_up(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True)
    stopping.stop(ref, "withdraw", reason="Given up.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        action_progress.add(f"{ref}-M1", text=SAID, by=cast.helen, now=now)
