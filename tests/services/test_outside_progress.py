"""What an owner outside adds by a link: notes with files, figures by group, and another date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from ehiia.clock import day_of
from ehiia.domain.mitigating import Asking
from ehiia.domain.partnering import MOST_UPDATES, PartnerLinkState
from ehiia.domain.vocabulary import Claim
from ehiia.extensions import db
from ehiia.services import (
    action_dates,
    action_progress,
    history,
    outside,
    outside_progress,
    partners,
    readings,
)
from ehiia.services.transaction import Invalid, NotAllowed, Refused, Stale, read, transaction
from ehiia.services.uploads import Upload
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.duties import Notice
from tests import factories, people, writing
from tests.people import Cast
from tests.services.test_partners import sent

JO = "Jo Bell, Harbour Minibuses"
LATER = date(2026, 10, 1)
WHY = "The minibus is not delivered before September."
PICTURE = Upload("stop.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 30)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """Return an assessment in force that goes live next year; Jo owns its action."""
    ref, _ = factories.decided(cast, now, worse=True)
    with transaction() as session:
        session.scalars(select(Assessment)).one().expected_go_live_on = date(2027, 1, 4)
        row = session.scalars(select(MitigationRow)).one()
        row.owner_id, row.outside_owner = None, JO
    return ref


@pytest.fixture
def token(ref: str, cast: Cast, now: datetime) -> str:
    return sent(f"{ref}-M1", cast, now)


def row_of(ref: str) -> MitigationRow:
    query = select(MitigationRow).where(MitigationRow.ref == f"{ref}-M1")
    return read().scalars(query.execution_options(populate_existing=True)).one()


def found(token: str, now: datetime) -> outside.OpenLink:
    read().expire_all()
    return outside.find(token, address="192.0.2.1", now=now)


def ask(ref: str, token: str, now: datetime, **given: Any) -> Asking:
    form: dict[str, Any] = {"to_on": LATER, "reason": WHY, "revision": row_of(ref).revision} | given
    return outside_progress.ask_date(token, now=now, **form)


def measure(token: str, now: datetime, **given: Any) -> None:
    form: dict[str, Any] = {"measured_on": day_of(now), "subject": "", "value": 12.0, "note_text": ""} | given
    outside_progress.measure(token, now=now, **form)


def high() -> None:
    with transaction() as session:
        session.execute(text("UPDATE impact SET likelihood_after = 4, severity_after = 4"))
    db.session.expire_all()


def test_jo_moves_the_date_with_a_reason(cast: Cast, ref: str, token: str, now: datetime) -> None:
    with pytest.raises(Invalid):
        ask(ref, token, now, reason=" ")
    with pytest.raises(Stale):
        ask(ref, token, now, revision=0)
    assert outside_progress.dates_of(found(token, now)).may_ask
    assert ask(ref, token, now) is Asking.MADE
    assert ask(ref, token, now) is Asking.MADE  # sent twice
    assert row_of(ref).due_on == LATER
    dates = outside_progress.dates_of(found(token, now))
    assert [(one.to_on, one.by, one.by_id) for one in dates.own] == [(LATER, JO, None)]
    told = read().scalars(select(Notice.person_id).where(Notice.message == "mitigation_date_moved"))
    assert sorted(told) == sorted([cast.amina, cast.daniel])


def test_with_a_high_risk_left_somebody_here_agrees_first(
    cast: Cast, ref: str, token: str, now: datetime
) -> None:
    high()
    before = row_of(ref).due_on
    assert ask(ref, token, now) is Asking.ASKED
    dates = outside_progress.dates_of(found(token, now))
    assert dates.waiting
    assert not dates.may_ask
    assert dates.own_waiting is not None
    assert row_of(ref).due_on == before
    action_dates.answer(
        f"{ref}-M1", dates.own_waiting.id, agreed=False, reason="Too late.", by=cast.ben, now=now
    )
    (own,) = outside_progress.dates_of(found(token, now)).own
    assert (own.state, own.answer) == (Asking.REFUSED, "Too late.")


def test_jo_takes_back_what_jo_asked_and_nothing_else(
    cast: Cast, ref: str, token: str, now: datetime
) -> None:
    high()
    ask(ref, token, now)
    waiting = outside_progress.dates_of(found(token, now)).own_waiting
    assert waiting is not None
    with pytest.raises(NotAllowed):
        action_dates.take_back(f"{ref}-M1", waiting.id, by=cast.amina, now=now)
    outside_progress.take_date_back(token, waiting.id, now=now)
    outside_progress.take_date_back(token, waiting.id, now=now)  # sent twice
    (own,) = outside_progress.dates_of(found(token, now)).own
    assert (own.state, own.answered_by) == (Asking.TAKEN_BACK, JO)
    later = date(2026, 11, 2)
    action_dates.ask(
        f"{ref}-M1", to_on=later, reason="Amina asks.", revision=row_of(ref).revision, by=cast.amina, now=now
    )
    dates = outside_progress.dates_of(found(token, now))
    assert dates.waiting
    assert dates.own_waiting is None
    assert "Amina asks." not in str(dates)
    theirs = action_dates.changes_of(row_of(ref).id)[-1]
    with pytest.raises(NotAllowed):
        outside_progress.take_date_back(token, theirs.id, now=now)


def test_jo_notes_progress_with_a_file(cast: Cast, ref: str, token: str, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        outside_progress.note(token, words=" ", proof=Upload("run.png", b"MZ" + b"\0" * 60), now=now)
    assert set(refused.value.errors) == {"text", "proof"}
    for _ in range(2):  # sent twice
        outside_progress.note(token, words="The stop is built.", proof=PICTURE, now=now)
    action_progress.add(f"{ref}-M1", text="Amina's words.", by=cast.amina, now=now)
    (own,) = outside_progress.notes_of(found(token, now))
    assert (own.text, own.by, own.file_name) == ("The stop is built.", JO, "stop.png")
    assert len(action_progress.notes_of(row_of(ref).id)) == 2
    entries = history.of_subject(f"assessment:{factories.current(ref).id}").entries
    assert any(JO in entry.sentence for entry in entries)


def test_jo_gives_figures_of_the_groups_the_action_is_for(
    cast: Cast, ref: str, token: str, now: datetime
) -> None:
    groups = outside_progress.groups_of(found(token, now))
    every = readings.groups_of(factories.current(ref).id)
    assert set(groups) < set(every)
    mine, other = next(iter(groups)), next(code for code in every if code not in groups)
    with pytest.raises(Invalid) as refused:
        measure(token, now, subject=other)
    assert set(refused.value.errors) == {"subject"}
    with pytest.raises(Invalid):
        measure(token, now, measured_on=day_of(now) + timedelta(days=1))
    measure(token, now)
    measure(token, now, subject=mine, value=7.5)
    readings.add(f"{ref}-M1", measured_on=day_of(now), value=99.0, by=cast.amina, now=now)
    own = outside_progress.readings_of(found(token, now))
    assert [(one.subject, one.value, one.by) for one in own] == [("", 12.0, JO), (mine, 7.5, JO)]


def test_everything_said_by_a_link_counts_and_it_is_used_up(
    cast: Cast, ref: str, token: str, now: datetime
) -> None:
    outside.say(token, Claim.ON_TRACK, note_text="", now=now)
    ask(ref, token, now)
    for number in range(MOST_UPDATES - 3):
        measure(token, now, value=float(number))
    assert found(token, now).state is PartnerLinkState.OPEN
    outside_progress.note(token, words="The last one.", proof=None, now=now)
    assert found(token, now).state is PartnerLinkState.USED_UP
    (link,) = partners.links_of(row_of(ref), factories.current(ref), now=now)
    assert link.updates == MOST_UPDATES
    for more in (
        lambda: outside_progress.note(token, words="More.", proof=None, now=now),
        lambda: measure(token, now),
        lambda: ask(ref, token, now, to_on=date(2026, 12, 1)),
    ):
        with pytest.raises(Refused, match="As many updates"):
            more()
    again = sent(f"{ref}-M1", cast, now + timedelta(days=1))
    assert found(again, now + timedelta(days=1)).state is PartnerLinkState.OPEN


def test_while_it_is_written_no_date_is_asked_for(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    action = writing.promised(ref, cast, now, owner_id=None, outside_owner=JO)
    token = sent(action, cast, now)
    assert not outside_progress.dates_of(found(token, now)).may_ask
    with pytest.raises(Refused, match="only after the decision"):
        ask(ref, token, now)
