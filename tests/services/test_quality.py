"""Scores, the clock, threads and what changed since: the check of an equality lead at full depth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from ehiia.clock import day_of
from ehiia.content.criteria import criteria
from ehiia.domain.checking import Mark, Score
from ehiia.domain.vocabulary import Stage
from ehiia.services import answering, checks, freezing, quality, queue, selfchecking, submission, threads
from ehiia.services.answering import Given
from ehiia.services.people import actor_of
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read
from tests import factories
from tests.factories import HOUR, current
from tests.people import Cast, gather

DAY = timedelta(days=1)
GOOD = {one.id: Mark(one.id, Score.GOOD) for one in criteria()}


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """It waits to be checked; every section satisfies, and nothing is scored."""
    ref = factories.agreed(cast, now)
    pages = checks.pages_to_check(current(ref))
    read().rollback()
    for page in pages:
        checks.find_section(ref, key=page.key, satisfied=True, note_text="", by=cast.ben, now=now + 3 * HOUR)
    return ref


def passing(ref: str, cast: Cast, now: datetime) -> None:
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + 4 * HOUR)


def test_it_passes_once_every_criterion_is_scored(ref: str, cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid, match="not scored yet"):
        passing(ref, cast, now)
    quality.mark(ref, GOOD, by=cast.ben, now=now)
    passing(ref, cast, now)
    assert current(ref).stage is Stage.READY


def test_a_critical_criterion_below_two_cannot_pass(ref: str, cast: Cast, now: datetime) -> None:
    low = GOOD | {"engagement": Mark("engagement", Score.WEAK, "Nobody who loses was asked.")}
    quality.mark(ref, low, by=cast.ben, now=now)
    with pytest.raises(Invalid, match="sends it back"):
        passing(ref, cast, now)
    checks.send_back(ref, message="Ask those who lose.", by=cast.ben, now=now + 4 * HOUR)
    assert current(ref).stage is Stage.SENT_BACK


def test_scores_are_kept_as_far_as_they_are_given(ref: str, cast: Cast, now: datetime) -> None:
    assert quality.mark(ref, {"plain": Mark("plain", Score.WEAK)}, by=cast.ben, now=now) == 1
    assert quality.mark(ref, {"plain": Mark("plain", Score.WEAK)}, by=cast.ben, now=now) == 0
    assert quality.mark(ref, {"core20": Mark("core20", None, "No such area.")}, by=cast.ben, now=now) == 1
    rows = {row.criterion.id: row.mark for row in quality.scored(checks.current_check(read(), current(ref)))}
    assert rows["plain"] == Mark("plain", Score.WEAK)
    assert rows["core20"] == Mark("core20", None, "No such area.")
    assert rows["purpose"] is None


def test_who_may_score_and_what(ref: str, cast: Cast, now: datetime) -> None:
    for stranger in (cast.amina, cast.daniel, cast.carol):
        with pytest.raises(NotAllowed):
            quality.mark(ref, GOOD, by=stranger, now=now)
    with pytest.raises(NotFound):
        quality.mark(ref, {"beauty": Mark("beauty", Score.GOOD)}, by=cast.ben, now=now)
    with pytest.raises(Invalid):
        quality.mark(ref, {"plain": Mark("plain", Score.GOOD, "x" * 4001)}, by=cast.ben, now=now)
    quality.mark(ref, GOOD, by=cast.ben, now=now)
    passing(ref, cast, now)
    with pytest.raises(Refused):
        quality.mark(ref, GOOD, by=cast.ben, now=now)


# -- the clock and what changed ------------------------------------------------------------------


def returned(ref: str, cast: Cast, at: datetime) -> None:
    checks.send_back(ref, message="Who loses?", by=cast.ben, now=at)


def send_on_again(ref: str, cast: Cast, at: datetime) -> None:
    for one in threads.comments_of(current(ref).id):
        threads.answer_comment(ref, one.id, answer="Done.", by=cast.amina, now=at)
    submission.submit(ref, declared=True, by=cast.amina, now=at)
    submission.agree(ref, by=cast.daniel, now=at)


def test_the_clock_stands_still_while_it_is_sent_back(ref: str, cast: Cast, now: datetime) -> None:
    monday = day_of(now)  # 2 March 2026
    clock = quality.clock_of(current(ref), today=monday + 4 * DAY)
    assert clock is not None
    assert (clock.day, clock.of, clock.due_on) == (4, 10, date(2026, 3, 16))
    returned(ref, cast, now + 3 * DAY)
    rest = quality.clock_of(current(ref), today=monday + 20 * DAY)
    assert rest is not None
    assert (rest.day, rest.running) == (3, False)
    send_on_again(ref, cast, now + 21 * DAY)
    again = quality.clock_of(current(ref), today=monday + 22 * DAY)
    assert again is not None
    assert (again.day, again.due_on) == (4, date(2026, 4, 1))
    (row,) = queue.queue(actor_of(cast.ben, today=monday), cast.organisation_id, today=monday + 22 * DAY)
    assert (row.day, row.days, row.check_by) == (4, 10, date(2026, 4, 1))


def test_what_changed_since_is_told_question_by_question(ref: str, cast: Cast, now: datetime) -> None:
    assert quality.changes_since(current(ref)) is None
    returned(ref, cast, now + DAY)
    answering.save_page(
        ref, answers={"problem": Given("Nobody can get there.", 1)}, by=cast.amina, now=now + DAY
    )
    send_on_again(ref, cast, now + 2 * DAY)
    since = quality.changes_since(current(ref))
    assert since is not None
    (change,) = since.on("proposal")
    assert (change.item, change.after) == ("problem", ("Nobody can get there.",))
    assert since.on("characteristics", "age") == ()
    assert since.before != since.after


# -- threads ---------------------------------------------------------------------------------------


@pytest.fixture
def thread(ref: str, cast: Cast, now: datetime) -> int:
    checks.say(ref, section="proposal", question="problem", text="Whose problem?", by=cast.ben, now=now)
    returned(ref, cast, now + 4 * HOUR)
    return threads.comments_of(current(ref).id)[0].id


def one(ref: str) -> threads.Said:
    return threads.comments_of(current(ref).id)[0]


def test_a_thread_is_answered_by_the_author_and_closed_by_the_lead(
    ref: str, thread: int, cast: Cast, now: datetime
) -> None:
    assert one(ref).question == "problem"
    assert one(ref).waits
    threads.answer_comment(ref, thread, answer="The crews'.", by=cast.amina, now=now + DAY)
    threads.reply(ref, thread, text="And their families?", by=cast.ben, now=now + 2 * DAY)
    assert one(ref).waits
    assert [message.text for message in one(ref).replies] == ["The crews'.", "And their families?"]
    assert submission.readiness_of(current(ref), today=now.date()).open_comments == 1
    threads.answer_comment(ref, thread, answer="Theirs too.", by=cast.amina, now=now + 3 * DAY)
    threads.close(ref, thread, by=cast.ben, now=now + 4 * DAY)
    threads.close(ref, thread, by=cast.ben, now=now + 4 * DAY)  # sent twice
    said = one(ref)
    assert (said.closed, said.closed_by, said.answer) == (True, "Ben Okoro", "Theirs too.")
    with pytest.raises(Refused):
        threads.reply(ref, thread, text="One more.", by=cast.ben, now=now + 5 * DAY)
    threads.reopen(ref, thread, by=cast.ben, now=now + 5 * DAY)
    assert not one(ref).closed


def test_a_closed_thread_asks_nothing_more_of_the_author(
    ref: str, thread: int, cast: Cast, now: datetime
) -> None:
    threads.close(ref, thread, by=cast.ben, now=now + DAY)
    assert submission.readiness_of(current(ref), today=now.date()).open_comments == 0


def test_who_writes_closes_nothing(ref: str, thread: int, cast: Cast, now: datetime) -> None:
    for writer in (cast.amina, cast.daniel):
        with pytest.raises(NotAllowed):
            threads.close(ref, thread, by=writer, now=now + DAY)


def test_comments_do_not_count_as_writing(ref: str, thread: int, cast: Cast, now: datetime) -> None:
    threads.reply(ref, thread, text="And their families?", by=cast.ben, now=now + DAY)
    threads.answer_comment(ref, thread, answer="Theirs too.", by=cast.amina, now=now + DAY)
    send_on_again(ref, cast, now + 2 * DAY)
    factories.satisfy(ref, cast.ben, now + 3 * DAY)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + 3 * DAY)
    assert current(ref).stage is Stage.READY


def test_the_record_keeps_scores_explanations_and_comments(
    ref: str, thread: int, cast: Cast, now: datetime
) -> None:
    found = selfchecking.self_check(current(ref), today=day_of(now + DAY)).wanting[0]
    selfchecking.explain(
        ref, key=found.key, text="We looked at this.", revision=0, by=cast.amina, now=now + DAY
    )
    send_on_again(ref, cast, now + 2 * DAY)
    threads.close(ref, thread, by=cast.ben, now=now + 3 * DAY)
    factories.satisfy(ref, cast.ben, now + 3 * DAY)
    low = Mark("plain", Score.WEAK, "Too many acronyms.")
    quality.mark(ref, {"plain": low}, by=cast.ben, now=now + 3 * DAY)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + 3 * DAY)
    row = factories.decide_alone(cast, ref, now + 4 * DAY)
    check = freezing.thaw_record(row.text).check
    assert len(check.scores) == len(criteria())
    assert ("Plain English", 1, "Too many acronyms.") in {
        (one.criterion, one.score, one.comment) for one in check.scores
    }
    assert [(one.rule, one.explanation) for one in check.explained] == [(found.rule, "We looked at this.")]
    (said,) = check.comments
    assert said.about.endswith("What is the problem, and whose problem is it?")
    assert (said.comment, said.replies, said.closed) == ("Whose problem?", ("Done.",), True)


def test_another_assessments_thread_is_out_of_reach(ref: str, thread: int, cast: Cast, now: datetime) -> None:
    other = factories.answered(cast, now, title="Another one")
    acts: tuple[Callable[[], None], ...] = (
        lambda: threads.close(other, thread, by=cast.ben, now=now),
        lambda: threads.reply(other, thread, text="Ours.", by=cast.ben, now=now),
        lambda: checks.say(other, section="proposal", question="no_such", text="Why?", by=cast.ben, now=now),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()
