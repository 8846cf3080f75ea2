"""Work is done once, later; what fails is tried again and does not stop the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.extensions import db
from ehiia.services import work
from ehiia.services.transaction import transaction
from ehiia.services.work import HANDLERS, LEASE, Done, do_due
from ehiia.store.due import MOST_ATTEMPTS
from ehiia.store.duties import DeliveryState, Work

MINUTE = timedelta(minutes=1)


class Kiln:
    """Does work of the kind "bake" and remembers it; ``breaks_on`` are the subjects it cannot do."""

    def __init__(self) -> None:
        self.baked: list[int] = []
        self.breaks_on: dict[int, Exception | type[BaseException]] = {}

    def __call__(self, subject_id: int, *, now: datetime) -> None:
        if subject_id in self.breaks_on:
            raise self.breaks_on[subject_id]
        self.baked.append(subject_id)


@pytest.fixture
def kiln() -> Iterator[Kiln]:
    HANDLERS["bake"] = made = Kiln()
    yield made
    del HANDLERS["bake"]


def leave(*subjects: int, now: datetime, kind: str = "bake") -> None:
    with transaction() as session:
        for subject in subjects:
            work.enqueue(session, kind=kind, subject_id=subject, dedupe_key=f"{kind}:{subject}", now=now)


def unfinished() -> dict[int, tuple[DeliveryState, str]]:
    found = {piece.subject_id: (piece.state, piece.last_error) for piece in left()}
    db.session.rollback()
    return found


def left() -> list[Work]:
    return list(db.session.scalars(select(Work).where(Work.state != DeliveryState.DONE)))


def test_work_is_left_once_and_done_once(inside: Flask, now: datetime, kiln: Kiln) -> None:
    leave(1, 2, now=now)
    leave(1, now=now)
    assert do_due(now=now) == Done(done=2)
    leave(1, now=now)
    assert do_due(now=now + MINUTE) == Done()
    assert kiln.baked == [1, 2]


def test_what_fails_is_tried_again_and_does_not_stop_the_rest(
    inside: Flask, now: datetime, kiln: Kiln
) -> None:
    kiln.breaks_on = {1: ValueError("too hot")}
    leave(1, 2, now=now)
    assert do_due(now=now) == Done(done=1, later=1)
    assert unfinished() == {1: (DeliveryState.WAITING, "ValueError: too hot")}
    kiln.breaks_on = {}
    assert do_due(now=now) == Done()
    assert do_due(now=now + MINUTE) == Done(done=1)
    assert kiln.baked == [2, 1]


def test_what_cannot_be_done_is_given_up_at_once_and_tried_when_asked(
    inside: Flask, now: datetime, kiln: Kiln
) -> None:
    kiln.breaks_on = {1: work.CannotBeDone("there is no clay")}
    leave(1, now=now)
    assert do_due(now=now) == Done(given_up=1)
    assert unfinished() == {1: (DeliveryState.FAILED, "there is no clay")}
    (piece,) = left()
    piece_id = piece.id
    db.session.rollback()
    kiln.breaks_on = {}
    with transaction() as session:
        work.again(session.get_one(Work, piece_id), now=now)
    assert do_due(now=now) == Done(done=1)


def test_it_is_given_up_after_about_three_days(inside: Flask, now: datetime, kiln: Kiln) -> None:
    kiln.breaks_on = {1: ValueError("too hot")}
    leave(1, now=now)
    moment = now
    for _ in range(MOST_ATTEMPTS - 1):
        assert do_due(now=moment) == Done(later=1)
        moment = left()[0].next_try_at
        db.session.rollback()
    assert do_due(now=moment) == Done(given_up=1)
    assert timedelta(days=2, hours=22) < moment - now < timedelta(days=3, hours=1)


def test_a_kind_that_nobody_knows_waits_for_somebody_who_does(inside: Flask, now: datetime) -> None:
    leave(1, now=now, kind="unheard-of")
    assert do_due(now=now) == Done(later=1)
    assert "unheard-of" in unfinished()[1][1]


def test_after_a_kill_it_is_claimed_again_when_the_lease_has_run_out(
    inside: Flask, now: datetime, kiln: Kiln
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    kiln.breaks_on = {1: Killed}
    leave(1, now=now)
    with pytest.raises(Killed):
        do_due(now=now)
    kiln.breaks_on = {}
    assert do_due(now=now + LEASE) == Done()
    assert do_due(now=now + LEASE + MINUTE) == Done(done=1)


def test_one_piece_can_be_done_at_once(inside: Flask, now: datetime, kiln: Kiln) -> None:
    leave(1, 2, now=now)
    assert work.do_now("bake:2", now=now)
    assert not work.do_now("bake:2", now=now)
    assert kiln.baked == [2]


def test_two_at_the_same_moment_do_each_piece_once(app: Flask, now: datetime, kiln: Kiln) -> None:
    with app.app_context():
        leave(*range(12), now=now)
    together, errors = threading.Barrier(2), []

    def ring() -> None:
        try:
            with app.app_context():
                together.wait(10)
                do_due(now=now)
        except BaseException as error:
            errors.append(error)

    both = [threading.Thread(target=ring) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert errors == []
    assert sorted(kiln.baked) == list(range(12))
