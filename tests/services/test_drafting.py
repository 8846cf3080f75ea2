"""Drafts and open pages under load: a page that leaves and comes back at once is no error."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from flask import Flask

from ehiia.services import drafting
from tests import people, writing

PAGE = "proposal"
ROUNDS = 15


def test_leaving_opening_and_keeping_at_the_same_moment_is_no_error(app: Flask, now: datetime) -> None:
    with app.app_context():
        cast = people.gather(now)
        ref = writing.writing(cast, now)
    together, errors = threading.Barrier(3), []

    def at_once(what: int) -> None:
        try:
            with app.app_context():
                for number in range(ROUNDS):
                    at = now + timedelta(seconds=number)
                    together.wait(20)
                    if what == 0:
                        drafting.leave(ref, PAGE, by=cast.amina, now=at)
                        drafting.throw_away(ref, PAGE, by=cast.amina, now=at)
                    else:
                        drafting.say_open(ref, PAGE, by=cast.amina, now=at)
                        drafting.keep(ref, PAGE, {"q-problem": [f"Typed {number}"]}, by=cast.amina, now=at)
        except BaseException as error:
            errors.append(error)
            together.abort()

    tabs = [threading.Thread(target=at_once, args=(what,)) for what in range(3)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(60)
    assert errors == []
