"""What is due and overdue is told once, to the right people, whoever rings and whatever was missed."""

from __future__ import annotations

import multiprocessing
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.schedule import DeadlineKind, NoticeTiming
from ehiia.domain.telling import Telling
from ehiia.domain.vocabulary import Claim, GapState, ReviewState, Stage
from ehiia.extensions import db
from ehiia.notify.messages import Message, render
from ehiia.services import choices, organisations, people
from ehiia.services.digests import send
from ehiia.services.reminders import SomeFailed, remind, would_remind
from ehiia.services.transaction import transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import Review
from ehiia.store.history import History
from ehiia.store.library import GapRow
from ehiia.store.organisations import Organisation
from tests.services.world import DAY, DUE, LONG_AGO, World, eight, live, make_world
from tests.web.conftest import counted


@pytest.fixture
def world(inside: Flask) -> World:
    return make_world()


@pytest.fixture
def action(world: World) -> World:
    """The world without its review."""
    world.change(Review, world.review, state=ReviewState.DONE)
    return world


@pytest.fixture
def review(world: World) -> World:
    """The world without its action."""
    world.change(MitigationRow, world.mitigation, claim=Claim.DONE)
    return world


def test_an_action_is_reminded_of_before_its_date_and_escalated_after_it(action: World) -> None:
    heard: dict[date, list[tuple[str, str]]] = {}
    day, before = DUE - 40 * DAY, 0
    while day <= DUE + 36 * DAY:
        remind(now=eight(day))
        if action.told()[before:]:
            heard[day] = action.told()[before:]
        before, day = len(action.told()), day + DAY
    owner_and_author = [("Amina", "mitigation_overdue"), ("Grace", "mitigation_overdue")]
    assert heard == {
        date(2027, 2, 1): [("Grace", "mitigation_due")],  # 30 days before is a Saturday
        date(2027, 2, 22): [("Grace", "mitigation_due")],
        date(2027, 2, 26): [("Grace", "mitigation_due")],  # the day before is a Sunday
        date(2027, 3, 2): owner_and_author,
        date(2027, 3, 9): owner_and_author,
        date(2027, 3, 15): [("Carol", "mitigation_overdue_director")],
        date(2027, 3, 16): owner_and_author,
        date(2027, 3, 23): owner_and_author,
        # Good Friday is on 26 March, Easter Monday on 29 March
        date(2027, 3, 30): [*owner_and_author, ("Ben", "mitigation_overdue_lead")],
        date(2027, 4, 6): owner_and_author,
    }
    mail = action.mails()[1]
    assert "http://127.0.0.1:5000/mitigations/ICB-2026-001-M1" in mail.body
    assert "was due on Monday 1 March 2027, yesterday." in mail.body


def test_a_review_is_reminded_of_and_escalated(review: World) -> None:
    live(DUE - 40 * DAY, DUE + 30 * DAY)
    told = review.told()
    assert told[:3] == [("Amina", "review_due")] * 3
    assert set(told[3:]) == {
        ("Amina", "review_overdue"),
        ("Carol", "review_overdue_director"),
        ("Ben", "review_overdue_lead"),
    }
    assert "Monday 1 March 2027" in review.mails()[0].body


def test_after_a_week_asleep_only_the_latest_is_sent(action: World) -> None:
    live(DUE - 40 * DAY, DUE - 8 * DAY)
    before = len(action.told())
    remind(now=eight(DUE))  # 7 days and 1 day before were missed
    assert action.told()[before:] == [("Grace", "mitigation_due")]
    assert "is due on Monday 1 March 2027, today." in action.mails()[-1].body
    before = len(action.told())
    remind(now=eight(DUE + 42 * DAY))
    assert sorted(action.told()[before:]) == [
        ("Amina", "mitigation_overdue"),
        ("Ben", "mitigation_overdue_lead"),
        ("Carol", "mitigation_overdue_director"),
        ("Grace", "mitigation_overdue"),
    ]
    before = len(action.told())
    remind(now=eight(DUE + 42 * DAY))
    assert action.told()[before:] == []


def test_a_reminder_that_is_much_too_late_is_left_out(action: World) -> None:
    remind(now=eight(DUE - 15 * DAY))
    assert action.told() == []


@pytest.mark.parametrize(
    "stage", [Stage.PAUSED, Stage.WITHDRAWN, Stage.REPLACED, Stage.CLOSED, Stage.NOT_NEEDED]
)
def test_paused_and_ended_work_reminds_nobody(world: World, stage: Stage) -> None:
    world.change(Assessment, world.assessment, stage=stage)
    assert remind(now=eight(DUE + 30 * DAY)) == 0
    assert world.told() == []


@pytest.mark.parametrize("claim", [Claim.DONE, Claim.SUPERSEDED, Claim.CANCELLED])
def test_an_action_that_is_settled_reminds_nobody(action: World, claim: Claim) -> None:
    action.change(MitigationRow, action.mitigation, claim=claim)
    assert remind(now=eight(DUE + 30 * DAY)) == 0


def test_an_action_taken_out_reminds_nobody(action: World) -> None:
    action.change(MitigationRow, action.mitigation, taken_out_at=LONG_AGO)
    assert remind(now=eight(DUE + 30 * DAY)) == 0


def test_a_new_date_starts_anew(action: World) -> None:
    live(DUE - 9 * DAY, DUE + 3 * DAY)
    before = len(action.told())
    action.change(MitigationRow, action.mitigation, due_on=DUE + 14 * DAY)
    live(DUE + 4 * DAY, DUE + 10 * DAY)
    assert action.told()[before:] == [("Grace", "mitigation_due")]


def test_where_owner_and_author_have_left_the_director_hears_of_it(action: World) -> None:
    for person in (action.grace, action.amina):
        people.deactivate(person, organisation_id=action.icb, by=None, now=LONG_AGO)
    remind(now=eight(DUE - 7 * DAY))
    assert action.told() == [("Carol", "mitigation_due")]


def test_an_owner_without_an_account_is_named_to_the_author(action: World) -> None:
    action.change(MitigationRow, action.mitigation, owner_id=None, outside_owner="Hilda, Patients' Voice")
    remind(now=eight(DUE - 7 * DAY))
    assert action.told() == [("Amina", "mitigation_due")]
    send(now=eight(DUE - 7 * DAY))
    assert "Owner: Hilda, Patients' Voice." in action.mails()[0].body


def test_the_organisation_sets_when_it_is_escalated(action: World) -> None:
    with transaction() as session:
        organisation = organisations.get(action.icb, session=session)
        organisation.settings = organisation.settings | {"escalate_director_days": 3}
    remind(now=eight(DUE + 3 * DAY))
    assert ("Carol", "mitigation_overdue_director") in action.told()


@pytest.mark.parametrize(
    ("due_on", "moment", "told"),
    [
        (date(2027, 7, 8), datetime(2027, 6, 30, 22, 59, tzinfo=UTC), False),  # 23:59 in London
        (date(2027, 7, 8), datetime(2027, 6, 30, 23, 0, tzinfo=UTC), True),  # 00:00 on 1 July
        (date(2027, 11, 8), datetime(2027, 10, 31, 23, 30, tzinfo=UTC), False),  # the clocks went back
        (date(2027, 11, 8), datetime(2027, 11, 1, 0, 0, tzinfo=UTC), True),
        (date(2027, 4, 5), datetime(2027, 3, 28, 1, 30, tzinfo=UTC), False),  # a Sunday, when clocks go on
        (date(2027, 4, 6), datetime(2027, 3, 29, 22, 59, tzinfo=UTC), False),  # still Easter Monday
        (date(2027, 4, 6), datetime(2027, 3, 29, 23, 0, tzinfo=UTC), True),
    ],
)
def test_the_day_is_that_of_london(action: World, due_on: date, moment: datetime, told: bool) -> None:
    action.change(MitigationRow, action.mitigation, due_on=due_on)
    remind(now=moment)
    assert bool(action.told()) is told


def test_one_that_fails_does_not_stop_the_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:

    def fails_for_actions(name: str, *given: Any, **more: Any) -> Message:
        if name.startswith("mitigation"):
            raise RuntimeError
        return render(name, *given, **more)

    monkeypatch.setattr("ehiia.services.notices.render", fails_for_actions)
    with pytest.raises(SomeFailed) as failed:
        remind(now=eight(DUE - 7 * DAY))
    assert failed.value.queued == 1
    assert failed.value.sentences == [f"mitigation {world.mitigation} (RuntimeError)"]
    assert world.told() == [("Amina", "review_due")]
    monkeypatch.undo()
    assert remind(now=eight(DUE - 7 * DAY)) == 1  # the next ring makes up for it


def test_a_look_ahead_queues_nothing(world: World) -> None:
    assert would_remind(now=eight(DUE - 7 * DAY)) == [
        "mitigation_due about ICB-2026-001-M1 to Grace",
        "review_due about the review of ICB-2026-001 to Amina",
    ]
    assert world.told() == []


def test_the_history_tells_who_was_reminded(action: World) -> None:
    remind(now=eight(DUE + DAY))
    row = db.session.scalars(select(History).where(History.verb == "reminded")).one()
    assert row.subject == f"assessment:{action.assessment}"
    assert row.by is None
    db.session.rollback()


# -- two at the same moment -------------------------------------------------------------------


def test_two_schedulers_in_one_process_queue_each_notice_once(app: Flask) -> None:
    with app.app_context():
        world = make_world()
    together, queued, errors = threading.Barrier(2), [], []

    def ring() -> None:
        try:
            with app.app_context():
                together.wait(10)
                queued.append(remind(now=eight(DUE + 30 * DAY)))
        except BaseException as error:
            errors.append(error)

    both = [threading.Thread(target=ring) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert errors == []
    with app.app_context():
        told = world.told()
        assert len(told) == len(set(told)) == sum(queued) == 7
        assert len(world.mails()) == 7


def _ring_in_a_process(config: Any, together: Any, results: Any) -> None:
    from ehiia.app import create_app

    try:
        with create_app(config).app_context():
            together.wait(30)
            results.put(remind(now=eight(DUE + 30 * DAY)))
    except BaseException as error:
        results.put(repr(error))


def test_two_scheduler_processes_queue_each_notice_once(app: Flask) -> None:
    with app.app_context():
        world = make_world()
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(2), spawn.Queue()
    given = (app.extensions["ehiia.config"], together, results)
    both = [spawn.Process(target=_ring_in_a_process, args=given) for _ in range(2)]
    for one in both:
        one.start()
    queued = [results.get(timeout=60) for _ in both]
    for one in both:
        one.join(30)
    assert sum(queued) == 7
    with app.app_context():
        told = world.told()
        assert len(told) == len(set(told)) == len(world.mails()) == 7


@pytest.mark.parametrize("state", [GapState.OPEN, GapState.ACCEPTED])
def test_a_gap_is_told_of_before_and_after_its_date_to_whoever_sees_to_it_and_then_above_them(
    action: World, state: GapState
) -> None:
    action.change(MitigationRow, action.mitigation, claim=Claim.DONE)
    with transaction() as session:
        gap = GapRow(
            organisation_id=action.icb,
            assessment_id=action.assessment,
            number=1,
            unknown="How many call at night",
            groups=[],
            material=True,
            due_on=DUE,
            accepted_until=DUE,
            owner_id=action.grace,
            state=state,
            by=action.amina,
            at=LONG_AGO,
        )
        session.add(gap)
        session.flush()
        gap_id = gap.id
    live(DUE - 2 * DAY, DUE)
    assert action.told() == [("Grace", "gap_due")]
    live(DUE + DAY, DUE + 5 * DAY)
    late = [("Amina", "gap_overdue"), ("Grace", "gap_overdue")]
    assert sorted(action.told()[1:]) == late
    remind(now=eight(DUE + 31 * DAY))
    assert sorted(action.told()[3:]) == sorted(
        [*late, ("Ben", "gap_overdue_lead"), ("Carol", "gap_overdue_director")]
    )
    action.change(GapRow, gap_id, state=GapState.CLOSED)
    live(DUE + 32 * DAY, DUE + 50 * DAY)
    assert len(action.told()) == 7, "it was found out"


def test_a_kind_with_times_of_its_own_is_told_of_by_those_and_the_others_as_usual(world: World) -> None:
    with transaction() as session:
        row = session.get_one(Organisation, world.icb)
        own = organisations.with_times(
            organisations.settings_of(row), DeadlineKind.REVIEW, NoticeTiming((14,), 3, 4, 8)
        )
        row.settings = organisations.plain(own)
    live(DUE - 40 * DAY, DUE - DAY)
    assert sorted(world.told()) == [("Amina", "review_due"), *[("Grace", "mitigation_due")] * 3]
    before = len(world.told())
    live(DUE, DUE + 8 * DAY)
    of_review = [(name, what) for name, what in world.told()[before:] if what.startswith("review")]
    assert of_review == [
        *[("Amina", "review_overdue")] * 2,
        ("Carol", "review_overdue_director"),
        ("Amina", "review_overdue"),
        ("Ben", "review_overdue_lead"),
    ]
    assert {what for _, what in world.told()} & {"mitigation_overdue_director"} == set()


def test_a_look_at_many_actions_sends_as_many_statements_as_at_one(world: World, inside: Flask) -> None:
    def due(day: date, count: int) -> None:
        with transaction() as session:
            for number in range(count):
                session.add(
                    MitigationRow(
                        organisation_id=world.icb,
                        assessment_id=world.assessment,
                        ref=f"ICB-2026-001-{day:%d}{number}",
                        what="A bus",
                        owner_id=world.grace,
                        due_on=day,
                        by=world.amina,
                        at=LONG_AGO,
                    )
                )

    day = DUE + 28 * DAY
    due(day, 1)
    due(day + DAY, 12)
    choices.choose(Telling.AT_ONCE, revision=0, by=world.grace, now=LONG_AGO)
    world.change(MitigationRow, world.mitigation, claim=Claim.DONE)
    world.change(Review, world.review, state=ReviewState.DONE)
    with counted(inside) as few:
        assert remind(now=eight(day - 7 * DAY)) == 1
    with counted(inside) as many:
        assert remind(now=eight(day - 6 * DAY)) == 12
    assert len(many) <= len(few) + 1  # one row of the history is given its id when it is put in
    assert len(world.mails()[-1].calendar) == 1
