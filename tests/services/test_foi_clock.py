"""Requests for information: the time stops and runs again, or takes longer; answers are reviewed."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from ehiia.domain.foi import Answered, RequestState, ReviewedAs
from ehiia.domain.publishing import Exemption
from ehiia.services import answering_requests, clarifying_requests, foi, history, people, restriction
from ehiia.services import reviewing_requests as reviewing
from ehiia.services.answering_requests import Answer
from ehiia.services.clarifying_requests import Extension
from ehiia.services.foi import Chosen
from ehiia.services.transaction import Invalid, NotAllowed, Refused, Stale
from tests import factories
from tests.people import Cast
from tests.publishing import publish
from tests.services.test_dated import DAY, live, told
from tests.services.test_foi import ASKED, CAME, DUE, REF, answer, cast, claim, recorded, see, who

__all__ = ["cast"]

WORDS = "Which of the two surgeries?"


def on(day: date, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 12, 0, tzinfo=now.tzinfo)


def ask(cast: Cast, now: datetime, revision: int = 1, day: date | None = None, words: str = WORDS) -> None:
    clarifying_requests.ask(REF, words, day or now.date(), revision=revision, **who(cast, "ben", now))


def receive(cast: Cast, now: datetime, revision: int = 2, day: date | None = None) -> None:
    given = day or now.date()
    clarifying_requests.receive(
        REF, "The one in Hill Street.", given, revision=revision, **who(cast, "ben", now)
    )


def test_the_time_stops_when_clarification_is_asked_for_and_begins_anew_when_it_came(
    cast: Cast, now: datetime
) -> None:
    recorded(cast, now, owner_id=cast.helen)
    ask(cast, now)
    ask(cast, now)  # the form was sent twice
    assert see(cast, now).awaits_clarification
    live(DUE - 8 * DAY, DUE + 30 * DAY)
    assert told("information_") == []
    late = on(DUE + 13 * DAY, now)
    assert see(cast, late).days_late == 0
    receive(cast, late)
    receive(cast, late)
    found = see(cast, late).row
    assert (found.state, found.due_on) == (RequestState.OPEN, date(2026, 5, 12)), "from 13 April"
    live(found.due_on - 2 * DAY, found.due_on + DAY)
    assert ("Helen", "information_due") in told("information_due")
    assert ("Helen", "information_overdue") in told("information_overdue")
    answering_requests.change(REF, ASKED, revision=3, **who(cast, "ben", late))
    assert see(cast, late).row.due_on == date(2026, 5, 12), "a change of the rest leaves it"
    entries = history.of_subject(f"foi:{found.id}").entries
    assert WORDS in [entry.detail for entry in entries]


def test_a_request_that_is_never_clarified_is_closed_and_only_such_a_one(cast: Cast, now: datetime) -> None:
    recorded(cast, now)
    with pytest.raises(Refused):
        answer(cast, now, Answered.UNCLEAR, 1, released="")
    ask(cast, now)
    with pytest.raises(Refused):
        claim(cast, now, revision=2)
    with pytest.raises(Refused):
        ask(cast, now, revision=2, words="And when?")
    much_later = on(DUE + 60 * DAY, now)
    answer(cast, much_later, Answered.UNCLEAR, 2, released="")
    assert see(cast, much_later).days_late == 0
    with pytest.raises(Refused):
        receive(cast, much_later, revision=3)


def test_days_and_words_that_cannot_be_are_refused_by_field(cast: Cast, now: datetime) -> None:
    recorded(cast, now)
    with pytest.raises(Invalid) as refused:
        ask(cast, now, day=CAME - DAY, words=" ")
    assert set(refused.value.errors) == {"day", "words"}
    ask(cast, now)
    with pytest.raises(Invalid) as refused:
        receive(cast, now, day=now.date() + DAY)
    assert "when it was asked for" in refused.value.errors["day"]
    with pytest.raises(Stale):
        receive(cast, now, revision=1)
    with pytest.raises(NotAllowed):
        clarifying_requests.receive(REF, "x", now.date(), revision=2, **who(cast, "amina", now))
    later, given = on(CAME + 3 * DAY, now), replace(ASKED, received_on=CAME + 2 * DAY)
    with pytest.raises(Invalid, match="before clarification was asked for"):
        answering_requests.change(REF, given, revision=2, **who(cast, "ben", later))


def test_weighing_the_public_interest_takes_longer_only_where_it_is_weighed_and_they_were_told(
    cast: Cast, now: datetime
) -> None:
    recorded(cast, now)

    def extend(revision: int = 1, when: datetime = now, **changes: Any) -> None:
        given: dict[str, Any] = {
            "sections": (Exemption.COMMERCIAL,),
            "reason": "Bids are open.",
            "told_on": now.date(),
            "until": DUE + 14 * DAY,
        }
        clarifying_requests.extend(
            REF, Extension(**(given | changes)), revision=revision, **who(cast, "ben", when)
        )

    for changes, field in (
        ({"sections": (Exemption.PERSONAL,)}, "sections"),
        ({"sections": ()}, "sections"),
        ({"reason": ""}, "reason"),
        ({"until": DUE}, "until"),
        ({"told_on": now.date() + DAY}, "told_on"),
        ({"told_on": DUE + DAY, "when": on(DUE + DAY, now)}, "told_on"),
    ):
        with pytest.raises(Invalid) as refused:
            extend(**changes)
        assert set(refused.value.errors) == {field}
    extend()
    extend()  # the form was sent twice
    found = see(cast, now)
    assert found.row.due_on == DUE + 14 * DAY
    assert found.row.state is RequestState.OPEN
    assert found.considered == (Exemption.COMMERCIAL,)
    live(DUE, DUE + 5 * DAY)
    assert told("information_overdue") == []


def closed(cast: Cast, now: datetime) -> None:
    """Withhold something with Daniel's approval."""
    recorded(cast, now)
    claim(cast, now)
    answering_requests.rule(REF, approve=True, words="", revision=2, **who(cast, "daniel", now))
    answer(cast, now, Answered.PART, 3)


def test_whoever_had_no_part_in_the_answer_reviews_it_and_is_reminded(cast: Cast, now: datetime) -> None:
    closed(cast, now)
    row = see(cast, now).row
    may = reviewing.reviewers(row, today=now.date())
    assert not {cast.ben, cast.daniel} & set(may)
    ask: dict[str, Any] = {"revision": 4, **who(cast, "ben", now)}
    with pytest.raises(Invalid) as refused:
        reviewing.ask(REF, " ", now.date() + DAY, cast.daniel, **ask)
    assert set(refused.value.errors) == {"words", "day", "reviewer_id"}
    for _ in range(2):
        reviewing.ask(REF, "The offer is known.", now.date(), cast.ivan, **ask)
    assert told("foi_to_review") == [("Ivan", "foi_to_review")]
    ask["revision"] = 5
    for reviewer in (cast.carol, cast.ivan):
        reviewing.ask(REF, "The offer is known.", now.date(), reviewer, **ask)
        ask["revision"] += 1
    assert ("Carol", "foi_to_review") in told("foi_to_review"), "another may be named"
    row = see(cast, now).row
    assert (row.state, row.review_due_on) == (RequestState.REVIEWING, date(2026, 3, 30))
    live(date(2026, 3, 26), date(2026, 4, 1))
    assert set(told("information_review_due")) == {("Ivan", "information_review_due")}
    assert set(told("information_review_overdue")) == {
        ("Ivan", "information_review_overdue"),
        ("Ben", "information_review_overdue"),
    }
    later = on(date(2026, 4, 2), now)
    assert see(cast, later).review_days_late == 3
    end: tuple[Any, ...] = (REF, ReviewedAs.PART, "The offer is released.", later.date())
    with pytest.raises(NotAllowed, match="never their own"):
        reviewing.end(*end, revision=7, **who(cast, "ben", later))
    for _ in range(2):
        reviewing.end(*end, revision=7, **who(cast, "ivan", later))
    assert told("foi_reviewed") == [("Ben", "foi_reviewed")]
    found = see(cast, later + timedelta(days=9))
    assert (found.row.state, found.review_days_late) == (RequestState.REVIEWED, 3)
    assert "reviewed the answer to the request" in history.of_subject(f"foi:{row.id}").entries[0].sentence
    with pytest.raises(Refused):
        reviewing.ask(REF, "Again.", later.date(), cast.ivan, revision=8, **who(cast, "ben", later))


def test_what_was_released_is_named_from_what_the_assessment_has_and_stands_in_the_file(
    cast: Cast, now: datetime
) -> None:
    ref, row = factories.decided(cast, now, worse=True)
    edition = publish(cast, row, now)
    recorded(cast, now, about=(ref,))
    actor = people.actor_of(cast.ben, today=now.date())
    offered = foi.things_of(actor, see(cast, now))
    labels = {one.label for one in offered}
    assert {f"Edition {edition}", f"Record {row.ref}"} <= labels
    given = Answer(Answered.FULL, "See the letter.", "", now.date(), tuple(one.id for one in offered))
    for wrong in (
        Answer(Answered.FULL, "See the letter.", "", now.date(), ("edition:999",)),
        Answer(Answered.NOT_HELD, "None.", "", now.date(), given.things),
    ):
        with pytest.raises(Invalid) as refused:
            answering_requests.answer(REF, wrong, revision=1, **who(cast, "ben", now))
        assert set(refused.value.errors) == {"things"}
    for _ in range(2):
        answering_requests.answer(REF, given, revision=1, **who(cast, "ben", now))
    assert set(see(cast, now).released) == labels
    data = foi.file_of(actor, cast.organisation_id, Chosen(), today=now.date(), kind="csv")[1]
    (line,) = csv.DictReader(StringIO(data.decode("utf-8-sig")))
    assert set(line["Named as released"].split("; ")) == labels
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    assert not see(cast, now).released, "nothing of what is restricted now"
