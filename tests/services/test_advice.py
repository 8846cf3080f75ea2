"""Early advice: asked about what is unfinished, answered by an equality lead, and nothing else happens."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Part, Stage
from ehiia.services import advice, checks, people, restriction, submission, team
from ehiia.services.sight import facts_of
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read
from ehiia.services.waiting import ADVISE, Area, waiting_for
from ehiia.store.decisions import QualityCheck
from ehiia.store.duties import Notice
from tests import factories, writing
from tests.factories import HOUR, current
from tests.people import Cast, gather


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def told() -> list[tuple[str, int]]:
    found = [(one.message, one.person_id) for one in read().scalars(select(Notice).order_by(Notice.id))]
    read().rollback()
    return [one for one in found if one[0].startswith("advice")]


def queued(cast: Cast, who: str, now: datetime) -> list[str]:
    actor = people.actor_of(cast.ids[who], today=now.date())
    found = [one.ref for one in advice.waiting(actor, cast.organisation_id)]
    read().rollback()
    return found


def test_amina_asks_ben_answers_and_nothing_else_happens(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    before = current(ref).stage
    advice.ask(ref, question="Is the bus enough?", by=cast.amina, now=now)
    advice.ask(ref, question=" Is the bus enough? ", by=cast.amina, now=now)
    assert sorted(told()) == sorted([("advice_asked", cast.ben), ("advice_asked", cast.ivan)])
    assert queued(cast, "ben", now) == [ref]
    actor = people.actor_of(cast.ben, today=now.date())
    waiting = waiting_for(actor, cast.organisation_id, now.date())
    assert [one.do for one in waiting.areas[Area.CHECKS]] == [ADVISE]
    [one] = advice.advice_on(current(ref).id)
    advice.answer(ref, one.id, text="Ask those who work late.", by=cast.ben, now=now + HOUR)
    advice.answer(ref, one.id, text="Ask those who work late.", by=cast.ben, now=now + HOUR)
    assert told()[2:] == [("advice_given", cast.amina)]
    assert queued(cast, "ben", now) == []
    [one] = advice.advice_on(current(ref).id)
    assert (one.answer, one.answered_by, one.open) == ("Ask those who work late.", "Ben Okoro", False)
    assert current(ref).stage is before
    assert read().scalars(select(QualityCheck)).all() == []


def test_advice_is_neither_writing_nor_checking(cast: Cast, now: datetime) -> None:
    """Ben advised, and checks it later all the same."""
    ref = factories.answered(cast, now)
    advice.ask(ref, question="Is it enough?", by=cast.amina, now=now)
    [one] = advice.advice_on(current(ref).id)
    advice.answer(ref, one.id, text="Nearly.", by=cast.ben, now=now)
    known = facts_of(read(), current(ref), cast.ben)
    assert (known.wrote, known.did) == (False, frozenset())
    read().rollback()
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    assert current(ref).stage is Stage.READY


def test_it_can_be_asked_while_screening_and_not_once_it_was_sent_on(cast: Cast, now: datetime) -> None:
    ref = writing.started(cast, now)
    advice.ask(ref, question="Where do I begin?", by=cast.amina, now=now)
    sent = factories.submitted(cast, now)
    with pytest.raises((Refused, NotAllowed)):
        advice.ask(sent, question="Too late?", by=cast.amina, now=now)
    with pytest.raises(Invalid):
        advice.ask(ref, question="  ", by=cast.amina, now=now)


def test_who_asks_and_who_answers(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    for who in ("carol", "ben", "dev"):
        with pytest.raises(NotAllowed):
            advice.ask(ref, question="May I?", by=cast.ids[who], now=now)
    with pytest.raises(NotFound):
        advice.ask(ref, question="May I?", by=cast.esther, now=now)
    advice.ask(ref, question="Is it enough?", by=cast.amina, now=now)
    [one] = advice.advice_on(current(ref).id)
    for who in ("amina", "carol", "daniel", "farah"):
        with pytest.raises(NotAllowed):
            advice.answer(ref, one.id, text="Yes.", by=cast.ids[who], now=now)
    with pytest.raises(NotFound):
        advice.answer(ref, one.id, text="Yes.", by=cast.esther, now=now)
    other = writing.writing(cast, now)
    with pytest.raises(NotFound):
        advice.answer(other, one.id, text="Yes.", by=cast.ben, now=now)


def test_a_lead_who_writes_does_not_answer_their_own_question(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    team.invite(ref, person_id=cast.ben, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    advice.ask(ref, question="Is it enough?", by=cast.ben, now=now)
    assert [who for _, who in told()] == [cast.ivan]
    [one] = advice.advice_on(current(ref).id)
    with pytest.raises(Refused, match="somebody else"):
        advice.answer(ref, one.id, text="Yes.", by=cast.ben, now=now)


def test_a_question_can_be_taken_back_until_it_is_answered(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    advice.ask(ref, question="Is it enough?", by=cast.amina, now=now)
    [one] = advice.advice_on(current(ref).id)
    advice.take_back(ref, one.id, by=cast.amina, now=now)
    assert queued(cast, "ben", now) == []
    with pytest.raises(Refused, match="taken back"):
        advice.answer(ref, one.id, text="Yes.", by=cast.ben, now=now)


def test_of_a_restricted_one_only_leads_who_take_part_hear(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    restriction.restrict(ref, reason="Staff are not told.", until_on=None, by=cast.amina, now=now)
    with pytest.raises(Refused, match="Name one as a reader"):
        advice.ask(ref, question="Is it enough?", by=cast.amina, now=now)
    team.invite(ref, person_id=cast.ivan, part=Part.READER, by=cast.amina, now=now)
    advice.ask(ref, question="Is it enough?", by=cast.amina, now=now)
    assert [who for _, who in told()] == [cast.ivan]
    assert (queued(cast, "ivan", now), queued(cast, "ben", now)) == ([ref], [])
