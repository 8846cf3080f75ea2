"""Findings are reminded of before and after their dates, wait on the first page, and are handed over."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from ehiia.domain.auditing import FollowUp, Response
from ehiia.domain.handing import DutyKind
from ehiia.domain.vocabulary import Stage
from ehiia.services import (
    administration,
    calendars,
    feeds,
    handing_over,
    history,
    people,
    restriction,
    waiting,
)
from ehiia.services.answering_findings import Answer
from ehiia.services.transaction import Invalid, NotFound, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow, FindingRow
from ehiia.store.duties import Notice
from tests.people import Cast
from tests.services.test_cases import case, cast
from tests.services.test_dated import DAY, live, newest_mail, told
from tests.services.test_findings import answer, follow, raised, see
from tests.services.test_programmes import APRIL

__all__ = ["case", "cast"]

ANSWER_BY = date(2026, 4, 20)
"""A Monday, as ``test_findings`` gives it."""
DUE = date(2026, 6, 1)
"""A Monday."""


def agreed(cast: Cast, case: CaseRow | None) -> FindingRow:
    """Write a finding that Grace answered: Helen puts it right by 1 June."""
    row = raised(cast, case, answers_id=cast.grace)
    answer(cast, row.ref, Answer(Response.ACCEPTED, "", cast.helen, DUE), 1, by="grace")
    return row


def test_helen_is_reminded_and_it_goes_up_when_nothing_happens(cast: Cast, case: CaseRow) -> None:
    row = agreed(cast, case)
    live(DUE - 31 * DAY, DUE)
    assert told("finding_due") == [("Helen", "finding_due")] * 3
    live(DUE + DAY, DUE + 14 * DAY)
    assert Counter(who for who, message in told("finding_overdue") if message == "finding_overdue") == {
        "Helen": 2,
        "Grace": 2,
    }
    assert told("finding_overdue_director") == [("Daniel", "finding_overdue_director")]
    assert see(cast, row.ref, "daniel").row.ref == row.ref  # who is told can read it
    live(DUE + 15 * DAY, DUE + 28 * DAY)
    assert {who for who, _ in told("finding_overdue_lead")} == {"Ben", "Ivan"}
    before = len(told("finding"))
    live(DUE + 28 * DAY, DUE + 28 * DAY)  # the same day once more
    assert len(told("finding")) == before
    assert "Sundays" not in newest_mail().body
    past = history.of_subject(f"finding:{row.id}").entries
    assert any("reminded" in entry.sentence for entry in past)


def test_whoever_was_asked_is_reminded_until_there_is_an_answer(cast: Cast, case: CaseRow) -> None:
    row = raised(cast, case, answers_id=cast.grace)
    live(ANSWER_BY - 7 * DAY, ANSWER_BY + DAY)
    assert told("answer_due") == [("Grace", "answer_due")] * 2
    assert told("answer_overdue") == [("Dev", "answer_overdue"), ("Grace", "answer_overdue")]
    answer(cast, row.ref, Answer(Response.NOT_ACCEPTED, "No money.", risk_taken_by=cast.carol), 1, by="grace")
    live(ANSWER_BY + 2 * DAY, ANSWER_BY + 40 * DAY)
    assert len(told("answer")) == 4
    assert not told("finding_due", "finding_overdue")


def test_one_about_the_way_of_assessing_goes_to_every_director(cast: Cast) -> None:
    row = agreed(cast, None)
    live(DUE + 14 * DAY, DUE + 14 * DAY)
    assert told("finding_overdue_director") == [("Daniel", "finding_overdue_director")]
    assert see(cast, row.ref, "daniel").about == ""
    with pytest.raises(NotFound):
        see(cast, row.ref, "carol")


@pytest.mark.parametrize("stage", [Stage.NOT_NEEDED, Stage.CLOSED, Stage.PAUSED])
def test_it_is_reminded_of_whatever_becomes_of_the_assessment_until_it_is_closed(
    cast: Cast, case: CaseRow, stage: Stage
) -> None:
    row = agreed(cast, case)
    with transaction() as session:
        session.execute(update(Assessment).where(Assessment.id == case.assessment_id).values(stage=stage))
    live(DUE - 7 * DAY, DUE - 6 * DAY)  # the first is a bank holiday
    assert told("finding_due") == [("Helen", "finding_due")]
    follow(cast, row.ref, FollowUp.DONE, 2)
    live(DUE + DAY, DUE + 40 * DAY)
    assert len(told("finding_due", "finding_overdue", "finding_overdue_director")) == 1


def test_of_what_was_restricted_since_only_those_who_take_part_are_told(cast: Cast, case: CaseRow) -> None:
    agreed(cast, case)
    ref = read().scalars(select(Assessment.ref).where(Assessment.id == case.assessment_id)).one()
    restriction.restrict(ref, reason="Staff", until_on=None, by=cast.amina, now=APRIL)
    live(DUE + DAY, DUE + 30 * DAY)
    assert {who for who, _ in told("finding_overdue")} == {"Helen", "Daniel"}  # both take part in it


def test_it_waits_on_the_first_page_of_whoever_has_it_to_do(cast: Cast, case: CaseRow) -> None:
    row = raised(cast, case, answers_id=cast.grace)

    def items(who: str) -> list[tuple[str, str]]:
        actor = people.actor_of(cast.ids[who], today=APRIL.date())
        found = waiting.waiting_for(actor, cast.organisation_id, APRIL.date())
        every = found.overdue + found.this_week + found.later
        return [(one.do, one.item) for one in every if one.do in (waiting.ANSWER, waiting.PUT_RIGHT)]

    assert items("grace") == [(waiting.ANSWER, row.ref)]
    answer(cast, row.ref, Answer(Response.ACCEPTED, "", cast.helen, DUE), 1, by="grace")
    assert (items("grace"), items("helen")) == ([], [(waiting.PUT_RIGHT, row.ref)])
    follow(cast, row.ref, FollowUp.PARTLY, 2)
    assert items("helen")
    follow(cast, row.ref, FollowUp.DONE, 3)
    assert not items("helen")


def test_what_a_leaver_had_to_put_right_or_answer_is_handed_over(cast: Cast, case: CaseRow) -> None:
    agreed_, asked = agreed(cast, case), raised(cast, None, answers_id=cast.helen)
    now = APRIL + timedelta(days=2)
    with transaction() as session:
        session.execute(
            update(Assessment).where(Assessment.id == case.assessment_id).values(stage=Stage.CLOSED)
        )
    administration.leave(cast.organisation_id, cast.helen, by=cast.farah, now=APRIL)
    ben = people.actor_of(cast.ben, today=now.date())
    behind = handing_over.left_behind(ben, cast.organisation_id, cast.helen, today=now.date())
    keys = {duty.kind: duty.key for duty in behind.duties}
    assert set(keys) == {DutyKind.FINDING, DutyKind.ANSWER}

    def hand(given: dict[str, int]) -> int:
        return handing_over.hand_over(cast.organisation_id, cast.helen, given, by=cast.ben, now=now)

    with pytest.raises(Invalid) as refused:
        hand({keys[DutyKind.ANSWER]: cast.dev})
    assert "wrote this finding" in refused.value.errors[keys[DutyKind.ANSWER]]
    assert hand({keys[DutyKind.ANSWER]: cast.grace, keys[DutyKind.FINDING]: cast.amina}) == 2
    assert see(cast, agreed_.ref, "dev").row.owner_id == cast.amina
    assert see(cast, asked.ref, "dev").row.answers_id == cast.grace
    past = history.of_subject(f"finding:{asked.id}").entries
    assert "handed over" in past[0].sentence
    live(DUE + DAY, DUE + DAY)
    assert ("Amina", "finding_overdue") in told("finding_overdue")


@pytest.mark.parametrize("about", [True, False])
def test_the_date_stands_in_helens_calendar_until_it_was_put_right(
    cast: Cast, case: CaseRow, about: bool
) -> None:
    row = agreed(cast, case if about else None)
    notice = read().scalars(
        select(Notice).where(Notice.person_id == cast.helen, Notice.message == "finding_answered")
    )
    invitation = notice.one().calendar
    assert DUE.isoformat() in invitation
    assert row.ref in invitation
    assert "Sundays" not in invitation
    assert [(one.on, row.ref in one.title) for one in feeds.events(cast.helen, now=APRIL)] == [(DUE, True)]
    assert not feeds.events(cast.grace, now=APRIL)
    later = Answer(Response.ACCEPTED, "The driver begins in June.", cast.helen, DUE + 14 * DAY)
    answer(cast, row.ref, later, 2, by="grace")
    calendars.bring_up_to_date(now=APRIL + DAY)
    assert feeds.events(cast.helen, now=APRIL)[0].on == DUE + 14 * DAY
    follow(cast, row.ref, FollowUp.DONE, 3)
    assert calendars.bring_up_to_date(now=APRIL + 2 * DAY) == 1
    assert ("Helen", "calendar_gone") in told("calendar_")
    assert not feeds.events(cast.helen, now=APRIL)
